import { memo, type PointerEvent } from "react";

import { angleAt } from "./angles.ts";
import styles from "./Dial.module.css";
import { arc, spoke } from "./dialShape.ts";
import { part } from "./screen.ts";
import { type Frame, hasPicture, spoken } from "./words.ts";

interface Props {
  frames: readonly Frame[];
  onTurn: (angle: number) => void;
}

/**
 * The car from above, its nose up, in the ring of its frames; the needle is where the camera stands.
 * For hands and eyes only: the stage is the slider for keyboards and screen readers.
 */
export const Dial = memo(function Dial({ frames, onTurn }: Props) {
  const turn = (event: PointerEvent<HTMLDivElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    onTurn(angleAt(event.clientX - left - width / 2, event.clientY - top - height / 2));
  };
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    turn(event);
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) turn(event);
  };
  return (
    <div className={styles["dial"]} aria-hidden="true" onPointerDown={press} onPointerMove={move}>
      <svg viewBox="-50 -50 100 100" className={styles["ring"]}>
        {frames.map((frame) => (
          <Mark key={frame.index} frame={frame} count={frames.length} />
        ))}
        <g transform="translate(0 -8)">
          <path className={styles["body"]} d={BODY} />
          <path className={styles["glass"]} d={GLASS} />
        </g>
      </svg>
      <div {...part("needle")} className={styles["needle"]} />
      <div className={`${styles["window"]} tnum`}>
        <div {...part("degrees")} className={styles["degrees"]}>
          {frames.map((frame) => (
            <span key={frame.index}>{frame.angle_deg}°</span>
          ))}
        </div>
      </div>
    </div>
  );
});

const BODY =
  "M-9 -17C-8 -20 8 -20 9 -17L10 -8L10 15C10 19 7 20 0 20C-7 20 -10 19 -10 15L-10 -8Z" +
  "M-10 -5L-12.5 -3.5M10 -5L12.5 -3.5";
const GLASS = "M-7.5 -6C-4 -8.5 4 -8.5 7.5 -6L6 -1H-6ZM-6 12H6L7 16C4 17.3 -4 17.3 -7 16Z";

/** One frame: a full arc, a thin one while it is awaited, a dot for none, a spoke for a failure. */
function Mark({ frame, count }: { frame: Frame; count: number }) {
  const [look, path] = shape(frame, count);
  return (
    <path className={styles[look]} d={path}>
      <title>{spoken(frame)}</title>
    </path>
  );
}

function shape(frame: Frame, count: number): [string, string] {
  if (hasPicture(frame)) return ["shown", arc(frame.index, count, 42)];
  if (frame.status === "failed") return ["failed", spoke(frame.index, count, 38, 47)];
  if (frame.status === "pending") return ["pending", arc(frame.index, count, 42)];
  return ["missing", spoke(frame.index, count, 41.5, 42.5)];
}
