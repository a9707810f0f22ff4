import { explain } from "@imaging360/shared/api/problem.ts";
import { leaveToSignIn, loadConfig } from "@imaging360/shared/auth/oidc.ts";
import { safeReturn } from "@imaging360/shared/auth/returning.ts";
import type { EndReason } from "@imaging360/shared/auth/store.ts";
import { Button } from "@imaging360/shared/design/Button.tsx";
import { Notice } from "@imaging360/shared/design/Message.tsx";
import { useMutation } from "@tanstack/react-query";
import { Navigate, useSearchParams } from "react-router";

import { auth, useSignedIn } from "../backend.ts";
import { Dial } from "./Dial.tsx";
import { callbackAddress } from "./callback.ts";
import styles from "./SignInPage.module.css";

const WHY: Record<EndReason, string> = {
  expired: "Your sign-in has expired. Sign in again and you are back where you were.",
  revoked: "Your access was changed by an administrator. Sign in again, or ask them.",
  "signed-out": "You are signed out.",
};

export default function SignInPage() {
  const [query] = useSearchParams();
  const returnTo = safeReturn(query.get("from"));
  const reason = auth.endReason();
  const signIn = useMutation({
    mutationFn: async () =>
      leaveToSignIn(await loadConfig(), callbackAddress(), returnTo, reason === "signed-out"),
  });
  if (useSignedIn()) return <Navigate to={returnTo} replace />;
  return (
    <div className={styles["page"]}>
      <title>Sign in · 360 Imaging</title>
      <Dial className={styles["dial"] ?? ""} />
      <main className={styles["card"]}>
        <img className={styles["mark"]} src="/icon.svg" alt="" />
        <div>
          <h1>Every car, from every side</h1>
          <p className={styles["lead"]}>
            Watch a spin arrive while it is shot, look at each frame, and publish what is good.
          </p>
        </div>
        {reason && <Notice>{WHY[reason]}</Notice>}
        {signIn.isError && (
          <Notice tone="fail">
            {explain(signIn.error).title}. {explain(signIn.error).advice}
          </Notice>
        )}
        <Button
          look="primary"
          className={styles["go"] ?? ""}
          disabled={signIn.isPending}
          onClick={() => signIn.mutate()}
        >
          {signIn.isPending ? "Opening the sign-in page…" : "Sign in"}
        </Button>
      </main>
      <footer className={styles["foot"]}>
        You sign in with your organization&rsquo;s own account. No access yet? An administrator of
        your organization can add your e-mail address.
      </footer>
    </div>
  );
}
