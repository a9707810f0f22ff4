import { useSyncExternalStore } from "react";

/** A short message above the page. Good news goes by itself; bad news stays until it is closed. */
export interface Toast {
  id: number;
  tone: "good" | "bad";
  title: string;
  description: string | null;
}

const GOOD_MS = 4_000;
const MOST = 3;

let shown: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export function say(title: string): void {
  const id = add({ tone: "good", title, description: null });
  setTimeout(() => close(id), GOOD_MS);
}

export function warn(title: string, description: string): void {
  add({ tone: "bad", title, description });
}

export function close(id: number): void {
  show(shown.filter((toast) => toast.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => shown);
}

function add(toast: Omit<Toast, "id">): number {
  lastId += 1;
  show([...shown, { ...toast, id: lastId }].slice(-MOST));
  return lastId;
}

function show(toasts: readonly Toast[]): void {
  shown = toasts;
  for (const listener of listeners) listener();
}
