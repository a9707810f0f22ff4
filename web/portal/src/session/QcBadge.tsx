import { Popover } from "@base-ui/react/popover";
import type { Image } from "@imaging360/shared/api/types.ts";
import { Badge } from "@imaging360/shared/design/Badge.tsx";

import { placeOf } from "./labels.ts";
import { inWords, qcOf, VERDICT_NAMES } from "./qc.ts";
import styles from "./QcBadge.module.css";
import { QcNumbers } from "./QcNumbers.tsx";

/** The verdict; its numbers on hover, tap or by keyboard. */
export function QcBadge({ image }: { image: Image }) {
  const qc = qcOf(image);
  if (!qc) return null;
  const name = VERDICT_NAMES[qc.overall];
  return (
    <Popover.Root>
      <Popover.Trigger
        openOnHover
        delay={250}
        className={styles["trigger"]}
        aria-label={`Quality of ${placeOf(image)}: ${name}. Numbers`}
      >
        <Badge tone={qc.overall} dot>
          {name}
        </Badge>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={styles["positioner"]} sideOffset={4} collisionPadding={12}>
          <Popover.Popup className={styles["popup"]}>
            <p className={styles["words"]}>{inWords(qc)}</p>
            <QcNumbers qc={qc} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
