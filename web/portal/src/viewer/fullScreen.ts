import { type RefObject, useCallback, useEffect, useState } from "react";

/**
 * Full screen; where the browser has none for elements (iPhones), `isCovering` asks for the whole
 * window instead.
 */
export function useFullScreen(root: RefObject<HTMLElement | null>) {
  const [isFull, setFull] = useState(false);
  const [isCovering, setCovering] = useState(false);
  useEffect(() => {
    const changed = () => setFull(root.current !== null && document.fullscreenElement === root.current);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, [root]);
  useEffect(() => {
    if (!isCovering) return undefined;
    const leave = (event: KeyboardEvent) => event.key === "Escape" && setCovering(false);
    const { style } = document.documentElement;
    style.overflow = "hidden";
    addEventListener("keydown", leave);
    return () => {
      style.overflow = "";
      removeEventListener("keydown", leave);
    };
  }, [isCovering]);
  const toggle = useCallback(() => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (document.fullscreenEnabled) {
      root.current?.requestFullscreen().catch(() => setCovering(true));
    } else setCovering((was) => !was);
  }, [root]);
  return { isFull: isFull || isCovering, isCovering, toggle };
}
