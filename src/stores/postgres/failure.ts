import pg from 'pg';
import { ConnectError, type ConnectReason } from '../store.js';
import type { Connection } from './connection.js';

/** The SQLSTATE of a server's error or the code of a system error; null for others. */
export function errorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(errorText).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** True for an error that the server itself answered with. */
export function isServerError(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError;
}

/** Raised by the password callback: the server asks for one and there is none. */
export class NoPassword extends Error {
  override readonly name = 'NoPassword';
}

interface Diagnosis {
  reason: ConnectReason;
  detail: string;
  nextStep: string;
}

/** Turns whatever a connection attempt ended with into the one error that callers know. */
export function connectError(store: string, connection: Connection, error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const diagnosis = diagnose(connection, error, errorCode(error));
  return new ConnectError({ store, place: connection.place, ...diagnosis }, { cause: error });
}

function diagnose(connection: Connection, error: unknown, code: string | null): Diagnosis {
  const said = errorText(error);
  const role = quoteName(connection.user);
  if (error instanceof NoPassword) {
    const hint = connection.passwordHint === null ? '' : `; ${connection.passwordHint}`;
    return {
      reason: 'authentication',
      detail: `the server asks for a password of ${role} and none is known${hint}`,
      nextStep: 'Set PGPASSWORD or write a line in ~/.pgpass.',
    };
  }
  if (isServerError(error)) return diagnoseServerError(connection, said, code, role);
  const detail = code === null || said.includes(code) ? said : `${said} (${code})`;
  switch (code) {
    case 'ECONNREFUSED':
      return { reason: 'refused', detail: 'nothing listens there (ECONNREFUSED)', nextStep: 'Start the server, or correct host and port.' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { reason: 'not-found', detail: `the host name does not resolve (${code})`, nextStep: 'Correct the host name, or look at DNS and VPN.' };
    case 'ENOENT':
    case 'EACCES':
      return { reason: code === 'ENOENT' ? 'not-found' : 'permission', detail, nextStep: 'Correct the path of the socket folder or certificate file.' };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { reason: 'timeout', detail: `the host cannot be reached (${code})`, nextStep: 'Look at VPN, firewall and security group.' };
    case 'ECONNRESET':
      return { reason: 'lost', detail, nextStep: 'Is it a PostgreSQL server, and does something between cut connections?' };
  }
  if (/error establishing an SSL connection|unknown message code/i.test(said)) {
    return { reason: 'unsupported', detail: 'it does not answer as PostgreSQL does', nextStep: 'Correct host and port: something else listens there.' };
  }
  if (/timeout expired/.test(said)) {
    return { reason: 'timeout', detail: 'no answer within the time limit', nextStep: 'Look at VPN, firewall and security group, or whether the server hangs.' };
  }
  if (/does not support SSL/.test(said)) {
    return { reason: 'tls', detail: 'the server does not support TLS', nextStep: 'Set sslmode=prefer, or ssl = on in the server.' };
  }
  if (/certificate|self[- ]signed|\bSSL\b|\bTLS\b|altnames/i.test(`${said} ${code ?? ''}`)) {
    return {
      reason: 'tls',
      detail,
      nextStep: 'Name the certificate of the issuer with sslrootcert=FILE, or encrypt without checking it with sslmode=require.',
    };
  }
  if (/Connection terminated|invalid response|unexpected/i.test(said)) {
    return { reason: 'lost', detail: `the connection ended while it was opened: ${said}`, nextStep: 'Is it a PostgreSQL server, and is it running?' };
  }
  return { reason: 'unavailable', detail, nextStep: 'Try psql with the same connection.' };
}

/** By SQLSTATE (PostgreSQL 18, appendix A). */
function diagnoseServerError(connection: Connection, said: string, code: string | null, role: string): Diagnosis {
  const detail = code === null ? said : `${said} (${code})`;
  switch (code) {
    case '28P01':
      return { reason: 'authentication', detail, nextStep: `Correct the password of ${role} in PGPASSWORD, ~/.pgpass or the URL.` };
    case '28000':
      return {
        reason: 'authentication',
        detail,
        nextStep: `Create the role (CREATE ROLE ${role} LOGIN; GRANT pg_monitor TO ${role};) or allow it in pg_hba.conf.`,
      };
    case '3D000':
      return { reason: 'not-found', detail, nextStep: 'Correct the database name.' };
    case '22023':
    case '42704':
      return { reason: 'configuration', detail, nextStep: 'Correct the options in the URL or in PGOPTIONS.' };
    case '42501':
      if (/parameter/.test(said)) return { reason: 'configuration', detail, nextStep: 'Leave it out of the URL and of PGOPTIONS.' };
      return { reason: 'permission', detail, nextStep: `GRANT CONNECT ON DATABASE ${quoteName(connection.database)} TO ${role};` };
    case '53300':
      return {
        reason: 'too-many-connections',
        detail,
        // InitializeSessionUserId() in miscinit.c, 18: the limit of the role, of which another tidemark may use a part.
        nextStep: /for role/.test(said)
          ? `Is another tidemark connected, or one that was cut off? ALTER ROLE ${role} CONNECTION LIMIT 8; makes room for more.`
          : 'Try again when there are fewer sessions; tidemark opens one at a time and never more than two.',
      };
    case '57P03':
      return { reason: 'unavailable', detail, nextStep: 'Wait until the server has started.' };
    case '57P01':
    case '57P02':
      return { reason: 'unavailable', detail, nextStep: 'The server is stopping; try again when it is back.' };
  }
  return { reason: 'unavailable', detail, nextStep: 'Try psql with the same connection.' };
}

/** A name as SQL writes it: in quotes where it needs them. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : pg.escapeIdentifier(name);
}
