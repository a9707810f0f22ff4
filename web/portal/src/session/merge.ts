import type { Image, ImageList } from "@imaging360/shared/api/types.ts";

const FINAL = new Set(["processed", "failed", "published"]);

export function isFinal(image: Image): boolean {
  return FINAL.has(image.status);
}

export function isPublishable(image: Image): boolean {
  return image.status === "processed";
}

/** The list with a picture in its place: by angle, those without one last, then by time. */
export function upsert(list: ImageList, image: Image): ImageList {
  const known = list.items.find((item) => item.id === image.id);
  // News about the pipeline can be older than the verdict.
  if (known && isFinal(known) && !isFinal(image)) return list;
  const others = list.items.filter((item) => item.id !== image.id);
  return { ...list, items: [...others, known ? keepUrls(known, image) : image].sort(byPlace) };
}

export function remove(list: ImageList, imageId: string): ImageList {
  const rest = list.items.filter((item) => item.id !== imageId || isFinal(item));
  return rest.length === list.items.length ? list : { ...list, items: rest };
}

/** A change to some of the pictures, e.g. that they are published. */
export function patch(
  list: ImageList,
  ids: ReadonlySet<string>,
  change: (image: Image) => Image,
): ImageList {
  return { ...list, items: list.items.map((item) => (ids.has(item.id) ? change(item) : item)) };
}

/** The same objects under other signatures would be loaded again for nothing. */
function keepUrls(known: Image, image: Image): Image {
  const isSame = JSON.stringify(known.thumb_keys) === JSON.stringify(image.thumb_keys);
  const hasUrls = Object.keys(known.thumb_urls).length > 0;
  return isSame && hasUrls ? { ...image, thumb_urls: known.thumb_urls } : image;
}

function byPlace(one: Image, other: Image): number {
  return (
    (one.angle_deg ?? 1000) - (other.angle_deg ?? 1000) ||
    Date.parse(one.created_at) - Date.parse(other.created_at) ||
    (one.id < other.id ? -1 : 1)
  );
}
