import { expect, test } from "vitest";

import { type Frame, spoken, troubles } from "./words.ts";

function frame(index: number, rest: Partial<Frame> = {}): Frame {
  const urls = rest.status ? {} : { "600": "https://pictures.example/600.jpg" };
  const base = { index, angle_deg: index * 15, status: "processed" as const, urls };
  return { ...base, pending: false, superseded: 0, ...rest };
}

const unreadable = { stage: "exif", code: "not_an_image", message: "The file is not a picture." };

test("the slider says where the camera stands, and what is wrong there", () => {
  expect(spoken(frame(8))).toBe("120 degrees, rear right");
  expect(spoken(frame(2, { status: "missing" }))).toBe(
    "30 degrees, front right. No picture. Not taken yet.",
  );
  expect(spoken(frame(12, { status: "failed", failure: unreadable }))).toBe(
    "180 degrees, rear. Picture failed. The file is not a picture.",
  );
});

test("neighbours that miss for the same reason are told of together", () => {
  const failed = { status: "failed" as const, failure: unreadable };
  const frames = [
    frame(0),
    frame(1, { status: "missing" }),
    frame(2, { status: "missing" }),
    frame(3, failed),
    frame(4, { status: "pending" }),
    frame(5),
    frame(6, { status: "pending" }),
  ];
  expect(troubles(frames)).toEqual([
    "15° to 30°: Not taken yet.",
    "45°: The file is not a picture.",
    "60°: Still being processed.",
    "90°: Still being processed.",
  ]);
});
