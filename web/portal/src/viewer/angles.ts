/** Angles in degrees, clockwise seen from above, 0 at the front; places are frames of the turn. */

const SIDES = [
  "front",
  "front right",
  "right",
  "rear right",
  "rear",
  "rear left",
  "left",
  "front left",
] as const;

/** Any angle as one of [0, 360). */
export function wrapped(angle: number): number {
  return ((angle % 360) + 360) % 360;
}

/** Degrees from one angle to another by the shorter way, in [-180, 180). */
export function shortWay(from: number, to: number): number {
  return wrapped(to - from + 180) - 180;
}

/** The frame that stands nearest to an angle. */
export function placeAt(angle: number, count: number): number {
  return Math.round((wrapped(angle) * count) / 360) % count;
}

export function angleOf(place: number, count: number): number {
  return (place * 360) / count;
}

/** How many frames lie between two places by the shorter way. */
export function distance(one: number, other: number, count: number): number {
  const apart = Math.abs(one - other) % count;
  return Math.min(apart, count - apart);
}

/** The nearest place that passes, looking both ways; clockwise wins a tie. */
export function nearest(
  place: number,
  count: number,
  passes: (place: number) => boolean,
): number | null {
  for (let away = 0; away <= count / 2; away++) {
    const ahead = (place + away) % count;
    if (passes(ahead)) return ahead;
    const behind = (place - away + count) % count;
    if (passes(behind)) return behind;
  }
  return null;
}

/** The next place that passes in a direction (1 or -1); the same place when no other does. */
export function following(
  place: number,
  count: number,
  direction: 1 | -1,
  passes: (place: number) => boolean,
): number {
  for (let away = 1; away < count; away++) {
    const next = (place + direction * away + count) % count;
    if (passes(next)) return next;
  }
  return place;
}

/** What of the car is seen from an angle: 120 -> "rear right". The car's own right and left. */
export function sideOf(angle: number): string {
  return SIDES[placeAt(angle, SIDES.length)] ?? "";
}

/** The angle of a point on a dial with its zero at the top; `x` and `y` from its centre, y down. */
export function angleAt(x: number, y: number): number {
  return wrapped((Math.atan2(x, -y) * 180) / Math.PI);
}
