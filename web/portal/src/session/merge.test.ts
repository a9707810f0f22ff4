import type { Image, ImageList } from "@imaging360/shared/api/types.ts";
import { expect, test } from "vitest";

import { picture } from "../testing/picture.ts";
import { patch, remove, upsert } from "./merge.ts";

function listOf(...items: Image[]): ImageList {
  return { items, pending_known: true, people: {} };
}

const ids = (list: ImageList) => list.items.map((item) => item.id);

test("a picture takes its place by angle, those without one come last", () => {
  const before = listOf(picture("b", { angle_deg: 90 }), picture("s", { angle_deg: null }));
  const after = upsert(upsert(before, picture("c", { angle_deg: 180 })), picture("a"));
  expect(ids(after)).toEqual(["a", "b", "c", "s"]);
});

test("of two at one angle the older comes first", () => {
  const late = picture("late", { created_at: "2026-01-01T11:00:00+01:00" });
  const later = picture("later", { created_at: "2026-01-01T10:30:00Z" });
  expect(ids(upsert(listOf(later), late))).toEqual(["late", "later"]);
});

test("a newer state replaces the older one", () => {
  const list = upsert(listOf(picture("a", { status: "pending" })), picture("a"));
  expect(list.items.map((item) => item.status)).toEqual(["processed"]);
});

test("news about the pipeline does not take a verdict back", () => {
  const list = listOf(picture("a", { status: "published" }));
  expect(upsert(list, picture("a", { status: "pending" }))).toBe(list);
  expect(upsert(list, picture("a", { status: "processed" })).items[0]?.status).toBe("processed");
});

test("a picture that is shown keeps its address while its files are the same", () => {
  const known = picture("a", { thumb_keys: { "600": "k" }, thumb_urls: { "600": "u?1" } });
  const again = upsert(listOf(known), { ...known, status: "published", thumb_urls: { "600": "u?2" } });
  expect(again.items[0]).toMatchObject({ status: "published", thumb_urls: { "600": "u?1" } });
  const other = { ...known, thumb_keys: { "600": "k2" }, thumb_urls: { "600": "u2" } };
  expect(upsert(listOf(known), other).items[0]?.thumb_urls).toEqual({ "600": "u2" });
});

test("only what was on its way can be removed", () => {
  const list = listOf(picture("a"), picture("b", { status: "pending" }));
  expect(ids(remove(list, "b"))).toEqual(["a"]);
  expect(remove(list, "a")).toBe(list);
});

test("a change touches those that it names", () => {
  const list = patch(listOf(picture("a"), picture("b")), new Set(["b"]), (image) => ({
    ...image,
    status: "published",
  }));
  expect(list.items.map((item) => item.status)).toEqual(["processed", "published"]);
});
