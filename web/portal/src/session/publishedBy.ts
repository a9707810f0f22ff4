import type { Image } from "@imaging360/shared/api/types.ts";
import { ago } from "@imaging360/shared/format/text.ts";

/** "today 14:05 by Robin": when and by whom it was published; null for what is not. */
export function publishedBy(
  image: Image,
  people: Readonly<Record<string, string>>,
  now: number,
): string | null {
  if (image.status !== "published" || !image.published_at) return null;
  const name = image.published_by ? people[image.published_by] : undefined;
  return `${ago(image.published_at, now)}${name ? ` by ${name}` : ""}`;
}
