import type { Constraint, Relation } from '../../model/catalog.js';
import type { ScratchSpace } from '../../model/scratch-engine.js';
import type { MetricSchema } from '../definition.js';
import { quoteName, quoteText, typeShape, type TypeShape } from './family.js';

export interface SearchColumn extends TypeShape {
  name: string;
  /** As the engine writes it, a domain as what it is a domain of; with its collation where that is not the usual one. */
  type: string;
  nullable: boolean;
  /** The members of an enum, in order. */
  members: string[] | null;
  /** What the engine computes it from; such a column gets no value. */
  generated: string | null;
}

export interface ForeignKey {
  columns: string[];
  /** The key of the table that it refers to. */
  parent: string;
  referenced: string[];
}

/** A rule on single rows that the engine decides. */
export interface Check {
  sql: string;
  columns: string[];
}

/** A table of which rows are invented. Only constraints that hold of every row are in it. */
export interface SearchTable {
  /** `schema.name` */
  key: string;
  schema: string;
  name: string;
  /** The quoted name of the table that holds its rows of all worlds. */
  world: string;
  columns: SearchColumn[];
  byName: ReadonlyMap<string, SearchColumn>;
  primaryKey: string[];
  /** Primary key and unique constraints. */
  uniques: { columns: string[]; nullsDistinct: boolean }[];
  /** Unique indexes of expressions or of some rows: their keys as SQL, and which rows they hold of. */
  partialUniques: { expressions: string[]; predicate: string | null }[];
  foreignKeys: ForeignKey[];
  checks: Check[];
  /** Predicates that some old row may break: NOT VALID and NOT ENFORCED. */
  unheld: Check[];
}

/** The schema in which the worlds are kept. */
export const WORLDS_SCHEMA = 'tidemark_worlds';

/** Columns by table, for a table that is read by at least one definition or that such a table refers to. */
export async function readTables(keys: readonly string[], schema: MetricSchema, space: ScratchSpace): Promise<Map<string, SearchTable>> {
  const relations = new Map(schema.catalog.relations.map((relation) => [`${relation.schema}.${relation.name}`, relation]));
  const wanted = [...withParents(keys, schema)].flatMap((key) => relations.get(key) ?? []);
  const tables = new Map<string, SearchTable>();
  const detail = space.kind === 'duckdb' || wanted.length === 0 ? null : await postgresDetail(wanted, space);
  wanted.forEach((relation, index) => {
    const table = tableOf(relation, index, schema, detail);
    tables.set(table.key, table);
  });
  return tables;
}

/** How many tables are followed along foreign keys. */
const TABLES_MAX = 60;

/** A row of a table needs the rows that it must refer to. */
function withParents(keys: readonly string[], { catalog }: MetricSchema): Set<string> {
  const wanted = new Set(keys);
  for (const key of wanted) {
    if (wanted.size > TABLES_MAX) break;
    for (const constraint of catalog.constraints) {
      if (constraint.kind !== 'foreign_key' || constraint.references === null || !holds(constraint)) continue;
      if (`${constraint.schema}.${constraint.relation}` === key) wanted.add(`${constraint.references.schema}.${constraint.references.relation}`);
    }
  }
  return wanted;
}

function holds({ validated, enforced }: Constraint): boolean {
  return validated && enforced;
}

interface Detail {
  columns: Map<string, { name: string; type: string; generated: string | null }[]>;
  uniques: Map<string, { columns: string[]; nullsDistinct: boolean; predicate: string | null; plain: boolean }[]>;
  bounds: Map<string, string>;
}

/**
 * What the catalogue of names does not tell, read from PostgreSQL's (pg_attribute, pg_index and pg_get_partition_constraintdef; of
 * PostgreSQL 15 and later, for NULLS NOT DISTINCT).
 */
