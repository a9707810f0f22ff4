import type { Session } from "@imaging360/shared/api/types.ts";
import { explain } from "@imaging360/shared/api/problem.ts";
import { Spinner } from "@imaging360/shared/design/Spinner.tsx";
import { lazy, Suspense } from "react";

import styles from "./SpinSection.module.css";
import { useSpin } from "./useSession.ts";

const SpinViewer = lazy(() => import("../viewer/SpinViewer.tsx"));

/** The stage where the car turns, of a session that has a spin. */
export function SpinSection({ session }: { session: Session }) {
  const { data, error, refetch } = useSpin(session.id);
  return (
    <section className={styles["stage"]} aria-label="360° view">
      {data?.frames.some((frame) => frame.urls["600"]) ? (
        <Suspense fallback={<Spinner />}>
          <SpinViewer manifest={data} onExpired={refetch} />
        </Suspense>
      ) : (
        <p className={styles["empty"]}>{whyEmpty(Boolean(data), error)}</p>
      )}
    </section>
  );
}

function whyEmpty(isLoaded: boolean, error: Error | null): string {
  if (error) return `The turn cannot be shown. ${explain(error).title}.`;
  return isLoaded ? "The car turns here as soon as its first frames are processed." : "";
}
