import type { Session } from "@imaging360/shared/api/types.ts";
import { Icon } from "@imaging360/shared/design/Icon.tsx";
import { Ring } from "@imaging360/shared/design/Ring.tsx";
import { ago, moment } from "@imaging360/shared/format/text.ts";
import { modeName, vehicleTitle } from "@imaging360/shared/format/vehicle.ts";
import { Link } from "react-router";

import styles from "./SessionRows.module.css";
import { StatusBadge } from "./StatusBadge.tsx";
import { useNow } from "./useNow.ts";

const HEADINGS = ["", "Vehicle", "Mode", "Site and operator", "Frames", "Status", "Started"];

export function SessionRows({ sessions }: { sessions: readonly Session[] }) {
  const now = useNow();
  return (
    <>
      <div className={styles["head"]} aria-hidden="true">
        {HEADINGS.map((heading) => (
          <span key={heading}>{heading}</span>
        ))}
      </div>
      <ul className={styles["rows"]}>
        {sessions.map((session) => (
          <Row key={session.id} session={session} now={now} />
        ))}
      </ul>
    </>
  );
}

function Row({ session, now }: { session: Session; now: number }) {
  const { vehicle } = session;
  return (
    <li className={styles["row"]}>
      <Poster session={session} />
      <div className={`${styles["cell"]} ${styles["vehicle"]}`}>
        <Link to={`/s/${session.id}`} className={styles["title"]}>
          {vehicleTitle(vehicle)}
        </Link>
        <div className={`${styles["ids"]} mono`}>
          {vehicle.vin && <span>{vehicle.vin}</span>}
          {vehicle.stock_number && (vehicle.make ?? vehicle.vin) && <span>{vehicle.stock_number}</span>}
        </div>
      </div>
      <div className={`${styles["cell"]} ${styles["mode"]}`}>{modeName(session.mode)}</div>
      <div className={`${styles["cell"]} ${styles["where"]}`}>
        <div>{session.site_name}</div>
        <div className={styles["second"]}>{session.operator_name ?? session.device_model}</div>
      </div>
      <Progress session={session} />
      <div className={styles["status"]}>
        <StatusBadge status={session.status} />
      </div>
      <time
        className={`${styles["when"]} tnum`}
        dateTime={session.created_at}
        title={moment(session.created_at)}
      >
        {ago(session.created_at, now)}
      </time>
    </li>
  );
}

function Poster({ session }: { session: Session }) {
  const url = session.poster_urls["600"] ?? session.poster_urls["150"];
  return (
    <div className={styles["poster"]}>
      {url ? <img src={url} alt="" loading="lazy" decoding="async" /> : <Icon name="gap" />}
    </div>
  );
}

function Progress({ session }: { session: Session }) {
  const { processed, failed, expected } = session.progress;
  return (
    <div className={`${styles["progress"]} tnum`}>
      <Ring done={processed} failed={failed} expected={expected} />
      <span>
        {processed}/{expected}
        <span className="visually-hidden"> frames processed</span>
        {failed > 0 && <small>{failed} failed</small>}
      </span>
    </div>
  );
}
