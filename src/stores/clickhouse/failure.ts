import { DeadlineExceeded } from '../live.js';
import { ConnectError, oneLine, PermissionGap, StoreLost, type ConnectReason } from '../store.js';
import type { Address } from './address.js';
import { quoted } from './names.js';

/** Numbers of ClickHouse's errors (src/Common/ErrorCodes.cpp, 26.7; the same since 18). */
const CODE = {
  unknownTable: 60, unknownDatabase: 81, tooManyRows: 158, timeout: 159, tooSlow: 160, readonly: 164, unknownUser: 192, wrongPassword: 193, requiredPassword: 194,
  ipNotAllowed: 195, tooManyQueries: 202, socketTimeout: 209, memory: 241, databaseDenied: 291, tooManyBytes: 307, cancelled: 394, accessDenied: 497, authentication: 516, userExpired: 720,
} as const;

const DENIED: ReadonlySet<number> = new Set([CODE.accessDenied, CODE.databaseDenied, CODE.readonly]);
const STRANGER: ReadonlySet<number> = new Set([CODE.unknownUser, CODE.wrongPassword, CODE.requiredPassword, CODE.ipNotAllowed, CODE.authentication, CODE.userExpired]);
const TOO_LONG: ReadonlySet<number> = new Set([CODE.timeout, CODE.tooSlow, CODE.cancelled, CODE.socketTimeout]);
/**
 * Errors whose text speaks of names, settings and sizes only. That of others may hold a value of a row, as `Cannot parse string
 * 'anna@example.org' as UInt64`: of these only number and name are kept.
 */
const SPEAKS_OF_NO_VALUE: ReadonlySet<number> = new Set([
  ...Object.values(CODE), 10, 16, 36, 42, 43, 44, 46, 47, 48, 62, 63, 82, 115, 144, 179, 184, 206, 207, 210, 215, 218, 242, 279, 352, 386, 396, 452, 453, 470, 473, 481, 584, 620, 736,
]);

/** What the server itself answered with. The message is one line and holds no value of a row. */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

// 26.7: `Code: 60. DB::Exception: Unknown table …. (UNKNOWN_TABLE) (version 26.7.2.1 (official build))`
// 18.16: `Code: 60, e.displayText() = DB::Exception: Table default.t doesn't exist., e.what() = DB::Exception`
const EXCEPTION = /Code: (\d+)(?:\. |, e\.displayText\(\) = )DB::(?:NetException|ParsingException|Exception): ?([\s\S]*)/;

/** The error that a text of the server speaks of; null where it is none. */
export function serverFailure(text: string): ServerFailure | null {
  const [, number, rest = ''] = EXCEPTION.exec(text.slice(0, 20_000)) ?? [];
  if (number === undefined) return null;
  const code = Number(number);
  // At the end of an answer that had begun, since 25.11: the text's length, a tag and `__exception__` once more.
  const said = rest.replace(/\s+\d+ \w+\s+__exception__\s*$/, '').replace(/, e\.what\(\) = [\s\S]*$/, '').replace(/\s*\(version [^\n]*\s*$/, '');
  const name = /\(([A-Z][A-Z0-9_]+)\)\s*$/.exec(said)?.[1];
  if (!SPEAKS_OF_NO_VALUE.has(code)) return new ServerFailure(code, `the server refused it with error ${code}${name === undefined ? '' : ` (${name})`}; its text is left out, for it may hold values`);
  return new ServerFailure(code, oneLine(said.replace(/\s*\([A-Z][A-Z0-9_]+\)\s*$/, '').replace(/\.$/, '')) + ` (${name ?? code})`);
}

/** The error that callers know by its name, or the failure itself. */
export function namedError(store: string, failure: ServerFailure): Error {
  if (DENIED.has(failure.code)) return new PermissionGap(store, failure.message, { cause: failure });
  if (TOO_LONG.has(failure.code)) return new DeadlineExceeded(store, failure.message, { cause: failure });
  if (STRANGER.has(failure.code)) return new StoreLost(store, failure.message, { cause: failure });
  return failure;
}

/** True for a statement that was ended because it read more than `max_bytes_to_read`. */
export function readTooMuch(failure: ServerFailure): boolean {
  return failure.code === CODE.tooManyBytes;
}

/** An answer that is not ClickHouse's: a proxy, another program. */
export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer';
  readonly status: number;

  constructor(status: number, text: string) {
    super(`HTTP status ${status}${text.trim() === '' || /^\s*</.test(text) ? '' : `: ${oneLine(text.slice(0, 200))}`}`);
    this.status = status;
  }
}

