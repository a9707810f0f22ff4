import { Button } from "@imaging360/shared/design/Button.tsx";
import { Icon } from "@imaging360/shared/design/Icon.tsx";

import styles from "./SpinViewer.module.css";
import { type Frame, hasPicture, headline, whyMissing } from "./words.ts";

interface Props {
  frame: Frame | undefined;
  lost: number;
  onRetry: () => void;
}

/** What is not as it should be with the frame in sight. The slider's value says the first aloud. */
export function Notes({ frame, lost, onRetry }: Props) {
  return (
    <div className={styles["notes"]}>
      {frame && !hasPicture(frame) && <Gap frame={frame} />}
      {frame && hasPicture(frame) && frame.pending && (
        <p className={styles["note"]}>
          <Icon name="clock" size={16} /> A newer picture of {frame.angle_deg}° is being processed.
        </p>
      )}
      <div role="status">
        {lost > 0 && (
          <div className={styles["note"]}>
            <Icon name="alert" size={16} />
            {lost === 1 ? "One picture did not load." : `${lost} pictures did not load.`}
            <Button onClick={onRetry}>Try again</Button>
          </div>
        )}
      </div>
    </div>
  );
}

function Gap({ frame }: { frame: Frame }) {
  const isFailed = frame.status === "failed";
  return (
    <p className={styles["note"]} data-tone={isFailed ? "fail" : undefined} aria-hidden="true">
      <Icon name={isFailed ? "alert" : frame.status === "pending" ? "clock" : "gap"} size={16} />
      <span>
        <strong>
          {headline(frame)} at {frame.angle_deg}°.
        </strong>{" "}
        {whyMissing(frame)} The nearest one is shown.
      </span>
    </p>
  );
}
