import type { Image } from "@imaging360/shared/api/types.ts";
import { Button } from "@imaging360/shared/design/Button.tsx";

import { placeOf } from "./labels.ts";
import { isPublishable } from "./merge.ts";
import { usePublish } from "./publishing.ts";
import styles from "./Tile.module.css";

/** Publishes the picture, or takes it back; nothing for those that are neither. */
export function PublishButton({ image, isLarge = false }: { image: Image; isLarge?: boolean }) {
  const publish = usePublish(image.session_id);
  const isPublished = image.status === "published";
  if (!isPublished && !isPublishable(image)) return null;
  return (
    <Button
      look={isLarge && !isPublished ? "primary" : "secondary"}
      className={isLarge ? "" : (styles["publish"] ?? "")}
      aria-label={`${isPublished ? "Unpublish" : "Publish"} ${placeOf(image)}`}
      disabled={publish.isPending}
      onClick={() => publish.mutate({ image, publish: !isPublished })}
    >
      {isPublished ? "Unpublish" : "Publish"}
    </Button>
  );
}
