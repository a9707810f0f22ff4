/** Line icons on a grid of 20, drawn for this product; decoration only, names come beside them. */
const PATHS = {
  alert: "M10 3 18 17H2L10 3Zm0 5.5v4m0 2.2v.1",
  arrowLeft: "M16 10H4.5M9 5l-5 5 5 5",
  check: "m4 10.5 4 4 8-9",
  chevronDown: "m5.5 8 4.5 4.5L14.5 8",
  chevronLeft: "m12 5-5 5 5 5",
  chevronRight: "m8 5 5 5-5 5",
  clock: "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4Zm0 3.4V10l2.6 1.8",
  close: "m5 5 10 10M15 5 5 15",
  external: "M11.5 3.5h5v5m0-5-7 7M8.5 5H5a1.5 1.5 0 0 0-1.5 1.5V15A1.5 1.5 0 0 0 5 16.5h8.5A1.5 1.5 0 0 0 15 15v-3.5",
  eye: "M1.8 10S4.8 4.6 10 4.6 18.2 10 18.2 10 15.2 15.4 10 15.4 1.8 10 1.8 10Zm8.2-2.3a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6Z",
  gap: "M3.5 3.5h3m3 0h1m3 0h3v3m0 3v1m0 3v3h-3m-3 0h-1m-3 0h-3v-3m0-3v-1m0-3v-3",
  moon: "M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7Z",
  offline: "m3 3 14 14M6.2 12.4a5.5 5.5 0 0 1 4.6-1.5m3 1.3.3.2M3.3 9.4c.9-.9 2-1.6 3.2-2M9.4 6.7a10 10 0 0 1 7.3 2.7M10 15.6v.1",
  refresh: "M16.5 10a6.5 6.5 0 1 1-1.9-4.6l1.9 1.8m0-4v4h-4",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11Zm4 9.5 4 4",
  signOut: "M12 3.5H5A1.5 1.5 0 0 0 3.5 5v10A1.5 1.5 0 0 0 5 16.5h7M8.5 10h8m-3-3 3 3-3 3",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10 1.8v1.6m0 13.2v1.6M1.8 10h1.6m13.2 0h1.6M4.2 4.2l1.1 1.1m9.4 9.4 1.1 1.1m0-11.6-1.1 1.1m-9.4 9.4-1.1 1.1",
  system: "M3 4.5h14v9H3zM7.5 17h5M10 13.5V17",
  publish: "M10 13V3.5m0 0L6.2 7.3M10 3.5l3.8 3.8M3.5 12.5V15A1.5 1.5 0 0 0 5 16.5h10a1.5 1.5 0 0 0 1.5-1.5v-2.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size }: { name: IconName; size?: number }) {
  return <Glyph path={PATHS[name]} size={size} />;
}

interface GlyphProps {
  path: string;
  size?: number | undefined;
  filled?: boolean;
}

/** One sign on the grid, with the line that all of them have. */
export function Glyph({ path, size = 18, filled = false }: GlyphProps) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill={filled ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}
