import type { Image } from "@imaging360/shared/api/types.ts";
import type { Tone } from "@imaging360/shared/design/Badge.tsx";

import { troubleOf } from "./labels.ts";
import { inWords, qcOf } from "./qc.ts";

/** A frame that somebody should look at, and why. */
export interface Matter {
  image: Image;
  tone: Tone;
  label: string;
  why: string;
}

/** What went wrong first, then what quality control does not like. */
export function mattersOf(images: readonly Image[]): Matter[] {
  const broken = images.flatMap((image): Matter[] => {
    const why = troubleOf(image);
    if (why === null || image.status === "pending") return [];
    const isParked = image.status === "needs_attention";
    return [{ image, tone: isParked ? "warn" : "fail", label: isParked ? "Stopped" : "Failed", why }];
  });
  const doubtful = images.flatMap((image): Matter[] => {
    const qc = qcOf(image);
    if (!qc || qc.overall === "pass" || image.failure) return [];
    const label = qc.overall === "fail" ? "Fail" : "Warn";
    return [{ image, tone: qc.overall, label, why: inWords(qc) }];
  });
  return [...broken, ...doubtful];
}
