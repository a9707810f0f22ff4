/** The ring of the dial as SVG paths, one arc a frame; the ring's centre is 0, 0. */

import { angleOf } from "./angles.ts";

const GAP_PX = 1.2;

/** The arc of a frame at `radius`, with a hair's breadth to its neighbours. */
export function arc(place: number, count: number, radius: number): string {
  const middle = angleOf(place, count);
  const hair = Math.min((GAP_PX / radius) * (180 / Math.PI), 90 / count);
  const half = 180 / count - hair / 2;
  return `M${point(middle - half, radius)}A${radius} ${radius} 0 0 1 ${point(middle + half, radius)}`;
}

/** A stroke outwards from `inner` to `outer`. */
export function spoke(place: number, count: number, inner: number, outer: number): string {
  const angle = angleOf(place, count);
  return `M${point(angle, inner)}L${point(angle, outer)}`;
}

function point(angle: number, radius: number): string {
  const turn = (angle * Math.PI) / 180;
  return `${(radius * Math.sin(turn)).toFixed(2)} ${(-radius * Math.cos(turn)).toFixed(2)}`;
}
