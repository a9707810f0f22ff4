import { exposure } from "@imaging360/shared/format/text.ts";

type Exif = Readonly<Record<string, unknown>>;
type Pair = readonly [name: string, value: string];

/** What the camera said, as a photographer reads it; what it did not say is left out. */
export function exifPairs(exif: Exif | null | undefined): Pair[] {
  if (!exif) return [];
  const pairs: [string, string | null][] = [
    ["Camera", camera(exif)],
    ["Lens", text(exif["LensModel"])],
    ["Exposure", number(exif["ExposureTime"], exposure)],
    ["Aperture", number(exif["FNumber"], (stop) => `f/${Number(stop.toFixed(1))}`)],
    ["ISO", number(exif["ISO"], String)],
    ["Focal length", number(exif["FocalLength"], (mm) => `${Number(mm.toFixed(1))} mm`)],
    ["Position", position(exif)],
    ["Software", text(exif["Software"])],
  ];
  return pairs.filter((pair): pair is [string, string] => pair[1] !== null);
}

function camera(exif: Exif): string | null {
  const make = text(exif["Make"]);
  const model = text(exif["Model"]);
  if (make && model && !model.toLowerCase().startsWith(make.toLowerCase())) return `${make} ${model}`;
  return model ?? make;
}

function position(exif: Exif): string | null {
  const { GPSLatitude: latitude, GPSLongitude: longitude } = exif;
  if (typeof latitude !== "number" || typeof longitude !== "number") return null;
  const north = `${Math.abs(latitude).toFixed(4)}° ${latitude < 0 ? "S" : "N"}`;
  return `${north}, ${Math.abs(longitude).toFixed(4)}° ${longitude < 0 ? "W" : "E"}`;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() ? value.trim() : null;
}

function number(value: unknown, shown: (value: number) => string): string | null {
  return typeof value === "number" ? shown(value) : null;
}
