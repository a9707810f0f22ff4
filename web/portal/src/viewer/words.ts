/** What a frame shows, and why it shows nothing, in words. */

import type { SpinManifest } from "@imaging360/shared/api/types.ts";

import { sideOf } from "./angles.ts";

export type Frame = SpinManifest["frames"][number];

export function hasPicture(frame: Frame | undefined): boolean {
  return frame?.urls["600"] !== undefined;
}

/** Why there is no picture, in a sentence. */
export function whyMissing({ status, failure }: Frame): string {
  if (status === "failed") return failure?.message ?? "The picture could not be processed.";
  return status === "pending" ? "Still being processed." : "Not taken yet.";
}

/** "120 degrees, rear right", and what is wrong there. */
export function spoken(frame: Frame): string {
  const place = `${frame.angle_deg} degrees, ${sideOf(frame.angle_deg)}`;
  return hasPicture(frame) ? place : `${place}. ${headline(frame)}. ${whyMissing(frame)}`;
}

export function headline({ status }: Frame): string {
  return status === "failed" ? "Picture failed" : "No picture";
}

/** The frames without a picture, neighbours with the same reason together. */
export function troubles(frames: readonly Frame[]): string[] {
  const runs: { first: Frame; last: Frame; why: string }[] = [];
  for (const frame of frames) {
    if (hasPicture(frame)) continue;
    const why = whyMissing(frame);
    const run = runs.at(-1);
    if (run?.why === why && run.last.index === frame.index - 1) run.last = frame;
    else runs.push({ first: frame, last: frame, why });
  }
  return runs.map(({ first, last, why }) =>
    first === last ? `${first.angle_deg}°: ${why}` : `${first.angle_deg}° to ${last.angle_deg}°: ${why}`,
  );
}
