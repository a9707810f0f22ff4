import type { SpinManifest } from "@imaging360/shared/api/types.ts";
import {
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";

import { Controls } from "./Controls.tsx";
import { Dial } from "./Dial.tsx";
import { useFullScreen } from "./fullScreen.ts";
import type { Command } from "./keys.ts";
import { Notes } from "./Notes.tsx";
import { part } from "./screen.ts";
import styles from "./SpinViewer.module.css";
import { useKeys } from "./useKeys.ts";
import { Viewer } from "./viewer.ts";
import { hasPicture, spoken, troubles } from "./words.ts";

interface Props {
  manifest: SpinManifest;
  /** Asked when pictures do not load: their URLs may have expired. Gives a new manifest, if it can. */
  onExpired: () => Promise<unknown>;
}

/** A car that turns. A newer manifest may be given at any time; the angle stays. */
export default function SpinViewer({ manifest, onExpired }: Props) {
  const { frames } = manifest;
  const root = useRef<HTMLDivElement>(null);
  const [viewer, state] = useViewer(manifest, onExpired, root);
  const { isFull, isCovering, toggle } = useFullScreen(root);
  const helpId = useId();
  const obey = (command: Command) => (command.kind === "full" ? toggle() : viewer.obey(command));
  const turn = useCallback((angle: number) => viewer.turnTo(angle), [viewer]);
  useKeys(root, obey);
  const frame = frames[state.place];
  const missing = troubles(frames);
  const pictures = frames.filter(hasPicture).length;
  return (
    <div ref={root} className={styles["viewer"]} data-covering={isCovering || undefined}>
      <div
        {...part("stage")}
        className={styles["stage"]}
        data-zoomed={state.scale > 1 || undefined}
        role="slider"
        tabIndex={0}
        aria-label="Turn the car"
        aria-describedby={helpId}
        aria-valuemin={0}
        aria-valuemax={frames.at(-1)?.angle_deg ?? 0}
        aria-valuenow={frame?.angle_deg ?? 0}
        aria-valuetext={frame ? spoken(frame) : ""}
      >
        <div {...part("picture")} className={styles["picture"]}>
          <canvas {...part("canvas")} />
          <canvas {...part("sharp")} className={styles["sharp"]} />
        </div>
      </div>
      <Progress share={pictures === 0 ? 1 : (state.loaded + state.lost) / pictures} />
      <Notes frame={frame} lost={state.lost} onRetry={viewer.retry} />
      <div className={styles["bar"]}>
        <Dial frames={frames} onTurn={turn} />
        <Controls isPlaying={state.isPlaying} isFull={isFull} scale={state.scale} onCommand={obey} />
      </div>
      <p role="status" className="visually-hidden">
        {state.saidScale > 1 ? `Zoom ${Math.round(state.saidScale * 100)} %` : ""}
      </p>
      <p id={helpId} className="visually-hidden">
        Arrow keys turn the car, Space plays, plus and minus zoom, zero shows the whole, F is full screen.
      </p>
      {missing.length > 0 && (
        <div className="visually-hidden">
          <p>{`${frames.length - pictures} of ${frames.length} frames have no picture:`}</p>
          <ul>
            {missing.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** How much of the turn is here, for eyes only: nobody has to wait for it. */
function Progress({ share }: { share: number }) {
  return (
    <div className={styles["progress"]} data-done={share >= 1 || undefined} aria-hidden="true">
      <div style={{ transform: `scaleX(${share})` }} />
    </div>
  );
}

function useViewer(
  { frames }: SpinManifest,
  onExpired: () => Promise<unknown>,
  root: RefObject<HTMLElement | null>,
) {
  const [viewer] = useState(() => new Viewer());
  useEffect(() => (root.current ? viewer.attach(root.current) : undefined), [viewer, root]);
  useEffect(() => viewer.askOn(onExpired), [viewer, onExpired]);
  useEffect(() => viewer.update(frames), [viewer, frames]);
  return [viewer, useSyncExternalStore(viewer.state.subscribe, viewer.state.get)] as const;
}
