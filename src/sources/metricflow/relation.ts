import { quoteIdentifier } from '../../template/placeholder.js';

/** A name that stands in SQL as it is. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_$]*$/;
/** Quoted, a name of upper case means what it says; not quoted, most databases fold it. */
const FOLDS = /[A-Z]/;
/** Databases that write names between backticks. Their plain names keep their case. */
const BACKTICKS: ReadonlySet<string> = new Set(['bigquery', 'databricks', 'spark', 'hive', 'mysql', 'athena', 'clickhouse']);
/** Words that PostgreSQL reserves and that tables have for names (its documentation, appendix C). */
const RESERVED: ReadonlySet<string> = new Set([
  'all', 'analyse', 'analyze', 'and', 'any', 'array', 'as', 'asc', 'both', 'case', 'cast', 'check', 'collate', 'column', 'constraint', 'create', 'default', 'desc',
  'distinct', 'do', 'else', 'end', 'except', 'false', 'fetch', 'for', 'foreign', 'from', 'grant', 'group', 'having', 'in', 'initially', 'intersect', 'into', 'lateral',
  'leading', 'limit', 'not', 'null', 'offset', 'on', 'only', 'or', 'order', 'placing', 'primary', 'references', 'returning', 'select', 'some', 'symmetric', 'table',
  'then', 'to', 'trailing', 'true', 'union', 'unique', 'user', 'using', 'variadic', 'when', 'where', 'window', 'with',
]);

/** dbt quotes the names of relations, except on Snowflake, where it leaves them to be folded (its documentation, "quoting"). */
function part(name: string, adapter: string | null): string {
  const isPlain = PLAIN.test(name) && !RESERVED.has(name.toLowerCase());
  if (adapter !== null && BACKTICKS.has(adapter)) return isPlain ? name : `\`${name.replaceAll('`', '')}\``;
  return isPlain && (adapter === 'snowflake' || !FOLDS.test(name)) ? name : quoteIdentifier(name);
}

/** A relation as SQL: plain names as they are, others quoted. A part that is a template or variable is left out. */
export function relationName(...names: (string | null | undefined)[]): string {
  return relationIn(null, names);
}

/** The same as the database of a dbt adapter writes names; null stands for PostgreSQL. */
export function relationIn(adapter: string | null, names: readonly (string | null | undefined)[]): string {
  const known = names.filter((name): name is string => typeof name === 'string' && name.trim() !== '' && !/^[$@]|[{}]/.test(name));
  return known.length === 0 ? 'unknown_relation' : known.map((name) => part(name, adapter)).join('.');
}

export function isPlainName(text: string): boolean {
  return PLAIN.test(text.trim());
}

/** `ref('orders')`, `ref('shop', 'orders', v=2)`, `source('shop', 'orders')`, also within `{{ }}`. */
export interface Reference {
  kind: 'ref' | 'source';
  names: string[];
  version: string | null;
}

/** Null where the text is no such call. */
export function readReference(text: string): Reference | null {
  const head = text.slice(0, 1_000);
  const call = /^\s*(?:\{\{-?)?\s*(ref|source)\s*\(([^()]{0,500})\)/.exec(head);
  if (call?.[2] === undefined) return null;
  const version = /\b(?:v|version)\s*=\s*['"]?([\w.]{1,40})/.exec(call[2])?.[1] ?? null;
  const names = [...call[2].matchAll(/(?:^|,)\s*(['"])([^'"]{1,200})\1/g)].flatMap((match) => match[2] ?? []);
  return names.length === 0 ? null : { kind: call[1] === 'ref' ? 'ref' : 'source', names, version };
}
