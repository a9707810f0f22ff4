import { arcs } from "./arcs.ts";
import styles from "./Ring.module.css";

interface Props {
  done: number;
  failed: number;
  expected: number;
  size?: number;
}

const RADIUS = 15.5;
const AROUND = 2 * Math.PI * RADIUS;

/** How far a session is. Decoration: the numbers stand beside it in words. */
export function Ring({ done, failed, expected, size = 32 }: Props) {
  const [doneArc, failedArc] = arcs(done, failed, expected, AROUND);
  const isWhole = failed === 0 && done >= expected && expected > 0;
  const circle = { cx: 20, cy: 20, r: RADIUS, fill: "none", strokeWidth: 5 };
  return (
    <svg width={size} height={size} viewBox="0 0 40 40" aria-hidden="true">
      <g transform="rotate(-90 20 20)">
        <circle {...circle} className={styles["track"]} />
        <circle
          {...circle}
          className={`${styles["done"]} ${isWhole ? styles["whole"] : ""}`}
          strokeDasharray={`${doneArc} ${AROUND}`}
        />
        {failed > 0 && (
          <circle
            {...circle}
            className={styles["failed"]}
            strokeDasharray={`${failedArc} ${AROUND}`}
            strokeDashoffset={-doneArc}
          />
        )}
      </g>
    </svg>
  );
}
