import createClient, { type Client, type Middleware } from "openapi-fetch";

import type { AuthStore } from "../auth/store.ts";
import { ApiProblem, problemOf, unreachable } from "./problem.ts";
import type { paths } from "./schema.d.ts";

export type Api = Client<paths>;

const SIGNED_OUT = new Set(["token_expired", "token_invalid", "token_missing", "token_revoked"]);

/** The API on this page's origin, speaking for whoever is signed in. */
export function createApi(auth: AuthStore): Api {
  const api = createClient<paths>({ baseUrl: "/" });
  api.use(bearer(auth));
  return api;
}

function bearer(auth: AuthStore): Middleware {
  return {
    onRequest({ request }) {
      const token = auth.token();
      if (token) request.headers.set("Authorization", `Bearer ${token}`);
    },
    onError() {
      return unreachable();
    },
  };
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's data. Throws ApiProblem; a token that is over ends the sign-in. */
export async function unwrap<T>(pending: Promise<Answer<T>>, auth: AuthStore): Promise<T> {
  const { data, error, response } = await pending;
  if (response.ok && data !== undefined) return data;
  const problem = problemOf(error, response.status);
  endIfSignedOut(problem, auth);
  throw problem;
}

export function endIfSignedOut(problem: ApiProblem, auth: AuthStore): void {
  if (problem.status === 401 && SIGNED_OUT.has(problem.code)) {
    auth.end(problem.code === "token_revoked" ? "revoked" : "expired");
  }
}
