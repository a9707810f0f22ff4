/// <reference types="node" />
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, expect, test } from "vitest";

import { type LiveEvent, readStream } from "./stream.ts";

let server: Server | undefined;
afterEach(() => server?.close());

async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
}

async function read(url: string, lastEventId?: string) {
  const events: LiveEvent[] = [];
  let opened = 0;
  await readStream({
    url,
    token: "t",
    lastEventId,
    signal: new AbortController().signal,
    onOpen: () => (opened += 1),
    onEvent: (event) => events.push(event),
  });
  return { events, opened };
}

test("events are read as they come, whatever the pieces", async () => {
  const said: (string | undefined)[] = [];
  const url = await serving((request, response) => {
    said.push(request.headers.authorization, request.headers["last-event-id"] as string);
    response.setHeader("Content-Type", "text/event-stream; charset=utf-8");
    response.write(': heartbeat\n\nevent: image\nid: 7\nda');
    response.write('ta: {"id":"ä"}\n\n');
    response.end('event: end\ndata: {"reason":"revoked"}\n\n');
  });
  const { events, opened } = await read(url, "6");
  expect(said).toEqual(["Bearer t", "6"]);
  expect(opened).toBe(1);
  expect(events.map(({ name, data }) => [name, data])).toEqual([
    ["image", { id: "ä" }],
    ["end", { reason: "revoked" }],
  ]);
  expect(events[0]?.id).toBe("7");
});

test("a refusal is a problem with its code", async () => {
  const url = await serving((_, response) => {
    response.statusCode = 401;
    response.end(JSON.stringify({ code: "token_expired", detail: "Over." }));
  });
  await expect(read(url)).rejects.toMatchObject({ code: "token_expired", status: 401 });
});

test("a page in the place of the stream is no stream", async () => {
  const url = await serving((_, response) => response.end("<html>"));
  await expect(read(url)).rejects.toMatchObject({ code: "http_error" });
});

test("a connection that breaks says so", async () => {
  const url = await serving((_, response) => {
    response.setHeader("Content-Type", "text/event-stream");
    response.write("event: image\n", () => response.destroy());
  });
  await expect(read(url)).rejects.toMatchObject({ code: "unreachable" });
});
