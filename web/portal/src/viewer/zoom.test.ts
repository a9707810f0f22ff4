import { expect, test } from "vitest";

import { CLOSEST, pinched, shifted, stepped, toggled, wheelFactor, WHOLE, within, zoomed } from "./zoom.ts";

const SIZE = { width: 400, height: 300 };

test("what lies under the pointer stays under it", () => {
  const at = { x: 80, y: -60 };
  const view = zoomed({ scale: 1.5, x: 20, y: 10 }, 1.6, at, SIZE);
  const shown = { x: (at.x - 20) / 1.5, y: (at.y - 10) / 1.5 };
  expect(view.scale).toBeCloseTo(2.4);
  expect(view.x + shown.x * view.scale).toBeCloseTo(at.x);
  expect(view.y + shown.y * view.scale).toBeCloseTo(at.y);
});

test("the picture is never smaller than the stage, and never leaves it", () => {
  expect(zoomed({ scale: 2, x: 150, y: 100 }, 0.1, { x: 0, y: 0 }, SIZE)).toEqual(WHOLE);
  expect(zoomed(WHOLE, 99, { x: 0, y: 0 }, SIZE).scale).toBe(CLOSEST);
  expect(shifted({ scale: 2, x: 0, y: 0 }, 999, -999, SIZE)).toEqual({ scale: 2, x: 200, y: -150 });
  expect(within({ scale: 2, x: 200, y: 150 }, { width: 100, height: 100 })).toEqual({
    scale: 2,
    x: 50,
    y: 50,
  });
});

test("steps in and out end at the whole; a double tap goes there and back", () => {
  expect(stepped(stepped(WHOLE, 1, SIZE), -1, SIZE)).toEqual(WHOLE);
  const close = toggled(WHOLE, { x: 100, y: 0 }, SIZE);
  expect(close).toEqual({ scale: 2.5, x: -150, y: 0 });
  expect(toggled(close, { x: 0, y: 0 }, SIZE)).toEqual(WHOLE);
});

test("the wheel scales evenly, and one wild event does not jump", () => {
  expect(wheelFactor(-40) * wheelFactor(40)).toBeCloseTo(1);
  expect(wheelFactor(-9_999)).toBeLessThan(1.5);
});

test("two fingers scale by their spread and carry the picture along", () => {
  const before = [{ x: -50, y: 0 }, { x: 50, y: 0 }] as const;
  expect(pinched(WHOLE, before, [{ x: -100, y: 0 }, { x: 100, y: 0 }], SIZE)).toEqual({
    scale: 2,
    x: 0,
    y: 0,
  });
  const moved = pinched({ scale: 2, x: 0, y: 0 }, before, [{ x: -30, y: 5 }, { x: 70, y: 5 }], SIZE);
  expect(moved).toEqual({ scale: 2, x: 20, y: 5 });
});
