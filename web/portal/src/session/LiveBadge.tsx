import { Badge } from "@imaging360/shared/design/Badge.tsx";

import type { Liveness } from "./useLive.ts";

export function LiveBadge({ live }: { live: Liveness }) {
  if (live === "over") return null;
  if (live === "live") {
    return (
      <Badge tone="pass" dot="pulse">
        Live
      </Badge>
    );
  }
  return <Badge tone="warn">{live === "polling" ? "Every 3 s" : "Connecting…"}</Badge>;
}
