import { expect, test } from "vitest";

import { arc, spoke } from "./dialShape.ts";

test("the dial's first frame is at the top, its arcs leave a hair between them", () => {
  expect(spoke(0, 24, 38, 47)).toBe("M0.00 -38.00L0.00 -47.00");
  expect(arc(1, 4, 42)).toBe("M30.12 -29.27A42 42 0 0 1 30.12 29.27");
});
