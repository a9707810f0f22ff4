import type { Image, Session } from "@imaging360/shared/api/types.ts";

import { isFinal } from "./merge.ts";
import { qcOf } from "./qc.ts";

/** One place of the gallery: a picture, or a gap where one should be. */
export type Tile =
  | { kind: "image"; key: string; image: Image }
  | { kind: "gap"; key: string; label: string };

type ShotList = Session["shot_list"];

/** The angles of a spin in whole degrees, as the server counts them. */
export function spinAngles(shots: ShotList): number[] {
  const count = shots.studio360?.frame_count ?? 0;
  return Array.from({ length: count }, (_, frame) => rounded((frame * 360) / count) % 360);
}

/** To the nearest whole number, halves to the even one: as the server does it. */
export function rounded(value: number): number {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/** Every picture, with the places that have none between them. */
export function tilesOf(images: readonly Image[], shots: ShotList): Tile[] {
  const angles = spinAngles(shots);
  const count = angles.length;
  const frameOf = (angle: number) => rounded((angle * count) / 360) % count;
  const taken = new Set(
    images.flatMap(({ angle_deg: angle }) => (typeof angle === "number" && count ? [frameOf(angle)] : [])),
  );
  const gaps = angles.filter((_, frame) => !taken.has(frame));
  const spin: { angle: number; tile: Tile }[] = [
    ...images.flatMap((image) =>
      typeof image.angle_deg === "number"
        ? [{ angle: image.angle_deg, tile: imageTile(image) }]
        : [],
    ),
    ...gaps.map((angle) => ({ angle, tile: gapTile(`${angle}°`) })),
  ];
  spin.sort((one, other) => one.angle - other.angle);
  return [...spin.map(({ tile }) => tile), ...stillTiles(images, shots)];
}

function stillTiles(images: readonly Image[], shots: ShotList): Tile[] {
  const stills = images.filter((image) => typeof image.angle_deg !== "number");
  const wanted = shots.stills ?? [];
  const order = wanted.map((shot) => shot.name);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const taken = new Set(stills.map((image) => image.shot_name));
  const missing = wanted.filter((shot) => shot.required && !taken.has(shot.name));
  const placed = [
    ...stills.map((image) => ({ at: place(image.shot_name ?? ""), tile: imageTile(image) })),
    ...missing.map((shot) => ({ at: place(shot.name), tile: gapTile(shot.name) })),
  ];
  return placed.sort((one, other) => one.at - other.at).map(({ tile }) => tile);
}

function imageTile(image: Image): Tile {
  return { kind: "image", key: image.id, image };
}

function gapTile(label: string): Tile {
  return { kind: "gap", key: `gap-${label}`, label };
}

/** What the gallery can be narrowed to. */
export const SHOWN = ["all", "passed", "warn", "fail", "trouble", "pending", "missing", "published"] as const;
export type Shown = (typeof SHOWN)[number];

export function readShown(text: string | null): Shown {
  return SHOWN.find((known) => known === text) ?? "all";
}

type Test = (image: Image) => boolean;

const judged = (verdict: string): Test => (image) =>
  image.status !== "failed" && qcOf(image)?.overall === verdict;

const TESTS: Record<Exclude<Shown, "all" | "missing">, Test> = {
  passed: judged("pass"),
  warn: judged("warn"),
  fail: judged("fail"),
  trouble: ({ status }) => status === "failed" || status === "needs_attention",
  pending: (image) => !isFinal(image) && image.status !== "needs_attention",
  published: ({ status }) => status === "published",
};

export function isShown(tile: Tile, shown: Shown): boolean {
  if (shown === "all") return true;
  if (shown === "missing") return tile.kind === "gap";
  return tile.kind === "image" && TESTS[shown](tile.image);
}

export function countShown(tiles: readonly Tile[]): Record<Shown, number> {
  const counts = SHOWN.map((shown) => [shown, tiles.filter((tile) => isShown(tile, shown)).length]);
  return Object.fromEntries(counts) as Record<Shown, number>;
}
