import type { UtilityStatement } from '../model/syntax-tree.js';
import type { Dialect, DialectId } from './dialect.js';
import type { Lineage } from './lineage.js';
import type { Ambiguity, NameRules } from './names.js';
import { isSystemSchema } from './schema-index.js';
import { Scope, type VisibleRelation } from './scope.js';

/** PostgreSQL 18, "System Columns". Those of the warehouses: pseudo-columns of their tables and files, as their manuals name them. */
const SYSTEM_COLUMNS: Partial<Record<DialectId, string>> = {
  postgres: 'tableoid xmin cmin xmax cmax ctid',
  redshift: 'tableoid xmin cmin xmax cmax ctid oid',
  duckdb: 'rowid filename file_row_number',
  snowflake: 'metadata$filename metadata$file_row_number metadata$action metadata$isupdate metadata$row_id',
  bigquery: '_partitiontime _partitiondate _table_suffix _file_name _change_type _change_timestamp',
  clickhouse: '_part _part_index _part_uuid _partition_id _partition_value _sample_factor _table _database _path _file _size _time _row_exists',
  databricks: '_metadata _rescued_data',
  oracle: 'rowid rownum level ora_rowscn',
  sqlite: 'rowid oid _rowid_',
};

/** Words that some front ends give as columns and that mean the session or the moment. */
const SESSION_WORDS = 'sysdate systimestamp current_date current_time current_timestamp localtime localtimestamp current_user session_user user';

/** How a dialect reads names. */
export function nameRules({ id }: Dialect): NameRules {
  const known = RULES.get(id);
  if (known) return known;
  const systemColumns = (SYSTEM_COLUMNS[id] ?? '').split(' ');
  const rules: NameRules = {
    structs: id !== 'postgres',
    systemColumns: new Set(systemColumns),
    // Elsewhere a plain word such as `filename` is a column of the table more often than not.
    reservedColumns: new Set(id === 'postgres' ? systemColumns : systemColumns.filter((name) => /^_|^metadata\$/.test(name))),
    words: new Set(id === 'postgres' ? [] : SESSION_WORDS.split(' ')),
    refusesAmbiguous: id === 'postgres' || id === 'redshift',
  };
  RULES.set(id, rules);
  return rules;
}

const RULES = new Map<DialectId, NameRules>();

/** `amount could be a column of a or of b, whose columns are not known`. */
export function ambiguousMessage(parts: readonly string[], { candidates }: Ambiguity): string {
  const owners = [...new Set(candidates.map(shownName))];
  if (candidates.every(({ columns }) => columns.some(({ name }) => name === parts.at(-1)))) return `${parts.join('.')} is a column of ${owners.join(' and of ')}, and nothing says which is meant`;
  const unknown = candidates.every(({ open }) => open.length > 0) ? 'whose columns are not known' : 'and not all columns of these are known';
  return `${parts.join('.')} could be a column of ${owners.join(' or of ')}, ${unknown}`;
}

/** `nothing in FROM has a column named amount`. */
export function missingMessage(parts: readonly string[], scope: Scope): string {
  const column = parts.at(-1) ?? '';
  const alias = parts.at(-2);
  if (alias === undefined) return hasRelations(scope) ? `nothing in FROM has a column named ${column}` : `nothing here has a column named ${column}: there is no FROM`;
  for (let current: Scope | null = scope; current; current = current.parent) {
    const found = current.relations.find((relation) => relation.alias === alias);
    if (found) return `${found.key ?? found.alias} has no column named ${column}`;
  }
  return `no relation in FROM is named ${parts.slice(0, -1).join('.')}`;
}

function hasRelations(scope: Scope): boolean {
  for (let current: Scope | null = scope; current; current = current.parent) if (current.relations.length > 0) return true;
  return false;
}

function shownName({ alias, key, open }: VisibleRelation): string {
  if (alias !== '') return alias;
  return key ?? (open.length > 0 ? 'a sub-query over relations' : 'a sub-query');
}

/** Whether all that is unknown of a relation is the engine's own catalogue: which of its columns is meant is no matter of the business. */
export function isEngineOwn({ open, columns }: VisibleRelation): boolean {
  return open.length > 0 && columns.length === 0 && open.every((group) => [...group.keys()].every(isSystemSource));
}

function isSystemSource(source: string): boolean {
  const [first = ''] = source.split('.');
  return isSystemSchema(first) || first.startsWith('pg_');
}

/** Statements that run what their text does not show. */
const RUNS: Record<string, string> = {
  do: 'DO runs a block of code: what it reads and writes is not known',
  call: 'CALL runs a procedure: what it reads and writes is not known',
  execute: 'EXECUTE runs a statement that was prepared elsewhere: what it reads is not known',
  execute_immediate: 'EXECUTE IMMEDIATE runs SQL that is built at run time: what it reads and writes is not known',
  create_table_as: 'the table is filled by a statement that was prepared elsewhere: what it reads is not known',
};

const TRUNCATES: ReadonlySet<string> = new Set(['truncate', 'truncate_table']);

/** What a utility statement touches of the business, and what is not known of what it runs. */
export function diagnoseUtility({ verb, inner, relations }: UtilityStatement, lineage: Lineage): void {
  // A text that is cut off still tells which relations it reads.
  if (verb === 'truncated') for (const reference of relations) lineage.table(reference, new Scope(null), lineage.result.block);
  // As DELETE without a condition writes, only that no row is read.
  if (TRUNCATES.has(verb)) for (const reference of relations) lineage.write(reference, [], []);
  const message = inner ? undefined : (RUNS[verb] ?? RUNS[verb.split('_')[0] ?? '']);
  if (message !== undefined) lineage.diagnose(message, null);
}
