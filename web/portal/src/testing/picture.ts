import type { Image } from "@imaging360/shared/api/types.ts";

/** A picture for tests; what a test is about it says itself. */
export function picture(id: string, members: Partial<Image> = {}): Image {
  return {
    id,
    session_id: "s",
    status: "processed",
    angle_deg: 0,
    shot_name: null,
    thumb_keys: {},
    thumb_urls: {},
    created_at: "2026-01-01T10:00:00Z",
    ...members,
  };
}
