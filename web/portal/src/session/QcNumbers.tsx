import { percent, whole } from "@imaging360/shared/format/text.ts";

import type { Qc } from "./qc.ts";
import styles from "./QcBadge.module.css";

/** What was measured, and against what. */
export function QcNumbers({ qc: { numbers, thresholds } }: { qc: Qc }) {
  const share = thresholds.clipped_share_fail;
  const limit = share === undefined ? "" : `together under ${percent(share)}`;
  const sharp = thresholds.sharpness_warn;
  return (
    <dl className={`${styles["numbers"]} tnum`}>
      <Row
        name="Sharpness"
        value={numbers.sharpness === undefined ? "–" : whole(numbers.sharpness)}
        limit={sharp === undefined ? "" : `good above ${whole(sharp)}`}
      />
      <Row name="Pure white" value={shown(numbers.white_share)} limit={limit} />
      <Row name="Pure black" value={shown(numbers.black_share)} limit="" />
    </dl>
  );
}

function Row({ name, value, limit }: { name: string; value: string; limit: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
      <dd>{limit}</dd>
    </>
  );
}

function shown(share: number | undefined): string {
  return share === undefined ? "–" : percent(share);
}
