import type { Image } from "@imaging360/shared/api/types.ts";

export type Verdict = "pass" | "warn" | "fail";

/** What quality control says of a picture; the contract leaves its members open. */
export interface Qc {
  overall: Verdict;
  sharpness: Verdict;
  exposure: Verdict;
  numbers: { sharpness?: number; white_share?: number; black_share?: number };
  thresholds: { sharpness_fail?: number; sharpness_warn?: number; clipped_share_fail?: number };
  duplicate_of?: string;
  alike?: readonly Alike[];
}

/** A picture that looks alike: `distance` counts differing bits of 64. */
export interface Alike {
  image_id: string;
  distance: number;
  reason: string;
}

export function qcOf(image: Image): Qc | null {
  const qc = image.qc as Partial<Qc> | null | undefined;
  if (!qc?.overall) return null;
  const { overall } = qc;
  return {
    ...qc,
    overall,
    sharpness: qc.sharpness ?? overall,
    exposure: qc.exposure ?? overall,
    numbers: qc.numbers ?? {},
    thresholds: qc.thresholds ?? {},
  };
}

export const VERDICT_NAMES: Record<Verdict, string> = { pass: "Pass", warn: "Warn", fail: "Fail" };

/** The verdict in one sentence that a photographer understands. */
export function inWords(qc: Qc): string {
  const faults = [sharpnessFault(qc), exposureFault(qc)].filter((fault) => fault !== null);
  return faults.length > 0 ? faults.join(" ") : "Sharp, and well exposed.";
}

function sharpnessFault({ sharpness }: Qc): string | null {
  if (sharpness === "fail") return "Out of focus or shaken: take it again.";
  return sharpness === "warn" ? "A little soft: look before you publish." : null;
}

function exposureFault({ exposure, numbers }: Qc): string | null {
  if (exposure === "pass") return null;
  const isBright = (numbers.white_share ?? 0) >= (numbers.black_share ?? 0);
  return isBright ? "Overexposed: large parts are pure white." : "Underexposed: large parts are black.";
}
