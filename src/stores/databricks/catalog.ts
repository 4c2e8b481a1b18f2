import { z } from 'zod';
import type { Catalog, Constraint, Grant, Policy, Relation, RelationKind } from '../../model/catalog.js';
import { CatalogParts, PART_ROWS_MAX } from '../http/parts.js';
import { columnLabel } from '../shared/column-label.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import type { Reading } from '../store.js';
import { quoteName } from './names.js';
import type { OpenDatabricks } from './session.js';

const text = z.string().nullable();
const nameRow = z.object({ schema: z.string(), name: z.string() });
export const relationRow = nameRow.extend({ kind: z.string(), owner: text, comment: text });
export const columnRow = z.object({ schema: z.string(), relation: z.string(), name: z.string(), type: text, nullable: text, comment: text });
export const keyRow = z.object({ schema: z.string(), relation: z.string(), name: z.string(), kind: z.string(), column: z.string(), referenced_schema: text, referenced_relation: text, referenced_column: text });
const viewRow = nameRow.extend({ definition: text });
export const filterRow = z.object({ schema: z.string(), relation: z.string(), name: z.string() });
export const maskRow = z.object({ schema: z.string(), relation: z.string(), column: z.string(), mask: z.string() });
const tagRow = z.object({ schema: z.string(), relation: z.string(), column: z.string(), tag: z.string(), value: text });
const grantRow = z.object({ schema: z.string(), relation: z.string(), grantee: z.string(), privilege: z.string() });

const KINDS: Readonly<Record<string, RelationKind>> = { VIEW: 'view', MATERIALIZED_VIEW: 'materialized_view', FOREIGN: 'foreign_table' };

export function kindOf(type: string): RelationKind {
  return KINDS[type] ?? 'table';
}

/** Reads one catalogue of Unity Catalog by its information schema, which shows what its user may see and nothing else. */
export async function readCatalog({ session, catalog, warehouse }: OpenDatabricks): Promise<Reading<Catalog>> {
  const parts = new CatalogParts(session);
  const values = { catalog: quoteName(catalog), only: '', row_max: String(PART_ROWS_MAX + 1) };
  const remedy = `GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG ${quoteName(catalog)} TO ${quoteName(session.identity().role ?? 'its user')};`;
  const part = <T>(file: string, row: z.ZodType<T>, missing: string): Promise<T[]> => parts.read(row, loadSql('databricks', file, session.version_num, values), { missing, remedy });

  const relations = new Map<string, Relation>();
  for (const row of await part('relations', relationRow, 'tables and views of the catalogue')) relations.set(keyOf(row), emptyRelation(row));
  for (const row of await part('columns', columnRow, 'columns of the catalogue')) {
    relations.get(keyOf({ schema: row.schema, name: row.relation }))?.columns.push({ name: row.name, type: row.type ?? 'unknown', nullable: row.nullable !== 'NO', comment: row.comment, label: null, enumValues: null });
  }
  for (const row of await part('views', viewRow, 'definitions of views')) {
    const relation = relations.get(keyOf(row));
    if (relation) relation.definition = row.definition;
  }
  const keys = await part('keys', keyRow, 'keys of the catalogue');
  const filters = await part('row_filters', filterRow, 'row filters');
  for (const { schema, relation: name } of filters) {
    const relation = relations.get(keyOf({ schema, name }));
    if (relation) relation.rowSecurity = true;
  }
  labelColumns(relations, await part('column_masks', maskRow, 'column masks'), await part('column_tags', tagRow, 'tags of columns'));
  const grants = await part('grants', grantRow, 'rights on tables');
  if (warehouse !== null && warehouse.state !== 'RUNNING') {
    const stops = warehouse.auto_stop_mins === undefined || warehouse.auto_stop_mins === 0 ? 'it does not stop by itself' : `it stops by itself after ${warehouse.auto_stop_mins} minutes`;
    parts.gap('what this look cost in the end', `the SQL warehouse ${warehouse.name ?? ''} was ${warehouse.state.toLowerCase()} and was started for it; ${stops}`, 'Name a warehouse in the URL that is running anyway.');
  }
  const value: Catalog = {
    relations: sortedBy([...relations.values()], ({ schema, name }) => [schema, name]),
    constraints: sortedBy(constraintsOf(keys), ({ schema, relation, name, kind }) => [schema, relation, name, kind]),
    indexes: [], roles: [],
    grants: grantsOf(grants),
    policies: filters.map(({ schema, relation, name }): Policy => ({ schema, relation, name, command: 'SELECT', roles: [], using: null })),
    extensions: [], publications: [], functions: [], settings: {},
  };
  return { value, gaps: parts.gaps };
}

function keyOf({ schema, name }: { schema: string; name: string }): string {
  return `${schema}\0${name}`;
}

function emptyRelation({ schema, name, kind, owner, comment }: z.infer<typeof relationRow>): Relation {
  return { schema, name, kind: kindOf(kind), owner, comment, columns: [], definition: null, rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null };
}

function labelColumns(relations: ReadonlyMap<string, Relation>, masks: readonly z.infer<typeof maskRow>[], tags: readonly z.infer<typeof tagRow>[]): void {
  const key = ({ schema, relation, column }: { schema: string; relation: string; column: string }): string => JSON.stringify([schema, relation, column]);
  const maskOf = new Map(masks.map((row) => [key(row), row.mask]));
  const tagsOf = new Map<string, { name: string; value: string | null }[]>();
  for (const row of tags) tagsOf.set(key(row), [...(tagsOf.get(key(row)) ?? []), { name: row.tag, value: row.value === '' ? null : row.value }]);
  for (const { schema, name, columns } of relations.values()) {
    for (const column of columns) {
      const own = key({ schema, relation: name, column: column.name });
      column.label = columnLabel(maskOf.get(own) ?? null, tagsOf.get(own) ?? []);
    }
  }
}

/** Keys are noted and not held (Databricks, CONSTRAINT clause); rows come in the order of their columns. */
export function constraintsOf(rows: readonly z.infer<typeof keyRow>[]): Constraint[] {
  const found = new Map<string, Constraint>();
  for (const row of rows) {
    const key = JSON.stringify([row.schema, row.relation, row.name]);
    const kind = row.kind === 'PRIMARY KEY' ? 'primary_key' : 'foreign_key';
    const constraint = found.get(key) ?? { schema: row.schema, relation: row.relation, name: row.name, kind, columns: [], expression: null, references: null, validated: true, enforced: false };
    constraint.columns.push(row.column);
    if (kind === 'foreign_key' && row.referenced_schema !== null && row.referenced_relation !== null && row.referenced_column !== null) {
      constraint.references ??= { schema: row.referenced_schema, relation: row.referenced_relation, columns: [] };
      constraint.references.columns.push(row.referenced_column);
    }
    found.set(key, constraint);
  }
  return [...found.values()];
}

function grantsOf(rows: readonly z.infer<typeof grantRow>[]): Grant[] {
  const grants = new Map<string, Grant>();
  for (const { schema, relation, grantee, privilege } of rows) {
    const key = JSON.stringify([grantee, schema, relation]);
    const grant = grants.get(key) ?? { grantee, schema, relation, privileges: [] };
    const name = privilege.replaceAll('_', ' ').toUpperCase();
    if (!grant.privileges.includes(name)) grant.privileges.push(name);
    grants.set(key, grant);
  }
  for (const grant of grants.values()) grant.privileges.sort();
  return sortedBy([...grants.values()], ({ schema, relation, grantee }) => [schema, relation, grantee]);
}
