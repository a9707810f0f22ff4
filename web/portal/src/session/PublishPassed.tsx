import type { Image } from "@imaging360/shared/api/types.ts";
import { Button } from "@imaging360/shared/design/Button.tsx";
import { Icon } from "@imaging360/shared/design/Icon.tsx";

import { isPublishable } from "./merge.ts";
import { usePublishPassed } from "./publishing.ts";
import { qcOf } from "./qc.ts";
import styles from "./SessionInfo.module.css";

export function PublishPassed({ sessionId, images }: { sessionId: string; images: readonly Image[] }) {
  const publish = usePublishPassed(sessionId);
  const ready = images.filter((image) => isPublishable(image) && qcOf(image)?.overall === "pass");
  const hasPublished = images.some((image) => image.status === "published");
  if (ready.length === 0 && !publish.isPending) {
    return (
      <p className={styles["settled"]}>
        {hasPublished && <Icon name="check" />}
        {hasPublished ? "All that passed are published" : "Nothing to publish yet"}
      </p>
    );
  }
  return (
    <Button look="primary" disabled={publish.isPending} onClick={() => publish.mutate(ready)}>
      <Icon name="publish" />
      {publish.isPending ? "Publishing…" : `Publish all that passed (${ready.length})`}
    </Button>
  );
}
