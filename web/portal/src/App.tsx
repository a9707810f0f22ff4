import { CSPProvider } from "@base-ui/react/csp-provider";
import { PageSpinner } from "@imaging360/shared/design/Spinner.tsx";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { BrowserRouter, Route, Routes } from "react-router";

import { queries } from "./backend.ts";
import { ErrorBoundary } from "./shell/ErrorBoundary.tsx";
import { Shell } from "./shell/Shell.tsx";
import { Toasts } from "./shell/Toasts.tsx";

const SignInPage = lazy(() => import("./pages/SignInPage.tsx"));
const SignedInPage = lazy(() => import("./pages/SignedInPage.tsx"));
const NotFoundPage = lazy(() => import("./pages/NotFoundPage.tsx"));
const ImagePage = lazy(() => import("./pages/ImagePage.tsx"));
const SessionsPage = lazy(() => import("./sessions/SessionsPage.tsx"));
const SessionPage = lazy(() => import("./session/SessionPage.tsx"));

export function App() {
  return (
    <ErrorBoundary>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queries}>
          <BrowserRouter>
            <Suspense fallback={<PageSpinner />}>
              <Pages />
            </Suspense>
          </BrowserRouter>
          <Toasts />
        </QueryClientProvider>
      </CSPProvider>
    </ErrorBoundary>
  );
}

function Pages() {
  return (
    <Routes>
      <Route path="/sign-in" element={<SignInPage />} />
      <Route path="/signed-in" element={<SignedInPage />} />
      <Route element={<Shell />}>
        <Route index element={<SessionsPage />} />
        <Route path="/s/:sessionId" element={<SessionPage />} />
        <Route path="/i/:imageId" element={<ImagePage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}
