import type { InputHTMLAttributes, SelectHTMLAttributes } from "react";

import styles from "./Field.module.css";
import { Icon } from "./Icon.tsx";

interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement> {
  label: string;
  options: readonly { value: string; label: string }[];
}

/** The platform's own list: the best one on a phone, and by keyboard. */
export function Select({ label, options, className, ...rest }: SelectProps) {
  return (
    <span className={`${styles["field"]} ${className ?? ""}`}>
      <select aria-label={label} className={`${styles["control"]} ${styles["select"]}`} {...rest}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="chevronDown" size={16} />
    </span>
  );
}

interface SearchProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
}

export function SearchField({ label, className, ...rest }: SearchProps) {
  return (
    <span className={`${styles["field"]} ${styles["search"]} ${className ?? ""}`}>
      <Icon name="search" size={16} />
      <input
        type="search"
        aria-label={label}
        autoComplete="off"
        spellCheck={false}
        className={`${styles["control"]} ${styles["withIcon"]}`}
        {...rest}
      />
    </span>
  );
}
