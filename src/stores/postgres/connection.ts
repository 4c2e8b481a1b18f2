import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { refuseCredentials } from '../shared/credentials.js';
import { ConnectError, type OpenContext, type StoreTarget } from '../store.js';
import { passwordFromFile } from './password-file.js';
import { readService } from './service-file.js';

export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full' | 'no-verify';

/** Everything that a connection needs, after libpq's order: connection string, service file, environment, defaults. */
export interface Connection {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string | null;
  /** Why there is no password although a file was there, for the error message. */
  passwordHint: string | null;
  sslMode: SslMode;
  sslRootCertificate: string | null;
  sslCertificate: string | null;
  sslKey: string | null;
  directTls: boolean;
  connectTimeout_ms: number;
  /** `options` of the connection string or PGOPTIONS, e.g. `endpoint=…` of a serverless provider. */
  options: string;
  /** `host:port/database`, for messages. */
  place: string;
}

const DEFAULT_PORT = 5432;
const CONNECT_TIMEOUT_SECONDS_MAX = 10;
/** Where distributions put the server's socket: libpq's compiled-in defaults (Debian and Red Hat, then upstream). */
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp'];

/** libpq's parameters (PostgreSQL 18, 32.1.2) that matter here, and the environment variables that stand for them (32.15). */
const ENVIRONMENT_NAMES: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  service: 'PGSERVICE',
  servicefile: 'PGSERVICEFILE',
  options: 'PGOPTIONS',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  connect_timeout: 'PGCONNECT_TIMEOUT',
};

