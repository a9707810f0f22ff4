import type { Image } from "@imaging360/shared/api/types.ts";
import { useLocation, useNavigate, useSearchParams } from "react-router";

/**
 * The picture that the address names, and how to go to another one or to none.
 *
 * Opening adds a step to the history, so that Back closes; going on to the next one does not.
 */
export function useOpenImage(
  images: readonly Image[],
): [Image | undefined, (image: Image | null) => void] {
  const [query, setQuery] = useSearchParams();
  const navigate = useNavigate();
  const cameFromGallery = (useLocation().state as { opened?: boolean } | null)?.opened === true;
  const open = images.find((image) => image.id === query.get("image"));
  const change = (image: Image | null) => {
    if (image === null && cameFromGallery) {
      void navigate(-1);
      return;
    }
    setQuery((known) => withImage(known, image), {
      replace: true,
      state: { opened: cameFromGallery },
      preventScrollReset: true,
    });
  };
  return [open, change];
}

/** The address of a picture within the page that is open. */
export function withImage(query: URLSearchParams, image: Image | null): URLSearchParams {
  const next = new URLSearchParams(query);
  if (image) next.set("image", image.id);
  else next.delete("image");
  return next;
}
