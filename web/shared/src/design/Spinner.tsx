import styles from "./Spinner.module.css";

export function Spinner() {
  return <span className={styles["spinner"]} aria-hidden="true" />;
}

/** While a page comes; said aloud too. */
export function PageSpinner({ label = "Loading" }: { label?: string }) {
  return (
    <div className={styles["page"]} role="status">
      <Spinner />
      <span className="visually-hidden">{label}</span>
    </div>
  );
}
