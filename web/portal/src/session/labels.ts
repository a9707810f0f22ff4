import type { Image } from "@imaging360/shared/api/types.ts";
import { words } from "@imaging360/shared/format/text.ts";

/** What a picture is called: its angle or its shot. */
export function placeOf(image: Image): string {
  if (typeof image.angle_deg === "number") return `${image.angle_deg}°`;
  return image.shot_name ? words(image.shot_name) : "Extra picture";
}

const STAGES: Record<string, string> = {
  download: "while its file was fetched",
  exif: "while its camera data was read",
  thumbnails: "while its small pictures were made",
  qc: "while its quality was judged",
  dedup: "while copies were looked for",
  record: "while its verdict was saved",
};

/** Why there is no picture, in a sentence; null when nothing is wrong. */
export function troubleOf(image: Image): string | null {
  if (!image.failure) return null;
  const { message, stage } = image.failure;
  const where = STAGES[stage];
  if (image.status === "needs_attention") {
    return where ? `Stopped ${where}. ${message}` : message;
  }
  return message;
}
