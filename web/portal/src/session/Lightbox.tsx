import { Dialog } from "@base-ui/react/dialog";
import type { Image, ImageList, Session } from "@imaging360/shared/api/types.ts";
import { buttonClass, IconButton } from "@imaging360/shared/design/Button.tsx";
import { Icon } from "@imaging360/shared/design/Icon.tsx";
import { Spinner } from "@imaging360/shared/design/Spinner.tsx";
import { type KeyboardEvent, useEffect } from "react";

import { placeOf, troubleOf } from "./labels.ts";
import styles from "./Lightbox.module.css";
import { LightboxFacts } from "./LightboxFacts.tsx";
import { tilesOf } from "./tiles.ts";
import { useSwipe } from "./useSwipe.ts";

interface Props {
  session: Session;
  list: ImageList;
  image: Image;
  onChange: (image: Image | null) => void;
}

/** One picture at 1200 px with all that is known of it. Arrows step, Esc closes. */
export default function Lightbox({ session, list, image, onChange }: Props) {
  const order = tilesOf(list.items, session.shot_list).flatMap((tile) =>
    tile.kind === "image" ? [tile.image] : [],
  );
  const place = order.findIndex((one) => one.id === image.id);
  const at = (offset: number) => order[(place + offset + order.length) % order.length] ?? image;
  useNeighbours([at(-1), at(1)]);
  const swipe = useSwipe((offset) => onChange(at(offset)));
  const step = (event: KeyboardEvent) => {
    const offset = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (offset === undefined || isTyping(event.target)) return;
    event.preventDefault();
    onChange(at(offset));
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onChange(null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles["backdrop"]} />
        <Dialog.Popup className={styles["popup"]} onKeyDown={step}>
          <div className={styles["stage"]} {...swipe}>
            <Picture image={image} />
            <Steps onStep={(offset) => onChange(at(offset))} />
            <span className={`${styles["count"]} tnum`}>
              {place + 1} of {order.length}
            </span>
          </div>
          <aside className={styles["facts"]}>
            <div className={styles["head"]}>
              <Dialog.Title className="tnum">{placeOf(image)}</Dialog.Title>
            </div>
            <LightboxFacts key={image.id} image={image} list={list} />
          </aside>
          <Dialog.Close className={`${buttonClass("quiet", true)} ${styles["close"]}`} aria-label="Close">
            <Icon name="close" />
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Steps({ onStep }: { onStep: (offset: number) => void }) {
  return (
    <>
      <IconButton
        label="Previous frame"
        className={`${styles["step"]} ${styles["previous"]}`}
        onClick={() => onStep(-1)}
      >
        <Icon name="chevronLeft" />
      </IconButton>
      <IconButton
        label="Next frame"
        className={`${styles["step"]} ${styles["next"]}`}
        onClick={() => onStep(1)}
      >
        <Icon name="chevronRight" />
      </IconButton>
    </>
  );
}

function Picture({ image }: { image: Image }) {
  const url = image.thumb_urls["1200"];
  if (url && image.status !== "failed") {
    return <img key={image.id} src={url} alt={`The car at ${placeOf(image)}`} width={1200} height={1200} />;
  }
  return (
    <div className={styles["why"]}>
      {image.status === "pending" ? <Spinner /> : <Icon name="alert" size={32} />}
      <h3>{image.status === "pending" ? "Still being processed" : "No picture"}</h3>
      <p>{troubleOf(image) ?? "It appears here as soon as it has its verdict."}</p>
    </div>
  );
}

/** The next one is there before it is asked for. */
function useNeighbours(neighbours: readonly Image[]): void {
  const urls = neighbours.map((image) => image.thumb_urls["1200"] ?? "").join(" ");
  useEffect(() => {
    for (const url of urls.split(" ").filter(Boolean)) new Image().src = url;
  }, [urls]);
}

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
}
