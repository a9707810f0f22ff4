import { IconButton } from "@imaging360/shared/design/Button.tsx";
import { SearchField, Select } from "@imaging360/shared/design/Field.tsx";
import { Icon } from "@imaging360/shared/design/Icon.tsx";
import { words } from "@imaging360/shared/format/text.ts";
import { useEffect, useRef, useState } from "react";

import { type SearchState, STATUSES } from "./searchState.ts";
import styles from "./SessionsPage.module.css";
import { useSites } from "./useSessions.ts";

interface Props {
  state: SearchState;
  onChange: (change: Partial<SearchState>) => void;
  onRefresh: () => void;
  isRefreshing: boolean;
}

const ALL_STATUSES = { value: "", label: "Any status" };

export function Filters({ state, onChange, onRefresh, isRefreshing }: Props) {
  const sites = useSites().data ?? [];
  return (
    <div className={styles["filters"]} role="search">
      <Search q={state.q} onChange={(q) => onChange({ q })} />
      <Select
        label="Site"
        value={state.site}
        onChange={(event) => onChange({ site: event.target.value })}
        options={[
          { value: "", label: "All sites" },
          ...sites.map((site) => ({ value: site.id, label: site.name })),
        ]}
      />
      <Select
        label="Status"
        value={state.status}
        onChange={(event) => onChange({ status: event.target.value as SearchState["status"] })}
        options={[ALL_STATUSES, ...STATUSES.map((value) => ({ value, label: words(value) }))]}
      />
      <IconButton label="Refresh" look="secondary" aria-busy={isRefreshing} onClick={onRefresh}>
        <Icon name="refresh" />
      </IconButton>
    </div>
  );
}

const PAUSE_MS = 250;

/** Asks when typing pauses, not at every letter. */
function Search({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const [text, setText] = useState(q);
  const [asked, setAsked] = useState(q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Somebody else changed it: "show all", or the browser's Back.
  if (q !== asked) {
    setAsked(q);
    setText(q);
  }
  const type = (typed: string) => {
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setAsked(typed.trim());
      onChange(typed);
    }, PAUSE_MS);
  };
  return (
    <SearchField
      label="Search by VIN or stock number"
      placeholder="VIN or stock number"
      className={styles["search"] ?? ""}
      value={text}
      maxLength={64}
      onChange={(event) => type(event.target.value)}
    />
  );
}
