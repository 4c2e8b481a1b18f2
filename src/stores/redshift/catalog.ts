import { z } from 'zod';
import type { Catalog, Column, Constraint, ConstraintKind, Grant, Policy, Relation, RelationKind } from '../../model/catalog.js';
import { CatalogParts, PART_ROWS_MAX } from '../http/parts.js';
import { quoteName } from '../postgres/failure.js';
import { columnLabel } from '../shared/column-label.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import type { Reading } from '../store.js';
import { quoteText } from './names.js';
import type { RedshiftSession } from './session.js';

/** How a materialised view keeps its rows: a table of its own. */
const BEHIND_MATERIALIZED_VIEW = /^mv_tbl__.*__\d+$/;

const text = z.string().nullable();
export const relationRow = z.object({ id: z.string(), schema: z.string(), name: z.string(), kind: z.string(), owner: text, comment: text });
export const columnRow = z.object({ relation: z.string(), number: z.number(), name: z.string(), type: z.string(), required: z.boolean(), comment: text });
export const namedColumnRow = z.object({ schema: z.string(), relation: z.string(), name: z.string(), type: z.string(), number: z.number() });
export const constraintRow = z.object({ relation: z.string(), name: z.string(), kind: z.string(), columns: text, references: text, references_columns: text });
export const nameRow = z.object({ schema: z.string(), name: z.string() });
const viewRow = nameRow.extend({ definition: text });
const userRow = z.object({ id: z.number(), name: z.string(), superuser: z.boolean() });
export const tableInfoRow = nameRow.extend({ id: z.string(), rows: z.number().nullable(), bytes: z.number().nullable() });
const grantRow = z.object({ schema: z.string(), relation: z.string(), grantee: z.string(), privilege: z.string() });
const rowPolicyRow = z.object({ schema: z.string(), relation: z.string(), name: z.string(), grantee: z.string(), active: z.boolean() });
export const maskingRow = z.object({ schema: z.string(), relation: z.string(), name: z.string(), columns: text, grantee: text, grantee_type: text });

const CONSTRAINT_KINDS: Readonly<Record<string, ConstraintKind>> = { p: 'primary_key', u: 'unique', f: 'foreign_key' };


/** Reads the catalogue of the connected database: local, late-binding and external relations. */
export async function readCatalog(session: RedshiftSession): Promise<Reading<Catalog>> {
  const parts = new CatalogParts(session);
  const user = quoteName(session.identity().role ?? 'tidemark');
  const values = { only: '', row_max: String(PART_ROWS_MAX + 1), database: quoteText(session.identity().database) };
  const part = <T>(file: string, row: z.ZodType<T>, missing: string, remedy: string | null = null): Promise<T[]> =>
    parts.read(row, loadSql('redshift', file, session.version_num, values), { missing, remedy });

  const found = await part('relations', relationRow, 'tables and views of the catalogue');
  const byId = new Map<string, Relation>();
  for (const row of found) if (!BEHIND_MATERIALIZED_VIEW.test(row.name)) byId.set(row.id, emptyRelation(row, row.kind === 'v' ? 'view' : 'table', row));
  const byName = new Map([...byId.values()].map((relation) => [keyOf(relation), relation]));
  const numbers = new Map<string, string>();
  for (const row of await part('columns', columnRow, 'columns of the catalogue')) {
    numbers.set(`${row.relation} ${row.number}`, row.name);
    byId.get(row.relation)?.columns.push(column(row.name, row.type, !row.required, row.comment));
  }
  for (const row of await part('late_binding_columns', namedColumnRow, 'columns of late-binding views')) lateColumn(byName, row);
  for (const row of await part('views', viewRow, 'definitions of views')) {
    const relation = byName.get(keyOf(row));
    if (relation) relation.definition = row.definition === null ? null : viewQuery(row.definition);
  }
  for (const row of await part('materialized_views', nameRow, 'which views are materialised')) {
    const relation = byName.get(keyOf(row));
    if (relation) relation.kind = 'materialized_view';
  }
  const constraints = (await part('constraints', constraintRow, 'keys of the catalogue')).flatMap((row) => constraintOf(row, byId, numbers));
  for (const row of await part('external_tables', nameRow, 'external tables', `GRANT USAGE ON SCHEMA … TO ${user}, for each external schema.`)) byName.set(keyOf(row), emptyRelation(row, 'foreign_table'));
  for (const row of await part('external_columns', namedColumnRow, 'columns of external tables')) byName.get(keyOf({ schema: row.schema, name: row.relation }))?.columns.push(column(row.name, row.type, true, null));
  for (const row of await part('table_info', tableInfoRow, 'rows and sizes of tables', `GRANT SELECT ON svv_table_info TO ${user};`)) {
    const relation = byName.get(keyOf(row));
    if (relation) Object.assign(relation, { rows: row.rows === null ? null : Math.round(row.rows), size_bytes: row.bytes });
  }
  const secadmin = `GRANT ROLE sys:secadmin TO ${user}; shows them, and lets it change them: leave it where that is too much.`;
  const policies = await part('row_policies', rowPolicyRow, 'row-level security policies', secadmin);
  for (const { schema, relation: name, active } of policies) {
    const relation = byName.get(keyOf({ schema, name }));
    if (relation && active) relation.rowSecurity = true;
  }
  for (const row of await part('masking_policies', maskingRow, 'masking policies', secadmin)) maskingLabels(byName, row);
  const roles = (await part('users', userRow, 'users')).map(({ name, superuser }) => ({ name, superuser, canLogin: true, inherits: true, replication: false, bypassesRowSecurity: superuser, connectionLimit: null, settings: {}, memberOf: [] }));

  const grants = await part('grants', grantRow, 'rights on tables');

  const value: Catalog = {
    relations: sortedBy([...byName.values()], ({ schema, name }) => [schema, name]),
    constraints: sortedBy(constraints, ({ schema, relation, name, kind }) => [schema, relation, name, kind]),
    indexes: [],
    roles: sortedBy(roles, ({ name }) => [name]),
    grants: grantsOf(grants),
    policies: policiesOf(policies),
    extensions: [],
    publications: [],
    functions: [],
    settings: {},
  };
  return { value, gaps: parts.gaps };
}

