import type { Image, ImageList } from "@imaging360/shared/api/types.ts";
import { Link, useSearchParams } from "react-router";

import { placeOf } from "./labels.ts";
import styles from "./Lightbox.module.css";
import { Part } from "./Part.tsx";
import type { Qc } from "./qc.ts";
import { withImage } from "./useOpenImage.ts";

interface Props {
  qc: Qc;
  list: ImageList;
  /** Pictures of other sessions open for reviewers and admins only. */
  mayFollow: boolean;
}

/** The same file elsewhere, and pictures that look like this one. Information, not a verdict. */
export function AlikeLinks({ qc, list, mayFollow }: Props) {
  const alike = qc.alike ?? [];
  if (!qc.duplicate_of && alike.length === 0) return null;
  const known = (id: string) => list.items.find((image) => image.id === id);
  return (
    <Part title="Seen before">
      <ul className={styles["links"]}>
        {qc.duplicate_of && (
          <li>
            The same file as{" "}
            <To id={qc.duplicate_of} image={known(qc.duplicate_of)} mayFollow={mayFollow} />
          </li>
        )}
        {alike.map((one) => (
          <li key={one.image_id}>
            Looks like <To id={one.image_id} image={known(one.image_id)} mayFollow={mayFollow} />
            {one.reason === "other_vehicle" && ". Is it the right car?"}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function To({ id, image, mayFollow }: { id: string; image: Image | undefined; mayFollow: boolean }) {
  const [query] = useSearchParams();
  if (image) {
    return (
      <Link to={{ search: withImage(query, image).toString() }} replace>
        {placeOf(image)} of this session
      </Link>
    );
  }
  if (!mayFollow) return "a picture in another session";
  return <Link to={`/i/${id}`}>a picture in another session</Link>;
}
