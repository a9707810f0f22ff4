import { IconButton } from "@imaging360/shared/design/Button.tsx";

import styles from "./SpinViewer.module.css";
import { CLOSEST } from "./zoom.ts";
import type { Command } from "./keys.ts";
import { ViewerIcon } from "./ViewerIcon.tsx";

interface Props {
  isPlaying: boolean;
  isFull: boolean;
  scale: number;
  onCommand: (command: Command) => void;
}

export function Controls({ isPlaying, isFull, scale, onCommand }: Props) {
  const zoom = `${Math.round(scale * 100)} %`;
  return (
    <div className={styles["controls"]} role="group" aria-label="View">
      <IconButton label={isPlaying ? "Pause" : "Play"} onClick={() => onCommand({ kind: "play" })}>
        <ViewerIcon name={isPlaying ? "pause" : "play"} />
      </IconButton>
      <IconButton
        label="Zoom out"
        aria-disabled={scale <= 1}
        onClick={() => onCommand({ kind: "zoom", direction: -1 })}
      >
        <ViewerIcon name="minus" />
      </IconButton>
      {scale > 1 && (
        <button
          type="button"
          className={`${styles["zoom"]} tnum`}
          aria-label={`Show the whole car, zoom is ${zoom}`}
          onClick={() => onCommand({ kind: "whole" })}
        >
          {zoom}
        </button>
      )}
      <IconButton
        label="Zoom in"
        aria-disabled={scale >= CLOSEST}
        onClick={() => onCommand({ kind: "zoom", direction: 1 })}
      >
        <ViewerIcon name="plus" />
      </IconButton>
      <IconButton label={isFull ? "Leave full screen" : "Full screen"} onClick={() => onCommand({ kind: "full" })}>
        <ViewerIcon name={isFull ? "small" : "full"} />
      </IconButton>
    </div>
  );
}