const SSL_MODES: readonly string[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

function isSslMode(text: string): text is SslMode {
  return SSL_MODES.includes(text);
}

/**
 * Resolves a connection as libpq does: a URL (`postgres://…`), a connection string (`host=… dbname=…`), `service=NAME`
 * or an empty text for the environment alone.
 * @throws ConnectError with reason `configuration`; never with the text itself, which may hold a password.
 */
export function resolveConnection(target: StoreTarget, context: OpenContext): Connection {
  const fail = (detail: string, nextStep: string): never => {
    throw new ConnectError({
      reason: 'configuration',
      store: target.name,
      place: 'the PostgreSQL connection',
      detail,
      nextStep,
    });
  };
  refuseCredentials(target, 'the PostgreSQL connection', ['user', 'password']);
  const given = parseConnectionText(target.url, fail);
  // What the connection string says itself stands before what is beside it.
  for (const key of ['user', 'password'] as const) {
    const beside = target.credentials?.[key];
    if (beside !== undefined && (given.get(key) ?? '') === '') given.set(key, beside);
  }
  const value = (key: string): string | undefined => {
    const own = given.get(key);
    if (own !== undefined && own !== '') return own;
    const variable = ENVIRONMENT_NAMES[key];
    const text = variable === undefined ? undefined : context.environment[variable];
    return text === '' ? undefined : text;
  };
  const service = value('service');
  if (service !== undefined) {
    // The service file stands behind the connection string and before the environment.
    const entries = readService(service, value('servicefile'), context, fail);
    for (const [key, text] of entries) if (!given.has(key)) given.set(key, text);
  }

  const port = Number(value('port') ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    fail('the port is not a number from 1 to 65535', 'Correct the port.');
  }
  const host = value('hostaddr') ?? value('host') ?? defaultHost(port);
  if (host.includes(',')) {
    fail('the connection names several hosts', 'Name one: the primary for an operational store, the standby for a replica.');
  }
  const user = value('user') ?? systemUser();
  const database = value('dbname') ?? user;
  const sslMode = value('sslmode') ?? 'prefer';
  if (!isSslMode(sslMode)) return fail('sslmode is none of libpq\'s', `Use one of ${SSL_MODES.join(', ')}.`);
  const stored = value('password') === undefined
    ? passwordFromFile(value('passfile'), { host, port, database, user }, context)
    : { password: value('password') ?? null, hint: null };
  return {
    host,
    port,
    database,
    user,
    password: stored.password,
    passwordHint: stored.hint,
    sslMode,
    sslRootCertificate: value('sslrootcert') ?? null,
    sslCertificate: value('sslcert') ?? null,
    sslKey: value('sslkey') ?? null,
    directTls: value('sslnegotiation') === 'direct',
    connectTimeout_ms: connectTimeoutSeconds(value('connect_timeout')) * 1000,
    options: value('options') ?? '',
    place: `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`,
  };
}

function defaultHost(port: number): string {
  const folder = SOCKET_FOLDERS.find((candidate) => existsSync(`${candidate}/.s.PGSQL.${port}`));
  return folder ?? 'localhost';
}

/** libpq waits for ever by default, and for 0. */
function connectTimeoutSeconds(text: string | undefined): number {
  const seconds = Number(text ?? 0);
  return seconds > 0 ? Math.min(seconds, CONNECT_TIMEOUT_SECONDS_MAX) : CONNECT_TIMEOUT_SECONDS_MAX;
}

/** libpq's default role is the user of the operating system. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without a name.
    return 'postgres';
  }
}

type Fail = (detail: string, nextStep: string) => never;

function parseConnectionText(text: string, fail: Fail): Map<string, string> {
  const trimmed = text.trim();
  if (/^postgres(ql)?:\/\//i.test(trimmed)) return parseUrl(trimmed, fail);
  if (trimmed === '' || trimmed.includes('=')) return parseKeyValues(trimmed, fail);
  return fail(
    'it is neither a URL nor a connection string',
    'Write postgres://USER@HOST:PORT/DATABASE, "host=… dbname=…" or service=NAME.',
  );
}

const NO_HOST = 'host.not-given.invalid';

/** PostgreSQL 18, 32.1.1.2, without lists of hosts. */
function parseUrl(text: string, fail: Fail): Map<string, string> {
  const found = new Map<string, string>();
  let url: URL;
  try {
    // A user without a host is right for libpq, not for URL. The cause is left out: it would hold the whole text.
    url = new URL(text.replace(/^(\w+:\/\/[^/?#]*@)(?=[/?]|$)/, `$1${NO_HOST}`));
  } catch {
    return fail('the URL cannot be read', 'Write special characters of user and password as %XX, e.g. @ as %40 and # as %23.');
  }
  const put = (key: string, encoded: string): void => {
    if (encoded === '') return;
    try {
      found.set(key, decodeURIComponent(encoded));
    } catch {
      fail(`the ${key} in the URL is not percent-encoded correctly`, 'Write a % itself as %25.');
    }
  };
  put('user', url.username);
  put('password', url.password);
  if (url.hostname !== NO_HOST) put('host', url.hostname.replace(/^\[(.*)\]$/, '$1'));
  put('port', url.port);
  put('dbname', url.pathname.replace(/^\//, ''));
  for (const [key, value] of url.searchParams) if (value !== '') found.set(key === 'ssl' ? 'sslmode' : key, sslWord(key, value));
  return found;
}

/** `ssl=true` is JDBC's and node-postgres's way of saying `sslmode=require`. */
function sslWord(key: string, value: string): string {
  if (key !== 'ssl') return value;
  return value === 'true' || value === '1' ? 'require' : value === 'false' || value === '0' ? 'disable' : value;
}

/** PostgreSQL 18, 32.1.1.1: `key = value` pairs; single quotes and backslashes as there. */
function parseKeyValues(text: string, fail: Fail): Map<string, string> {
  const found = new Map<string, string>();
  const pair = /\s*([A-Za-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/ys;
  while (pair.lastIndex < text.length) {
    const match = pair.exec(text);
    if (!match?.[1]) {
      return fail('the connection string cannot be read', "Write key=value pairs, a value with blanks in single quotes.");
    }
    found.set(match[1], (match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1'));
  }
  return found;
}
