import type { StoredFunction } from '../../model/catalog.js';
import type { ScratchSpace } from '../../model/scratch-engine.js';
import type { ParseOutcome } from '../../model/syntax-tree.js';
import { walkStatement } from '../../sql/walk.js';
import type { Definition, MetricSchema } from '../definition.js';
import { quoteText } from './family.js';

/** Functions that answer something else each time, of PostgreSQL 18 (pg_proc.provolatile = 'v') and DuckDB 1.5, as far as queries use them. */
const VOLATILE = new Set([
  'random', 'random_normal', 'gen_random_uuid', 'uuid_generate_v1', 'uuid_generate_v4', 'uuidv4', 'uuidv7', 'uuid', 'clock_timestamp', 'timeofday', 'nextval',
  'currval', 'lastval', 'setval', 'setseed', 'txid_current', 'pg_current_xact_id', 'pg_sleep', 'pg_backend_pid', 'gen_random_bytes', 'gen_random_uuid_v7',
]);

/** The functions that a definition calls, by their last name. */
export function calledFunctions({ statement }: Definition): Set<string> {
  const names = new Set<string>();
  walkStatement(statement, { expression: (expression) => void (expression.type === 'call' && names.add(expression.name.at(-1) ?? '')) });
  return names;
}

/** Why a call of a function keeps a definition from being evaluated over invented rows; null where nothing does. */
export async function functionProblem(called: ReadonlySet<string>, schema: MetricSchema, space: ScratchSpace, parse: (text: string) => ParseOutcome): Promise<string | null> {
  for (const name of called) if (VOLATILE.has(name)) return `${name}() answers something else each time`;
  const own = schema.catalog.functions.filter(({ name }) => called.has(name));
  for (const stored of own) {
    const source = stored.body ?? (await sourceOf(stored, space));
    if (stored.dynamic || readsTables(source, stored.language, parse)) return `function ${stored.schema}.${stored.name} reads tables`;
  }
  return null;
}

async function sourceOf({ schema, name }: StoredFunction, space: ScratchSpace): Promise<string> {
  if (space.kind === 'duckdb') return '';
  const { rows } = await space.rows(
    `select string_agg(p.prosrc, ' ') from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = ${quoteText(schema)} and p.proname = ${quoteText(name)}`,
  );
  return rows[0]?.[0] ?? '';
}

function readsTables(source: string, language: string, parse: (text: string) => ParseOutcome): boolean {
  if (language !== 'sql') return /\b(from|join|execute|perform)\b/i.test(source);
  const { statements } = parse(source);
  if (statements.length === 0) return /\bfrom\b/i.test(source);
  let found = false;
  for (const { statement } of statements) walkStatement(statement, { from: (item) => void (found ||= item.type === 'table') });
  return found;
}
