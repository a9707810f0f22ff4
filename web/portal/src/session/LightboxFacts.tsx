import type { Image, ImageList } from "@imaging360/shared/api/types.ts";
import { mayDecide, mayReview } from "@imaging360/shared/auth/roles.ts";
import { Badge } from "@imaging360/shared/design/Badge.tsx";
import { buttonClass } from "@imaging360/shared/design/Button.tsx";
import { Icon } from "@imaging360/shared/design/Icon.tsx";
import { moment, shortened } from "@imaging360/shared/format/text.ts";

import { useSignedIn } from "../backend.ts";
import { useNow } from "../sessions/useNow.ts";
import { AlikeLinks } from "./AlikeLinks.tsx";
import { Decide } from "./Decide.tsx";
import { exifPairs } from "./exif.ts";
import styles from "./Lightbox.module.css";
import { Part } from "./Part.tsx";
import { PublishButton } from "./PublishButton.tsx";
import { publishedBy } from "./publishedBy.ts";
import { inWords, type Qc, qcOf, VERDICT_NAMES } from "./qc.ts";
import { QcNumbers } from "./QcNumbers.tsx";

interface Props {
  image: Image;
  list: ImageList;
}

export function LightboxFacts({ image, list }: Props) {
  const role = useSignedIn()?.role ?? "operator";
  const qc = qcOf(image);
  const by = publishedBy(image, list.people, useNow());
  return (
    <>
      {by && <p>Published {by}</p>}
      <div className={styles["actions"]}>
        {mayReview(role) && <PublishButton image={image} isLarge />}
        {image.original_url && (
          <a className={buttonClass()} href={image.original_url} target="_blank" rel="noreferrer">
            Original <Icon name="external" size={16} />
          </a>
        )}
      </div>
      {image.status === "needs_attention" && <Decide image={image} mayDecide={mayDecide(role)} />}
      {qc && <Quality qc={qc} />}
      {qc && <AlikeLinks qc={qc} list={list} mayFollow={mayReview(role)} />}
      <Pairs title="Camera" pairs={exifPairs(image.exif)} />
      <Pairs title="File" pairs={filePairs(image)} />
      <Hashes image={image} />
    </>
  );
}

function Quality({ qc }: { qc: Qc }) {
  return (
    <Part title="Quality">
      <p className={styles["verdict"]}>
        <Badge tone={qc.overall} dot>
          {VERDICT_NAMES[qc.overall]}
        </Badge>
        {inWords(qc)}
      </p>
      <QcNumbers qc={qc} />
    </Part>
  );
}

function filePairs(image: Image): (readonly [string, string])[] {
  const { width, height, captured_at, uploaded_at, processed_at } = image;
  const size = width && height ? `${width} × ${height}` : null;
  const pairs: [string, string | null][] = [
    ["Size in pixels", size],
    ["Taken", captured_at ? moment(captured_at) : null],
    ["Arrived", uploaded_at ? moment(uploaded_at) : null],
    ["Processed", processed_at ? moment(processed_at) : null],
  ];
  return pairs.filter((pair): pair is [string, string] => pair[1] !== null);
}

function Hashes({ image }: { image: Image }) {
  const { hash_sha256: sha256, phash } = image;
  if (!sha256) return null;
  return (
    <Part title="Hashes">
      <dl className={styles["pairs"]}>
        <dt>SHA-256</dt>
        <dd className="mono">
          <span title={sha256} aria-label={sha256}>
            {shortened(sha256, 8)}
          </span>
        </dd>
        {phash && (
          <>
            <dt>Perceptual</dt>
            <dd className="mono">{phash}</dd>
          </>
        )}
      </dl>
    </Part>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: readonly (readonly [string, string])[] }) {
  if (pairs.length === 0) return null;
  return (
    <Part title={title}>
      <dl className={`${styles["pairs"]} tnum`}>
        {pairs.map(([name, value]) => (
          <div key={name} className={styles["pair"]}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}
