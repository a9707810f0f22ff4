import { endIfSignedOut } from "@imaging360/shared/api/client.ts";
import { ApiProblem } from "@imaging360/shared/api/problem.ts";
import type { ImageList, Session } from "@imaging360/shared/api/types.ts";
import { readStream } from "@imaging360/shared/live/stream.ts";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { auth } from "../backend.ts";
import { type Change, changeOf, pauseMs } from "./liveEvents.ts";
import { keys, refreshSpin } from "./useSession.ts";

/** How the page learns what is new. */
export type Liveness = "connecting" | "live" | "polling" | "over";

/** Follow a session while it can change: by the stream, or else by asking every 3 s. */
export function useLive(sessionId: string, isOpen: boolean): Liveness {
  const client = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>("connecting");
  useEffect(() => {
    if (!isOpen) return;
    const stop = new AbortController();
    void follow(sessionId, client, stop.signal, setLiveness);
    return () => stop.abort();
  }, [sessionId, isOpen, client]);
  return isOpen ? liveness : "over";
}

async function follow(
  sessionId: string,
  client: QueryClient,
  signal: AbortSignal,
  tell: (liveness: Liveness) => void,
): Promise<void> {
  let lastEventId: string | undefined;
  let failures = 0;
  const isOver = () => signal.aborted;
  while (!isOver()) {
    const token = auth.token();
    if (!token) return;
    try {
      await readStream({
        url: `/live?session_id=${sessionId}`,
        token,
        lastEventId,
        signal,
        onOpen: () => {
          failures = 0;
          tell("live");
        },
        onEvent: (event) => {
          lastEventId = event.id ?? lastEventId;
          const change = changeOf(event);
          if (change) apply(change, sessionId, client);
        },
      });
    } catch (error) {
      if (isOver()) return;
      if (error instanceof ApiProblem) endIfSignedOut(error, auth);
      failures += 1;
      tell("polling");
    }
    await pause(pauseMs(failures, Math.random()), signal);
  }
}

function apply(change: Change, sessionId: string, client: QueryClient): void {
  if (change.about === "session") {
    client.setQueryData<Session>(keys.session(sessionId), change.session);
  } else if (change.about === "images") {
    client.setQueryData<ImageList>(keys.images(sessionId), (list) => list && change.apply(list));
    if (change.image) afterImage(change.image, sessionId, client);
  } else if (change.reason === "token_expired") {
    auth.end("expired");
  } else if (change.reason === "revoked") {
    auth.end("revoked");
  }
}

/** What the event does not say: the turn of the viewer, and the name of who published. */
function afterImage({ status, published_by }: { status: string; published_by?: string | null }, sessionId: string, client: QueryClient): void {
  if (status !== "pending") refreshSpin(client, sessionId);
  const list = client.getQueryData<ImageList>(keys.images(sessionId));
  if (published_by && list && !(published_by in list.people)) {
    void client.invalidateQueries({ queryKey: keys.images(sessionId) });
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
