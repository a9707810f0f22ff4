import type { ReactNode } from "react";

import styles from "./Lightbox.module.css";

/** A part of what is known of a picture. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles["part"]}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
