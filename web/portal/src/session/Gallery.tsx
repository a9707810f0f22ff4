import type { ImageList, Session } from "@imaging360/shared/api/types.ts";
import { mayReview } from "@imaging360/shared/auth/roles.ts";
import { Message } from "@imaging360/shared/design/Message.tsx";
import { Link, useSearchParams } from "react-router";

import { useSignedIn } from "../backend.ts";
import { useNow } from "../sessions/useNow.ts";
import styles from "./Gallery.module.css";
import { GapTile } from "./GapTile.tsx";
import { ImageTile } from "./ImageTile.tsx";
import { countShown, isShown, readShown, SHOWN, type Shown, type Tile, tilesOf } from "./tiles.ts";

const NAMES: Record<Shown, string> = {
  all: "All",
  passed: "Pass",
  warn: "Warn",
  fail: "Fail",
  trouble: "Errors",
  pending: "In progress",
  missing: "Missing",
  published: "Published",
};

export function Gallery({ session, list }: { session: Session; list: ImageList }) {
  const [query] = useSearchParams();
  const shown = readShown(query.get("show"));
  const tiles = tilesOf(list.items, session.shot_list);
  const visible = tiles.filter((tile) => isShown(tile, shown));
  return (
    <section aria-labelledby="frames">
      <h2 id="frames" className="visually-hidden">
        Frames
      </h2>
      <Chips tiles={tiles} shown={shown} isOpen={session.status === "active"} />
      {visible.length > 0 ? (
        <Grid tiles={visible} session={session} list={list} />
      ) : (
        <Empty shown={shown} session={session} />
      )}
    </section>
  );
}

interface ChipsProps {
  tiles: readonly Tile[];
  shown: Shown;
  isOpen: boolean;
}

function Chips({ tiles, shown, isOpen }: ChipsProps) {
  const counts = countShown(tiles);
  const names = isOpen ? { ...NAMES, missing: "Still to come" } : NAMES;
  const offered = SHOWN.filter((one) => one === "all" || one === shown || counts[one] > 0);
  return (
    <nav className={styles["bar"]} aria-label="Which frames">
      {offered.map((one) => (
        <Link
          key={one}
          to={{ search: one === "all" ? "" : `?show=${one}` }}
          replace
          className={styles["chip"]}
          aria-current={one === shown ? "true" : undefined}
        >
          <span className={`${styles["swatch"]} ${styles[one] ?? ""}`} hidden={!(one in styles)} />
          {names[one]} <b className="tnum">{counts[one]}</b>
        </Link>
      ))}
    </nav>
  );
}

function Grid({ tiles, session, list }: { tiles: readonly Tile[]; session: Session; list: ImageList }) {
  const role = useSignedIn()?.role;
  const now = useNow();
  return (
    <ul className={styles["grid"]}>
      {tiles.map((tile, place) =>
        tile.kind === "gap" ? (
          <GapTile key={tile.key} label={tile.label} isOpen={session.status === "active"} />
        ) : (
          <ImageTile
            key={tile.key}
            image={tile.image}
            people={list.people}
            now={now}
            mayPublish={role !== undefined && mayReview(role)}
            isEarly={place < 8}
          />
        ),
      )}
    </ul>
  );
}

function Empty({ shown, session }: { shown: Shown; session: Session }) {
  if (shown !== "all") {
    return (
      <Message title="No such frames now" actions={<Link to={{ search: "" }}>Show all frames</Link>}>
        <p>None of this session&rsquo;s frames is in that state at the moment.</p>
      </Message>
    );
  }
  return (
    <Message title="No frames yet">
      <p>
        {session.status === "active"
          ? "They appear here by themselves while they are shot. Leave this page open."
          : "This session ended before a picture was sent. Open a new one in the capture app."}
      </p>
    </Message>
  );
}
