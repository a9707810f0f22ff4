import { Icon } from "@imaging360/shared/design/Icon.tsx";
import { PageSpinner } from "@imaging360/shared/design/Spinner.tsx";
import { useOnline } from "@imaging360/shared/net/online.ts";
import { Suspense, useEffect, useRef } from "react";
import { Link, Navigate, Outlet, useLocation } from "react-router";

import { auth, useSignedIn } from "../backend.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import styles from "./Shell.module.css";

/** Everything that needs a sign-in: the bar above, the page below. */
export function Shell() {
  const signedIn = useSignedIn();
  const { pathname, search } = useLocation();
  if (!signedIn) return <Navigate to={signInAddress(pathname + search)} replace />;
  return (
    <>
      <a className={styles["skip"]} href="#main">
        Skip to the content
      </a>
      <header className={styles["bar"]}>
        <div className={styles["inner"]}>
          <Link to="/" className={styles["brand"]}>
            <img src="/icon.svg" alt="" /> 360 Imaging
          </Link>
          <AccountMenu signedIn={signedIn} />
        </div>
        <OfflineBanner />
      </header>
      <Main pathname={pathname} />
    </>
  );
}

function signInAddress(from: string): string {
  // Who signs out wants to leave, not to come back to where they were.
  return auth.endReason() === "signed-out" ? "/sign-in" : `/sign-in?from=${encodeURIComponent(from)}`;
}

function Main({ pathname }: { pathname: string }) {
  const main = useRef<HTMLElement>(null);
  const known = useRef(pathname);
  useEffect(() => {
    if (known.current === pathname) return;
    known.current = pathname;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <main id="main" ref={main} tabIndex={-1} className={styles["main"]}>
      <Suspense fallback={<PageSpinner />}>
        <Outlet />
      </Suspense>
    </main>
  );
}

function OfflineBanner() {
  const isOnline = useOnline();
  return (
    <div role="status">
      {!isOnline && (
        <p className={styles["offline"]}>
          <Icon name="offline" /> You are offline. What you see may be old; it updates when you are
          back.
        </p>
      )}
    </div>
  );
}
