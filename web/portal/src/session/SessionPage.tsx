import type { ImageList, Session } from "@imaging360/shared/api/types.ts";
import { buttonClass } from "@imaging360/shared/design/Button.tsx";
import { Icon } from "@imaging360/shared/design/Icon.tsx";
import { Notice, ProblemMessage } from "@imaging360/shared/design/Message.tsx";
import { PageSpinner } from "@imaging360/shared/design/Spinner.tsx";
import { vehicleTitle } from "@imaging360/shared/format/vehicle.ts";
import { explain } from "@imaging360/shared/api/problem.ts";
import { lazy, Suspense } from "react";
import { Link, useParams } from "react-router";

import { Gallery } from "./Gallery.tsx";
import { isFinal } from "./merge.ts";
import { SessionInfo } from "./SessionInfo.tsx";
import styles from "./SessionPage.module.css";
import { useOpenImage } from "./useOpenImage.ts";
import { type Liveness, useLive } from "./useLive.ts";
import { useImages, useSession } from "./useSession.ts";
import { SpinSection } from "./SpinSection.tsx";

const Lightbox = lazy(() => import("./Lightbox.tsx"));

export default function SessionPage() {
  const { sessionId = "" } = useParams();
  return <Loaded key={sessionId} sessionId={sessionId} />;
}

function Loaded({ sessionId }: { sessionId: string }) {
  const [isPolling, live, session, images] = useFollowed(sessionId);
  const error = session.error ?? images.error;
  if (!session.data || !images.data) {
    if (!error) return <PageSpinner label="Loading the session" />;
    const retry = () => void Promise.all([session.refetch(), images.refetch()]);
    return <Missing error={error} onRetry={retry} />;
  }
  const hasSpin = Boolean(session.data.shot_list.studio360);
  return (
    <>
      <title>{`${vehicleTitle(session.data.vehicle)} · 360 Imaging`}</title>
      <Link to="/" className={styles["back"]}>
        <Icon name="chevronLeft" size={16} /> All sessions
      </Link>
      <div className={styles["notices"]}>
        {isPolling && (
          <Notice>
            The live connection is interrupted. The page asks for news every 3 seconds instead, and
            reconnects by itself.
          </Notice>
        )}
        {error && <Notice tone="fail">{explain(error).title}. What you see may be old.</Notice>}
        {!images.data.pending_known && (
          <Notice>
            The processing pipeline does not answer. Finished pictures are shown; frames on their way
            are not known at the moment.
          </Notice>
        )}
      </div>
      <div className={`${styles["top"]} ${hasSpin ? styles["withStage"] : ""}`}>
        <SessionInfo session={session.data} list={images.data} live={live} />
        {hasSpin && <SpinSection session={session.data} />}
      </div>
      <Pictures session={session.data} list={images.data} />
    </>
  );
}

type Followed = [boolean, Liveness, ReturnType<typeof useSession>, ReturnType<typeof useImages>];

/** The session and its pictures, kept up to date until nothing can change any more. */
function useFollowed(sessionId: string): Followed {
  const cached = useSession(sessionId, false);
  const pictures = useImages(sessionId, false);
  const isLoaded = cached.data !== undefined && pictures.data !== undefined;
  const isOpen = isLoaded && canChange(cached.data, pictures.data);
  const live = useLive(sessionId, isOpen);
  const isPolling = isOpen && live === "polling";
  const session = useSession(sessionId, isPolling);
  const images = useImages(sessionId, isPolling);
  return [isPolling, live, session, images];
}

/** Frames still arrive, or are on their way through the pipeline. */
export function canChange(session: Session, images: ImageList): boolean {
  return session.status === "active" || !images.items.every(isFinal) || !images.pending_known;
}

function Pictures({ session, list }: { session: Session; list: ImageList }) {
  const [open, setOpen] = useOpenImage(list.items);
  return (
    <>
      <Gallery session={session} list={list} />
      {open && (
        <Suspense>
          <Lightbox session={session} list={list} image={open} onChange={setOpen} />
        </Suspense>
      )}
    </>
  );
}

function Missing({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <>
      <title>Session · 360 Imaging</title>
      <ProblemMessage
        error={error}
        onRetry={onRetry}
        actions={
          <Link key="all" to="/" className={buttonClass()}>
            All sessions
          </Link>
        }
      />
    </>
  );
}
