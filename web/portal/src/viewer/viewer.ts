import { angleOf, following, nearest, placeAt } from "./angles.ts";
import { Autoplay } from "./autoplay.ts";
import { listen } from "./gestures.ts";
import type { Command } from "./keys.ts";
import { Lens } from "./lens.ts";
import { Observed } from "./observed.ts";
import { Screen } from "./screen.ts";
import { FrameStore } from "./store.ts";
import { Turntable } from "./turntable.ts";
import { type Frame, hasPicture } from "./words.ts";
import type { View } from "./zoom.ts";

const STILL_MS = 160;
/** A drag across the whole stage. */
const DEGREES_ACROSS = 270;

/** What React draws; the rest of a turn goes to the screen directly. */
export interface Snapshot {
  place: number;
  isPlaying: boolean;
  scale: number;
  /** The zoom once it rests, for screen readers. */
  saidScale: number;
  loaded: number;
  lost: number;
}

const START: Snapshot = { place: 0, isPlaying: false, scale: 1, saidScale: 1, loaded: 0, lost: 0 };

/** A car that can be turned: ties hands, angle, pictures and screen together. */
export class Viewer {
  private frames: readonly Frame[] = [];
  private screen: Screen | null = null;
  private place = 0;
  private isUntouched = true;
  private isPlaced = false;
  private settling: number | undefined;
  readonly state = new Observed(START);
  private readonly lens = new Lens((view, isEased) => this.look(view, isEased));
  private readonly autoplay = new Autoplay(() => this.playStep());
  private readonly turntable = new Turntable(() => this.turned());
  private readonly store = new FrameStore({
    onPicture: (place) => this.arrived(place),
    onExpired: () => this.onExpired(),
  });
  private onExpired: () => Promise<unknown> = () => Promise.resolve();

  /** Takes the elements over until the returned function is called. */
  attach(root: HTMLElement): () => void {
    const closing = new AbortController();
    const { signal } = closing;
    const screen = new Screen(root, (size) => this.lens.fit(size));
    this.screen = screen;
    this.store.open();
    listen(screen.stage, this.gestures(screen), signal);
    addEventListener("online", () => this.store.retry(), { signal });
    const unwatch = this.autoplay.watch(screen.stage);
    return () => {
      closing.abort();
      unwatch();
      this.pause();
      this.turntable.stop();
      clearTimeout(this.settling);
      this.store.close();
      screen.close();
      this.screen = null;
    };
  }

  /** A new manifest: the angle stays, and only new pictures are fetched. */
  update(frames: readonly Frame[]): void {
    this.frames = frames;
    if (!this.isPlaced) {
      const first = nearest(0, this.count, (place) => hasPicture(frames[place]));
      this.isPlaced = first !== null;
      this.turntable.turnTo(angleOf(first ?? 0, this.count));
    }
    this.place = this.target;
    this.store.moveTo(this.place);
    this.store.update(frames);
    this.draw();
    this.settleSoon();
  }

  askOn(onExpired: () => Promise<unknown>): void {
    this.onExpired = onExpired;
  }

  readonly retry = (): void => this.store.retry();

  readonly togglePlay = (): void => {
    this.isUntouched = false;
    if (this.autoplay.isOn) this.pause();
    else this.play();
  };

  /** From the dial: goes to the frame itself, gaps included. */
  turnTo(angle: number): void {
    this.touch();
    this.turntable.turnTo(angleOf(placeAt(angle, this.count), this.count));
  }

  readonly obey = (command: Command): void => {
    if (command.kind === "play") this.togglePlay();
    else if (command.kind === "step") this.stepTo(this.target + command.places);
    else if (command.kind === "turn") this.turnTo(this.turntable.angle + command.degrees);
    else if (command.kind === "end") this.stepTo(command.end === "first" ? 0 : this.count - 1);
    else {
      this.touch();
      this.lens.obey(command);
    }
  };

  private stepTo(place: number): void {
    this.touch();
    this.turntable.turnTo(angleOf((place + this.count) % this.count, this.count));
    this.state.change({ place: this.target });
  }

