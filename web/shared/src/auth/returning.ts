/** Only a page of ours is a place to return to: a path, never an address of somebody else. */
export function safeReturn(path: string | null | undefined): string {
  if (!path?.startsWith("/") || path.startsWith("//") || path.includes("\\")) return "/";
  return /^\/(sign-in|signed-in)(\/|\?|#|$)/.test(path) ? "/" : path;
}
