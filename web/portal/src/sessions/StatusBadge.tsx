import type { SessionStatus } from "@imaging360/shared/api/types.ts";
import { Badge, type Tone } from "@imaging360/shared/design/Badge.tsx";
import { words } from "@imaging360/shared/format/text.ts";

const TONES: Record<SessionStatus, Tone> = {
  active: "accent",
  completed: "plain",
  abandoned: "plain",
};

export function StatusBadge({ status }: { status: SessionStatus }) {
  return (
    <Badge tone={TONES[status]} dot={status === "active"}>
      {words(status)}
    </Badge>
  );
}
