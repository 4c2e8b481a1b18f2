import { z } from 'zod';
import type { MetricClaim } from '../../model/metric-report.js';
import type { ParseOutcome } from '../../model/syntax-tree.js';

const VALUES_MAX = 8;

/** A row as any engine gives it. */
const row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
type Row = z.output<typeof row>;

/** One value with what kind of value the engine says it is. */
interface TypedValue {
  value: string | null;
  type: string;
}

export interface AskedStatement {
  sql: string;
  row: typeof row;
  /** Of its transaction. */
  settings: Record<string, string>;
  valuesOf(rows: readonly Row[]): TypedValue[];
}

interface AskOptions {
  /** In which names without a schema are looked up. */
  schemas: readonly string[];
  timeZone: string | null;
  /** Of PostgreSQL. */
  parse: (text: string) => ParseOutcome;
}

/**
 * A statement that gives the values of the one row of a definition, each with its kind, and nothing that the definition's text could
 * add to it. Null where what comes out is not one query: a text must not end where it should not.
 */
export function asked(sql: string, engine: 'postgres' | 'duckdb', { schemas, timeZone, parse }: AskOptions): AskedStatement | null {
  const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  if (engine === 'duckdb') {
    // The order in which the branches of a union come is not promised.
    const values = 'SELECT 0 AS tidemark_place, COLUMNS(*)::VARCHAR FROM tidemark_metric UNION ALL SELECT 1, typeof(COLUMNS(*)) FROM tidemark_metric';
    return { sql: `WITH tidemark_metric AS MATERIALIZED (${sql}\n) SELECT * FROM (${values}) ORDER BY tidemark_place LIMIT 3`, row, settings: {}, valuesOf: fromColumns };
  }
  const text = `SELECT pair.value #>> '{}' AS value, json_typeof(pair.value) AS type FROM (${sql}\n) AS tidemark_metric, LATERAL json_each(row_to_json(tidemark_metric)) WITH ORDINALITY AS pair(key, value, place) ORDER BY pair.place LIMIT ${VALUES_MAX + 1}`;
  const { statements } = parse(text);
  const [only, another] = statements;
  if (only?.statement.type !== 'query_statement' || another !== undefined) return null;
  const settings = { search_path: ['pg_catalog', ...schemas.map(quote)].join(', '), ...(timeZone === null ? {} : { timezone: timeZone }) };
  return { sql: text, row, settings, valuesOf: (rows) => rows.map(({ value, type }) => ({ value: value === null || value === undefined ? null : String(value), type: String(type) })) };
}

/** A row of values, then a row of their types. */
function fromColumns([values = {}, types = {}]: readonly Row[]): TypedValue[] {
  return Object.entries(values).flatMap(([name, value]) => (name === 'tidemark_place' ? [] : [{ value: value === null ? null : String(value), type: String(types[name] ?? '') }]));
}

const MOMENT = /^\d{4}-\d\d-\d\d(?:[T ][\d:.+Z-]*)?$/;
const SHOWN = /^(?:number|boolean|null|U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DECIMAL.*|FLOAT|DOUBLE|BOOLEAN|DATE|TIME.*|INTERVAL)$/;

/** What is shown of an answer: numbers, truths and moments. A text may be the value of a row. */
export function valueOf(rows: readonly TypedValue[]): NonNullable<MetricClaim['value']> {
  if (rows.length === 0) return { text: 'no row', rows: 0 };
  if (rows.length > VALUES_MAX) return { error: `not shown: it gives more than ${VALUES_MAX} values` };
  const texts = rows.map(({ value, type }) => {
    if (value === null) return 'NULL';
    return SHOWN.test(type) || (type === 'string' && MOMENT.test(value)) ? value : null;
  });
  if (texts.some((text) => text === null)) return { error: 'not shown: it gives a text, which may be the value of a row' };
  return { text: texts.join(', '), rows: 1 };
}
