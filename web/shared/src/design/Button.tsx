import type { ButtonHTMLAttributes, ReactNode } from "react";

import styles from "./Button.module.css";

export type ButtonLook = "primary" | "secondary" | "quiet";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: ButtonLook;
}

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = "secondary", icon = false): string {
  return [styles["button"], styles[look], icon && styles["icon"]].filter(Boolean).join(" ");
}

export function Button({ look = "secondary", type = "button", className, ...rest }: Props) {
  return <button type={type} className={`${buttonClass(look)} ${className ?? ""}`} {...rest} />;
}

interface IconProps extends Omit<Props, "aria-label"> {
  label: string;
  children: ReactNode;
}

/** A button that shows an icon only; `label` is its name. */
export function IconButton({ label, look = "quiet", type = "button", className, ...rest }: IconProps) {
  const classes = `${buttonClass(look, true)} ${className ?? ""}`;
  return <button type={type} aria-label={label} title={label} className={classes} {...rest} />;
}
