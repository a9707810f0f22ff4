/** How a turn runs on after it is let go. Times in milliseconds, speeds in degrees each. */

import { shortWay } from "./angles.ts";

const MEMORY_MS = 100;
const PAUSE_MS = 60;
const FASTEST = 1.5;
const RUN_MS = 325;
const SETTLE_MS = 90;
const SLOW = 0.03;
const NEAR = 0.05;

interface Sample {
  time: number;
  angle: number;
}

/** The speed of a hand, from its last tenth of a second. */
export class Hand {
  private samples: Sample[] = [];

  moved(time: number, angle: number): void {
    this.samples = this.samples.filter((sample) => time - sample.time <= MEMORY_MS);
    this.samples.push({ time, angle });
  }

  /** Degrees per millisecond at the moment of letting go; 0 after a pause. */
  speed(now: number): number {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (!first || !last || now - last.time > PAUSE_MS || last.time === first.time) return 0;
    const speed = (last.angle - first.angle) / (last.time - first.time);
    return Math.max(-FASTEST, Math.min(FASTEST, speed));
  }
}

/** A way to `to` whose speed decays with time constant `fade`. */
export interface Glide {
  start: number;
  from: number;
  to: number;
  fade: number;
}

/** Where a turn would come to rest by itself. */
export function restingAngle(angle: number, speed: number): number {
  return angle + speed * RUN_MS;
}

/** The way from an angle to rest at a frame near `rest`, however many turns lie between. */
export function glide(start: number, from: number, speed: number, rest: number, frame: number): Glide {
  const to = rest + shortWay(rest, frame);
  return { start, from, to, fade: Math.abs(speed) < SLOW ? SETTLE_MS : RUN_MS };
}

/** The angle at a time: the same whatever the frame rate, and exactly `to` at its end. */
export function glided({ start, from, to, fade }: Glide, now: number): number {
  const left = (from - to) * Math.exp(-Math.max(0, now - start) / fade);
  return Math.abs(left) < NEAR ? to : to + left;
}
