import { expect, test } from "vitest";

import { picture } from "../testing/picture.ts";
import { countShown, readShown, rounded, spinAngles, tilesOf } from "./tiles.ts";

const names = (tiles: ReturnType<typeof tilesOf>) =>
  tiles.map((tile) => (tile.kind === "gap" ? `- ${tile.label}` : tile.key));

test("halves go to the even number, as on the server", () => {
  expect([0.5, 1.5, 22.5, 67.5, 2.4, 2.6].map(rounded)).toEqual([0, 2, 22, 68, 2, 3]);
  expect(spinAngles({ studio360: { frame_count: 16 } }).slice(0, 4)).toEqual([0, 22, 45, 68]);
});

test("missing angles are gaps between the pictures", () => {
  const shots = { studio360: { frame_count: 4 }, stills: [] };
  const images = [picture("front"), picture("left", { angle_deg: 265 })];
  expect(names(tilesOf(images, shots))).toEqual(["front", "- 90°", "- 180°", "left"]);
});

test("a failed picture and a re-shoot fill their place together", () => {
  const shots = { studio360: { frame_count: 2 }, stills: [] };
  const images = [picture("bad", { status: "failed" }), picture("good", { angle_deg: 2 })];
  expect(names(tilesOf(images, shots))).toEqual(["bad", "good", "- 180°"]);
});

test("named shots come in the order of the shot list; only required ones can be missing", () => {
  const stills = [
    { name: "front", required: true },
    { name: "rear", required: true },
    { name: "damage", required: false },
  ];
  const still = (id: string, shot_name: string) => picture(id, { angle_deg: null, shot_name });
  const images = [still("extra", "key"), still("d", "damage"), still("r", "rear")];
  expect(names(tilesOf(images, { stills }))).toEqual(["- front", "r", "d", "extra"]);
});

test("what is narrowed to is counted", () => {
  const fail = { overall: "fail" };
  const images = [
    picture("pass", { qc: { overall: "pass" }, status: "published" }),
    picture("fail", { qc: fail, angle_deg: 90 }),
    picture("broken", { status: "failed", angle_deg: 180 }),
    picture("stopped", { status: "needs_attention", angle_deg: 270 }),
    picture("new", { status: "pending", angle_deg: 45 }),
  ];
  const counts = countShown(tilesOf(images, { studio360: { frame_count: 8 }, stills: [] }));
  expect(counts).toEqual({
    all: 8,
    passed: 1,
    warn: 0,
    fail: 1,
    trouble: 2,
    pending: 1,
    missing: 3,
    published: 1,
  });
});

test("an address that nobody made shows everything", () => {
  expect(readShown("nonsense")).toBe("all");
  expect(readShown("missing")).toBe("missing");
});
