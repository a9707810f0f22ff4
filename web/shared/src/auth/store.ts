import { millisecondsLeft, parse, type SignedIn } from "./token.ts";

const KEY = "imaging360.signed-in";

export type EndReason = "signed-out" | "expired" | "revoked";

/** The sign-in of this browser: kept over reloads, shared by its tabs, over when the token is. */
export class AuthStore {
  private current: SignedIn | null;
  private reason: EndReason | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly storage: Storage) {
    this.current = parse(storage.getItem(KEY), Date.now());
    this.arm();
  }

  /** Follow what other tabs do. */
  watch(target: Pick<Window, "addEventListener">): void {
    target.addEventListener("storage", (event) => {
      if (event.key !== KEY && event.key !== null) return;
      const was = this.current;
      this.current = parse(this.storage.getItem(KEY), Date.now());
      if (was && !this.current) this.reason = "signed-out";
      this.changed();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): SignedIn | null => this.current;

  /** Why the last sign-in ended, if one did. */
  endReason(): EndReason | null {
    return this.reason;
  }

  token(): string | null {
    if (this.current && millisecondsLeft(this.current, Date.now()) === 0) this.end("expired");
    return this.current?.token ?? null;
  }

  begin(signedIn: SignedIn): void {
    this.current = signedIn;
    this.reason = null;
    this.storage.setItem(KEY, JSON.stringify(signedIn));
    this.changed();
  }

  end(reason: EndReason): void {
    if (!this.current) return;
    this.current = null;
    this.reason = reason;
    this.storage.removeItem(KEY);
    this.changed();
  }

  private changed(): void {
    this.arm();
    for (const listener of this.listeners) listener();
  }

  private arm(): void {
    clearTimeout(this.timer);
    if (!this.current) return;
    this.timer = setTimeout(() => void this.token(), millisecondsLeft(this.current, Date.now()));
  }
}
