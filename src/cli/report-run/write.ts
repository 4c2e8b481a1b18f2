import { z } from 'zod';
import { carriesPassword, withoutPasswords } from '../../config/credentials.js';
import { engineAt } from '../../config/store-url.js';
import type { StoreConfiguration } from '../../model/configuration.js';
import { errorCode, errorText } from '../../stores/postgres/failure.js';
import { ConnectError, oneLine, PermissionGap } from '../../stores/store.js';
import { plainText } from '../../text/plain-text.js';
import type { CommandContext } from '../command.js';
import { UsageError } from '../usage-error.js';
import type { WriteOptions } from './options.js';

/** A connection that the user named for one statement. */
export interface WriteTarget {
  engine: 'postgres' | 'duckdb';
  url: string;
  role: string | null;
}

/** Nothing was written; the message is one line for people. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';
}

const REFERENCE = /^\$\{env:([A-Za-z_]\w*)\}$/;

/** What `--write-to` names; null without it. Secrets of it are hidden from now on. @throws UsageError */
export function writeTarget({ writeTo, writeAs }: WriteOptions, { host, redactor }: CommandContext): WriteTarget | null {
  if (writeTo === undefined) {
    if (writeAs !== undefined) throw new UsageError('--write-as is of --write-to, and there is none');
    return null;
  }
  const variable = REFERENCE.exec(writeTo)?.[1];
  const url = variable === undefined ? writeTo : host.environment[variable];
  if (url === undefined || url === '') throw new UsageError(`--write-to: the environment variable ${variable ?? ''} is not set`);
  if (variable === undefined && carriesPassword(url)) {
    throw new UsageError('--write-to carries a password, which every process of this machine and the history of the shell would see', `give it by the environment: --write-to '\${env:CONTROL_URL}', or name the connection without it: ${withoutPasswords(url).replace(':***@', '@')}`);
  }
  redactor.addUrl(url);
  const role = writeAs ?? null;
  if (/^postgres(?:ql)?:\/\/|^\s*\w+\s*=/.test(url)) return { engine: 'postgres', url, role };
  const at = engineAt(url);
  if ('problem' in at || at.engine !== 'duckdb') throw new UsageError('--write-to names neither PostgreSQL nor a DuckDB file', 'as in --write-to postgresql://control_writer@db.example/warehouse');
  if (role !== null) throw new UsageError('--write-as is of PostgreSQL: DuckDB has no roles');
  return { engine: 'duckdb', url, role };
}

/** The connection that looks never writes. @throws UsageError */
export function refuseAuditing(target: WriteTarget, stores: readonly StoreConfiguration[]): void {
  const same = stores.find(({ url }) => url !== null && url === target.url && target.role === null && target.engine === 'postgres');
  if (same !== undefined) throw new UsageError(`--write-to is the connection by which ${plainText(same.name, 60)} is looked at`, 'name a role that may do no more than write report_run');
}

const changed = z.object({ changed: z.coerce.number() });

/**
 * Runs one INSERT or UPDATE as one transaction.
 * @returns the rows that it changed
 * @throws NotWritten
 */
export async function writeStatement(target: WriteTarget, sql: string, context: CommandContext): Promise<number> {
  return target.engine === 'postgres' ? writePostgres(target, sql, context) : writeDuckdb(target, sql, context);
}

async function writePostgres({ url, role }: WriteTarget, sql: string, { host, lifetime }: CommandContext): Promise<number> {
  const [{ Session, CostMeter, COLLECTING }, { resolveConnection }] = await Promise.all([import('../../stores/postgres/session.js'), import('../../stores/postgres/connection.js')]);
  const open = { environment: host.environment, homeDirectory: host.homeDirectory, signal: lifetime.signal };
  const settings = { statement_timeout: '10000', lock_timeout: '2000', idle_in_transaction_session_timeout: '10000', search_path: 'pg_catalog', ...(role === null ? {} : { role }) };
  try {
    const session = await Session.open(resolveConnection({ name: 'write-to', url }, open), settings, { store: 'write-to', meter: new CostMeter(), signal: lifetime.signal, limits: { ...COLLECTING, statement_ms: 10_000 } });
    try {
      // One statement is one transaction.
      const rows = await session.query(changed, `WITH tidemark_changed AS (${sql} RETURNING 1) SELECT count(*) AS changed FROM tidemark_changed`);
      return rows[0]?.changed ?? 0;
    } finally {
      await session.close();
    }
  } catch (error) {
    lifetime.signal.throwIfAborted();
    throw notWritten(error);
  }
}

async function writeDuckdb({ url }: WriteTarget, sql: string, { host, lifetime }: CommandContext): Promise<number> {
  const [{ DuckDBInstance }, path] = await Promise.all([import('@duckdb/node-api'), import('node:path')]);
  try {
    const instance = await DuckDBInstance.create(path.resolve(host.directory, url), { enable_external_access: 'false', autoinstall_known_extensions: 'false', threads: '1' });
    try {
      const connection = await instance.connect();
      try {
        const result = await connection.run(sql);
        return Number(result.rowsChanged);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  } catch (error) {
    lifetime.signal.throwIfAborted();
    throw notWritten(error);
  }
}

/** Messages of constraints quote the row. */
function notWritten(error: unknown): NotWritten {
  if (error instanceof ConnectError) return new NotWritten(`${error.message}`, { cause: error });
  if (error instanceof PermissionGap) return new NotWritten(`nothing was written: ${error.detail}; GRANT USAGE on its schema and INSERT, UPDATE and SELECT on report_run`, { cause: error });
  const code = errorCode(error);
  if (code === '23505') return new NotWritten('nothing was written: a run of this id is there already', { cause: error });
  if (code !== null && /^(22|23)/.test(code)) return new NotWritten(`nothing was written: the table takes no such row (SQLSTATE ${code})`, { cause: error });
  if (code === '42P01') return new NotWritten('nothing was written: there is no report_run table; --print-sql prints the statement that makes it', { cause: error });
  const said = error instanceof Error ? errorText(error) : String(error);
  const kind = /^(?:Constraint|Conversion|Invalid Input) Error/.exec(said)?.[0];
  return new NotWritten(`nothing was written: ${kind ?? oneLine(said.split('\n')[0] ?? '')}`, { cause: error });
}
