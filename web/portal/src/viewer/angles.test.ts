import { expect, test } from "vitest";

import { angleAt, angleOf, distance, following, nearest, placeAt, shortWay, sideOf } from "./angles.ts";

test("an angle is of the frame that stands nearest, round the front too", () => {
  expect([0, 7.4, 7.6, 352.4, 352.6, -15, 735].map((angle) => placeAt(angle, 24))).toEqual([
    0, 0, 1, 23, 0, 23, 1,
  ]);
  for (const count of [1, 2, 7, 24, 360]) {
    for (let place = 0; place < count; place++) expect(placeAt(angleOf(place, count), count)).toBe(place);
  }
});

test("ways are short, whichever way round", () => {
  expect([shortWay(350, 10), shortWay(10, 350), shortWay(0, 180), shortWay(-725, 0)]).toEqual([
    20, -20, -180, 5,
  ]);
  expect([distance(0, 23, 24), distance(3, 15, 24), distance(5, 5, 24)]).toEqual([1, 12, 0]);
});

test("gaps are bridged to the nearest picture", () => {
  const has = (...places: number[]) => (place: number) => places.includes(place);
  expect(nearest(4, 24, has(4, 5))).toBe(4);
  expect(nearest(4, 24, has(3, 6))).toBe(3);
  expect(nearest(4, 24, has(3, 5))).toBe(5);
  expect(nearest(23, 24, has(1, 12))).toBe(1);
  expect(nearest(0, 2, has(1))).toBe(1);
  expect(nearest(4, 24, has())).toBeNull();
});

test("a step skips what it must not stop at, and stays where nothing else is", () => {
  const even = (place: number) => place % 2 === 0;
  expect([following(22, 24, 1, even), following(0, 24, -1, even)]).toEqual([0, 22]);
  expect(following(3, 24, 1, () => false)).toBe(3);
});

test("sides are the car's own, clockwise from its nose", () => {
  expect([0, 30, 90, 120, 180, 240, 270, 315, 350].map(sideOf)).toEqual([
    "front",
    "front right",
    "right",
    "rear right",
    "rear",
    "rear left",
    "left",
    "front left",
    "front",
  ]);
});

test("the dial has its zero at the top and goes clockwise", () => {
  expect([angleAt(0, -5), angleAt(5, 0), angleAt(0, 5), angleAt(-5, 0)]).toEqual([0, 90, 180, 270]);
});
