import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { parse } from 'yaml';
import { z } from 'zod';
import { type EstateDatabase, withClient } from './estate-database.js';
import { textOf } from './estate-definitions.js';
import { estateFiles, EstateError } from './estate-files.js';

/** A string names a column of the row at hand, a number stands for itself. */
const valueSchema = z.union([z.string(), z.number(), z.strictObject({ constant: z.string() })]);
const statementSchema = z.union([
  z.strictObject({ card: z.number() }),
  z.strictObject({ panel: z.string() }),
  z.strictObject({ report: z.string() }),
  z.strictObject({ sql: z.string(), values: z.array(valueSchema).default([]), query_type: z.string().default('native') }),
]);
const workSchema = z.strictObject({
  /** A list of the session: the statements run once for each of its rows. */
  for_each: z.string().optional(),
  times: z.number().default(1),
  transaction: z.boolean().default(false),
  statements: z.array(statementSchema),
});
const sessionSchema = z.strictObject({
  role: z.string(),
  application_name: z.string(),
  /** Metabase writes a comment before each text. */
  signature: z.literal('metabase').optional(),
  /** Queries whose rows give values to statements. They run before the statistics are reset. */
  lists: z.record(z.string(), z.string()).default({}),
  work: z.array(workSchema),
});

type Value = z.infer<typeof valueSchema>;
type Row = Record<string, unknown>;

interface PreparedWork {
  rows: Row[];
  times: number;
  isTransaction: boolean;
  statements: { text: string; values: Value[] }[];
}

interface PreparedSession {
  role: string;
  applicationName: string;
  work: PreparedWork[];
}

/**
 * Runs what the applications, dashboards, loaders and people of the estate send, each as its own role, and leaves the
 * statistics of exactly that behind. The same texts run the same number of times on every run.
 *
 * @throws EstateError when a statement fails.
 */
export async function runWorkload(
  database: EstateDatabase,
  onProgress: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const superuser = { url: database.superuserUrl, applicationName: 'tidemark-demo' };
  const sessions = await withClient(superuser, signal, async (client) => {
    const prepared: PreparedSession[] = [];
    for (const path of await estateFiles('workload', '.yaml')) prepared.push(await prepare(path, client));
    await client.query('SELECT pg_stat_statements_reset()');
    return prepared;
  });
  onProgress(`production: the work of ${String(sessions.length)} roles`);
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  setMaxListeners(sessions.length + 1, either);
  const outcomes = await Promise.allSettled(
    sessions.map((session) =>
      runSession(session, database, either).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      }),
    ),
  );
  signal?.throwIfAborted();
  if (outcomes.some((outcome) => outcome.status === 'rejected')) throw failed.signal.reason;
}

async function prepare(path: string, client: pg.Client): Promise<PreparedSession> {
  const parsed = sessionSchema.safeParse(parse(await readFile(path, 'utf8')));
  if (!parsed.success) throw new EstateError(`${path} is no workload: ${z.prettifyError(parsed.error)}`);
  const session = parsed.data;
  const lists = new Map<string, Row[]>();
  for (const [name, sql] of Object.entries(session.lists)) lists.set(name, (await client.query<Row>(sql)).rows);
  const work = session.work.map(async ({ for_each, times, transaction, statements }): Promise<PreparedWork> => {
    const rows = for_each === undefined ? [{}] : lists.get(for_each);
    if (rows === undefined || rows.length === 0) throw new EstateError(`${path}: the list ${for_each ?? ''} has no rows.`);
    const texts = statements.map(async (statement) => {
      const written = 'sql' in statement ? statement : { sql: await textOf(statement), values: [], query_type: 'native' };
      const text = session.signature === 'metabase' ? signed(written.sql, written.query_type) : written.sql;
      return { text, values: written.values };
    });
    return { rows, times, isTransaction: transaction, statements: await Promise.all(texts) };
  });
  return { role: session.role, applicationName: session.application_name, work: await Promise.all(work) };
}

/** The first line that Metabase puts before each query (metabase.query-processor.util, `default-query->remark`). */
function signed(text: string, queryType: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return `-- Metabase:: userID: 1 queryType: ${queryType} queryHash: ${hash}\n${text}`;
}

async function runSession(session: PreparedSession, database: EstateDatabase, signal: AbortSignal): Promise<void> {
  const connection = { url: database.urlOf(session.role), applicationName: session.applicationName };
  await withClient(connection, signal, async (client) => {
    for (const { rows, times, isTransaction, statements } of session.work) {
      for (let time = 0; time < times; time += 1) {
        for (const row of rows) {
          if (isTransaction) await client.query('BEGIN');
          for (const { text, values } of statements) await runStatement(client, session.role, text, values, row);
          if (isTransaction) await client.query('COMMIT');
        }
      }
    }
  });
}

async function runStatement(client: pg.Client, role: string, text: string, values: Value[], row: Row): Promise<void> {
  const bound = values.map((value) => {
    if (typeof value === 'number') return value;
    return typeof value === 'string' ? columnOf(row, value, role) : value.constant;
  });
  try {
    // Without values the text goes through the simple protocol, as most tools send it.
    await (bound.length === 0 ? client.query(text) : client.query(text, bound));
  } catch (cause) {
    throw new EstateError(`The work of ${role} failed: ${cause instanceof Error ? cause.message : String(cause)}, in: ${text}`, { cause });
  }
}

function columnOf(row: Row, column: string, role: string): unknown {
  if (!(column in row)) throw new EstateError(`The work of ${role} asks for the column ${column}, which its list does not have.`);
  return row[column];
}
