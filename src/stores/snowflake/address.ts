import { ConnectError } from '../store.js';

/** Where an account of Snowflake is, and in what context statements run there. */
export interface SnowflakeAddress {
  base: URL;
  /** As tokens name it: upper case, without region. */
  account: string;
  user: string | null;
  database: string | null;
  schema: string | null;
  warehouse: string | null;
  role: string | null;
  /** How the service is to take a token; null lets it look at the token itself. */
  token_type: string | null;
  /** For messages: host and database. */
  place: string;
}

const DOMAIN = '.snowflakecomputing.com';
const PARAMETERS: ReadonlySet<string> = new Set(['warehouse', 'role', 'account', 'authenticator', 'protocol']);
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])$/;
const TOKEN_TYPES: ReadonlyMap<string, string> = new Map([['oauth', 'OAUTH'], ['programmatic_access_token', 'PROGRAMMATIC_ACCESS_TOKEN']]);

/**
 * Reads `snowflake://[user@]account/database[/schema]?warehouse=W&role=R`; `account` is an account identifier
 * (`organisation-account`, or a locator with its region) or a whole host name. Account names with an underscore have a
 * hyphen in their host name (Snowflake, Account identifiers). Names are read as SQL reads them: `analytics` is ANALYTICS, and
 * `"analytics"` is not.
 * @throws ConnectError
 */
export function snowflakeAddress(store: string, text: string): SnowflakeAddress {
  const refuse = (detail: string, nextStep: string): never => {
    throw new ConnectError({ reason: 'configuration', store, place: 'Snowflake', detail, nextStep });
  };
  const example = 'Write it as snowflake://user@organisation-account/DATABASE?warehouse=NAME.';
  const url = URL.canParse(text) ? new URL(text) : refuse('its url is not a URL', example);
  if (url.password !== '') refuse('its url holds a password', 'Snowflake takes none here: name credentials.private_key_file or credentials.token.');
  const host = decodeURIComponent(url.hostname);
  if (host === '') refuse('its url names no account', example);
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) refuse(`its url has an unknown parameter ${unknown}`, `It takes ${[...PARAMETERS].join(', ')}.`);
  const parameter = (name: string): string | null => url.searchParams.get(name) || null;
  const [database = null, schema = null, more] = url.pathname.split('/').filter((part) => part !== '').map(decodeURIComponent);
  if (more !== undefined) refuse('its url has more than a database and a schema in its path', example);
  const isPlain = parameter('protocol') === 'http';
  if (isPlain && !LOOPBACK.test(host)) refuse('protocol=http would send the credentials in the clear', 'Leave it out.');
  const authenticator = parameter('authenticator');
  const token_type = authenticator === null ? null : (TOKEN_TYPES.get(authenticator.toLowerCase()) ?? refuse(`its authenticator ${authenticator} is not supported`, `It takes ${[...TOKEN_TYPES.keys()].join(' or ')}.`));
  const name = /^(.+?)\.snowflakecomputing\.(?:com|cn)$/.exec(host)?.[1] ?? host;
  const service = host.includes('.snowflakecomputing.') || LOOPBACK.test(host) ? host : `${host.replaceAll('_', '-')}${DOMAIN}`;
  const base = new URL(`${isPlain ? 'http' : 'https'}://${service}${url.port === '' ? '' : `:${url.port}`}/`);
  const account = (parameter('account') ?? name).split('.')[0] ?? name;
  return {
    base,
    account: account.toUpperCase(),
    user: url.username === '' ? null : decodeURIComponent(url.username),
    database: nameOf(database),
    schema: nameOf(schema),
    warehouse: nameOf(parameter('warehouse')),
    role: nameOf(parameter('role')),
    token_type,
    place: `${base.host}${database === null ? '' : `/${nameOf(database) ?? ''}`}`,
  };
}

/** As Snowflake reads a name in SQL: in upper case unless it stands in quotes. Its API takes names as they are. */
function nameOf(text: string | null): string | null {
  if (text === null) return null;
  const quoted = /^"((?:[^"]|"")+)"$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  return /^[A-Za-z_][\w$]*$/.test(text) ? text.toUpperCase() : text;
}