async function postgresDetail(relations: readonly Relation[], space: ScratchSpace): Promise<Detail> {
  const list = relations.map(({ schema, name }) => `(${quoteText(schema)}, ${quoteText(name)})`).join(', ');
  const { rows } = await space.rows(`
    with recursive wanted as (
      select c.oid, n.nspname || '.' || c.relname as key, c.relkind
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where (n.nspname, c.relname) in (${list})
    ), base as (
      select a.attrelid, a.attnum, a.attname, a.atttypid as typid, a.atttypmod as typmod, a.attgenerated, a.attcollation from pg_attribute a join wanted w on w.oid = a.attrelid
      where a.attnum > 0 and not a.attisdropped
      union all
      select b.attrelid, b.attnum, b.attname, t.typbasetype, t.typtypmod, b.attgenerated, b.attcollation from base b join pg_type t on t.oid = b.typid where t.typtype = 'd'
    )
    select 'column', w.key, b.attname::text, format_type(b.typid, b.typmod)
        || case when b.attcollation <> 0 and b.attcollation <> t.typcollation then ' collate ' || b.attcollation::regcollation::text else '' end,
      case when b.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end, b.attnum
    from base b join wanted w on w.oid = b.attrelid join pg_type t on t.oid = b.typid
    left join pg_attrdef d on d.adrelid = b.attrelid and d.adnum = b.attnum where t.typtype <> 'd'
    union all
    select 'unique', w.key, array(select pg_get_indexdef(i.indexrelid, k, true) from generate_series(1, i.indnkeyatts) k)::text,
      case when (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean then 'not distinct' else '' end, pg_get_expr(i.indpred, i.indrelid),
      case when 0 = any(i.indkey::int2[]) then 0 else 1 end
    from pg_index i join wanted w on w.oid = i.indrelid where i.indisunique and i.indisvalid
    union all
    select 'bound', w.key, string_agg('(' || pg_get_partition_constraintdef(p.relid) || ')', ' or '), null, null, 0
    from wanted w, lateral pg_partition_tree(w.oid) p where w.relkind = 'p' and p.isleaf and p.relid <> w.oid group by w.key
    order by 1, 2, 6`);
  const detail: Detail = { columns: new Map(), uniques: new Map(), bounds: new Map() };
  for (const [what, key, first, second, third, number] of rows) {
    if (what === undefined || key === null || key === undefined) continue;
    if (what === 'column') append(detail.columns, key, { name: first ?? '', type: second ?? 'text', generated: third ?? null });
    else if (what === 'bound' && first) detail.bounds.set(key, first);
    else if (what === 'unique') append(detail.uniques, key, { columns: arrayMembers(first ?? '{}'), nullsDistinct: second === '', predicate: third ?? null, plain: number === '1' });
  }
  return detail;
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** The members of a one-dimensional array of texts as PostgreSQL prints it. */
export function arrayMembers(text: string): string[] {
  const members: string[] = [];
  for (const [, quoted, bare] of text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,"]+)/g)) {
    members.push(quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1'));
  }
  return members;
}

function tableOf(relation: Relation, index: number, schema: MetricSchema, detail: Detail | null): SearchTable {
  const key = `${relation.schema}.${relation.name}`;
  const own = schema.catalog.constraints.filter((constraint) => constraint.schema === relation.schema && constraint.relation === relation.name);
  const real = detail?.columns.get(key);
  const primaryKey = own.find(({ kind, enforced }) => kind === 'primary_key' && enforced)?.columns ?? [];
  const columns = relation.columns.map((column): SearchColumn => {
    const found = real?.find(({ name }) => name === column.name);
    const type = found?.type ?? column.type;
    const members = column.enumValues ?? enumMembers(type);
    return {
      ...typeShape(type.replace(/ collate .*$/, ''), members !== null), name: column.name, type, members,
      nullable: column.nullable && !primaryKey.includes(column.name), generated: found?.generated ?? null,
    };
  });
  const checks = own.filter(({ kind }) => kind === 'check').map((constraint) => ({ constraint, check: { sql: constraint.expression ?? 'true', columns: mentioned(constraint, columns) } }));
  const bound = detail?.bounds.get(key);
  return {
    key, schema: relation.schema, name: relation.name, world: `${WORLDS_SCHEMA}.t${index}`, columns, primaryKey,
    byName: new Map(columns.map((column) => [column.name, column])),
    ...uniquesOf(own, relation, schema, detail?.uniques.get(key)),
    foreignKeys: foreignKeysOf(own),
    checks: [
      ...checks.filter(({ constraint }) => holds(constraint)).map(({ check }) => check),
      // A row that no partition takes is refused: the predicate must be true.
      ...(bound === undefined ? [] : [{ sql: `(${bound}) is true`, columns: columns.filter(({ name }) => bound.includes(name)).map(({ name }) => name) }]),
    ],
    unheld: checks.filter(({ constraint }) => !holds(constraint)).map(({ check }) => check),
  };
}

/** The members of an enum that a type spells out, as DuckDB's do. */
function enumMembers(type: string): string[] | null {
  if (!/^enum\(/i.test(type)) return null;
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, member]) => (member ?? '').replaceAll("''", "'"));
}

function mentioned({ columns, expression }: Constraint, all: readonly SearchColumn[]): string[] {
  if (columns.length > 0) return columns;
  const words = new Set((expression ?? '').match(/[\p{L}_][\p{L}\p{N}_$]*/gu));
  return all.filter(({ name }) => words.has(name)).map(({ name }) => name);
}

type Uniques = Pick<SearchTable, 'uniques' | 'partialUniques'>;

function uniquesOf(own: readonly Constraint[], relation: Relation, { catalog }: MetricSchema, real: { columns: string[]; nullsDistinct: boolean; predicate: string | null; plain: boolean }[] | undefined): Uniques {
  const uniques: Uniques['uniques'] = [];
  const partialUniques: Uniques['partialUniques'] = [];
  if (real !== undefined) {
    for (const { columns, nullsDistinct, predicate, plain } of real) {
      if (plain && predicate === null) uniques.push({ columns: columns.map(bareName), nullsDistinct });
      else partialUniques.push({ expressions: columns, predicate });
    }
    return { uniques, partialUniques };
  }
  for (const { kind, columns, enforced } of own) if ((kind === 'unique' || kind === 'primary_key') && enforced) uniques.push({ columns, nullsDistinct: true });
  for (const index of catalog.indexes) {
    if (index.schema !== relation.schema || index.relation !== relation.name || !index.unique) continue;
    const columns = index.columns.flatMap((column) => column ?? []);
    if (index.predicate === null && columns.length === index.columns.length) uniques.push({ columns, nullsDistinct: true });
  }
  return { uniques, partialUniques };
}

function bareName(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

function foreignKeysOf(own: readonly Constraint[]): ForeignKey[] {
  return own.flatMap((constraint) => {
    const { kind, columns, references } = constraint;
    if (kind !== 'foreign_key' || references === null || !holds(constraint)) return [];
    return [{ columns, parent: `${references.schema}.${references.relation}`, referenced: references.columns }];
  });
}

/** The statements that make the tables of worlds; each row says in `__w` of which world it is. */
export function worldTablesSql(tables: Iterable<SearchTable>): string {
  const statements = [`drop schema if exists ${WORLDS_SCHEMA} cascade; create schema ${WORLDS_SCHEMA}`];
  for (const { world, columns } of tables) {
    const list = columns.map(({ name, type, generated }) => `${quoteName(name)} ${type}${generated === null ? '' : ` generated always as (${generated}) stored`}`);
    statements.push(`create table ${world} (${['__w integer', ...list].join(', ')})`);
  }
  return statements.join('; ');
}