/** Turns whatever an opening ended with into the one error that callers know. */
export function connectError(store: string, address: Address, error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  return new ConnectError({ store, place: address.place, ...diagnose(address, error) }, { cause: error });
}

interface Diagnosis {
  reason: ConnectReason;
  detail: string;
  nextStep: string;
}

function diagnose(address: Address, error: unknown): Diagnosis {
  const origin = error instanceof Error && (error instanceof StoreLost || error instanceof PermissionGap || error instanceof DeadlineExceeded) && error.cause !== undefined ? error.cause : error;
  if (origin instanceof ServerFailure) return diagnoseServer(address, origin);
  if (origin instanceof StrangeAnswer) return diagnoseStranger(address, origin);
  if (error instanceof DeadlineExceeded) return { reason: 'timeout', detail: error.detail, nextStep: 'Is the service asleep or overloaded? Try again.' };
  const code = errorCode(origin);
  const said = origin instanceof Error ? origin.message : String(origin);
  const detail = code === null || said.includes(code) ? said : `${said} (${code})`;
  switch (code) {
    case 'ECONNREFUSED':
      return { reason: 'refused', detail: 'nothing listens there (ECONNREFUSED)', nextStep: 'Start the server, or correct host and port; its HTTP interface has 8123, with TLS 8443.' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { reason: 'not-found', detail: `the host name does not resolve (${code})`, nextStep: 'Correct the host name, or look at DNS and VPN.' };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { reason: 'timeout', detail: `the host cannot be reached (${code})`, nextStep: 'Look at VPN, firewall and the list of allowed addresses.' };
    case 'EPROTO':
      return { reason: 'tls', detail: 'it does not answer in TLS (EPROTO)', nextStep: 'Add ?secure=false to the URL, or name the port for TLS, which is 8443.' };
    case 'ECONNRESET':
    case 'EPIPE':
      return { reason: 'lost', detail: `the connection ended while it was opened (${code})`, nextStep: address.isTls ? 'Is it a ClickHouse server?' : 'Is it a ClickHouse server, and does it want TLS (?secure=true)?' };
  }
  if (code?.startsWith('HPE_')) return { reason: 'unsupported', detail: 'it does not answer in HTTP', nextStep: 'Name the port of the HTTP interface: 8123, with TLS 8443.' };
  if (/certificate|self[- ]signed|\bSSL\b|\bTLS\b|altnames/i.test(`${said} ${code ?? ''}`)) {
    return { reason: 'tls', detail, nextStep: 'Name the certificate of the issuer with ?sslrootcert=FILE.' };
  }
  return { reason: 'unavailable', detail, nextStep: `Try curl ${address.origin}/ping.` };
}

function diagnoseServer({ user, database }: Address, failure: ServerFailure): Diagnosis {
  const detail = failure.message;
  if (STRANGER.has(failure.code)) return { reason: 'authentication', detail, nextStep: 'Correct user and password in the URL, under credentials, or in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.' };
  if (DENIED.has(failure.code)) return { reason: 'permission', detail, nextStep: `GRANT SELECT ON ${database === null ? '*' : quoted(database)}.* TO ${quoted(user)};` };
  if (failure.code === CODE.unknownDatabase) return { reason: 'not-found', detail, nextStep: 'Correct the database name.' };
  if (failure.code === CODE.tooManyQueries) return { reason: 'too-many-connections', detail, nextStep: 'Try again when fewer queries run; tidemark runs one at a time.' };
  if (TOO_LONG.has(failure.code)) return { reason: 'timeout', detail, nextStep: 'Try again when the server has less to do.' };
  return { reason: 'unavailable', detail, nextStep: 'Try clickhouse-client with the same user.' };
}

function diagnoseStranger({ origin }: Address, { status, message }: StrangeAnswer): Diagnosis {
  if (status === 401 || status === 403) return { reason: 'authentication', detail: message, nextStep: 'Something before the server asks who you are: look at the proxy.' };
  if (status >= 500) return { reason: 'unavailable', detail: message, nextStep: 'Something before the server does not reach it: look at the proxy, or try again.' };
  return { reason: 'unsupported', detail: `it does not answer as ClickHouse does: ${message}`, nextStep: `Correct host and port; ${origin}/ping must say Ok.` };
}

/** The code of a system error; null for others. */
function errorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