  private gestures(screen: Screen): Parameters<typeof listen>[1] {
    return {
      fromCentre: (event) => screen.fromCentre(event),
      onHold: (now) => {
        this.touch();
        this.turntable.hold(now);
      },
      onDrag: (dx, dy, now) => {
        if (this.lens.isClose) this.lens.shift(dx, dy);
        else this.turntable.drag((dx * DEGREES_ACROSS) / screen.width, now);
      },
      onLetGo: (now) => this.turntable.letGo(now, isCalm(), (angle) => this.pictureNear(angle)),
      onPinch: (before, after) => this.lens.pinch(before, after),
      onDoubleTap: (at) => this.lens.toggle(at),
      onWheel: (pixels, at, isPinch) => {
        const isOurs = isPinch || screen.isEntered;
        if (!isOurs || (pixels > 0 && !this.lens.isClose)) return isPinch;
        this.touch();
        this.lens.wheel(pixels, at);
        return true;
      },
    };
  }

  /** Where the angle leads; `place` follows with the next frame of the screen. */
  private get target(): number {
    return placeAt(this.turntable.angle, this.count);
  }

  private get count(): number {
    return Math.max(1, this.frames.length);
  }

  private pictureNear(angle: number): number {
    const place = placeAt(angle, this.count);
    const near = nearest(place, this.count, (one) => hasPicture(this.frames[one]));
    return angleOf(near ?? place, this.count);
  }

  private touch(): void {
    this.isUntouched = false;
    this.pause();
  }

  private play(): void {
    this.lens.whole();
    this.autoplay.start();
    this.state.change({ isPlaying: true });
  }

  private playStep(): void {
    const next = following(this.place, this.count, 1, (place) => this.store.at(place) !== null);
    this.turntable.turnTo(angleOf(next, this.count));
  }

  private pause(): void {
    if (!this.autoplay.isOn) return;
    this.autoplay.stop();
    this.state.change({ isPlaying: false });
    this.settleSoon();
  }

  private look(view: View, isEased: boolean): void {
    this.screen?.move(view, isEased && !isCalm());
    this.state.change({ scale: view.scale });
    this.settleSoon();
  }

  private arrived(place: number): void {
    const { loaded, lost } = this.store.progress();
    this.state.change({ loaded, lost });
    this.draw();
    if (place === this.place) this.settleSoon();
    const pictures = this.frames.filter(hasPicture).length;
    const isReady = loaded === pictures && pictures > this.count / 2;
    if (isReady && this.isUntouched && !this.autoplay.isOn && !isCalm()) this.play();
  }

  private turned(): void {
    const place = this.target;
    if (place !== this.place) {
      this.place = place;
      this.store.moveTo(place);
      this.settleSoon();
      this.screen?.hideSharp();
    }
    this.draw();
  }

  private draw(): void {
    const { screen, place } = this;
    if (!screen) return;
    screen.turn(this.turntable.angle);
    screen.showPlace(place, this.count, !hasPicture(this.frames[place]));
    const near = nearest(place, this.count, (one) => this.store.at(one) !== null);
    const bitmap = near === null ? null : this.store.at(near);
    if (bitmap) screen.paint(bitmap);
  }

  private settleSoon(): void {
    clearTimeout(this.settling);
    this.settling = window.setTimeout(() => this.settle(), STILL_MS);
  }

  /** Still for a moment: said to screen readers, and shown sharp. */
  private settle(): void {
    this.state.change({ saidScale: this.lens.scale });
    if (!this.autoplay.isOn) void this.sharpen();
    // A slider that has the focus would read out every step of a car that turns by itself.
    if (!this.autoplay.isOn || !this.screen?.isFocused) this.state.change({ place: this.place });
  }

  private async sharpen(): Promise<void> {
    const { place } = this;
    const bitmap = await this.store.sharpAt(place);
    if (bitmap && place === this.place && !this.autoplay.isOn) this.screen?.showSharp(bitmap);
  }
}

function isCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
