import { Button } from "@imaging360/shared/design/Button.tsx";
import { Message, Notice, ProblemMessage } from "@imaging360/shared/design/Message.tsx";
import { PageSpinner } from "@imaging360/shared/design/Spinner.tsx";
import { explain } from "@imaging360/shared/api/problem.ts";
import { counted } from "@imaging360/shared/format/text.ts";
import { useSearchParams } from "react-router";

import { Filters } from "./Filters.tsx";
import { Pages } from "./Pages.tsx";
import { changed, isFiltered, readState, type SearchState, writeState } from "./searchState.ts";
import { SessionRows } from "./SessionRows.tsx";
import styles from "./SessionsPage.module.css";
import { useSessions } from "./useSessions.ts";

export default function SessionsPage() {
  const [query, setQuery] = useSearchParams();
  const state = readState(query);
  const sessions = useSessions(state);
  const change = (to: Partial<SearchState>) =>
    setQuery(writeState(changed(readState(query), to)), { replace: to.page === undefined });
  return (
    <>
      <title>Sessions · 360 Imaging</title>
      <div className={styles["head"]}>
        <div>
          <h1>Sessions</h1>
          <p className={styles["count"]} role="status">
            {sessions.data ? counted(sessions.data.total, "session") : "Loading…"}
          </p>
        </div>
        <Filters
          state={state}
          onChange={change}
          isRefreshing={sessions.isFetching}
          onRefresh={() => void sessions.refetch()}
        />
      </div>
      <Found sessions={sessions} state={state} onChange={change} />
    </>
  );
}

interface FoundProps {
  sessions: ReturnType<typeof useSessions>;
  state: SearchState;
  onChange: (to: Partial<SearchState>) => void;
}

function Found({ sessions, state, onChange }: FoundProps) {
  const { data, error } = sessions;
  if (!data) {
    if (!error) return <PageSpinner label="Loading sessions" />;
    return <ProblemMessage error={error} level={2} onRetry={() => void sessions.refetch()} />;
  }
  return (
    <>
      {error && <Notice>{explain(error).title}. The list below may be out of date.</Notice>}
      {data.items.length === 0 ? (
        <Nothing state={state} onChange={onChange} />
      ) : (
        <SessionRows sessions={data.items} />
      )}
      <Pages page={state.page} total={data.total} onChange={(page) => onChange({ page })} />
    </>
  );
}

function Nothing({ state, onChange }: Pick<FoundProps, "state" | "onChange">) {
  if (state.page > 1) {
    return (
      <Message
        title="This page of the list is empty"
        actions={<Button onClick={() => onChange({ page: 1 })}>First page</Button>}
      >
        <p>The list became shorter meanwhile.</p>
      </Message>
    );
  }
  if (isFiltered(state)) {
    const clear = () => onChange({ q: "", site: "", status: "" });
    return (
      <Message
        title="No session matches"
        actions={<Button onClick={clear}>Show all sessions</Button>}
      >
        <p>Search for a part of the VIN or the stock number, or use fewer filters.</p>
      </Message>
    );
  }
  return (
    <Message title="No sessions yet">
      <p>
        A session appears here as soon as a photographer opens one in the capture app. If you expected
        to see some, ask an administrator which sites you are assigned to.
      </p>
    </Message>
  );
}
