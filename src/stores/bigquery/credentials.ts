import { z } from 'zod';
import type { CostMeter } from '../shared/cost-meter.js';
import { HttpClient } from '../http/client.js';
import type { Deadline } from '../http/deadline.js';
import { CredentialProblem, privateKey, readCredentialFile, Renewed, signedToken } from '../http/token.js';
import type { Secrets } from '../http/secrets.js';
import { refuseCredentials } from '../shared/credentials.js';
import { ConnectError, type OpenContext, type StoreTarget } from '../store.js';
import type { BigQueryAddress } from './address.js';
import { oauthDetail } from './failure.js';

/** Reads, runs jobs, and may not change data (OAuth 2.0 scopes for Google APIs, BigQuery API v2). Jobs need the first one. */
const SCOPES = 'https://www.googleapis.com/auth/bigquery https://www.googleapis.com/auth/cloud-platform.read-only';
const TOKEN_SECONDS = 3_600;
const RENEW_EARLY_MS = 300_000;
const TOKEN_ENDPOINT = 'https://oauth2.googleapis.com/token';

const serviceAccount = z.object({ type: z.literal('service_account'), client_email: z.string(), private_key: z.string(), private_key_id: z.string().optional(), token_uri: z.string().optional() });
const authorizedUser = z.object({ type: z.literal('authorized_user'), client_id: z.string(), client_secret: z.string(), refresh_token: z.string(), token_uri: z.string().optional() });
const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number().optional() });

export type Authorize = (renew: boolean, deadline: Deadline) => Promise<Record<string, string>>;

interface Proving {
  target: StoreTarget;
  address: BigQueryAddress;
  context: OpenContext;
  secrets: Secrets;
  meter: CostMeter;
}

/**
 * How requests prove who asks: an access token; else the JSON file of a service account or of a user who logged in, from the
 * store's credentials, GOOGLE_APPLICATION_CREDENTIALS or gcloud's own place.
 * @throws ConnectError where nothing usable is given.
 */
export async function bigQueryAuthorization(proving: Proving): Promise<{ authorize: Authorize; user: string | null }> {
  const { target, address, context, secrets } = proving;
  refuseCredentials(target, address.place, ['token', 'credentials_file']);
  const { token, credentials_file } = target.credentials ?? {};
  if (token !== undefined && token !== '') {
    secrets.add(token);
    return { authorize: () => Promise.resolve({ authorization: `Bearer ${token}` }), user: null };
  }
  const named = credentials_file ?? context.environment.GOOGLE_APPLICATION_CREDENTIALS;
  // Where `gcloud auth application-default login` writes it (Application Default Credentials).
  const file = named ?? (context.homeDirectory === null ? null : `${context.homeDirectory}/.config/gcloud/application_default_credentials.json`);
  const login = 'Set credentials.credentials_file or GOOGLE_APPLICATION_CREDENTIALS to the JSON file of a service account, or run gcloud auth application-default login.';
  const refuse = (detail: string, nextStep: string, cause?: unknown): never => {
    throw new ConnectError({ reason: 'authentication', store: target.name, place: address.place, detail, nextStep }, { cause });
  };
  if (file === null) return refuse('no credentials are known', login);
  try {
    return await fromFile(file, await readCredentialFile(file), proving);
  } catch (error) {
    if (!(error instanceof CredentialProblem)) throw error;
    return named === undefined ? refuse('no credentials are known', login, error) : refuse(error.message, error.nextStep, error);
  }
}

async function fromFile(file: string, text: string, proving: Proving): Promise<{ authorize: Authorize; user: string | null }> {
  const content = parsed(text);
  const account = serviceAccount.safeParse(content);
  if (account.success) return fromServiceAccount(account.data, file, proving);
  const user = authorizedUser.safeParse(content);
  if (user.success) return fromUser(user.data, proving);
  const type = z.object({ type: z.string() }).safeParse(content).data?.type;
  const detail = type === undefined ? `${file} holds no credentials of Google` : /^(?:service_account|authorized_user)$/.test(type) ? `${file} lacks a part of its credentials` : `${file} holds credentials of another kind than tidemark knows`;
  throw new CredentialProblem(detail, 'Name the JSON key file of a service account, or one that gcloud auth application-default login wrote.');
}

function parsed(text: string): unknown {
  try {
    const content: unknown = JSON.parse(text);
    return content;
  } catch {
    return null;
  }
}

/** A signed claim is exchanged for an access token (Using OAuth 2.0 for server to server applications: HTTP/REST). */
function fromServiceAccount(account: z.infer<typeof serviceAccount>, file: string, proving: Proving): { authorize: Authorize; user: string } {
  const { secrets } = proving;
  const key = privateKey(account.private_key, undefined, file);
  secrets.add(account.private_key);
  const endpoint = tokenEndpoint(account.token_uri, file);
  const claim = (): Record<string, string> => {
    const now_seconds = Math.floor(Date.now() / 1000);
    const assertion = signedToken({ iss: account.client_email, scope: SCOPES, aud: endpoint.href, iat: now_seconds, exp: now_seconds + TOKEN_SECONDS }, key, account.private_key_id === undefined ? {} : { kid: account.private_key_id });
    secrets.add(assertion);
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  };
  return { authorize: exchanging(endpoint, claim, proving), user: account.client_email };
}

function fromUser(user: z.infer<typeof authorizedUser>, proving: Proving): { authorize: Authorize; user: null } {
  const { client_id, client_secret, refresh_token } = user;
  proving.secrets.add(client_secret, refresh_token);
  const endpoint = tokenEndpoint(user.token_uri, 'the file of credentials');
  return { authorize: exchanging(endpoint, () => ({ grant_type: 'refresh_token', client_id, client_secret, refresh_token }), proving), user: null };
}

/** A file may come from anywhere, and what is sent there proves who we are: only Google, or a server on this machine. */
function tokenEndpoint(uri: string | undefined, file: string): URL {
  const text = uri ?? TOKEN_ENDPOINT;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isGoogle = url?.protocol === 'https:' && /(?:^|\.)(?:googleapis\.com|google\.com)$/.test(url.hostname);
  if (url === null || !(isGoogle || /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname))) {
    throw new CredentialProblem(`${file} wants its proof sent to an address that is not Google's`, 'Get the file anew from Google Cloud.');
  }
  return url;
}

function exchanging(endpoint: URL, claim: () => Record<string, string>, { context, secrets, meter }: Proving): Authorize {
  const client = new HttpClient({ base: new URL(endpoint.origin), secrets, meter, signal: context.signal, detailOf: oauthDetail });
  let until: Deadline | null = null;
  const tokens = new Renewed(async () => {
    if (until === null) throw new CredentialProblem('no deadline is set', 'This is a defect of tidemark.');
    const answer = await client.request({
      method: 'POST', path: endpoint.pathname, repeatable: true, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(claim()).toString(),
    }, until);
    const { access_token, expires_in } = tokenAnswer.parse(answer.body);
    secrets.add(access_token);
    return { token: access_token, expires_at_ms: Date.now() + (expires_in ?? TOKEN_SECONDS) * 1000 };
  }, RENEW_EARLY_MS);
  return async (renew, deadline) => {
    until = deadline;
    return { authorization: `Bearer ${(await tokens.get(renew)).token}` };
  };
}
