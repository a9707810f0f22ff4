import { expect, test } from "vitest";

import { picture } from "../testing/picture.ts";
import { exifPairs } from "./exif.ts";
import { placeOf, troubleOf } from "./labels.ts";
import { inWords, qcOf } from "./qc.ts";
import { mattersOf } from "./matters.ts";
import { publishedBy } from "./publishedBy.ts";

const failure = { stage: "qc", code: "unknown", message: "It crashed." };

test("a picture is called by its angle or its shot", () => {
  expect(placeOf(picture("a", { angle_deg: 15 }))).toBe("15°");
  expect(placeOf(picture("a", { angle_deg: null, shot_name: "front_3q" }))).toBe("Front 3q");
});

test("a stopped picture says where it stopped, a failed one what to do", () => {
  const stopped = picture("a", { status: "needs_attention", failure });
  expect(troubleOf(stopped)).toBe("Stopped while its quality was judged. It crashed.");
  expect(troubleOf({ ...stopped, status: "failed" })).toBe("It crashed.");
  expect(troubleOf(picture("a"))).toBeNull();
});

test("verdicts are said in words", () => {
  const said = (qc: Record<string, unknown>) => {
    const read = qcOf(picture("a", { qc }));
    return read && inWords(read);
  };
  expect(said({ overall: "pass" })).toBe("Sharp, and well exposed.");
  expect(said({ overall: "warn", sharpness: "warn", exposure: "pass" })).toMatch(/^A little soft/);
  const dark = { overall: "fail", sharpness: "pass", exposure: "fail", numbers: { black_share: 0.2 } };
  expect(said(dark)).toMatch(/^Underexposed/);
  expect(said({ duplicate_of: "x" })).toBeNull();
});

test("what is worth a look: what broke first, then what is doubtful, nothing else", () => {
  const images = [
    picture("soft", { qc: { overall: "warn", sharpness: "warn", exposure: "pass" } }),
    picture("good", { qc: { overall: "pass" } }),
    picture("retrying", { status: "pending", failure }),
    picture("stopped", { status: "needs_attention", failure }),
  ];
  expect(mattersOf(images).map(({ image, label }) => [image.id, label])).toEqual([
    ["stopped", "Stopped"],
    ["soft", "Warn"],
  ]);
});

test("camera data as photographers read it; nonsense is left out", () => {
  const exif = {
    Make: "Canon",
    Model: "Canon EOS R5",
    ExposureTime: 0.004,
    FNumber: 8,
    ISO: "many",
    GPSLatitude: -33.86,
    GPSLongitude: 151.2,
  };
  expect(exifPairs(exif)).toEqual([
    ["Camera", "Canon EOS R5"],
    ["Exposure", "1/250 s"],
    ["Aperture", "f/8"],
    ["Position", "33.8600° S, 151.2000° E"],
  ]);
  expect(exifPairs(null)).toEqual([]);
});

test("a published picture says when and by whom, as far as is known", () => {
  const published_at = "2026-01-01T12:00:00Z";
  const image = picture("a", { status: "published", published_at, published_by: "u" });
  const now = Date.parse(published_at) + 300_000;
  expect(publishedBy(image, { u: "Robin" }, now)).toBe("5 min ago by Robin");
  expect(publishedBy(image, {}, now)).toBe("5 min ago");
  expect(publishedBy({ ...image, status: "processed" }, {}, now)).toBeNull();
});
