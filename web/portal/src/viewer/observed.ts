/** A value that React draws: changed in parts, and told of only when something differs. */
export class Observed<Value extends object> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: Value) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): Value => this.value;

  change(part: Partial<Value>): void {
    const next = { ...this.value, ...part };
    const isSame = (Object.keys(next) as (keyof Value)[]).every((key) => next[key] === this.value[key]);
    if (isSame) return;
    this.value = next;
    for (const listener of this.listeners) listener();
  }
}
