import { CredentialProblem, fingerprint, privateKey, readCredentialFile, Renewed, signedToken } from '../http/token.js';
import type { Secrets } from '../http/secrets.js';
import { refuseCredentials } from '../shared/credentials.js';
import { ConnectError, type OpenContext, type StoreTarget } from '../store.js';
import type { SnowflakeAddress } from './address.js';

/** A token lives an hour at most, whatever it says (Snowflake SQL API, Authenticating to the server: key-pair authentication). */
const TOKEN_SECONDS = 3_540;
const RENEW_EARLY_MS = 300_000;

export type Authorize = (renew: boolean) => Promise<Record<string, string>>;

/**
 * How requests prove who asks, from the store's credentials, else from the environment: a key pair (a signed token, made anew
 * before its hour is over), or an OAuth or programmatic access token.
 * @throws ConnectError where nothing usable is given.
 */
export async function snowflakeAuthorization(target: StoreTarget, address: SnowflakeAddress, context: OpenContext, secrets: Secrets): Promise<Authorize> {
  refuseCredentials(target, address.place, ['user', 'token', 'private_key_file', 'private_key_passphrase']);
  const { environment } = context;
  const given = target.credentials ?? {};
  const fromEnvironment = given.token === undefined && given.private_key_file === undefined;
  const token = given.token ?? (fromEnvironment ? environment.SNOWFLAKE_TOKEN : undefined);
  const file = given.private_key_file ?? (fromEnvironment ? environment.SNOWFLAKE_PRIVATE_KEY_FILE : undefined);
  const passphrase = given.private_key_passphrase ?? environment.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE;
  secrets.add(token, passphrase);
  const refuse = (detail: string, nextStep: string, cause?: unknown): never => {
    throw new ConnectError({ reason: 'authentication', store: target.name, place: address.place, detail, nextStep }, { cause });
  };
  if (file !== undefined) {
    const user = given.user ?? address.user ?? environment.SNOWFLAKE_USER;
    if (user === undefined) return refuse('a key pair needs the name of its user', 'Name it in the URL (snowflake://user@…) or in credentials.user.');
    try {
      return await keyPair({ account: address.account, user: user.toUpperCase(), file, passphrase: passphrase === '' ? undefined : passphrase }, secrets);
    } catch (error) {
      if (!(error instanceof CredentialProblem)) throw error;
      return refuse(error.message, error.nextStep, error);
    }
  }
  if (token !== undefined && token !== '') {
    const headers = { authorization: `Bearer ${token}`, ...(address.token_type === null ? {} : { 'x-snowflake-authorization-token-type': address.token_type }) };
    return () => Promise.resolve(headers);
  }
  const withPassword = environment.SNOWFLAKE_PASSWORD !== undefined ? ' (its SQL API takes no password, so that SNOWFLAKE_PASSWORD does not help)' : '';
  return refuse(`no credentials are known${withPassword}`, 'Set credentials.private_key_file or credentials.token, or SNOWFLAKE_PRIVATE_KEY_FILE or SNOWFLAKE_TOKEN.');
}

/** Issuer and subject as documented: `ACCOUNT.USER.SHA256:fingerprint` and `ACCOUNT.USER`, in upper case. */
async function keyPair({ account, user, file, passphrase }: { account: string; user: string; file: string; passphrase: string | undefined }, secrets: Secrets): Promise<Authorize> {
  const key = privateKey(await readCredentialFile(file), passphrase, file);
  const issuer = `${account}.${user}.SHA256:${fingerprint(key)}`;
  const tokens = new Renewed(() => {
    const now_seconds = Math.floor(Date.now() / 1000);
    const token = signedToken({ iss: issuer, sub: `${account}.${user}`, iat: now_seconds, exp: now_seconds + TOKEN_SECONDS }, key);
    secrets.add(token);
    return Promise.resolve({ token, expires_at_ms: (now_seconds + TOKEN_SECONDS) * 1000 });
  }, RENEW_EARLY_MS);
  return async (renew) => {
    const { token } = await tokens.get(renew);
    return { authorization: `Bearer ${token}`, 'x-snowflake-authorization-token-type': 'KEYPAIR_JWT' };
  };
}
