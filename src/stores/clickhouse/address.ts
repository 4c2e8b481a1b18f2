import { readFileSync } from 'node:fs';
import type { StoreCredentials } from '../../model/configuration.js';
import { refuseCredentials } from '../shared/credentials.js';
import { ConnectError, type OpenContext, type StoreTarget } from '../store.js';

/** Where a server is and who we are there. Holds secrets: only `place` may stand in a message. */
export interface Address {
  /** `https://host:8443`, without user and database. */
  origin: string;
  /** `host:port/database` */
  place: string;
  host: string;
  port: number;
  isTls: boolean;
  database: string | null;
  user: string;
  password: string;
  /** A JSON Web Token, which then stands for user and password. */
  token: string | null;
  /** Certificates of the issuer, in PEM. */
  authority: Buffer | null;
}

const HTTP_PORT = 8123;
const HTTPS_PORT = 8443;
/** Of the protocol of clickhouse-client, which tidemark does not speak. */
const NATIVE_PORTS: Readonly<Record<number, number>> = { 9000: HTTP_PORT, 9440: HTTPS_PORT };
const KNOWN_PARAMETERS = ['database', 'secure', 'ssl', 'sslrootcert', 'user', 'password'];
const KNOWN_CREDENTIALS: readonly (keyof StoreCredentials)[] = ['user', 'password', 'token'];

/**
 * `clickhouse://user@host:8443/database?secure=true`, or `http://`, `https://`. TLS by `secure`, by the scheme, by the ports
 * 8443 and 9440, and on ClickHouse Cloud. What the URL does not say comes from the credentials of the configuration, then from
 * CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.
 * @throws ConnectError with reason `configuration`
 */
export function addressOf(target: StoreTarget, { environment }: OpenContext): Address {
  const refuse: (place: string, detail: string, nextStep: string) => never = (place, detail, nextStep) => {
    throw new ConnectError({ reason: 'configuration', store: target.name, place, detail, nextStep });
  };
  if (!URL.canParse(target.url)) return refuse('clickhouse://…', 'the URL cannot be read', 'Write it as clickhouse://user@host:8443/database.');
  const url = new URL(target.url);
  const place = `${url.host}${url.pathname === '/' ? '' : url.pathname}`;
  if (url.hostname === '') refuse('clickhouse://…', 'the URL names no host', 'Write it as clickhouse://user@host:8443/database.');
  const unknown = [...url.searchParams.keys()].find((name) => !KNOWN_PARAMETERS.includes(name));
  if (unknown !== undefined) refuse(place, `the URL has the parameter ${unknown}, which tidemark does not know`, `Leave it out; known are ${KNOWN_PARAMETERS.slice(0, -2).join(', ')}.`);
  const given: StoreCredentials = target.credentials ?? {};
  refuseCredentials(target, place, KNOWN_CREDENTIALS);

  const said = url.port === '' ? null : Number(url.port);
  const isTls = tlsOf(url, said);
  const port = said ?? (isTls ? HTTPS_PORT : HTTP_PORT);
  const other = NATIVE_PORTS[port];
  if (other !== undefined) refuse(place, `${port} is the port of clickhouse-client's own protocol`, `tidemark speaks HTTP: name port ${other}.`);
  const database = decoded(url.pathname.replace(/^\//, '')) || url.searchParams.get('database') || null;
  const user = decoded(url.username) || url.searchParams.get('user') || given.user || environment['CLICKHOUSE_USER'] || 'default';
  const own = decoded(url.password) || url.searchParams.get('password') || given.password;
  const ofEnvironment = (environment['CLICKHOUSE_USER'] ?? user) === user ? environment['CLICKHOUSE_PASSWORD'] : undefined;
  const file = url.searchParams.get('sslrootcert');
  return {
    origin: `${isTls ? 'https' : 'http'}://${url.hostname}:${port}`,
    place: `${url.hostname}:${port}${database === null ? '' : `/${database}`}`,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    isTls,
    database,
    user,
    password: own || ofEnvironment || '',
    token: given.token ?? null,
    authority: file === null ? null : certificates(file, (detail) => refuse(place, detail, 'Correct sslrootcert in the URL.')),
  };
}

function tlsOf(url: URL, port: number | null): boolean {
  const said = url.searchParams.get('secure') ?? url.searchParams.get('ssl');
  if (said !== null) return /^(1|true|yes|on)$/i.test(said);
  if (/^(https|clickhouses|https\+clickhouse):$/.test(url.protocol)) return true;
  if (/^http(\+clickhouse)?:$/.test(url.protocol)) return false;
  return port === null ? url.hostname.endsWith('.clickhouse.cloud') : port === HTTPS_PORT || port === 443 || port === 9440;
}

function certificates(file: string, refuse: (detail: string) => never): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    return refuse(`the certificate file ${file} cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`);
  }
}

/** A percent sign that begins no code stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
