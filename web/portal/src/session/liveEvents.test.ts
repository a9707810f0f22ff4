import type { ImageList } from "@imaging360/shared/api/types.ts";
import { expect, test } from "vitest";

import { picture } from "../testing/picture.ts";
import { changeOf, pauseMs } from "./liveEvents.ts";

const empty: ImageList = { items: [], pending_known: false, people: {} };

function after(list: ImageList, name: string, data: unknown): ImageList {
  const change = changeOf({ name, data, id: "1" });
  if (change?.about !== "images") throw new Error("not about pictures");
  return change.apply(list);
}

test("a picture comes, is told to be gone, and the pipeline falls silent", () => {
  const arrived = after(empty, "image", picture("a", { status: "pending" }));
  expect(arrived.items.map((item) => item.id)).toEqual(["a"]);
  expect(arrived.pending_known).toBe(true);
  expect(after(arrived, "removed", { id: "a" }).items).toEqual([]);
  expect(after(arrived, "pending_unknown", { detail: "?" }).pending_known).toBe(false);
});

test("events that we do not know change nothing", () => {
  expect(changeOf({ name: "weather", data: {}, id: undefined })).toBeNull();
  expect(changeOf({ name: "end", data: { reason: "revoked" }, id: undefined })).toEqual({
    about: "end",
    reason: "revoked",
  });
});

test("pauses grow, have an end, and differ from page to page", () => {
  expect(pauseMs(0, 0.5)).toBe(1_000);
  expect(pauseMs(3, 0.5)).toBe(8_000);
  expect(pauseMs(20, 0.5)).toBe(30_000);
  expect(pauseMs(20, 1)).toBeGreaterThan(pauseMs(20, 0));
});
