import type { Role, UserToken } from "../api/types.ts";

/** Who is signed in, and until when. */
export interface SignedIn {
  token: string;
  expiresAt: number;
  role: Role;
  orgId: string;
  userId: string;
  name: string;
  email: string;
}

export function fromAnswer(answer: UserToken): SignedIn {
  return {
    token: answer.access_token,
    expiresAt: Date.parse(answer.expires_at),
    role: answer.role,
    orgId: answer.org_id,
    userId: answer.user.id,
    name: answer.user.name,
    email: answer.user.email,
  };
}

/** What storage holds, if it is a sign-in of ours that is not over. */
export function parse(text: string | null, now: number): SignedIn | null {
  if (!text) return null;
  try {
    const found = JSON.parse(text) as Partial<SignedIn>;
    const whole = [found.token, found.role, found.orgId, found.userId].every(
      (member) => typeof member === "string",
    );
    if (!whole || typeof found.expiresAt !== "number" || found.expiresAt <= now) return null;
    return found as SignedIn;
  } catch {
    return null;
  }
}

/** Milliseconds until the token is over; timers cannot wait longer than 24.8 days. */
export function millisecondsLeft(signedIn: SignedIn, now: number): number {
  return Math.min(Math.max(0, signedIn.expiresAt - now), 2 ** 31 - 1);
}

/** The person's name, or what stands for it. */
export function displayName(signedIn: Pick<SignedIn, "name" | "email">): string {
  return signedIn.name || signedIn.email;
}
