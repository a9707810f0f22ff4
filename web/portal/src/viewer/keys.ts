/** Keys of the viewer, as what they ask for. */

export type Command =
  | { kind: "step"; places: number }
  | { kind: "turn"; degrees: number }
  | { kind: "end"; end: "first" | "last" }
  | { kind: "zoom"; direction: 1 | -1 }
  | { kind: "shift"; dx: number; dy: number }
  | { kind: "play" | "whole" | "full" };

interface Key {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const SHIFT = 60;

const PLAIN: Record<string, Command> = {
  ArrowRight: { kind: "step", places: 1 },
  ArrowUp: { kind: "step", places: 1 },
  ArrowLeft: { kind: "step", places: -1 },
  ArrowDown: { kind: "step", places: -1 },
  PageUp: { kind: "turn", degrees: 90 },
  PageDown: { kind: "turn", degrees: -90 },
  Home: { kind: "end", end: "first" },
  End: { kind: "end", end: "last" },
  " ": { kind: "play" },
  "+": { kind: "zoom", direction: 1 },
  "=": { kind: "zoom", direction: 1 },
  "-": { kind: "zoom", direction: -1 },
  "0": { kind: "whole" },
  f: { kind: "full" },
};

/** The picture goes against the arrow: what lies there comes into sight. */
const SHIFTED: Record<string, Command> = {
  ArrowRight: { kind: "shift", dx: -SHIFT, dy: 0 },
  ArrowLeft: { kind: "shift", dx: SHIFT, dy: 0 },
  ArrowUp: { kind: "shift", dx: 0, dy: SHIFT },
  ArrowDown: { kind: "shift", dx: 0, dy: -SHIFT },
  // On most keyboards plus is typed with shift.
  "+": { kind: "zoom", direction: 1 },
};

/** Null for keys that are not the viewer's, the browser's own shortcuts among them. */
export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Key): Command | null {
  if (ctrlKey || metaKey || altKey) return null;
  return (shiftKey ? SHIFTED[key] : PLAIN[key]) ?? null;
}
