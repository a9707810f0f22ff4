import { Glyph } from "@imaging360/shared/design/Icon.tsx";

/** The viewer's own signs, on the grid and with the line of the design's icons. */
const PATHS = {
  play: "M6.5 4v12l9-6-9-6Z",
  pause: "M7 4.5v11m6-11v11",
  plus: "M10 4.5v11M4.5 10h11",
  minus: "M4.5 10h11",
  full: "M7.5 3.5h-4v4m9-4h4v4m-9 9h-4v-4m9 4h4v-4",
  small: "M3.5 7.5h4v-4m5 0v4h4m-13 5h4v4m5 0v-4h4",
} as const;

export type ViewerIconName = keyof typeof PATHS;

export function ViewerIcon({ name }: { name: ViewerIconName }) {
  return <Glyph path={PATHS[name]} filled={name === "play"} />;
}
