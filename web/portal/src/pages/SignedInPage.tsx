import { ApiProblem } from "@imaging360/shared/api/problem.ts";
import {
  exchange,
  type Identity,
  loadConfig,
  returnFromSignIn,
} from "@imaging360/shared/auth/oidc.ts";
import { safeReturn } from "@imaging360/shared/auth/returning.ts";
import { fromAnswer } from "@imaging360/shared/auth/token.ts";
import { Button, buttonClass } from "@imaging360/shared/design/Button.tsx";
import { Message, ProblemMessage } from "@imaging360/shared/design/Message.tsx";
import { PageSpinner } from "@imaging360/shared/design/Spinner.tsx";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useNavigate } from "react-router";

import { auth } from "../backend.ts";
import { callbackAddress } from "./callback.ts";
import styles from "./SignInPage.module.css";

/** The way back from the identity provider: its code becomes our token. */
export default function SignedInPage() {
  const identity = useQuery({
    queryKey: ["identity", location.search],
    // A code is good once.
    queryFn: async () => returnFromSignIn(await loadConfig(), callbackAddress()),
    retry: false,
    staleTime: Infinity,
  });
  if (identity.isError) return <Failed error={new ApiProblem("id_token_invalid", 401, "")} />;
  if (!identity.data) return <PageSpinner label="Signing you in" />;
  return <Exchange identity={identity.data} />;
}

function Exchange({ identity }: { identity: Identity }) {
  const navigate = useNavigate();
  const { mutate, error } = useMutation({
    mutationFn: (orgId?: string) => exchange(identity, orgId),
    onSuccess: (answer) => {
      auth.begin(fromAnswer(answer));
      void navigate(safeReturn(identity.returnTo), { replace: true });
    },
  });
  useEffect(() => mutate(undefined), [mutate]);
  const choices = error instanceof ApiProblem ? error.document?.organizations : undefined;
  if (choices) {
    return (
      <main>
        <Message title="Which organization?" level={1}>
          <p>You belong to several. You can sign out and choose another one later.</p>
          <div className={styles["choices"]}>
            {choices.map((choice) => (
              <Button key={choice.id} onClick={() => mutate(choice.id)}>
                {choice.name}
              </Button>
            ))}
          </div>
        </Message>
      </main>
    );
  }
  return error ? <Failed error={error} /> : <PageSpinner label="Signing you in" />;
}

function Failed({ error }: { error: Error }) {
  return (
    <main>
      <title>Sign-in failed · 360 Imaging</title>
      <ProblemMessage
        error={error}
        actions={
          <Link to="/sign-in" className={buttonClass("primary")}>
            Sign in again
          </Link>
        }
      />
    </main>
  );
}
