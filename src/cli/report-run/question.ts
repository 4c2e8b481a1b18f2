import { notReproducible, type UnreproducibleReason } from '../../facts/reproducible.js';
import { parametersOf, WATERMARK_PARAMETER, withValues, type GivenValue } from '../../official/parameters.js';
import type { SqlStatement } from '../../model/syntax-tree.js';
import { dialectOfEngine } from '../../sql/dialect.js';
import { createParsers } from '../../sql/parse/parsers.js';
import { walkStatement } from '../../sql/walk.js';
import { expressionsOf } from '../../stores/expressions/index.js';
import { epochOf } from '../../official/moment.js';
import type { RunInputs } from '../../official/run.js';
import { UsageError } from '../usage-error.js';
import type { Measure } from './measure.js';

/** What is asked, checked before any store is. */
export interface Question {
  reasons: UnreproducibleReason[];
  /** Names of the relations that it reads, with and without their schema. */
  relations: ReadonlySet<string>;
  /** Whether it is held to the watermark by `:watermark`. */
  asksWatermark: boolean;
}

/** Stands for the watermark while the text is only read. */
const SOME_MOMENT = '1970-01-01 00:00:00+00';

/**
 * Reads the query of a report: one SELECT, every parameter with a value.
 * @throws UsageError
 */
export async function readQuestion(text: string, values: ReadonlyMap<string, GivenValue>, engine: 'postgres' | 'duckdb', signal: AbortSignal): Promise<Question> {
  const asksWatermark = parametersOf(text).includes(WATERMARK_PARAMETER);
  if (values.has(WATERMARK_PARAMETER)) throw new UsageError(`:${WATERMARK_PARAMETER} is the watermark of the sources and no parameter`, 'name it with --watermark NAME=VALUE');
  const sql = filled(text, asksWatermark ? new Map([...values, [WATERMARK_PARAMETER, SOME_MOMENT]]) : values, engine);
  const parsers = await createParsers({ signal });
  try {
    const dialect = dialectOfEngine(engine);
    await parsers.prepare(dialect, [sql]);
    const { statements, diagnostics } = parsers.parse(dialect)(sql);
    const [only, another] = statements;
    if (only === undefined) throw new UsageError(`the query could not be read: ${diagnostics[0]?.message ?? 'there is no statement'}`);
    if (another !== undefined) throw new UsageError('the query is more than one statement', 'a report is one SELECT');
    refuseOther(only.statement);
    return { reasons: notReproducible(only.statement), relations: relationsOf(only.statement), asksWatermark };
  } finally {
    await parsers.close();
  }
}

/** The query with its values. @throws UsageError for a parameter without a value, and for a value without a parameter */
export function filled(text: string, values: ReadonlyMap<string, GivenValue>, engine: 'postgres' | 'duckdb'): string {
  const { sql, missing, unused } = withValues(text.replace(/[\s;]+$/, ''), values, expressionsOf(engine));
  if (missing.length > 0) throw new UsageError(`the query has no value for ${missing.map((name) => `:${name}`).join(', ')}`, `as in --parameters ${missing[0] ?? ''}=…`);
  if (unused.length > 0) throw new UsageError(`the query has no parameter ${unused.map((name) => `:${name}`).join(', ')}`, 'leave the value out, or correct its name');
  return sql;
}

/** What a run asks of its store, the same when it is recorded and when it is run again. @throws UsageError */
export function measureOf(inputs: RunInputs, values: ReadonlyMap<string, GivenValue>): Omit<Measure, 'deadline_ms' | 'signal'> {
  const { query, watermark, bucket, at, timeZone, searchPath, engine } = inputs;
  const asksWatermark = watermark !== null && parametersOf(query).includes(WATERMARK_PARAMETER);
  return {
    sql: filled(query, asksWatermark ? new Map([...values, [WATERMARK_PARAMETER, watermark]]) : values, engine),
    bucket, at, timeZone, searchPath, watermark_epoch_seconds: watermark === null ? null : epochOf(watermark),
  };
}

function refuseOther(statement: SqlStatement): void {
  if (statement.type !== 'query_statement' || statement.form !== 'select') throw new UsageError('the query is no SELECT', 'a report only reads');
  walkStatement(statement, {
    query: ({ ctes, locks }) => {
      if (locks.length > 0) throw new UsageError('the query locks rows', 'leave FOR UPDATE and its kin out: a report only reads');
      if (ctes.some(({ statement: inner }) => inner.type !== 'query_statement')) throw new UsageError('the query changes rows', 'a report only reads');
    },
  });
}

function relationsOf(statement: SqlStatement): Set<string> {
  const names = new Set<string>();
  walkStatement(statement, {
    from: (item) => {
      if (item.type !== 'table') return;
      names.add(item.name);
      if (item.schema !== null) names.add(`${item.schema}.${item.name}`);
    },
  });
  return names;
}
