import { Button } from "@imaging360/shared/design/Button.tsx";
import { Icon } from "@imaging360/shared/design/Icon.tsx";

import { pageCount } from "./searchState.ts";
import styles from "./SessionsPage.module.css";

interface Props {
  page: number;
  total: number;
  onChange: (page: number) => void;
}

export function Pages({ page, total, onChange }: Props) {
  const last = pageCount(total);
  if (last === 1) return null;
  return (
    <nav className={styles["pages"]} aria-label="Pages of the list">
      <Button disabled={page <= 1} onClick={() => onChange(page - 1)}>
        <Icon name="chevronLeft" size={16} /> Previous
      </Button>
      <span className="tnum">
        {page} of {last}
      </span>
      <Button disabled={page >= last} onClick={() => onChange(page + 1)}>
        Next <Icon name="chevronRight" size={16} />
      </Button>
    </nav>
  );
}
