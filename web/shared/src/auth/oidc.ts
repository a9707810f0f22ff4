import { OidcClient, WebStorageStateStore } from "oidc-client-ts";

import { problemOf, unreachable } from "../api/problem.ts";
import type { UserToken } from "../api/types.ts";

/** Where and as whom to sign in; the server of the page says so. */
export interface SignInConfig {
  issuer: string;
  client_id: string;
}

/** What comes back from the provider: an identity, and the page that was asked for. */
export interface Identity {
  idToken: string;
  nonce: string;
  returnTo: string;
}

interface Kept {
  nonce: string;
  returnTo: string;
}

export async function loadConfig(): Promise<SignInConfig> {
  const answer = await fetch("/portal/config.json").catch(() => {
    throw unreachable();
  });
  if (!answer.ok) throw problemOf(null, answer.status);
  return (await answer.json()) as SignInConfig;
}

/** Leave for the provider's page. With `fresh` it asks who signs in, whoever did before. */
export async function leaveToSignIn(
  config: SignInConfig,
  callback: string,
  returnTo: string,
  fresh: boolean,
): Promise<void> {
  const kept: Kept = { nonce: crypto.randomUUID(), returnTo };
  const prompt = fresh ? { prompt: "select_account" } : {};
  const request = await client(config, callback)
    .createSigninRequest({ nonce: kept.nonce, state: kept, ...prompt })
    .catch(() => {
      throw unreachable();
    });
  location.assign(request.url);
}

/** On the callback page: the code for an identity. PKCE is oidc-client-ts' own default. */
export async function returnFromSignIn(config: SignInConfig, callback: string): Promise<Identity> {
  const answer = await client(config, callback).processSigninResponse(location.href);
  const kept = answer.userState as Kept;
  return { idToken: answer.id_token ?? "", nonce: kept.nonce, returnTo: kept.returnTo };
}

/** Our own token for the identity. Throws ApiProblem. */
export async function exchange(identity: Identity, orgId?: string): Promise<UserToken> {
  const body = { id_token: identity.idToken, nonce: identity.nonce, org_id: orgId };
  const answer = await fetch("/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => {
    throw unreachable();
  });
  const said: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw problemOf(said, answer.status);
  return said as UserToken;
}

function client(config: SignInConfig, callback: string): OidcClient {
  return new OidcClient({
    authority: config.issuer,
    client_id: config.client_id,
    redirect_uri: callback,
    response_type: "code",
    scope: "openid profile email",
    loadUserInfo: false,
    // The state of a sign-in under way must survive the trip; the provider's tokens are not kept.
    stateStore: new WebStorageStateStore({ store: sessionStorage, prefix: "imaging360.oidc." }),
  });
}
