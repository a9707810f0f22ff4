/** Where the identity provider sends people back to. */
export function callbackAddress(): string {
  return `${location.origin}/signed-in`;
}
