import { createParser } from "eventsource-parser";

import { problemOf, unreachable } from "../api/problem.ts";

/** One server-sent event: its name, its data as JSON, and its id if it has one. */
export interface LiveEvent {
  name: string;
  data: unknown;
  id: string | undefined;
}

export interface StreamOptions {
  url: string;
  token: string;
  lastEventId: string | undefined;
  signal: AbortSignal;
  onOpen: () => void;
  onEvent: (event: LiveEvent) => void;
}

// The server sends a heartbeat more often than that; silence means that the connection is dead.
const SILENCE_MS = 45_000;

/**
 * Read server-sent events until the server ends the stream. EventSource cannot send headers.
 * Throws ApiProblem when the stream is refused or breaks.
 */
export async function readStream(options: StreamOptions): Promise<void> {
  const silence = new AbortController();
  const signal = AbortSignal.any([options.signal, silence.signal]);
  const answer = await request(options, signal);
  options.onOpen();
  const parser = createParser({
    onEvent: ({ event, data, id }) => {
      options.onEvent({ name: event ?? "message", data: JSON.parse(data) as unknown, id });
    },
  });
  const text = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const chunk = await text?.read();
      clearTimeout(timer);
      if (!chunk || chunk.done) return;
      parser.feed(chunk.value);
    }
  } catch (error) {
    throw options.signal.aborted ? error : unreachable();
  } finally {
    clearTimeout(timer);
  }
}

async function request(options: StreamOptions, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: "text/event-stream",
    Authorization: `Bearer ${options.token}`,
  };
  if (options.lastEventId) headers["Last-Event-ID"] = options.lastEventId;
  const answer = await fetch(options.url, { headers, signal, cache: "no-store" }).catch(() => {
    throw unreachable();
  });
  const isStream = answer.headers.get("Content-Type")?.startsWith("text/event-stream");
  if (answer.ok && isStream) return answer;
  throw problemOf(await answer.json().catch(() => null), answer.status);
}
