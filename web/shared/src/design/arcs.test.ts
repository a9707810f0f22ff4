import { expect, test } from "vitest";

import { arcs } from "./arcs.ts";

const shares = (...counts: [number, number, number]) =>
  arcs(...counts, 100).map((arc) => Math.round(arc));

test("the ring shows shares of what is expected, of more if there is more", () => {
  expect(shares(12, 6, 24)).toEqual([50, 25]);
  expect(shares(30, 0, 24)).toEqual([100, 0]);
  expect(shares(0, 0, 0)).toEqual([0, 0]);
});
