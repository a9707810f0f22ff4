import { type Glide, glide, glided, Hand, restingAngle } from "./inertia.ts";

/** The angle, and what moves it: a hand, or its own way to rest. One call a frame of the screen. */
export class Turntable {
  private current = 0;
  private way: Glide | null = null;
  private hand: Hand | null = null;
  private request: number | null = null;

  constructor(private readonly onTurn: () => void) {}

  /** Degrees; not wrapped, so that a turn runs on through the front. */
  get angle(): number {
    return this.current;
  }

  hold(now: number): void {
    this.way = null;
    this.hand = new Hand();
    this.hand.moved(now, this.current);
  }

  drag(degrees: number, now: number): void {
    this.current += degrees;
    this.hand?.moved(now, this.current);
    this.schedule();
  }

  /** `frameNear` gives the angle of the frame to rest at; `isCalm` goes there without a way. */
  letGo(now: number, isCalm: boolean, frameNear: (angle: number) => number): void {
    const speed = isCalm ? 0 : (this.hand?.speed(now) ?? 0);
    this.hand = null;
    const rest = restingAngle(this.current, speed);
    this.way = glide(now, this.current, speed, rest, frameNear(rest));
    if (isCalm) this.turnTo(this.way.to);
    else this.schedule();
  }

  turnTo(angle: number): void {
    this.way = null;
    this.current = angle;
    this.schedule();
  }

  stop(): void {
    this.way = null;
    this.hand = null;
    if (this.request !== null) cancelAnimationFrame(this.request);
    this.request = null;
  }

  private schedule(): void {
    this.request ??= requestAnimationFrame((now) => {
      this.request = null;
      this.tick(now);
    });
  }

  private tick(now: number): void {
    if (this.way) {
      this.current = glided(this.way, now);
      if (this.current === this.way.to) this.way = null;
      else this.schedule();
    }
    this.onTurn();
  }
}
