import { createApi, unwrap } from "@imaging360/shared/api/client.ts";
import { mayPass } from "@imaging360/shared/api/problem.ts";
import { AuthStore } from "@imaging360/shared/auth/store.ts";
import type { SignedIn } from "@imaging360/shared/auth/token.ts";
import { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

export const auth = new AuthStore(localStorage);
export const api = createApi(auth);

/** The data of an answer of `api`. Throws ApiProblem. */
export function call<T>(pending: Promise<{ data?: T; error?: unknown; response: Response }>) {
  return unwrap(pending, auth);
}

export function useSignedIn(): SignedIn | null {
  return useSyncExternalStore(auth.subscribe, auth.snapshot);
}

/** Refusals stay refusals; what may pass is tried twice more. */
function shouldRetry(failures: number, error: Error): boolean {
  return mayPass(error) && failures < 2;
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: shouldRetry, staleTime: 2_000, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});

// What one person saw is not for the next one. Pages that show it close first.
auth.subscribe(() => {
  if (!auth.snapshot()) setTimeout(() => queries.clear());
});
