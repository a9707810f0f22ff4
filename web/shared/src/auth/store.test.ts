import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { safeReturn } from "./returning.ts";
import { AuthStore } from "./store.ts";
import { parse, type SignedIn } from "./token.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const HOUR = 3_600_000;
const robin: SignedIn = {
  token: "t",
  expiresAt: NOW + 8 * HOUR,
  role: "reviewer",
  orgId: "o",
  userId: "u",
  name: "Robin",
  email: "robin@x.example",
};

/** What a browser's storage does, for as many tabs as look at it. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    key: (index) => [...kept.keys()][index] ?? null,
    removeItem: (key) => kept.delete(key),
    setItem: (key, value) => kept.set(key, value),
  };
}

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

test("a sign-in is kept over a reload", () => {
  const kept = storage();
  new AuthStore(kept).begin(robin);
  expect(new AuthStore(kept).snapshot()).toEqual(robin);
});

test("it ends by itself when the token is over, and says why", () => {
  const kept = storage();
  const auth = new AuthStore(kept);
  auth.begin(robin);
  const heard = vi.fn();
  auth.subscribe(heard);
  vi.advanceTimersByTime(8 * HOUR - 1);
  expect(auth.token()).toBe("t");
  vi.advanceTimersByTime(1);
  expect(heard).toHaveBeenCalledOnce();
  expect([auth.snapshot(), auth.endReason()]).toEqual([null, "expired"]);
  expect(kept.length).toBe(0);
});

test("a token that ended while the machine slept is not used", () => {
  const auth = new AuthStore(storage());
  auth.begin(robin);
  vi.setSystemTime(NOW + 9 * HOUR);
  expect(auth.token()).toBeNull();
});

test("signing out in one tab signs out the others", () => {
  const kept = storage();
  const [one, other] = [new AuthStore(kept), new AuthStore(kept)];
  const tab = new EventTarget() as EventTarget & Window;
  other.watch(tab);
  one.begin(robin);
  tab.dispatchEvent(Object.assign(new Event("storage"), { key: null }));
  expect(other.token()).toBe("t");
  one.end("signed-out");
  tab.dispatchEvent(Object.assign(new Event("storage"), { key: null }));
  expect([other.token(), other.endReason()]).toEqual([null, "signed-out"]);
});

test("what is not a sign-in of ours is nobody", () => {
  for (const text of [null, "", "{", "{}", JSON.stringify({ ...robin, expiresAt: "soon" })]) {
    expect(parse(text, NOW)).toBeNull();
  }
  expect(parse(JSON.stringify(robin), robin.expiresAt)).toBeNull();
});

test("people return to pages of ours only", () => {
  expect(safeReturn("/s/1?image=2")).toBe("/s/1?image=2");
  for (const path of [null, "", "s/1", "//evil.example", "/\\evil.example", "/sign-in?from=/", "/signed-in"]) {
    expect(safeReturn(path)).toBe("/");
  }
});
