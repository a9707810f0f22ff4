import { decoded } from "./decoded.ts";
import { isFar, type Load, PARALLEL, pending, type SmallSize } from "./loading.ts";
import { type Frame, hasPicture } from "./words.ts";

const ATTEMPTS = 3;
const SHARP_KEPT = 6;
const RETRY_MS = 1_000;

interface Slot {
  imageId: string;
  urls: Frame["urls"];
  has: 0 | SmallSize;
  small: ImageBitmap | null;
  large: ImageBitmap | null;
  loading: Set<SmallSize>;
  /** Rounds of asking in which it failed, and the last of them. */
  failures: number;
  failedIn: number;
}

export interface StoreEvents {
  onPicture: (place: number) => void;
  /** A picture did not come: its URL may have expired. Settles when there are new ones, or none. */
  onExpired: () => Promise<unknown>;
}

/** The decoded pictures of a turn by place. What it has outlives a new manifest. */
export class FrameStore {
  private readonly slots = new Map<number, Slot>();
  private readonly sharp = new Map<string, ImageBitmap>();
  private closing = new AbortController();
  private isAsking = false;
  private round = 0;
  private inFlight = 0;
  private here = 0;
  private count = 1;

  constructor(private readonly events: StoreEvents) {}

  open(): void {
    this.closing = new AbortController();
  }

  close(): void {
    this.closing.abort();
    for (const bitmap of this.sharp.values()) bitmap.close();
    for (const slot of this.slots.values()) release(slot);
    this.sharp.clear();
    this.slots.clear();
    this.inFlight = 0;
  }

  /** Only places with a picture that is new are fetched. */
  update(frames: readonly Frame[]): void {
    if (frames.length !== this.count) this.forget(() => true);
    this.count = frames.length;
    this.forget((place) => !hasPicture(frames[place]));
    for (const frame of frames) if (hasPicture(frame)) this.take(frame);
    this.pump();
  }

  private take({ index, image_id: imageId, urls }: Frame): void {
    const slot = this.slots.get(index);
    const id = imageId ?? String(index);
    if (slot?.imageId === id) {
      slot.urls = urls;
      return;
    }
    // A re-shoot: the older picture stands until the newer one is here.
    const { small = null, large = null } = slot ?? {};
    const fresh = { has: 0, loading: new Set<SmallSize>(), failures: 0, failedIn: -1 } as const;
    this.slots.set(index, { imageId: id, urls, small, large, ...fresh });
  }

  private forget(isGone: (place: number) => boolean): void {
    for (const [place, slot] of this.slots) {
      if (!isGone(place)) continue;
      release(slot);
      this.slots.delete(place);
    }
  }

  /** The place that is looked at: what is near it comes first. */
  moveTo(place: number): void {
    this.here = place;
    for (const [at, slot] of this.slots) {
      if (!slot.large || !slot.small || !isFar(at, place, this.count)) continue;
      slot.large.close();
      slot.large = null;
      slot.has = 150;
    }
    this.pump();
  }

  /** The best picture at a place that can be drawn at once. */
  at(place: number): ImageBitmap | null {
    const slot = this.slots.get(place);
    return slot?.large ?? slot?.small ?? null;
  }

  /** How many places can be shown, and how many cannot although they have a picture. */
  progress(): { loaded: number; lost: number } {
    const slots = [...this.slots.values()];
    const lost = slots.filter((slot) => slot.failures >= ATTEMPTS && !slot.small && !slot.large);
    return { loaded: slots.filter((slot) => slot.small ?? slot.large).length, lost: lost.length };
  }

  /** The picture of 1200 px, or null when it does not come. */
  async sharpAt(place: number): Promise<ImageBitmap | null> {
    const slot = this.slots.get(place);
    const url = slot?.urls["1200"];
    if (!slot || !url) return null;
    const known = this.sharp.get(slot.imageId);
    if (known) return known;
    const { signal } = this.closing;
    try {
      const bitmap = await decoded(url, signal, true);
      if (signal.aborted) return null;
      this.keepSharp(slot.imageId, bitmap);
      return bitmap;
    } catch {
      if (!signal.aborted) void this.askAgain();
      return null;
    }
  }

  private keepSharp(imageId: string, bitmap: ImageBitmap): void {
    this.sharp.get(imageId)?.close();
    this.sharp.set(imageId, bitmap);
    const [oldest] = this.sharp.keys();
    if (this.sharp.size <= SHARP_KEPT || oldest === undefined) return;
    this.sharp.get(oldest)?.close();
    this.sharp.delete(oldest);
  }

  /** For a person who asks again, and for a network that is back. */
  retry(): void {
    for (const slot of this.slots.values()) slot.failures = 0;
    void this.askAgain();
  }

  private pump(): void {
    const held = [...this.slots].flatMap(([place, { has, failures }]) =>
      failures < ATTEMPTS ? [{ place, has }] : [],
    );
    for (const load of pending(held, this.here, this.count)) {
      if (this.inFlight >= PARALLEL || this.isAsking) return;
      const slot = this.slots.get(load.place);
      if (slot && !slot.loading.has(load.size)) void this.load(slot, load);
    }
  }

  private async load(slot: Slot, { place, size }: Load): Promise<void> {
    const { signal } = this.closing;
    slot.loading.add(size);
    this.inFlight += 1;
    try {
      const url = slot.urls[String(size)] ?? "";
      const bitmap = await decoded(url, signal, place === this.here);
      if (!signal.aborted) this.keep(slot, place, size, bitmap);
    } catch {
      if (!signal.aborted) this.missed(slot);
    } finally {
      slot.loading.delete(size);
    }
    if (signal.aborted) return;
    this.inFlight -= 1;
    this.pump();
  }

  private keep(slot: Slot, place: number, size: SmallSize, bitmap: ImageBitmap): void {
    if (this.slots.get(place) !== slot || slot.has >= size) {
      bitmap.close();
      return;
    }
    if (slot.has === 0) release(slot);
    slot.has = size;
    slot.failures = 0;
    if (size === 150) slot.small = bitmap;
    else slot.large = bitmap;
    this.events.onPicture(place);
  }

  private missed(slot: Slot): void {
    if (slot.failedIn !== this.round) slot.failures += 1;
    slot.failedIn = this.round;
    void this.askAgain();
  }

  private async askAgain(): Promise<void> {
    if (this.isAsking) return;
    const { signal } = this.closing;
    this.isAsking = true;
    await this.events.onExpired().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    this.isAsking = false;
    this.round += 1;
    if (signal.aborted) return;
    this.events.onPicture(this.here);
    this.pump();
  }
}

function release(slot: Slot): void {
  slot.small?.close();
  slot.large?.close();
  slot.small = null;
  slot.large = null;
}
