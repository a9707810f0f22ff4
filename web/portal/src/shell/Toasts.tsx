import { Icon } from "@imaging360/shared/design/Icon.tsx";
import { createPortal } from "react-dom";

import { close, type Toast, useToasts } from "./toast.ts";
import styles from "./Toasts.module.css";

/** Two regions that are always there, so that what appears in them is read aloud. */
export function Toasts() {
  const toasts = useToasts();
  const of = (tone: Toast["tone"]) =>
    toasts.filter((toast) => toast.tone === tone).map((toast) => <One key={toast.id} toast={toast} />);
  return createPortal(
    <div className={styles["viewport"]}>
      <div role="status">{of("good")}</div>
      <div role="alert">{of("bad")}</div>
    </div>,
    document.body,
  );
}

function One({ toast }: { toast: Toast }) {
  return (
    <div className={`${styles["toast"]} ${styles[toast.tone] ?? ""}`}>
      <div>
        <strong>{toast.title}</strong>
        {toast.description && <div>{toast.description}</div>}
      </div>
      <button
        type="button"
        className={styles["close"]}
        aria-label="Close the message"
        onClick={() => close(toast.id)}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
