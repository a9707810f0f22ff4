import type { Point, Size, View } from "./zoom.ts";

type Part = "stage" | "picture" | "canvas" | "sharp" | "needle" | "degrees";

/** Marks an element of the viewer as one that the screen writes to. */
export function part(name: Part): { "data-part": Part } {
  return { "data-part": name };
}

const EASED = "transform 220ms cubic-bezier(0.2, 0.7, 0.2, 1)";

/**
 * Everything that a turn writes to the page. Only canvases, transforms and opacities: none of them
 * needs layout. The canvas is as large as its picture; the compositor scales it to the stage.
 */
export class Screen {
  readonly stage: HTMLElement;
  private readonly picture: HTMLElement;
  private readonly needle: HTMLElement;
  private readonly degrees: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly sharp: HTMLCanvasElement;
  private painted: ImageBitmap | null = null;
  private readonly watcher: ResizeObserver;
  private stageWidth = 1;

  constructor(
    private readonly root: HTMLElement,
    onResize: (size: Size) => void,
  ) {
    this.stage = found(root, "stage");
    this.picture = found(root, "picture");
    this.needle = found(root, "needle");
    this.degrees = found(root, "degrees");
    this.canvas = found(root, "canvas") as HTMLCanvasElement;
    this.sharp = found(root, "sharp") as HTMLCanvasElement;
    this.watcher = new ResizeObserver(([entry]) => {
      if (!entry) return;
      this.stageWidth = Math.max(1, entry.contentRect.width);
      onResize(entry.contentRect);
    });
    this.watcher.observe(this.stage);
  }

  close(): void {
    this.watcher.disconnect();
  }

  get width(): number {
    return this.stageWidth;
  }

  get isFocused(): boolean {
    return document.activeElement === this.stage;
  }

  /** Whether the wheel is the viewer's: it was turned to, or is all there is to see. */
  get isEntered(): boolean {
    return this.root.contains(document.activeElement);
  }

  /** A point of the window from the stage's centre. Reads layout: not for every move of a drag. */
  fromCentre({ clientX, clientY }: { clientX: number; clientY: number }): Point {
    const { left, top, width, height } = this.stage.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  turn(angle: number): void {
    this.needle.style.transform = `rotate(${angle.toFixed(2)}deg)`;
  }

  /** The degrees are written already, one line a place; this moves the right one into sight. */
  showPlace(place: number, count: number, isGap: boolean): void {
    this.degrees.style.transform = `translateY(${(-100 * place) / count}%)`;
    this.picture.style.opacity = isGap ? "0.35" : "1";
  }

  paint(bitmap: ImageBitmap): void {
    if (bitmap === this.painted) return;
    this.painted = bitmap;
    draw(this.canvas, bitmap);
  }

  showSharp(bitmap: ImageBitmap): void {
    draw(this.sharp, bitmap);
    this.sharp.style.transition = "opacity 120ms";
    this.sharp.style.opacity = "1";
  }

  hideSharp(): void {
    this.sharp.style.transition = "none";
    this.sharp.style.opacity = "0";
  }

  move({ scale, x, y }: View, isEased: boolean): void {
    const { style } = this.picture;
    style.transition = isEased ? EASED : "none";
    style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) scale(${scale.toFixed(3)})`;
  }
}

function found(root: HTMLElement, name: Part): HTMLElement {
  const element = root.querySelector<HTMLElement>(`[data-part="${name}"]`);
  if (!element) throw new Error(`The viewer has no ${name}.`);
  return element;
}

function draw(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  const { width, height } = canvas;
  const isAlike = Math.abs(width / height - bitmap.width / bitmap.height) < 0.01;
  if (!isAlike || bitmap.width > width) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
  }
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
}
