import type { Column, Relation } from '../../model/catalog.js';
import type { AskedEngine } from '../asking.js';
import { typeGroup } from '../../privacy/types.js';
import { quoted } from '../quote.js';
import { WORDS } from './checks.js';
import { validators, type Validator } from './validators.js';

/** A column whose values are looked at, with the checks that its type allows. */
export interface SampledColumn {
  name: string;
  checks: readonly { kind: string; sql: string }[];
  /** Beside the checks: values, different ones. */
  sources: string[];
}

/** What one statement counts of one relation. */
export interface SamplePlan {
  columns: readonly SampledColumn[];
  /** Values of the SQL text `sample`. */
  values: { counts: string; forms: string; columns: string; sample: string; relation: string; rows: string };
}

/** Longer values are cut: no check needs more, and patterns over long texts cost. */
const LENGTH_MAX = 200;
/** Below so many times the rows that are asked for, the first rows are as good as a sample, which could be empty. */
const SAMPLE_FROM = 20;
const PAGE_BYTES = 8192;
const PAGES_MIN = 10;
/** More columns make a statement of which the server keeps a long text. */
export const COLUMNS_MAX = 25;

const STORED = new Set<Relation['kind']>(['table', 'partitioned_table', 'partition', 'materialized_view']);

/** Whether the checks mean something for its type; documents, binaries and enums are not looked into. */
export function canSample(column: Column): boolean {
  return column.enumValues === null && ['text', 'number', 'date', 'timestamp'].includes(groupOf(column)) && !column.type.endsWith('[]') && !/^(numeric|decimal|real|double|float|money)/i.test(column.baseType ?? column.type);
}

/**
 * One statement over a bounded part of a relation. Blocks of a large table are chosen by chance (TABLESAMPLE SYSTEM, repeatable);
 * of a small one, a view or a foreign table the first rows are taken.
 */
export function planSample(engine: AskedEngine, relation: Relation, columns: readonly Column[], rows: number, { firstRows = false } = {}): SamplePlan {
  const planned = columns.map((column, at) => sampledColumn(engine, column, at));
  const [open, close] = engine === 'duckdb' ? ['[', ']'] : ['array[', ']::bigint[]'];
  const counts = planned.flatMap(({ sources, checks }) => [...sources, ...checks.map(({ sql }) => `count(*) filter (where ${sql})`)]);
  return {
    columns: planned,
    values: {
      counts: `${open}${counts.join(', ')}${close}`,
      forms: columns.map((column, at) => formsOf(column, at)).join(', '),
      columns: columns.map((column, at) => `${quoted(column.name)} as c${at}`).join(', '),
      relation: `${quoted(relation.schema)}.${quoted(relation.name)}`,
      sample: firstRows ? '' : sampleClause(engine, relation, rows),
      rows: String(rows),
    },
  };
}

function groupOf({ type, baseType }: Column): ReturnType<typeof typeGroup> {
  return typeGroup(baseType ?? type);
}

function isDate(column: Column): boolean {
  return ['date', 'timestamp'].includes(groupOf(column));
}

function formsOf(column: Column, at: number): string {
  if (isDate(column)) return `c${at}::date as d${at}`;
  const written = `nullif(trim(substr(c${at}::varchar, 1, ${LENGTH_MAX})), '')`;
  return `${written} as w${at}, upper(regexp_replace(${written}, '[ ./-]', '', 'g')) as k${at}`;
}

function sampledColumn(engine: AskedEngine, column: Column, at: number): SampledColumn {
  const words = WORDS[engine];
  if (isDate(column)) {
    // The years in which people who are alive and able to be customers were born.
    const born = `d${at} between current_date - 40150 and current_date - 3650`;
    return { name: column.name, sources: [`count(d${at})`, `count(distinct d${at})`], checks: [{ kind: 'date_of_birth', sql: born }] };
  }
  const own = groupOf(column) === 'number' ? validators.filter(({ numbers }) => numbers) : validators;
  const checks = own.map(({ kind, form, test }: Validator) => ({ kind, sql: test(words, `${form === 'written' ? 'w' : 'k'}${at}`) }));
  return { name: column.name, sources: [`count(w${at})`, `count(distinct w${at})`], checks };
}

function sampleClause(engine: AskedEngine, { kind, rows, size_bytes }: Relation, wanted: number): string {
  if (!STORED.has(kind) || rows === null || rows < wanted * SAMPLE_FROM) return '';
  const byRows = (150 * wanted) / rows;
  const byPages = size_bytes === null || size_bytes === 0 ? 0 : (100 * PAGES_MIN) / (size_bytes / PAGE_BYTES);
  const percent = Math.min(100, Math.max(byRows, byPages)).toFixed(5);
  return engine === 'duckdb' ? ` tablesample system(${percent} percent) repeatable (7)` : ` tablesample system (${percent}) repeatable (7)`;
}
