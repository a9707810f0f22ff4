import type { Image } from "@imaging360/shared/api/types.ts";
import { explain } from "@imaging360/shared/api/problem.ts";
import { Button } from "@imaging360/shared/design/Button.tsx";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, call } from "../backend.ts";
import { say, warn } from "../shell/toast.ts";
import styles from "./Lightbox.module.css";
import { Part } from "./Part.tsx";
import { keys } from "./useSession.ts";

type Decision = { kind: "retry" } | { kind: "discard"; reason: string };

/** A stopped picture waits for an administrator: try again, or give it up. */
export function Decide({ image, mayDecide }: { image: Image; mayDecide: boolean }) {
  const decide = useDecide(image);
  const [reason, setReason] = useState<string | null>(null);
  if (!mayDecide) {
    return (
      <Part title="What now">
        <p>An administrator can try it again; nothing has to be sent again.</p>
      </Part>
    );
  }
  return (
    <Part title="What now">
      <p>Trying again needs no new upload. A picture that is given up counts as failed.</p>
      {reason !== null && (
        <textarea
          className={styles["reason"]}
          aria-label="Why is it given up?"
          placeholder="Why is it given up?"
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      <div className={styles["actions"]}>
        <Button look="primary" disabled={decide.isPending} onClick={() => decide.mutate({ kind: "retry" })}>
          Try again
        </Button>
        {reason === null ? (
          <Button onClick={() => setReason("")}>Give up…</Button>
        ) : (
          <Button
            disabled={decide.isPending || !reason.trim()}
            onClick={() => decide.mutate({ kind: "discard", reason: reason.trim() })}
          >
            Give it up
          </Button>
        )}
      </div>
    </Part>
  );
}

function useDecide(image: Image) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (decision: Decision) => {
      const params = { path: { image_id: image.id } };
      if (decision.kind === "retry") return call(api.POST("/images/{image_id}/retry", { params }));
      const body = { reason: decision.reason };
      return call(api.POST("/images/{image_id}/discard", { params, body }));
    },
    onSuccess: ({ decision, delivery }) => {
      const done = decision === "retry" ? "Trying again" : "Given up";
      say(delivery === "queued" ? `${done} as soon as a worker is back` : done);
    },
    onError: (error) => {
      const { title, advice } = explain(error);
      warn(title, advice);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.images(image.session_id) }),
  });
}
