import type { Image } from "@imaging360/shared/api/types.ts";
import { Badge } from "@imaging360/shared/design/Badge.tsx";
import { Icon } from "@imaging360/shared/design/Icon.tsx";
import { Spinner } from "@imaging360/shared/design/Spinner.tsx";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";

import { placeOf, troubleOf } from "./labels.ts";
import { isFinal } from "./merge.ts";
import { PublishButton } from "./PublishButton.tsx";
import { publishedBy } from "./publishedBy.ts";
import { QcBadge } from "./QcBadge.tsx";
import styles from "./Tile.module.css";
import { withImage } from "./useOpenImage.ts";

interface Props {
  image: Image;
  people: Readonly<Record<string, string>>;
  now: number;
  mayPublish: boolean;
  /** Near the top of the page: its picture is loaded at once. */
  isEarly: boolean;
}

export function ImageTile({ image, people, now, mayPublish, isEarly }: Props) {
  const place = placeOf(image);
  const by = publishedBy(image, people, now);
  return (
    <li className={styles["tile"]}>
      <Photo image={image} place={place} isEarly={isEarly} />
      {image.status === "published" && (
        <span className={styles["published"]}>
          <Badge tone="solid">
            <Icon name="check" size={12} /> Published
          </Badge>
        </span>
      )}
      <div className={`${styles["caption"]} tnum`}>
        <span className={styles["place"]}>{place}</span>
        <QcBadge image={image} />
        {mayPublish && <PublishButton image={image} />}
      </div>
      {by && <p className={styles["by"]}>{by}</p>}
    </li>
  );
}

function Photo({ image, place, isEarly }: { image: Image; place: string; isEarly: boolean }) {
  const [query] = useSearchParams();
  // A picture that was on its way when the page opened comes in softly.
  const [wasPending] = useState(!isFinal(image));
  const url = image.thumb_urls["600"];
  const look = LOOKS[image.status] ?? "";
  return (
    <Link
      to={{ search: withImage(query, image).toString() }}
      state={{ opened: true }}
      preventScrollReset
      className={`${styles["photo"]} ${styles[look] ?? ""} ${wasPending ? styles["arrived"] : ""}`}
    >
      {url && image.status !== "failed" ? (
        <img
          src={url}
          alt={`The car at ${place}`}
          width={600}
          height={600}
          decoding="async"
          loading={isEarly ? "eager" : "lazy"}
        />
      ) : (
        <Why image={image} place={place} />
      )}
    </Link>
  );
}

const LOOKS: Partial<Record<Image["status"], string>> = { failed: "failed", needs_attention: "parked" };

function Why({ image, place }: { image: Image; place: string }) {
  const trouble = troubleOf(image);
  return (
    <div className={styles["why"]}>
      <span className="visually-hidden">{place}:</span>
      {image.status === "pending" ? <Spinner /> : <Icon name="alert" size={22} />}
      <strong>{TITLES[image.status] ?? "Processing"}</strong>
      {trouble && <span>{trouble}</span>}
    </div>
  );
}

const TITLES: Partial<Record<Image["status"], string>> = {
  failed: "Failed",
  needs_attention: "Stopped, needs attention",
  rejected: "Refused",
};
