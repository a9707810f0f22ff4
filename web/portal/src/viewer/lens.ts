import type { Command } from "./keys.ts";
import {
  pinched,
  type Point,
  shifted,
  type Size,
  stepped,
  toggled,
  type View,
  wheelFactor,
  WHOLE,
  within,
  zoomed,
} from "./zoom.ts";

/** What of the picture is seen, and how closely. */
export class Lens {
  private view: View = WHOLE;
  private size: Size = { width: 1, height: 1 };

  constructor(private readonly onMove: (view: View, isEased: boolean) => void) {}

  get scale(): number {
    return this.view.scale;
  }

  get isClose(): boolean {
    return this.view.scale > 1;
  }

  fit(size: Size): void {
    this.size = size;
    this.show(within(this.view, size), false);
  }

  shift(dx: number, dy: number): void {
    this.show(shifted(this.view, dx, dy, this.size), false);
  }

  pinch(before: readonly [Point, Point], after: readonly [Point, Point]): void {
    this.show(pinched(this.view, before, after, this.size), false);
  }

  wheel(pixels: number, at: Point): void {
    this.show(zoomed(this.view, wheelFactor(pixels), at, this.size), false);
  }

  toggle(at: Point): void {
    this.show(toggled(this.view, at, this.size), true);
  }

  whole(): void {
    this.show(WHOLE, true);
  }

  obey(command: Command): void {
    if (command.kind === "zoom") this.show(stepped(this.view, command.direction, this.size), true);
    else if (command.kind === "shift") {
      this.show(shifted(this.view, command.dx, command.dy, this.size), true);
    } else if (command.kind === "whole") this.whole();
  }

  private show(view: View, isEased: boolean): void {
    this.view = view;
    this.onMove(view, isEased);
  }
}
