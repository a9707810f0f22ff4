/** Zoom and shift of the picture inside its stage. Pixels, from the stage's centre. */

export const CLOSEST = 4;
const STEP = 1.5;

export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };

/** The picture never leaves the stage: no farther than its own edge. */
export function within({ scale, x, y }: View, { width, height }: Size): View {
  const kept = Math.max(1, Math.min(CLOSEST, scale));
  const [farX, farY] = [((kept - 1) * width) / 2, ((kept - 1) * height) / 2];
  return { scale: kept, x: clamped(x, farX), y: clamped(y, farY) };
}

function clamped(value: number, far: number): number {
  return far === 0 ? 0 : Math.max(-far, Math.min(far, value));
}

/** Scaled by a factor so that what lies under `at` stays there. */
export function zoomed(view: View, factor: number, at: Point, size: Size): View {
  const scale = Math.max(1, Math.min(CLOSEST, view.scale * factor));
  const grown = scale / view.scale;
  const x = at.x - (at.x - view.x) * grown;
  const y = at.y - (at.y - view.y) * grown;
  return within({ scale, x, y }, size);
}

export function shifted(view: View, dx: number, dy: number, size: Size): View {
  return within({ ...view, x: view.x + dx, y: view.y + dy }, size);
}

/** One press of a button: in (1) or out (-1). */
export function stepped(view: View, direction: 1 | -1, size: Size): View {
  return zoomed(view, direction === 1 ? STEP : 1 / STEP, { x: 0, y: 0 }, size);
}

/** A double tap: close to the point, or back to the whole. */
export function toggled(view: View, at: Point, size: Size): View {
  return view.scale > 1 ? WHOLE : zoomed(view, 2.5, at, size);
}

/** The factor of a turn of the wheel by `pixels` (down is positive, and away). */
export function wheelFactor(pixels: number): number {
  return Math.exp(-Math.max(-120, Math.min(120, pixels)) / 300);
}

/** Two fingers that moved: their spread scales, their middle shifts. */
export function pinched(
  view: View,
  before: readonly [Point, Point],
  after: readonly [Point, Point],
  size: Size,
): View {
  const [from, to] = [middle(before), middle(after)];
  const spread = Math.max(1, between(before));
  const scaled = zoomed(view, between(after) / spread, from, size);
  return shifted(scaled, to.x - from.x, to.y - from.y, size);
}

function middle([one, other]: readonly [Point, Point]): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

function between([one, other]: readonly [Point, Point]): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
