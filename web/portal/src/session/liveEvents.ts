import type { Image, ImageList, Session } from "@imaging360/shared/api/types.ts";
import type { LiveEvent } from "@imaging360/shared/live/stream.ts";

import { remove, upsert } from "./merge.ts";

/** What an event of the stream changes; null for one that we do not know. */
export type Change =
  | { about: "images"; apply: (list: ImageList) => ImageList; image?: Image }
  | { about: "session"; session: Session }
  | { about: "end"; reason: string };

export function changeOf({ name, data }: LiveEvent): Change | null {
  switch (name) {
    case "image": {
      const image = data as Image;
      const apply = (list: ImageList) => ({ ...upsert(list, image), pending_known: true });
      return { about: "images", apply, image };
    }
    case "removed": {
      const { id } = data as { id: string };
      return { about: "images", apply: (list) => remove(list, id) };
    }
    case "pending_unknown":
      return { about: "images", apply: (list) => ({ ...list, pending_known: false }) };
    case "session":
      return { about: "session", session: data as Session };
    case "end":
      return { about: "end", reason: (data as { reason: string }).reason };
    default:
      return null;
  }
}

/** Seconds until the next try: soon at first, then less often; never all pages at once. */
export function pauseMs(failures: number, random: number): number {
  return Math.min(30_000, 1_000 * 2 ** failures) * (0.75 + random / 2);
}
