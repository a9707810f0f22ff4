import type { ProblemCode, ProblemDocument } from "./types.ts";

/** A refusal of the API, or `unreachable` when there was no answer at all. */
export class ApiProblem extends Error {
  override name = "ApiProblem";

  constructor(
    readonly code: ProblemCode | "unreachable",
    readonly status: number,
    detail: string,
    readonly document?: ProblemDocument,
  ) {
    super(detail);
  }

  get requestId(): string | undefined {
    return this.document?.request_id;
  }
}

/** What came instead of an answer, as a problem. */
export function problemOf(body: unknown, status: number): ApiProblem {
  if (isProblem(body)) return new ApiProblem(body.code, status, body.detail, body);
  return new ApiProblem("http_error", status, `The server answered ${status}.`);
}

export function unreachable(): ApiProblem {
  return new ApiProblem("unreachable", 0, "The server could not be reached.");
}

function isProblem(body: unknown): body is ProblemDocument {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

/** What to tell a person: what is wrong, and what helps. */
export interface Explanation {
  title: string;
  advice: string;
}

const EXPLAINED: Partial<Record<ProblemCode | "unreachable", Explanation>> = {
  unreachable: {
    title: "No connection to the server",
    advice: "Check your network. We try again as soon as you ask.",
  },
  unavailable: {
    title: "The service is busy or restarting",
    advice: "Nothing was changed. Try again in a few seconds.",
  },
  internal_error: {
    title: "Something went wrong on our side",
    advice: "Try again. If it happens twice, tell support the request id below.",
  },
  rate_limited: { title: "Too many requests", advice: "Wait a moment, then try again." },
  role_forbidden: {
    title: "Your role does not allow this",
    advice: "Ask an administrator of your organization to do it, or to change your role.",
  },
  invalid_request: {
    title: "The server could not make sense of this",
    advice: "The link may be incomplete. Go back and start from there.",
  },
  session_not_found: {
    title: "This session is not here",
    advice: "It may belong to a site you do not work at, or the link is incomplete.",
  },
  image_not_found: {
    title: "This picture is not here",
    advice: "It may belong to a site you do not work at, or the link is incomplete.",
  },
  image_failed: {
    title: "A failed picture cannot be published",
    advice: "Take the frame again; the new picture replaces it.",
  },
  image_pending: {
    title: "The picture is still being processed",
    advice: "Publish it as soon as it has its verdict.",
  },
  image_not_parked: {
    title: "The picture no longer waits for a decision",
    advice: "Somebody was faster, or it recovered by itself.",
  },
  user_not_in_organization: {
    title: "You have no access yet",
    advice: "Ask an administrator of your organization to add your e-mail address, then sign in again.",
  },
  id_token_invalid: {
    title: "The sign-in could not be verified",
    advice: "Start the sign-in again. If it keeps failing, your device's clock may be wrong.",
  },
};

/** Whether the same request may succeed in a while. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof ApiProblem) || [0, 429].includes(error.status) || error.status >= 500;
}

/** Any error in plain words. */
export function explain(error: unknown): Explanation {
  if (error instanceof ApiProblem) {
    const title = error.document?.title ?? error.message;
    return EXPLAINED[error.code] ?? { title, advice: "Go back and try again." };
  }
  return {
    title: "Something unexpected happened",
    advice: "Load the page again. Your work on the server is safe.",
  };
}
