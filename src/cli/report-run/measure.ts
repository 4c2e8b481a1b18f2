import { z } from 'zod';
import { hashPlan, hashRow, hashSql, NotHashable, resultOf } from '../../official/result-hash.js';
import type { RunResult } from '../../official/run.js';
import { sampleFailure, sqlState } from '../../probes/failure.js';
import { describe } from '../../stores/index.js';
import { expressionsOf } from '../../stores/expressions/index.js';
import type { LiveSession } from '../../stores/live.js';
import { plainText } from '../../text/plain-text.js';

export interface Measure {
  /** One SELECT without parameters. */
  sql: string;
  bucket: string | null;
  at: string | null;
  watermark_epoch_seconds: number | null;
  timeZone: string;
  searchPath: readonly string[];
  deadline_ms: number;
  signal: AbortSignal;
}

/** What a query ended with, as it may be shown and kept: no value of a row. */
export interface MeasureFailure {
  kind: 'gone' | 'failed';
  message: string;
  nextStep: string;
}

export type Measured = { result: RunResult; floats: string[] } | { failure: MeasureFailure };

/** Runs a query in one statement that counts and hashes. @throws the reason of an abort */
export async function measure(session: LiveSession, { sql, timeZone, searchPath, deadline_ms, signal, ...options }: Measure): Promise<Measured> {
  const expressions = expressionsOf(session.engine);
  const settings = session.engine === 'postgres' ? { timezone: timeZone, standard_conforming_strings: 'on', search_path: ['pg_catalog', ...searchPath.map((schema) => expressions.name(schema))].join(', ') } : {};
  const bounds = { deadline_ms, settings };
  try {
    const described = await describe(session, { query: sql }, bounds);
    const plan = hashPlan(described?.columns ?? [], options, expressions);
    const rows = await session.query(hashRow, hashSql(sql, plan, expressions), bounds);
    return { result: resultOf(rows, plan), floats: plan.floats };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NotHashable) return { failure: { kind: 'failed', message: plainText(error.message, 400), nextStep: 'Change the query or the flag.' } };
    return { failure: failureOf(error, session, deadline_ms) };
  }
}

/** What is named is not there (PostgreSQL 18, appendix A), or DuckDB 1.5 says so. */
const GONE = new Set(['42P01', '42703', '42883', '3F000', '42704']);
const DUCKDB_GONE = /^(?:Catalog|Binder) Error/;

function failureOf(error: unknown, session: LiveSession, deadline_ms: number): MeasureFailure {
  const { message, next_step, reason } = sampleFailure(error, { probe: 'the query of the report', store: session.store, role: session.identity().role, deadline_ms, engine: session.engine });
  const said = error instanceof Error ? error.message : '';
  if (sqlState(error) === '42702') return { kind: 'failed', message: `${plainText(session.store, 60)}: two columns of the result have one name`, nextStep: 'Give each column a name of its own.' };
  const isGone = GONE.has(sqlState(error) ?? '') || DUCKDB_GONE.test(said);
  const steps: Partial<Record<typeof reason, string>> = { deadline: 'Give it more time with --timeout, or ask when the store is at rest.', failed: isGone ? 'Name relations with their schema, or the schemas with --search-path.' : 'Run the query by hand to see the whole message.' };
  return { kind: isGone ? 'gone' : 'failed', message, nextStep: steps[reason] ?? next_step };
}

const zoneRow = z.object({ zone: z.string() });

/** The time zone of a DuckDB session: it is that of the process, and tidemark's sessions let nothing change it. */
export async function zoneOf(session: LiveSession): Promise<string> {
  const [row] = await session.query(zoneRow, `SELECT current_setting('TimeZone') AS zone`);
  return row?.zone ?? 'UTC';
}
