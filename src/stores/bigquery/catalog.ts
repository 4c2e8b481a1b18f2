import { z } from 'zod';
import type { Catalog, Constraint, Relation, RelationKind } from '../../model/catalog.js';
import { CatalogParts, PART_ROWS_MAX } from '../http/parts.js';
import { columnLabel } from '../shared/column-label.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import type { Reading } from '../store.js';
import { quoteName } from './names.js';
import type { BigQuerySession } from './session.js';

const relationRow = z.object({ schema: z.string(), name: z.string(), kind: z.string(), definition: z.string().nullable(), ddl: z.string().nullable() });
const columnRow = z.object({
  schema: z.string(), relation: z.string(), name: z.string(), type: z.string(), nullable: z.string(), comment: z.string().nullable(), tags: z.string().nullable(), fields: z.string().nullable(),
  generated: z.string().nullable(), default: z.string().nullable(),
});
const optionRow = z.object({ schema: z.string(), relation: z.string(), name: z.string(), value: z.string().nullable() });
const storageRow = z.object({ schema: z.string(), name: z.string(), rows: z.number().nullable(), bytes: z.number().nullable() });
const keyRow = z.object({
  schema: z.string(), relation: z.string(), name: z.string(), kind: z.string(), column: z.string(), referenced_schema: z.string().nullable(), referenced: z.string().nullable(), referenced_column: z.string().nullable(),
});

const KINDS: Readonly<Record<string, RelationKind>> = { VIEW: 'view', 'MATERIALIZED VIEW': 'materialized_view', EXTERNAL: 'foreign_table' };
const VIEWER = 'Grant roles/bigquery.metadataViewer on the project or its datasets to the account.';

/** The catalogue of one dataset, or of all datasets of a location. Each of its statements is billed 10 MB at least where statements are billed by bytes. */
export async function readCatalog(session: BigQuerySession): Promise<Reading<Catalog>> {
  const { address } = session;
  const parts = new CatalogParts(session);
  const isRegion = address.dataset === null;
  const scope = `${quoteName(address.dataProject)}.${quoteName(address.dataset ?? `region-${(address.location ?? '').toLowerCase()}`)}`;
  const read = <T>(row: z.ZodType<T>, file: string, missing: string): Promise<T[]> =>
    parts.read(row, loadSql('bigquery', file, session.version_num, { scope, row_max: String(PART_ROWS_MAX + 1) }), { missing, remedy: VIEWER });

  const relations = new Map<string, Relation>();
  const key = (schema: string, name: string): string => `${schema}\0${name}`;
  for (const row of await read(relationRow, 'relations', 'the relations')) relations.set(key(row.schema, row.name), relationOf(row));
  for (const row of await read(columnRow, 'columns', 'the columns')) {
    const fields = row.fields === null || row.fields === '' ? [] : row.fields.split('\n');
    relations.get(key(row.schema, row.relation))?.columns.push({
      name: row.name, type: row.type, nullable: row.nullable !== 'NO', comment: row.comment === '' ? null : row.comment,
      label: row.tags === null || row.tags === '' ? null : columnLabel(null, [{ name: 'policy tag', value: row.tags }]), enumValues: null,
      ...(fields.length === 0 ? {} : { fields }), ...(row.generated === null ? {} : { generated: row.generated }), ...(row.default === null ? {} : { default: row.default }),
    });
  }
  for (const row of await read(storageRow, isRegion ? 'region_storage' : 'storage', 'rows and sizes of the relations')) {
    const relation = relations.get(key(row.schema, row.name));
    if (relation && relation.kind !== 'view') Object.assign(relation, { rows: row.rows, size_bytes: row.bytes });
  }
  for (const row of await read(optionRow, 'options', 'descriptions and options of the relations')) {
    const relation = relations.get(key(row.schema, row.relation));
    if (!relation || row.value === null) continue;
    if (row.name === 'description') relation.comment = unquoted(row.value);
    else relation.options.push(`${row.name}=${row.value}`);
  }
  const constraints = isRegion ? [] : keysOf(await read(keyRow, 'keys', 'the keys'));
  if (isRegion) parts.gap('the keys', 'BigQuery lists them dataset by dataset only', 'Name the dataset in the URL of the store.');
  parts.gap('grants and row access policies', 'BigQuery keeps them in IAM and by table, where tidemark does not look', null);
  const value: Catalog = {
    relations: sortedBy([...relations.values()], (r) => [r.schema, r.name]),
    constraints: sortedBy(constraints, (c) => [c.schema, c.relation, c.name, c.kind]),
    indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {},
  };
  return { value, gaps: parts.gaps };
}

function relationOf(row: z.infer<typeof relationRow>): Relation {
  return {
    schema: row.schema, name: row.name, kind: KINDS[row.kind] ?? 'table', owner: null, comment: null, columns: [],
    definition: row.definition ?? (row.ddl === null ? null : queryOf(row.ddl)),
    rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
  };
}

/** What stands behind the AS of a CREATE MATERIALIZED VIEW as BigQuery prints it: AS begins a line or follows the options. */
function queryOf(ddl: string): string | null {
  const query = /(?:^|[\s)])AS\s+((?:\(|SELECT\b|WITH\b)[\s\S]*)$/i.exec(ddl)?.[1];
  return query === undefined ? null : query.trim().replace(/;\s*$/, '');
}

/** TABLE_OPTIONS prints a text as a constant of SQL: `"orders \"paid\""`. */
function unquoted(value: string): string | null {
  const inner = /^"([\s\S]*)"$/.exec(value)?.[1];
  return inner === undefined ? value : inner.replace(/\\(["'\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

function keysOf(rows: readonly z.infer<typeof keyRow>[]): Constraint[] {
  const found = new Map<string, Constraint>();
  for (const row of rows) {
    const kind = row.kind === 'PRIMARY KEY' ? 'primary_key' : row.kind === 'FOREIGN KEY' ? 'foreign_key' : null;
    if (kind === null) continue;
    const key = `${row.schema}\0${row.relation}\0${row.name}`;
    const known = found.get(key);
    if (known) {
      if (!known.columns.includes(row.column)) known.columns.push(row.column);
      if (known.references && row.referenced_column !== null && !known.references.columns.includes(row.referenced_column)) known.references.columns.push(row.referenced_column);
      continue;
    }
    const references = row.referenced === null || row.referenced_schema === null ? null : { schema: row.referenced_schema, relation: row.referenced, columns: row.referenced_column === null ? [] : [row.referenced_column] };
    found.set(key, { schema: row.schema, relation: row.relation, name: nameWithoutTable(row), kind, columns: [row.column], expression: null, references, validated: false, enforced: false });
  }
  return [...found.values()];
}

/** Names come as `orders.pk$` or `orders.fk_customer`. */
function nameWithoutTable({ name, relation }: { name: string; relation: string }): string {
  return name.startsWith(`${relation}.`) ? name.slice(relation.length + 1) : name;
}
