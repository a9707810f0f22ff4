import type { ReactNode } from "react";

import { ApiProblem, explain, mayPass } from "../api/problem.ts";
import { Button } from "./Button.tsx";
import { Icon } from "./Icon.tsx";
import styles from "./Message.module.css";

interface Props {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  /** 1 when nothing else is on the page. */
  level?: 1 | 2;
}

/** A page or a part of one that has nothing to show: why, and what to do next. */
export function Message({ title, children, actions, level = 2 }: Props) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className={styles["message"]}>
      <Heading>{title}</Heading>
      <div>{children}</div>
      {actions && <div className={styles["actions"]}>{actions}</div>}
    </div>
  );
}

interface ProblemProps {
  error: unknown;
  onRetry?: () => void;
  actions?: ReactNode;
  level?: 1 | 2;
}

/** An error in plain words, with a way on. */
export function ProblemMessage({ error, onRetry, actions, level = 1 }: ProblemProps) {
  const { title, advice } = explain(error);
  const requestId = error instanceof ApiProblem ? error.requestId : undefined;
  // The same question would get the same refusal.
  const retry = onRetry && mayPass(error) && (
    <Button look="primary" onClick={onRetry}>
      <Icon name="refresh" /> Try again
    </Button>
  );
  return (
    <div role="alert">
      <Message title={title} level={level} actions={retry || actions ? [retry, actions] : null}>
        <p>{advice}</p>
        {requestId && <p className={styles["small"]}>Request {requestId}</p>}
      </Message>
    </div>
  );
}

/** One line above what it is about. */
export function Notice({ tone = "warn", children }: { tone?: "warn" | "fail"; children: ReactNode }) {
  return (
    <div role="status" className={`${styles["notice"]} ${tone === "fail" ? styles["fail"] : ""}`}>
      <Icon name="alert" />
      <div>{children}</div>
    </div>
  );
}
