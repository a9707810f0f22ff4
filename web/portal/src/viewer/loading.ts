/** Which small picture is fetched next, and which are let go. */

import { distance } from "./angles.ts";

/** Pixels of the pictures that a drag shows; 0 is none yet. */
export type SmallSize = 150 | 600;

export const PARALLEL = 8;
/** Decoded pictures of 600 px take 1.4 MB each: this many on both sides of the place are kept. */
export const KEPT_AROUND = 36;
const SLACK = 12;

export interface Holding {
  place: number;
  has: 0 | SmallSize;
}

export interface Load {
  place: number;
  size: SmallSize;
}

/**
 * What is still to be fetched, most urgent first: the place itself in both sizes, so that something
 * stands at once; then the smallest of all, nearest first, so that the car turns; then the larger.
 */
export function pending(held: readonly Holding[], here: number, count: number): Load[] {
  const ranked = held.flatMap(({ place, has }) => {
    const away = distance(place, here, count);
    const loads: { load: Load; rank: number }[] = [];
    if (has === 0) loads.push({ load: { place, size: 150 }, rank: away });
    if (has !== 600 && away <= KEPT_AROUND) {
      loads.push({ load: { place, size: 600 }, rank: away === 0 ? 0.5 : count + away });
    }
    return loads;
  });
  return ranked.sort((one, other) => one.rank - other.rank).map(({ load }) => load);
}

/** Too far away for its larger picture to be kept in memory. */
export function isFar(place: number, here: number, count: number): boolean {
  return distance(place, here, count) > KEPT_AROUND + SLACK;
}
