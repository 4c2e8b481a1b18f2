import { z } from 'zod';
import type { Catalog, Column, Constraint, ConstraintKind, Index, Relation, RelationKind, StoredFunction } from '../../model/catalog.js';
import type { ScratchSpace } from '../../model/scratch-engine.js';
import { postgresCatalogSql } from './catalog-sql.js';
import { withoutOuterParentheses, withValueReplaced } from './expression.js';

const names = z.array(z.string());
const text = z.string().nullable();

const columnRow = z.tuple([z.string(), z.string(), text, z.number(), names.nullable(), text, z.boolean(), z.boolean(), z.boolean()]);
const relationRow = z.tuple([z.string(), z.string(), z.string(), text, z.boolean(), z.boolean(), names.nullable(), z.number().nullable(), z.array(columnRow).nullable(), z.number()]);
const constraintRow = z.tuple([z.number(), z.string(), z.string(), names, text, z.number().nullable(), names, z.boolean(), z.boolean(), z.boolean()]);
const indexRow = z.tuple([z.number(), z.string(), z.array(text), z.boolean(), z.boolean(), text, z.boolean(), z.boolean()]);
const functionRow = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string(), z.boolean(), text, names, z.number()]);

const answer = z.object({
  relations: z.array(relationRow),
  constraints: z.array(constraintRow),
  not_null: z.array(z.tuple([z.number(), z.string()])),
  domains: z.array(z.tuple([z.number(), z.string(), z.string(), z.boolean()])),
  indexes: z.array(indexRow),
  extensions: z.array(z.tuple([z.string(), z.string(), z.string()])),
  functions: z.array(functionRow),
});
type Answer = z.infer<typeof answer>;

const RELATION_KINDS: Readonly<Record<string, RelationKind>> = { r: 'table', p: 'partitioned_table', v: 'view', m: 'materialized_view', f: 'foreign_table', partition: 'partition' };
const CONSTRAINT_KINDS: Readonly<Record<string, ConstraintKind>> = { p: 'primary_key', u: 'unique', f: 'foreign_key', c: 'check', n: 'not_null', x: 'exclusion' };
const FUNCTION_KINDS: Readonly<Record<string, StoredFunction['kind']>> = { f: 'function', p: 'procedure', a: 'aggregate', w: 'window' };
/** PGlite's. */
const VERSION_DEFAULT = 180_000;

/**
 * The catalogue of what was made in a space of PostgreSQL. The space's search_path must be empty.
 *
 * @throws ScratchError
 */
export async function postgresCatalog(space: ScratchSpace): Promise<Catalog> {
  const version = space.kind === 'pglite' ? VERSION_DEFAULT : Number((await space.rows("select current_setting('server_version_num')")).rows[0]?.[0] ?? 0);
  const { rows } = await space.rows(postgresCatalogSql(version));
  return toCatalog(answer.parse(JSON.parse(rows[0]?.[0] ?? '{}')));
}

function toCatalog(read: Answer): Catalog {
  const relations = new Map(read.relations.map((row) => [row[9], toRelation(row)]));
  const parentOf = new Map(read.relations.map((row) => [row[9], row[7]]));
  for (const [id, relation] of relations) {
    const parent = relations.get(parentOf.get(id) ?? -1);
    if (parent) relation.partitionOf = `${parent.schema}.${parent.name}`;
  }
  const constraints = [...read.constraints.flatMap((row) => toConstraint(row, relations)), ...notNullAttributes(read, relations), ...domainConstraints(read, relations)];
  dropNullability(relations.values(), constraints);
  return {
    relations: [...relations.values()].sort(byName),
    constraints: constraints.sort((a, b) => order(a.schema, b.schema) || order(a.relation, b.relation) || order(a.name, b.name)),
    indexes: read.indexes.flatMap((row) => toIndex(row, relations)).sort(byName),
    roles: [], grants: [], policies: [], publications: [], settings: {},
    extensions: read.extensions.map(([name, version, schema]) => ({ name, version, schema })),
    functions: read.functions.map(toFunction).sort(byName),
  };
}

function toRelation(row: Answer['relations'][number]): Relation {
  const [schema, name, kind, definition, rowSecurity, rowSecurityForced, options, , columns] = row;
  return {
    schema, name, kind: RELATION_KINDS[kind] ?? 'table', owner: null, comment: null, columns: (columns ?? []).map(toColumn),
    definition: definition === null ? null : definition.replace(/;\s*$/, '').trim(), rows: null, size_bytes: null,
    rowSecurity, rowSecurityForced, options: options ?? [], partitionOf: null, recordedColumns: null,
  };
}

