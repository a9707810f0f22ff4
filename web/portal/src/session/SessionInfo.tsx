import type { ImageList, Session } from "@imaging360/shared/api/types.ts";
import { mayReview } from "@imaging360/shared/auth/roles.ts";
import { Ring } from "@imaging360/shared/design/Ring.tsx";
import { ago, moment } from "@imaging360/shared/format/text.ts";
import { modeName, vehicleTitle } from "@imaging360/shared/format/vehicle.ts";
import type { ReactNode } from "react";

import { useSignedIn } from "../backend.ts";
import { StatusBadge } from "../sessions/StatusBadge.tsx";
import { useNow } from "../sessions/useNow.ts";
import { LiveBadge } from "./LiveBadge.tsx";
import { ToLookAt } from "./ToLookAt.tsx";
import { PublishPassed } from "./PublishPassed.tsx";
import styles from "./SessionInfo.module.css";
import type { Liveness } from "./useLive.ts";

interface Props {
  session: Session;
  list: ImageList;
  live: Liveness;
}

/** What is known of the session, what can be done with it, and what needs a look. */
export function SessionInfo({ session, list, live }: Props) {
  const role = useSignedIn()?.role;
  return (
    <>
      <div className={styles["heading"]}>
        <div className={styles["state"]}>
          <StatusBadge status={session.status} />
          <LiveBadge live={live} />
        </div>
        <h1>{vehicleTitle(session.vehicle)}</h1>
      </div>
      <div className={styles["rest"]}>
        <Facts session={session} />
        <div className={styles["work"]}>
          <Progress session={session} />
          {role && mayReview(role) && <PublishPassed sessionId={session.id} images={list.items} />}
        </div>
        <ToLookAt session={session} images={list.items} />
      </div>
    </>
  );
}

function Facts({ session }: { session: Session }) {
  const { vehicle } = session;
  const now = useNow();
  return (
    <dl className={styles["facts"]}>
      {vehicle.vin && (
        <Fact name="VIN">
          <span className="mono">{vehicle.vin}</span>
        </Fact>
      )}
      {vehicle.stock_number && (
        <Fact name="Stock number">
          <span className="mono">{vehicle.stock_number}</span>
        </Fact>
      )}
      <Fact name="Mode">{modeName(session.mode)}</Fact>
      <Fact name="Site">{session.site_name}</Fact>
      <Fact name={session.operator_name ? "Operator" : "Device"}>
        {session.operator_name ?? session.device_model ?? "Unknown"}
      </Fact>
      <Fact name="Started">
        <time dateTime={session.created_at} title={moment(session.created_at)}>
          {ago(session.created_at, now)}
        </time>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Progress({ session }: { session: Session }) {
  const { processed, failed, expected, published } = session.progress;
  return (
    <div className={`${styles["progress"]} tnum`}>
      <Ring done={processed} failed={failed} expected={expected} size={44} />
      <span>
        <strong>
          {processed} of {expected}
        </strong>
        <span>
          processed{failed > 0 && `, ${failed} failed`}
          {published > 0 && `, ${published} published`}
        </span>
      </span>
    </div>
  );
}
