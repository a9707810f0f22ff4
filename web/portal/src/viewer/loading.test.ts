import { expect, test } from "vitest";

import { type Holding, isFar, KEPT_AROUND, pending } from "./loading.ts";

const empty = (count: number): Holding[] =>
  Array.from({ length: count }, (_, place) => ({ place, has: 0 }));
const named = (held: readonly Holding[], here: number, count: number) =>
  pending(held, here, count).map(({ place, size }) => `${place}@${size}`);

test("the frame in sight comes first in both sizes, then the smallest of all, then the larger", () => {
  expect(named(empty(4), 3, 4)).toEqual([
    "3@150", "3@600", "0@150", "2@150", "1@150", "0@600", "2@600", "1@600",
  ]);
});

test("the order follows the turn, and what is here is not fetched again", () => {
  const held: Holding[] = [
    { place: 0, has: 600 },
    { place: 1, has: 150 },
    { place: 2, has: 0 },
    { place: 3, has: 150 },
  ];
  expect(named(held, 1, 4)).toEqual(["1@600", "2@150", "2@600", "3@600"]);
});

test("a long turn keeps its larger pictures round the place only", () => {
  const loads = pending(empty(360), 0, 360);
  expect(loads.filter(({ size }) => size === 150)).toHaveLength(360);
  expect(loads.filter(({ size }) => size === 600)).toHaveLength(2 * KEPT_AROUND + 1);
  expect([isFar(180, 0, 360), isFar(350, 0, 360), isFar(36, 0, 72)]).toEqual([true, false, false]);
});