function toColumn(row: z.infer<typeof columnRow>): Column {
  const [name, type, domain, , labels, expression, isGenerated, isIdentity] = row;
  return {
    name, type, nullable: true, comment: null, label: null, enumValues: labels,
    ...(domain === null ? {} : { domain }),
    ...(isGenerated && expression !== null ? { generated: expression } : {}),
    ...(isIdentity ? { default: 'identity' } : !isGenerated && expression !== null ? { default: expression } : {}),
  };
}

function toConstraint(row: Answer['constraints'][number], relations: ReadonlyMap<number, Relation>): Constraint[] {
  const [id, name, kind, columns, expression, referenced, referencedColumns, validated, enforced, nullsNotDistinct] = row;
  const relation = relations.get(id);
  if (!relation) return [];
  const parent = referenced === null ? undefined : relations.get(referenced);
  return [{
    schema: relation.schema, relation: relation.name, name, kind: CONSTRAINT_KINDS[kind] ?? 'check', columns,
    expression: expression === null ? null : withoutOuterParentheses(expression),
    references: parent ? { schema: parent.schema, relation: parent.name, columns: referencedColumns } : null,
    validated, enforced, ...(nullsNotDistinct ? { nullsNotDistinct } : {}),
  }];
}

/** Before 18, under the name that 18 would give them. */
function notNullAttributes(read: Answer, relations: ReadonlyMap<number, Relation>): Constraint[] {
  return read.not_null.flatMap(([id, column]) => {
    const relation = relations.get(id);
    return relation ? [notNull(relation, column, `${relation.name}_${column}_not_null`)] : [];
  });
}

function notNull(relation: Relation, column: string, name: string): Constraint {
  return { schema: relation.schema, relation: relation.name, name, kind: 'not_null', columns: [column], expression: null, references: null, validated: true, enforced: true };
}

/** What a domain demands is demanded of each column of it. */
function domainConstraints(read: Answer, relations: ReadonlyMap<number, Relation>): Constraint[] {
  const found: Constraint[] = [];
  for (const row of read.relations) {
    const relation = relations.get(row[9]);
    if (!relation || relation.kind === 'view' || relation.kind === 'materialized_view') continue;
    for (const [column, , domain, typeId, , , , , required] of row[8] ?? []) {
      if (domain === null) continue;
      if (required) found.push(notNull(relation, column, `${domain}_not_null`));
      for (const [, name, expression, validated] of read.domains.filter(([id]) => id === typeId)) {
        found.push({
          schema: relation.schema, relation: relation.name, name, kind: 'check', columns: [column],
          expression: withoutOuterParentheses(withValueReplaced(expression, column)), references: null, validated, enforced: true,
        });
      }
    }
  }
  return found;
}

function dropNullability(relations: Iterable<Relation>, constraints: readonly Constraint[]): void {
  const required = new Set(constraints.flatMap((constraint) =>
    (constraint.kind === 'not_null' || constraint.kind === 'primary_key') && constraint.validated && constraint.enforced
      ? constraint.columns.map((column) => JSON.stringify([constraint.schema, constraint.relation, column]))
      : []));
  for (const { schema, name, columns } of relations) {
    for (const column of columns) if (required.has(JSON.stringify([schema, name, column.name]))) column.nullable = false;
  }
}

function toIndex(row: Answer['indexes'][number], relations: ReadonlyMap<number, Relation>): Index[] {
  const [id, name, columns, unique, primary, predicate, valid, nullsNotDistinct] = row;
  const relation = relations.get(id);
  if (!relation) return [];
  return [{
    schema: relation.schema, relation: relation.name, name, columns, unique, primary,
    predicate: predicate === null ? null : withoutOuterParentheses(predicate), valid,
    ...(nullsNotDistinct ? { nullsNotDistinct } : {}), scans: null, size_bytes: null,
  }];
}

function toFunction(row: z.infer<typeof functionRow>): StoredFunction {
  const [schema, name, kind, language, returns, returnsSet, body, types, defaults] = row;
  return {
    schema, name, kind: FUNCTION_KINDS[kind] ?? 'function', language, arguments: types.map((type) => ({ name: '', type, mode: 'in' })),
    defaults, columns: null, returns, returnsSet, body, dynamic: false,
  };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byName = (a: { schema: string; name: string }, b: { schema: string; name: string }): number => order(a.schema, b.schema) || order(a.name, b.name);
