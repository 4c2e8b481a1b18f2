import { z } from 'zod';
import type { Catalog, Column, Index, Policy, Relation } from '../../model/catalog.js';
import { CatalogParts, PART_ROWS_MAX } from '../http/parts.js';
import type { LiveSession } from '../live.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import type { Reading } from '../store.js';
import { engineOf, isNullable, keyColumns } from './engines.js';
import { quoted } from './names.js';

/** A longer definition is left out: one that is cut is worse than none. */
const DEFINITION_MAX = 1_000_000;

const tableRow = z.object({
  database: z.string(), name: z.string(), engine: z.string(), engine_full: z.string(), create_table_query: z.string(), as_select: z.string(), sorting_key: z.string(),
  partition_key: z.string(), comment: z.string(), rows: z.string().nullable(), bytes: z.string().nullable(),
});
type TableRow = z.infer<typeof tableRow>;
const columnRow = z.object({ database: z.string(), table: z.string(), name: z.string(), type: z.string(), default_kind: z.string(), default_expression: z.string(), comment: z.string() });
const policyRow = z.object({ name: z.string(), database: z.string(), table: z.string(), filter: z.string().nullable(), everybody: z.number(), roles: z.array(z.string()) });

/** Row policies are older, but their table has these columns since then. */
const POLICIES_SINCE = 200_800;

/**
 * Relations, columns, views and row policies of all databases that this user sees, without those of the engine itself. Nothing in
 * ClickHouse enforces a key: there are no constraints, and a sorting key is an index that is not unique.
 */
export async function readCatalog(session: LiveSession): Promise<Reading<Catalog>> {
  const parts = new CatalogParts(session);
  const version = session.version_num;
  const role = quoted(session.identity().role ?? 'tidemark');
  const bound = { row_max: String(PART_ROWS_MAX + 1) };
  const tables = await parts.read(tableRow, loadSql('clickhouse', 'tables', version, bound), { missing: 'the tables of the catalogue', remedy: `GRANT SHOW ON *.* TO ${role};` });
  const columns = await parts.read(columnRow, loadSql('clickhouse', 'columns', version, bound), { missing: 'the columns of the catalogue', remedy: `GRANT SHOW ON *.* TO ${role};` });
  const policies = version < POLICIES_SINCE ? [] : await parts.read(policyRow, loadSql('clickhouse', 'row_policies', version, bound), { missing: 'row policies', remedy: `GRANT SHOW ROW POLICIES ON *.* TO ${role};` });

  const relations = new Map<string, { row: TableRow; relation: Relation }>();
  for (const row of tables) relations.set(keyOf(row.database, row.name), { row, relation: relationOf(row, parts) });
  for (const row of columns) {
    if (row.default_kind !== 'EPHEMERAL') relations.get(keyOf(row.database, row.table))?.relation.columns.push(columnOf(row));
  }
  for (const { database, table } of policies) {
    for (const { relation } of relations.values()) {
      if (relation.schema === database && (table === '' || table === relation.name)) relation.rowSecurity = true;
    }
  }
  return {
    value: {
      relations: sortedBy([...relations.values()].map(({ relation }) => relation), (r) => [r.schema, r.name]),
      constraints: [],
      indexes: sortedBy([...relations.values()].flatMap(({ row, relation }) => sortingKey(row, relation)), (i) => [i.schema, i.relation, i.name]),
      roles: [],
      grants: [],
      policies: sortedBy(policies.map(policyOf), (p) => [p.schema, p.relation, p.name]),
      extensions: [],
      publications: [],
      functions: [],
      settings: {},
    },
    gaps: parts.gaps,
  };
}

function keyOf(database: string, name: string): string {
  return `${database}\0${name}`;
}

function relationOf(row: TableRow, parts: CatalogParts): Relation {
  const engine = engineOf(row);
  // Before 19 only the whole statement is kept.
  const select = row.as_select || (engine.kind === 'table' || engine.kind === 'foreign_table' ? '' : (/ AS ((?:WITH|SELECT)\b[\s\S]*)$/.exec(row.create_table_query)?.[1] ?? ''));
  if (select.length > DEFINITION_MAX) parts.gap(`definition of view ${row.database}.${row.name}`, `it has more than ${DEFINITION_MAX} characters and tidemark reads no more`, null);
  return {
    schema: row.database,
    name: row.name,
    kind: engine.kind,
    owner: null,
    comment: row.comment === '' ? null : row.comment,
    columns: [],
    definition: select === '' || select.length > DEFINITION_MAX ? null : select,
    rows: row.rows === null ? null : Number(row.rows),
    size_bytes: row.bytes === null ? null : Number(row.bytes),
    rowSecurity: false,
    rowSecurityForced: false,
    options: optionsOf(row),
    partitionOf: null,
    recordedColumns: null,
  };
}

/** The engine by its name alone: its arguments may be addresses and passwords, which older servers print. */
function optionsOf({ engine, engine_full, partition_key, sorting_key }: TableRow): string[] {
  const isTree = engine.endsWith('MergeTree');
  const lifetime = isTree ? / TTL ([\s\S]*?)(?: SETTINGS [\w ,='.]*)?$/.exec(engine_full)?.[1] : undefined;
  return [
    `engine=${engine}`,
    ...(sorting_key === '' ? [] : [`order_by=${sorting_key}`]),
    ...(partition_key === '' ? [] : [`partition_by=${partition_key}`]),
    ...(lifetime === undefined ? [] : [`ttl=${lifetime}`]),
  ];
}

function columnOf({ name, type, default_kind, default_expression, comment }: z.infer<typeof columnRow>): Column {
  const members = enumMembers(type);
  const said = default_kind === 'DEFAULT' ? { default: default_expression } : default_kind === 'MATERIALIZED' || default_kind === 'ALIAS' ? { generated: default_expression } : {};
  return { name, type: members === null ? type : type.replace(/\([\s\S]*$/, ''), nullable: isNullable(type), comment: comment === '' ? null : comment, label: null, enumValues: members, ...said };
}

/** `Enum8('open' = 1, 'closed' = 2)` → open, closed */
function enumMembers(type: string): string[] | null {
  if (!/^Enum(8|16)\(/.test(type)) return null;
  return [...type.matchAll(/'((?:[^'\\]|\\.)*)' = -?\d+/g)].map(([, name = '']) => name.replace(/\\(.)/g, '$1'));
}

function sortingKey(row: TableRow, relation: Relation): Index[] {
  if (row.sorting_key === '') return [];
  const columns = keyColumns(row.sorting_key, new Set(relation.columns.map(({ name }) => name)));
  return [{ schema: row.database, relation: row.name, name: 'sorting key', columns: columns ?? [null], unique: false, primary: false, predicate: null, valid: true, scans: null, size_bytes: null }];
}

function policyOf({ name, database, table, filter, everybody, roles }: z.infer<typeof policyRow>): Policy {
  return { schema: database, relation: table === '' ? '*' : table, name, command: 'SELECT', roles: everybody === 1 ? ['public'] : roles.toSorted(), using: filter };
}
