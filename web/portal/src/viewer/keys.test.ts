import { expect, test } from "vitest";

import { commandOf } from "./keys.ts";

test("keys are commands; the browser's shortcuts stay the browser's", () => {
  const key = (name: string, held: Partial<Parameters<typeof commandOf>[0]> = {}) =>
    commandOf({ key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
  expect(key("ArrowRight")).toEqual({ kind: "step", places: 1 });
  expect(key("ArrowRight", { shiftKey: true })).toEqual({ kind: "shift", dx: -60, dy: 0 });
  expect(key("+", { shiftKey: true })).toEqual({ kind: "zoom", direction: 1 });
  expect([key("+", { ctrlKey: true }), key("ArrowLeft", { altKey: true }), key("Tab")]).toEqual([
    null,
    null,
    null,
  ]);
});
