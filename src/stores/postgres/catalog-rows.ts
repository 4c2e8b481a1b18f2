import { z } from 'zod';
import type { Column, Constraint, ConstraintKind, Grant, Index, Relation, RelationKind, Role } from '../../model/catalog.js';
import { withoutOuterParentheses } from '../shared/expression.js';
import { parseSettings } from './settings.js';

/** Rows of the catalogue queries as the server sends them, and what they become. */

const names = z.array(z.string());
/** `"char"` columns of the catalogues. */
const letter = z.string();

export const relationRow = z.object({
  id: z.number(),
  schema: z.string(),
  name: z.string(),
  kind: letter,
  partition: z.boolean(),
  owner: z.string(),
  comment: z.string().nullable(),
  tuples: z.number(),
  heap_pages: z.number(),
  pages: z.number(),
  row_security: z.boolean(),
  row_security_forced: z.boolean(),
  options: names.nullable(),
  parent: z.number().nullable(),
});
export type RelationRow = z.infer<typeof relationRow>;

const RELATION_KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned_table',
  v: 'view',
  m: 'materialized_view',
  f: 'foreign_table',
};

export function toRelation(row: RelationRow, version: number, block_bytes: number): Relation {
  const kind = RELATION_KINDS[row.kind] ?? 'table';
  const stored = kind === 'table' || kind === 'materialized_view';
  const analysed = version >= 140_000 ? row.tuples >= 0 : row.tuples > 0 || row.heap_pages > 0;
  return {
    schema: row.schema,
    name: row.name,
    kind: kind === 'table' && row.partition ? 'partition' : kind,
    owner: row.owner,
    comment: row.comment,
    columns: [],
    definition: null,
    rows: analysed && kind !== 'view' ? Math.round(row.tuples) : null,
    size_bytes: analysed && stored ? row.pages * block_bytes : null,
    rowSecurity: row.row_security,
    rowSecurityForced: row.row_security_forced,
    options: (row.options ?? []).toSorted(),
    partitionOf: null, recordedColumns: null,
  };
}

export const columnRow = z.object({
  relation: z.number(),
  name: z.string(),
  type: z.string(),
  type_id: z.number(),
  nullable: z.boolean(),
  comment: z.string().nullable(),
  label: z.string().nullable(),
  /** Of the default, or of what a generated column is computed by. */
  expression_id: z.number().nullable(),
  is_identity: z.boolean(),
  is_generated: z.boolean(),
  base_type: z.string().nullable(),
});

export const enumRow = z.object({ id: z.number(), members: names });

/** Expressions of defaults and generated columns are texts, which are read apart. */
export function toColumn(row: z.infer<typeof columnRow>, enums: ReadonlyMap<number, string[]>): Column {
  const { name, type, nullable, comment, label, is_identity, base_type } = row;
  return { name, type, nullable, comment, label, enumValues: enums.get(row.type_id) ?? null, ...(base_type === null ? {} : { baseType: base_type }), ...(is_identity ? { default: 'identity' } : {}) };
}

export const recordedRow = z.object({ relation: z.number(), referenced_schema: z.string(), referenced_relation: z.string(), columns: names.nullable() });

/** `schema.relation.column`, or `schema.relation.*` for a relation of which no column is recorded. */
export function toRecorded({ referenced_schema, referenced_relation, columns }: z.infer<typeof recordedRow>): string[] {
  return (columns ?? ['*']).map((column) => `${referenced_schema}.${referenced_relation}.${column}`);
}

export const constraintRow = z.object({
  relation: z.number(),
  id: z.number().nullable(),
  name: z.string(),
  kind: letter,
  columns: names,
  references_schema: z.string().nullable(),
  references_relation: z.string().nullable(),
  references_columns: names,
  validated: z.boolean(),
  enforced: z.boolean(),
});

const CONSTRAINT_KINDS: Readonly<Record<string, ConstraintKind>> = {
  p: 'primary_key',
  u: 'unique',
  f: 'foreign_key',
  c: 'check',
  n: 'not_null',
  x: 'exclusion',
};

