import type { Catalog, Relation } from '../../model/catalog.js';
import type { Expression, ParseOutcome } from '../../model/syntax-tree.js';
import { canonicalExpression } from '../../sql/canonical.js';
import { lowerPredicate } from './lower.js';
import { columnsOf } from './opacity.js';
import { not } from './predicate.js';
import type { Vocabulary } from './vocabulary.js';
import type { Axiom } from './worlds.js';

/** Reads SQL in the dialect of the store. */
export type Parse = (text: string) => ParseOutcome | Promise<ParseOutcome>;

/** A CHECK that holds for every row. */
export interface Check {
  name: string;
  expression: Expression;
  columns: string[];
}

/** What the schema says about every single row of a relation. */
export interface RowConstraints {
  relation: Relation;
  checks: Check[];
  /** Columns that are never null. */
  notNull: ReadonlySet<string>;
}

/**
 * Reads the constraints of a relation. Only those count that are validated and enforced: rows from before a NOT VALID
 * constraint may break it. A CHECK that cannot be parsed is left out, which makes fewer things equal and nothing wrong.
 */
export async function rowConstraints(relation: Relation, catalog: Catalog, parse: Parse): Promise<RowConstraints> {
  const own = catalog.constraints.filter((entry) => entry.schema === relation.schema && entry.relation === relation.name);
  const checks: Check[] = [];
  for (const constraint of own) {
    if (constraint.kind !== 'check' || constraint.expression === null || !constraint.validated || !constraint.enforced) continue;
    const written = whereOf(await parse(`SELECT 1 WHERE (${constraint.expression})`));
    if (written === null) continue;
    const expression = canonicalExpression(written);
    const name = `CHECK ${constraint.name} on ${relation.schema}.${relation.name}: ${constraint.expression}`;
    checks.push({ name, expression, columns: columnsOf(expression) });
  }
  // A NOT NULL that is not validated leaves its mark on the column all the same (PostgreSQL 18, pg_attribute.attnotnull).
  const doubtful = new Set(own.filter((entry) => entry.kind === 'not_null' && !(entry.validated && entry.enforced)).flatMap(({ columns }) => columns));
  const notNull = relation.columns.filter((column) => !column.nullable && !doubtful.has(column.name)).map(({ name }) => name);
  return { relation, checks, notNull: new Set(notNull) };
}

function whereOf(outcome: ParseOutcome): Expression | null {
  const [parsed, more] = outcome.statements;
  if (parsed?.statement.type !== 'query_statement' || more !== undefined) return null;
  const { body } = parsed.statement.query;
  return body.type === 'select' ? body.where : null;
}

/**
 * The axioms about the columns that a vocabulary uses: every CHECK that touches one of them, and then every CHECK that
 * touches a column of those, since only together they say which values go with which.
 *
 * @param reach `near` leaves out the CHECKs that bring in further columns.
 */
export function axiomsFor(constraints: RowConstraints, vocabulary: Vocabulary, reach: 'all' | 'near'): Axiom[] {
  const axioms: Axiom[] = [];
  const open = new Set(constraints.checks);
  for (let grown = true; grown; ) {
    grown = false;
    const used = new Set(vocabulary.columns.flatMap(({ name, moment }) => (moment ? [] : [name])));
    for (const check of open) {
      const touches = check.columns.some((column) => used.has(column));
      if (!touches || (reach === 'near' && !check.columns.every((column) => used.has(column)))) continue;
      open.delete(check);
      grown = true;
      axioms.push({ name: check.name, predicate: lowerPredicate(check.expression, vocabulary, 'constraint') });
    }
  }
  const { schema, name } = constraints.relation;
  vocabulary.columns.forEach((used, column) => {
    if (used.moment || !constraints.notNull.has(used.name)) return;
    const predicate = not({ type: 'null', scalar: { type: 'column', column } });
    axioms.push({ name: `NOT NULL on ${schema}.${name}.${used.name}`, predicate });
  });
  return axioms;
}
