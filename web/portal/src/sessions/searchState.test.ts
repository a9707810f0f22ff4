import { expect, test } from "vitest";

import { changed, isFiltered, pageCount, readState, type SearchState, writeState } from "./searchState.ts";

const all: SearchState = { q: "", site: "", status: "", page: 1 };
const read = (query: string) => readState(new URLSearchParams(query));

test("the address and the state are the same thing", () => {
  const state: SearchState = { q: "4352", site: "s1", status: "completed", page: 3 };
  expect(readState(writeState(state))).toEqual(state);
  expect(writeState(all).toString()).toBe("");
  expect(read("")).toEqual(all);
});

test("nonsense in the address is as if it were not there", () => {
  expect(read("status=sold&page=-2")).toEqual(all);
  expect(read("page=1.5")).toEqual(all);
  expect(read(`q=${"x".repeat(100)}`).q).toHaveLength(64);
});

test("another filter begins at its first page", () => {
  expect(changed({ ...all, page: 4 }, { status: "active" })).toMatchObject({ status: "active", page: 1 });
  expect(changed(all, { page: 2 }).page).toBe(2);
});

test("a page alone is not a filter", () => {
  expect(isFiltered({ ...all, page: 2 })).toBe(false);
  expect(isFiltered({ ...all, q: "x" })).toBe(true);
});

test("there is always a page", () => {
  expect([0, 1, 25, 26].map(pageCount)).toEqual([1, 1, 1, 2]);
});