export function toConstraint(row: z.infer<typeof constraintRow>, relation: Relation, text: string | null): Constraint {
  const { references_schema: schema, references_relation: referenced } = row;
  return {
    schema: relation.schema,
    relation: relation.name,
    name: row.name,
    kind: CONSTRAINT_KINDS[row.kind] ?? 'check',
    columns: row.columns,
    expression: text === null ? null : withoutOuterParentheses(text),
    references:
      schema === null || referenced === null ? null : { schema, relation: referenced, columns: row.references_columns },
    validated: row.validated,
    enforced: row.enforced,
  };
}

export const indexRow = z.object({
  relation: z.number(),
  id: z.number(),
  name: z.string(),
  columns: z.array(z.string().nullable()),
  unique: z.boolean(),
  primary: z.boolean(),
  valid: z.boolean(),
  partial: z.boolean(),
  scans: z.number().nullable(),
  pages: z.number(),
});

export function toIndex(row: z.infer<typeof indexRow>, relation: Relation, predicate: string | null, block_bytes: number): Index {
  return {
    schema: relation.schema,
    relation: relation.name,
    name: row.name,
    columns: row.columns,
    unique: row.unique,
    primary: row.primary,
    predicate: predicate === null ? null : withoutOuterParentheses(predicate),
    valid: row.valid,
    scans: row.scans,
    size_bytes: Math.max(row.pages, 0) * block_bytes,
  };
}

export const roleRow = z.object({
  id: z.number(),
  name: z.string(),
  superuser: z.boolean(),
  can_login: z.boolean(),
  inherits: z.boolean(),
  replication: z.boolean(),
  bypasses_row_security: z.boolean(),
  connection_limit: z.number().nullable(),
  settings: names.nullable(),
  database_settings: names.nullable(),
  member_of: names,
});

export function toRole(row: z.infer<typeof roleRow>): Role {
  return {
    name: row.name,
    superuser: row.superuser,
    canLogin: row.can_login,
    inherits: row.inherits,
    replication: row.replication,
    bypassesRowSecurity: row.bypasses_row_security,
    connectionLimit: row.connection_limit,
    settings: Object.fromEntries(parseSettings([...(row.settings ?? []), ...(row.database_settings ?? [])])),
    memberOf: row.member_of,
  };
}

export const grantRow = z.object({
  relation: z.number(),
  grantee: z.string(),
  privilege: z.string(),
  columns: names.nullable(),
});

/** Rights on single columns stand as GRANT writes them, `SELECT (status, opened_at)`, unless the whole relation is granted. */
export function toGrants(rows: z.infer<typeof grantRow>[], relations: ReadonlyMap<number, Relation>): Grant[] {
  const whole = new Set(rows.filter((row) => row.columns === null).map((row) => `${row.relation} ${row.privilege} ${row.grantee}`));
  const grants = new Map<string, Grant>();
  for (const row of rows) {
    const relation = relations.get(row.relation);
    if (!relation) continue;
    if (row.columns !== null && whole.has(`${row.relation} ${row.privilege} ${row.grantee}`)) continue;
    const key = `${row.relation} ${row.grantee}`;
    const grant = grants.get(key) ?? { grantee: row.grantee, schema: relation.schema, relation: relation.name, privileges: [] };
    grant.privileges.push(row.columns === null ? row.privilege : `${row.privilege} (${row.columns.join(', ')})`);
    grants.set(key, grant);
  }
  for (const grant of grants.values()) grant.privileges.sort();
  return [...grants.values()];
}

export const policyRow = z.object({
  id: z.number(),
  relation: z.number(),
  name: z.string(),
  command: letter,
  filters: z.boolean(),
  roles: names,
});

export const POLICY_COMMANDS: Readonly<Record<string, string>> = {
  '*': 'ALL',
  r: 'SELECT',
  a: 'INSERT',
  w: 'UPDATE',
  d: 'DELETE',
};

export const extensionRow = z.object({ name: z.string(), version: z.string(), schema: z.string() });

export const publicationRow = z.object({
  publication: z.number(),
  name: z.string(),
  all_tables: z.boolean(),
  id: z.number().nullable(),
  relation: z.number().nullable(),
  columns: names.nullable(),
  filtered: z.boolean(),
});
