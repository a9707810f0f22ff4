import type { Point } from "./zoom.ts";

const TAP_PX = 8;
const TAP_MS = 300;

/** What hands, mice and wheels ask for. Points are from the stage's centre. */
export interface Gestures {
  fromCentre: (event: { clientX: number; clientY: number }) => Point;
  onHold: (now: number) => void;
  onDrag: (dx: number, dy: number, now: number) => void;
  onLetGo: (now: number) => void;
  onPinch: (before: readonly [Point, Point], after: readonly [Point, Point]) => void;
  onDoubleTap: (at: Point) => void;
  /** False leaves the wheel to the page. */
  onWheel: (pixels: number, at: Point, isPinch: boolean) => boolean;
}

interface Finger {
  x: number;
  y: number;
}

interface Tap {
  time: number;
  at: Point;
}

/** Pointers on the stage as gestures: one turns or shifts, two pinch, two taps zoom. */
class Pointers {
  private readonly fingers = new Map<number, Finger>();
  private origin: Point = { x: 0, y: 0 };
  private down: Tap | null = null;
  private tapped: Tap | null = null;

  constructor(private readonly to: Gestures) {}

  press(event: PointerEvent, stage: HTMLElement): void {
    if (event.button !== 0 || this.fingers.size === 2) return;
    stage.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const at = this.to.fromCentre(event);
    // The stage does not move under a finger, so its centre is read once.
    this.origin = { x: event.clientX - at.x, y: event.clientY - at.y };
    this.down = this.fingers.size === 1 ? { time: event.timeStamp, at } : null;
    this.to.onHold(event.timeStamp);
  }

  move(event: PointerEvent): void {
    const finger = this.fingers.get(event.pointerId);
    if (!finger) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, now);
    if (other) {
      const fixed = this.local(other);
      this.to.onPinch([this.local(finger), fixed], [this.local(now), fixed]);
    } else this.to.onDrag(now.x - finger.x, now.y - finger.y, event.timeStamp);
  }

  /** `isTaken`: the browser scrolls the page with this finger. */
  lift(event: PointerEvent, isTaken: boolean): void {
    if (!this.fingers.delete(event.pointerId)) return;
    if (this.fingers.size > 0) {
      this.to.onHold(event.timeStamp);
      return;
    }
    this.to.onLetGo(event.timeStamp);
    if (!isTaken) this.tap(this.local({ x: event.clientX, y: event.clientY }), event.timeStamp);
  }

  private tap(at: Point, time: number): void {
    const { down, tapped } = this;
    const isTap = down !== null && isSoon(down, time) && isNear(down.at, at);
    const isSecond = isTap && tapped !== null && isSoon(tapped, time) && isNear(tapped.at, at, 3);
    this.tapped = isTap && !isSecond ? { time, at } : null;
    if (isSecond) this.to.onDoubleTap(at);
  }

  private local({ x, y }: Point): Point {
    return { x: x - this.origin.x, y: y - this.origin.y };
  }
}

function isSoon({ time }: Tap, now: number): boolean {
  return now - time < TAP_MS;
}

function isNear(one: Point, other: Point, taps = 1): boolean {
  return Math.hypot(one.x - other.x, one.y - other.y) < taps * TAP_PX;
}

/** Listens on the stage until the signal aborts. */
export function listen(stage: HTMLElement, gestures: Gestures, signal: AbortSignal): void {
  const pointers = new Pointers(gestures);
  const passive = { signal, passive: true };
  stage.addEventListener("pointerdown", (event) => pointers.press(event, stage), passive);
  stage.addEventListener("pointermove", (event) => pointers.move(event), passive);
  stage.addEventListener("pointerup", (event) => pointers.lift(event, false), passive);
  stage.addEventListener("pointercancel", (event) => pointers.lift(event, true), passive);
  const wheel = (event: WheelEvent) => {
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    // A trackpad's pinch comes as a wheel with ctrl, in smaller steps.
    const amount = event.ctrlKey ? pixels * 4 : pixels;
    if (gestures.onWheel(amount, gestures.fromCentre(event), event.ctrlKey)) event.preventDefault();
  };
  stage.addEventListener("wheel", wheel, { signal, passive: false });
}
