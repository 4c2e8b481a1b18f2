import type { AssertedConstraint } from '../../model/asserted-constraint.js';
import type { Catalog, Constraint, Relation } from '../../model/catalog.js';
import type { DeclaredContract } from '../../model/contract.js';
import type { CollectedQuery } from '../../model/query.js';

/** What asserts something about the rows of a store. */
export interface Assertions {
  /** Of one store: a test runs where its project runs. */
  queries: readonly Pick<CollectedQuery, 'asserts' | 'lifecycle'>[];
  contracts: readonly DeclaredContract[];
}

/**
 * Constraints that hold of every row as long as someone keeps his word, and that the engine does not hold anybody to: tests of dbt,
 * promises of data contracts, keys that a warehouse only records, and constraints that old rows may break (NOT VALID). Each has
 * `enforced: false`. What an engine enforces is left out, and so is what names a relation or column that the catalogue has not, or
 * that several have.
 *
 * A foreign key is one only where its parent's columns are a key, enforced or asserted; others are left out.
 */
export function assertedConstraints({ queries, contracts }: Assertions, catalog: Catalog): Constraint[] {
  const stated = [
    ...queries.filter(({ lifecycle }) => lifecycle === 'active').flatMap(({ asserts }) => asserts ?? []),
    ...contracts.flatMap(({ relations }) => relations.flatMap(({ asserts }) => asserts ?? [])),
  ];
  const placed = stated.flatMap((assertion) => constraintOf(assertion, catalog) ?? []);
  const recorded = catalog.constraints.filter(({ enforced, validated, kind }) => (!enforced || !validated) && kind !== 'exclusion').map((constraint): Constraint => ({ ...constraint, validated: true, enforced: false }));
  const enforced = new Set(catalog.constraints.filter((constraint) => constraint.enforced && constraint.validated).flatMap(meaningsOf));
  for (const { schema, name, columns } of catalog.relations) for (const column of columns) if (!column.nullable) enforced.add(meaning('not_null', schema, name, [column.name]));
  const found = new Map<string, Constraint>();
  for (const constraint of [...recorded, ...placed]) {
    const [key = ''] = meaningsOf(constraint);
    if (!enforced.has(key) && !found.has(key)) found.set(key, constraint);
  }
  const all = [...found.values()];
  const keys = new Set([...catalog.constraints.filter((constraint) => constraint.enforced && constraint.validated), ...all].filter(({ kind }) => kind === 'primary_key' || kind === 'unique').map(keyText));
  return all.filter(({ kind, references }) => kind !== 'foreign_key' || (references !== null && keys.has(columnsText(references.schema, references.relation, references.columns))));
}

function keyText({ schema, relation, columns }: Constraint): string {
  return columnsText(schema, relation, columns);
}

function columnsText(schema: string, relation: string, columns: readonly string[]): string {
  return `${schema}\n${relation}\n${columns.toSorted().join('\n')}`;
}

/** What a constraint says, the strongest first; a primary key says two things more. */
function meaningsOf({ kind, schema, relation, columns, expression, references }: Constraint): string[] {
  const about = references === null ? (expression ?? '') : columnsText(references.schema, references.relation, references.columns);
  const own = meaning(kind, schema, relation, columns, about);
  if (kind !== 'primary_key') return [own];
  return [own, meaning('unique', schema, relation, columns), ...columns.map((column) => meaning('not_null', schema, relation, [column]))];
}

function meaning(kind: Constraint['kind'], schema: string, relation: string, columns: readonly string[], about = ''): string {
  return `${kind}\n${columnsText(schema, relation, columns)}\n${about}`;
}

function constraintOf(assertion: AssertedConstraint, catalog: Catalog): Constraint | null {
  const relation = relationOf(catalog, assertion.schema, assertion.relation);
  const columns = relation === null ? null : assertion.kind === 'check' && assertion.columns.length === 0 ? [] : columnsOf(relation, assertion.columns);
  if (relation === null || columns === null) return null;
  const base = { schema: relation.schema, relation: relation.name, name: assertion.by, kind: assertion.kind, columns, expression: assertion.expression, references: null, validated: true, enforced: false };
  if (assertion.kind !== 'foreign_key') return base;
  const { references } = assertion;
  const parent = references === null ? null : relationOf(catalog, references.schema, references.relation);
  const parentColumns = parent === null || references === null ? null : columnsOf(parent, references.columns);
  if (parent === null || parentColumns === null || parentColumns.length !== columns.length) return null;
  return { ...base, references: { schema: parent.schema, relation: parent.name, columns: parentColumns } };
}

/** The one relation that a name means. A schema that the catalogue does not have is that of another environment: the name alone tells. */
function relationOf(catalog: Catalog, schema: string | null, name: string): Relation | null {
  const named = catalog.relations.filter((relation) => isSame(relation.name, name));
  const own = schema === null ? [] : named.filter((relation) => isSame(relation.schema, schema));
  const candidates = own.length > 0 ? own : named;
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

/** In the letters of the catalogue; null where one is not there. */
function columnsOf(relation: Relation, columns: readonly string[]): string[] | null {
  const found = columns.flatMap((written) => relation.columns.find(({ name }) => name === written)?.name ?? relation.columns.find(({ name }) => isSame(name, written))?.name ?? []);
  return found.length === columns.length && found.length > 0 ? found : null;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.replace(/^"(.*)"$/, '$1').toLowerCase();
}
