import { Icon } from "@imaging360/shared/design/Icon.tsx";
import { words } from "@imaging360/shared/format/text.ts";

import styles from "./Tile.module.css";

/** A place of the shot list without a picture: still to come, or missing. */
export function GapTile({ label, isOpen }: { label: string; isOpen: boolean }) {
  return (
    <li className={styles["tile"]}>
      <div className={`${styles["photo"]} ${styles["gap"]}`}>
        <div className={styles["why"]}>
          <Icon name="gap" size={24} />
          {isOpen ? "Not here yet" : "Missing"}
        </div>
      </div>
      <div className={`${styles["caption"]} tnum`}>
        <span className={styles["place"]}>{words(label)}</span>
      </div>
    </li>
  );
}
