import { expect, test } from "vitest";

import { ago, counted, exposure, percent, shortened, words } from "./text.ts";

// Tests run in Berlin's time, see vitest.config.ts.
const NOW = Date.parse("2026-03-10T14:00:00+01:00");

test.each([
  ["2026-03-10T13:59:30+01:00", "just now"],
  ["2026-03-10T14:00:20+01:00", "just now"],
  ["2026-03-10T13:48:00+01:00", "12 min ago"],
  ["2026-03-10T09:05:00+01:00", "today 09:05"],
  ["2026-03-09T23:59:00+01:00", "yesterday 23:59"],
  ["2026-03-01T08:00:00+01:00", "1 Mar 08:00"],
  ["2024-12-24T18:00:00+01:00", "24 Dec 2024"],
])("%s is %s", (iso, expected) => {
  expect(ago(iso, NOW)).toBe(expected);
});

test("numbers as people say them", () => {
  expect([counted(1, "frame"), counted(1240, "frame")]).toEqual(["1 frame", "1,240 frames"]);
  expect(percent(0.0512)).toBe("5.1 %");
  expect([0.004, 0.5, 2].map(exposure)).toEqual(["1/250 s", "0.5 s", "2 s"]);
});

test("names of the machine become words, long ones short", () => {
  expect(words("side_left")).toBe("Side left");
  expect(shortened("0123456789abcdef0123")).toBe("012345…ef0123");
  expect(shortened("0123456789ab")).toBe("0123456789ab");
});
