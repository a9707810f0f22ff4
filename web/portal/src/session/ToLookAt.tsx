import type { Image, Session } from "@imaging360/shared/api/types.ts";
import { Badge } from "@imaging360/shared/design/Badge.tsx";
import { counted } from "@imaging360/shared/format/text.ts";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";

import { placeOf } from "./labels.ts";
import { type Matter, mattersOf } from "./matters.ts";
import { qcOf } from "./qc.ts";
import styles from "./ToLookAt.module.css";
import { tilesOf } from "./tiles.ts";
import { withImage } from "./useOpenImage.ts";

const LONGEST = 6;

export function ToLookAt({ session, images }: { session: Session; images: readonly Image[] }) {
  const matters = mattersOf(images);
  const gaps = tilesOf(images, session.shot_list).filter((tile) => tile.kind === "gap").length;
  const isOver = session.status !== "active";
  if (matters.length === 0 && (gaps === 0 || !isOver)) return <Good images={images} />;
  return (
    <section className={styles["part"]} aria-labelledby="look">
      <h2 id="look">Worth a look</h2>
      <ul className={styles["list"]}>
        {matters.slice(0, LONGEST).map((matter) => (
          <Line key={matter.image.id} {...matter} />
        ))}
        {matters.length > LONGEST && <More>{matters.length - LONGEST} more in the gallery below</More>}
        {isOver && gaps > 0 && <More>{counted(gaps, "place")} of the shot list without a picture</More>}
      </ul>
    </section>
  );
}

function Line({ image, tone, label, why }: Matter) {
  const [query] = useSearchParams();
  return (
    <li>
      <Link
        to={{ search: withImage(query, image).toString() }}
        state={{ opened: true }}
        preventScrollReset
      >
        <b className="tnum">{placeOf(image)}</b>
        <span className={styles["why"]}>{why}</span>
        <Badge tone={tone} dot>
          {label}
        </Badge>
      </Link>
    </li>
  );
}

function More({ children }: { children: ReactNode }) {
  return <li className={styles["good"]}>{children}</li>;
}

function Good({ images }: { images: readonly Image[] }) {
  const isJudged = images.some((image) => qcOf(image));
  if (!isJudged) return null;
  return (
    <p className={`${styles["part"]} ${styles["good"]}`}>
      Every picture that is here passed quality control.
    </p>
  );
}