function keyOf({ schema, name }: { schema: string; name: string }): string {
  return `${schema}\0${name}`;
}

function emptyRelation({ schema, name }: { schema: string; name: string }, kind: RelationKind, told: { owner: string | null; comment: string | null } = { owner: null, comment: null }): Relation {
  return { schema, name, kind, owner: told.owner, comment: told.comment, columns: [], definition: null, rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null };
}

function column(name: string, type: string, nullable: boolean, comment: string | null): Column {
  return { name, type, nullable, comment, label: null, enumValues: null };
}

/** A late-binding view may have a placeholder in pg_attribute; what the function tells is right. */
function lateColumn(byName: ReadonlyMap<string, Relation>, row: z.infer<typeof namedColumnRow>): void {
  const relation = byName.get(keyOf({ schema: row.schema, name: row.relation }));
  if (!relation) return;
  if (row.number === 1) relation.columns.length = 0;
  relation.columns.push(column(row.name, row.type, true, null));
}

/** `output_columns` is a list like `["credit_card"]`, or `credit_card`. */
export function maskedColumns({ columns }: z.infer<typeof maskingRow>): ReadonlySet<string> {
  return new Set((columns ?? '').split(/[[\]",{}]+/).map((name) => name.trim()));
}

/** Dynamic masking is declared truth about a column. */
function maskingLabels(byName: ReadonlyMap<string, Relation>, row: z.infer<typeof maskingRow>): void {
  const relation = byName.get(keyOf({ schema: row.schema, name: row.relation }));
  const names = maskedColumns(row);
  for (const found of relation?.columns ?? []) if (names.has(found.name)) found.label = columnLabel(row.name, []);
}

/** Redshift notes keys and does not hold them (guide, Defining table constraints). */
function constraintOf(row: z.infer<typeof constraintRow>, byId: ReadonlyMap<string, Relation>, numbers: ReadonlyMap<string, string>): Constraint[] {
  const relation = byId.get(row.relation);
  const kind = CONSTRAINT_KINDS[row.kind];
  const columns = keyColumns(row.relation, row.columns, numbers);
  if (relation === undefined || kind === undefined || columns === null) return [];
  const referenced = byId.get(row.references ?? '');
  const referencedColumns = keyColumns(row.references ?? '', row.references_columns, numbers);
  const references = kind !== 'foreign_key' || referenced === undefined || referencedColumns === null ? null : { schema: referenced.schema, relation: referenced.name, columns: referencedColumns };
  return [{ schema: relation.schema, relation: relation.name, name: row.name, kind, columns, expression: null, references, validated: true, enforced: false }];
}

/** @param list numbers of attributes, `1 3`; null where one of them is unknown. */
export function keyColumns(relation: string, list: string | null, numbers: ReadonlyMap<string, string>): string[] | null {
  const names = (list ?? '').split(' ').filter((number) => number !== '').map((number) => numbers.get(`${relation} ${number}`));
  return names.length > 0 && names.every((name) => name !== undefined) ? names : null;
}

/** Of a late-binding or materialised view pg_views has the whole statement; of others the query alone. */
export function viewQuery(definition: string): string {
  const statement = /^\s*create\s+(?:or\s+replace\s+)?(?:materialized\s+)?view\s[\s\S]*?\bas\s+(?=\(*\s*(?:select|with)\b)/i;
  return definition.replace(statement, '').replace(/\s*with\s+no\s+schema\s+binding\s*;?\s*$/i, '').replace(/\s*;\s*$/, '').trim();
}

function grantsOf(rows: readonly z.infer<typeof grantRow>[]): Grant[] {
  const grants = new Map<string, Grant>();
  for (const { schema, relation, grantee, privilege } of rows) {
    const key = JSON.stringify([grantee, schema, relation]);
    const grant = grants.get(key) ?? { grantee, schema, relation, privileges: [] };
    if (!grant.privileges.includes(privilege)) grant.privileges.push(privilege);
    grants.set(key, grant);
  }
  return sortedBy([...grants.values()], ({ schema, relation, grantee }) => [schema, relation, grantee]);
}

function policiesOf(rows: readonly z.infer<typeof rowPolicyRow>[]): Policy[] {
  const policies = new Map<string, Policy>();
  for (const { schema, relation, name, grantee } of rows) {
    const key = JSON.stringify([schema, relation, name]);
    const policy = policies.get(key) ?? { schema, relation, name, command: 'SELECT', roles: [], using: null };
    policy.roles.push(grantee);
    policies.set(key, policy);
  }
  return sortedBy([...policies.values()], ({ schema, relation, name }) => [schema, relation, name]);
}
