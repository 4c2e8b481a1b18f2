import type { ImpactEffect } from '../model/impact-report.js';
import type { FromItem } from '../model/syntax-tree.js';
import { walkStatement } from '../sql/walk.js';
import type { Comparisons } from './comparisons.js';
import type { Reader } from './readers.js';
import type { PlacedChange, Situation } from './situation.js';
import { said } from './values.js';

/** What a change of a relation as a whole does to who reads it. */
export interface RowEffect {
  effect?: ImpactEffect;
  sentence: string;
  remedy: string | null;
  confidence: number;
}

/** Which rows there are, or who sees them; null where that stays as it is. */
export function rowEffect({ change, original }: PlacedChange, reader: Reader, comparisons: Comparisons, situation: Situation): RowEffect | null {
  const relation = original.relation ?? '';
  switch (change.kind) {
    case 'rows-changed':
      return changedRows(change, relation, reader);
    case 'row-security-changed':
      if (!reads(reader, relation)) return null;
      return change.enabled
        ? { sentence: `row security on ${relation} is switched on: it sees only the rows that a policy gives its role`, remedy: `check with the role of this reader which rows of ${relation} it sees`, confidence: 0.6 }
        : { sentence: `row security on ${relation} is switched off: it sees every row`, remedy: `check that every role that may read ${relation} may see all of it`, confidence: 0.8 };
    case 'policy-added':
    case 'policy-dropped':
    case 'policy-changed':
      return reads(reader, relation) && situation.relationsAfter.get(relation)?.rowSecurity === true
        ? { sentence: `which rows of ${relation} it sees is decided anew by the policy ${change.policy.name}${change.policy.using === null ? '' : ` (${said(change.policy.using)})`}`, remedy: `check with the role of this reader which rows of ${relation} it sees`, confidence: 0.5 }
        : null;
    case 'constraint-dropped':
      return isReplaced(change.constraint, situation) ? null : droppedConstraint(change.constraint, relation, reader, comparisons);
    case 'relation-dropped':
    case 'relation-renamed':
    case 'column-added':
    default:
      return null;
  }
}

function reads({ relations }: Reader, relation: string): boolean {
  return relations.has(relation);
}

function changedRows({ verb, columns, condition }: Extract<PlacedChange['change'], { kind: 'rows-changed' }>, relation: string, { uses, thing, part }: Reader): RowEffect | null {
  const own = uses.get(relation);
  // Who only writes does not notice.
  const readsIt = [...own?.values() ?? []].some((kinds) => [...kinds].some((kind) => kind !== 'written')) || part.resolution.base.has(relation);
  if (!readsIt || thing.kind === 'function') return null;
  const where = condition === null ? '' : ` where ${said(condition)}`;
  if (verb === 'update' || verb === 'merge') {
    const used = columns.filter((column) => [...own?.get(column) ?? []].some((kind) => kind !== 'written'));
    if (columns.length > 0 && used.length === 0) return null;
    return { sentence: `rows of ${relation}${where} get another ${used.length === 0 ? 'content' : used.join(', ')}`, remedy: 'tell its readers that history changes, and when', confidence: 0.7 };
  }
  if (verb === 'insert') return { sentence: `rows are added to ${relation}, which it counts or shows`, remedy: null, confidence: 0.5 };
  return { sentence: `rows of ${relation}${where} are deleted, which it counts or shows`, remedy: 'tell its readers that history changes, and when', confidence: 0.8 };
}

/** Another constraint of its kind on the same columns stands after. */
function isReplaced({ kind, schema, relation, columns }: DroppedConstraint, { input: { after } }: Situation): boolean {
  const same = (own: readonly (string | null)[]): boolean => own.length === columns.length && own.every((column) => column !== null && columns.includes(column));
  const isKey = kind === 'primary_key' || kind === 'unique';
  return after.constraints.some((one) => one.schema === schema && one.relation === relation && same(one.columns) && (one.kind === kind || (isKey && (one.kind === 'primary_key' || one.kind === 'unique')))) ||
    (isKey && after.indexes.some((one) => one.unique && one.predicate === null && one.schema === schema && one.relation === relation && same(one.columns)));
}

type DroppedConstraint = Extract<PlacedChange['change'], { kind: 'constraint-dropped' }>['constraint'];

/** Keys and references that go matter to who joins by them, lists of values to who compares with them. */
function droppedConstraint(constraint: DroppedConstraint, relation: string, reader: Reader, { lists }: Comparisons): RowEffect | null {
  const joined = constraint.columns.filter((column) => reader.part.resolution.uses.some((use) => use.role === 'join' && use.column === `${relation}.${column}`) || isMerged(reader, column));
  if ((constraint.kind === 'primary_key' || constraint.kind === 'unique') && constraint.columns.length > 0 && joined.length === constraint.columns.length && joins(reader)) {
    return { sentence: `${constraint.columns.join(', ')} of ${relation} may repeat once ${constraint.name} is gone: the join then counts rows several times`, remedy: `keep ${constraint.name}, or count distinct keys`, confidence: 0.5 };
  }
  if (constraint.kind === 'foreign_key' && joined.length > 0 && joins(reader)) {
    return { sentence: `${constraint.columns.join(', ')} of ${relation} may name rows that do not exist once ${constraint.name} is gone: an inner join then drops them`, remedy: `keep ${constraint.name}, or join from the left`, confidence: 0.35 };
  }
  if (constraint.kind !== 'check' || constraint.columns.length !== 1) return null;
  const open = lists.find(({ columns, positive, values }) => constraint.columns.some((column) => columns.has(`${relation}.${column}`)) && (!positive || values.length > 1) && listsValues(constraint.expression, values));
  return open === undefined ? null : { sentence: `any value may stand in ${relation}.${constraint.columns.join(', ')} once ${constraint.name} is gone, and this knows only some: ${said(open.text)}`, remedy: `keep a list of values on ${relation}`, confidence: 0.4 };
}

/** The members of the list stand in the constraint as well. */
function listsValues(expression: string | null, values: readonly string[]): boolean {
  return expression !== null && values.some((value) => expression.includes(`'${value.replaceAll("'", "''")}'`));
}

function joins({ part: { statement } }: Reader): boolean {
  let found = false;
  const from = (item: FromItem): void => {
    if (item.type === 'join') found = true;
  };
  walkStatement(statement, { from, query: ({ body }) => void (found ||= body.type === 'select' && body.from.length > 1) });
  return found;
}

/** A column of USING. */
function isMerged({ part: { statement } }: Reader, column: string): boolean {
  let found = false;
  walkStatement(statement, { from: (item) => void (found ||= item.type === 'join' && item.using.includes(column)) });
  return found;
}
