import { z } from 'zod';
import { HttpClient } from '../http/client.js';
import type { Deadline } from '../http/deadline.js';
import type { Secrets } from '../http/secrets.js';
import { Renewed } from '../http/token.js';
import type { CostMeter } from '../shared/cost-meter.js';
import type { DatabricksAddress } from './address.js';

/** A token lives for an hour. */
const RENEW_EARLY_MS = 60_000;
const answer = z.object({ access_token: z.string(), expires_in: z.number() });
const refusal = z.object({ error: z.string().optional(), error_description: z.string().optional() });

export type Authorize = (renew: boolean, deadline: Deadline) => Promise<Record<string, string>>;

/**
 * The header of each request: the token that is given, or one for a service principal, made anew before its hour is over or
 * when the service no longer takes it (Databricks, Authorize service principal access with OAuth: POST /oidc/v1/token).
 */
export function databricksAuthorization({ base, proof }: DatabricksAddress, secrets: Secrets, meter: CostMeter, signal: AbortSignal | undefined): Authorize {
  if ('token' in proof) {
    secrets.add(proof.token);
    return () => Promise.resolve({ authorization: `Bearer ${proof.token}` });
  }
  const basic = Buffer.from(`${proof.client_id}:${proof.client_secret}`).toString('base64');
  secrets.add(proof.client_secret, basic);
  const client = new HttpClient({ base, secrets, meter, signal, detailOf: tokenDetail });
  let deadline: Deadline;
  const tokens = new Renewed(async () => {
    const request = { method: 'POST' as const, path: '/oidc/v1/token', body: 'grant_type=client_credentials&scope=all-apis', headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}` }, repeatable: true };
    const { access_token, expires_in } = answer.parse((await client.request(request, deadline)).body);
    secrets.add(access_token);
    return { access_token, expires_at_ms: Date.now() + expires_in * 1000 };
  }, RENEW_EARLY_MS);
  return async (renew, until) => {
    deadline = until;
    return { authorization: `Bearer ${(await tokens.get(renew)).access_token}` };
  };
}

function tokenDetail(body: unknown): string | null {
  const { error, error_description } = refusal.safeParse(body).data ?? {};
  return error === undefined && error_description === undefined ? null : `no OAuth token was given: ${error_description ?? ''}${error === undefined ? '' : ` (${error})`}`;
}
