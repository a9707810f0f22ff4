import type { ReactNode } from "react";

import styles from "./Badge.module.css";

export type Tone = "plain" | "pass" | "warn" | "fail" | "accent" | "solid";

interface Props {
  tone?: Tone;
  /** A dot before the words: something's state; `pulse` when it is under way. */
  dot?: boolean | "pulse";
  children: ReactNode;
}

export function Badge({ tone = "plain", dot = false, children }: Props) {
  return (
    <span className={`${styles["badge"]} ${styles[tone] ?? ""}`}>
      {dot && <span className={`${styles["dot"]} ${dot === "pulse" ? styles["pulse"] : ""}`} />}
      {children}
    </span>
  );
}
