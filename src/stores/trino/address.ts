import { refuseCredentials } from '../shared/credentials.js';
import { ConnectError, type OpenContext, type StoreTarget } from '../store.js';

/** Where a Trino coordinator is and who asks. */
export interface TrinoAddress {
  base: URL;
  catalog: string;
  /** Null where the URL names none. */
  schema: string | null;
  user: string;
  password: string | null;
  token: string | null;
  /** `host:port/catalog`, for messages. */
  place: string;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
const HTTP_PORT = '8080';

/**
 * `trino://USER@HOST:8080/CATALOG/SCHEMA`, `trinos://…` for TLS, or http:// and https:// as they are. `?secure=true`, port
 * 443 and a password or token mean TLS too: Trino takes none of them without (Trino 476, Password file authentication).
 * @throws ConnectError with reason `configuration`, without secrets.
 */
export function trinoAddress(target: StoreTarget, { environment }: OpenContext): TrinoAddress {
  let place = 'the Trino connection';
  const fail: Fail = (detail, nextStep) => {
    throw new ConnectError({ reason: 'configuration', store: target.name, place, detail, nextStep });
  };
  const form = 'Write trino://USER@HOST:PORT/CATALOG/SCHEMA.';
  const scheme = /^(trinos?|https?):\/\//i.exec(target.url.trim())?.[1]?.toLowerCase() ?? '';
  let url: URL;
  try {
    url = new URL(target.url.trim().replace(/^[a-z]+:/i, 'http:'));
  } catch {
    return fail('the URL cannot be read', form);
  }
  if (scheme === '') fail('it is no trino:// URL', form);
  const [catalog = '', schema = '', ...rest] = url.pathname.split('/').filter((part) => part !== '').map((part) => decoded(part, fail));
  if (url.hostname === '' || catalog === '' || rest.length > 0) fail('the URL lacks host or catalog', form);
  place = `${url.host}/${catalog}`;
  refuseCredentials(target, place, ['user', 'password', 'token']);
  for (const name of url.searchParams.keys()) if (name !== 'secure') fail(`the URL has an unknown parameter, ${name}`, 'It takes secure=true.');

  const proof = proofOf(target, url, environment, fail);
  const base = baseOf(url, scheme, proof.password !== null || proof.token !== null, fail);
  return { base, catalog, schema: schema === '' ? null : schema, ...proof, place: `${base.host}/${catalog}` };
}

type Fail = (detail: string, nextStep: string) => never;

/** Who asks: the configuration before the URL before the environment. */
function proofOf({ credentials = {} }: StoreTarget, url: URL, environment: OpenContext['environment'], fail: Fail): Pick<TrinoAddress, 'user' | 'password' | 'token'> {
  const first = (...texts: (string | undefined)[]): string | null => texts.find((text) => text !== undefined && text !== '') ?? null;
  const password = first(credentials.password, decoded(url.password, fail), environment['TRINO_PASSWORD']);
  const token = first(credentials.token, environment['TRINO_TOKEN']);
  const user = first(credentials.user, decoded(url.username, fail), environment['TRINO_USER']);
  if (user === null && token === null) fail('no user is given', 'Name it in the URL, as credentials.user or in TRINO_USER.');
  return { user: user ?? '', password, token };
}

function baseOf(url: URL, scheme: string, isSecret: boolean, fail: Fail): URL {
  const isLocal = LOOPBACK.test(url.hostname);
  const secure = url.searchParams.get('secure');
  const isPlain = scheme === 'http' || secure === 'false';
  if (isPlain && isSecret && !isLocal) fail('a password or token would be sent without TLS', 'Use trinos:// or https://.');
  const isSecure = !isPlain && (scheme === 'trinos' || scheme === 'https' || secure === 'true' || url.port === '443' || (isSecret && !isLocal));
  const port = url.port === '' && !isSecure ? HTTP_PORT : url.port;
  return new URL(`${isSecure ? 'https' : 'http'}://${url.hostname}${port === '' ? '' : `:${port}`}`);
}

function decoded(text: string, fail: Fail): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail('a part of the URL is not percent-encoded correctly', 'Write a % itself as %25.');
  }
}
