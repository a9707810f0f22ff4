const PLAY_MS = 500;

/** Two steps a second while somebody can see them. */
export class Autoplay {
  private timer: number | null = null;
  private isInSight = true;

  constructor(private readonly onStep: () => void) {}

  get isOn(): boolean {
    return this.timer !== null;
  }

  /** Rests while the stage is scrolled out of sight, until the returned function is called. */
  watch(stage: HTMLElement): () => void {
    const watcher = new IntersectionObserver(([entry]) => {
      this.isInSight = entry?.isIntersecting ?? true;
    });
    watcher.observe(stage);
    return () => watcher.disconnect();
  }

  start(): void {
    this.timer ??= window.setInterval(() => {
      if (!document.hidden && this.isInSight) this.onStep();
    }, PLAY_MS);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}
