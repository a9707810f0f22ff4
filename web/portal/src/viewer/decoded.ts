/**
 * A picture with its pixels ready to draw. An <img> shares the browser's cache with the gallery and
 * needs no CORS; it decodes off the main thread, and the bitmap keeps what was decoded.
 */
export async function decoded(url: string, signal: AbortSignal, isUrgent: boolean): Promise<ImageBitmap> {
  const image = new Image();
  const stop = () => {
    image.src = "";
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    image.fetchPriority = isUrgent ? "high" : "auto";
    image.src = url;
    await image.decode();
    signal.throwIfAborted();
    return await createImageBitmap(image);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
