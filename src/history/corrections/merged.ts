import type { StoreBoundary } from '../../graph/boundary.js';
import type { Catalog } from '../../model/catalog.js';
import type { Expression } from '../../model/syntax-tree.js';
import { conjuncts } from '../../sql/walk.js';
import { isGiven, isUpdate, type SentWrite } from './writes.js';
import type { Correction } from './index.js';

/** Work that passes from one to another is no merge of two that are one. */
const HANDED_OVER = /assign|owner|agent|handler|user|manager|team|queue|worker|reviewer|editor|author|created|updated|approv|parent|status|state|type|category|group|folder|location|warehouse|plan|price|tier|region|department|session|cart|basket|batch|version|default|current|template/i;
const TRACE_TABLE = /merge|alias|bridge|crosswalk|xref|survivor|duplicate|redirect|identity_map|dedup/i;
const TRACE_COLUMN = /merged|master_|survivor|duplicate_of|canonical|replaced_by|superseded|alias_of/i;

/**
 * Rows that are hung on another entity all at once (`SET customer_id = $1 WHERE customer_id = $2`) where nothing keeps which two were merged:
 * loaded history stays with the one that is gone (Part 066 §16: duplicate merge, bridge or merge event and restatement).
 */
export function merged({ store: { catalog } }: StoreBoundary, writes: readonly SentWrite[]): Correction[] {
  if (catalog.relations.some(({ name }) => TRACE_TABLE.test(name))) return [];
  const byColumn = new Map<string, { write: SentWrite; column: string; referenced: string }[]>();
  for (const write of writes) {
    const column = isUpdate(write) ? hungOver(write) : null;
    const referenced = column === null ? null : referencedBy(write.relation, column, catalog);
    if (column === null || referenced === null || keepsTrace(referenced, catalog)) continue;
    const key = `${write.relation}.${column}`;
    byColumn.set(key, [...(byColumn.get(key) ?? []), { write, column, referenced }]);
  }
  return [...byColumn.values()].flatMap((found): Correction[] => {
    const [first] = found;
    return first === undefined ? [] : [{ kind: 'merged', relation: first.write.relation, columns: [first.column], writes: found.map(({ write }) => write), referenced: first.referenced }];
  });
}

/** The one column that is set from one given value to another, by nothing but itself. */
function hungOver({ statement }: SentWrite): string | null {
  if (statement.type !== 'update' || statement.from.length > 0 || statement.ctes.length > 0) return null;
  const [condition, another] = conjuncts(statement.where);
  const column = condition === undefined || another !== undefined ? null : equalTo(condition);
  if (column === null || HANDED_OVER.test(column)) return null;
  return statement.assignments.some((assignment) => assignment.column === column && isGiven(assignment.value)) ? column : null;
}

function equalTo(expression: Expression): string | null {
  if (expression.type !== 'operation' || expression.operator !== '=') return null;
  const column = expression.operands.find((operand) => operand.type === 'column');
  return column?.type === 'column' && expression.operands.some(isGiven) ? (column.parts.at(-1) ?? null) : null;
}

function referencedBy(relation: string, column: string, { constraints }: Catalog): string | null {
  const key = constraints.find((one) => one.kind === 'foreign_key' && `${one.schema}.${one.relation}` === relation && one.columns.length === 1 && one.columns[0] === column);
  if (key?.references === null || key === undefined) return null;
  const { schema, relation: name } = key.references;
  return HANDED_OVER.test(name) || /staff|employee|account_manager|person_in_charge/i.test(name) ? null : `${schema}.${name}`;
}

function keepsTrace(relation: string, { relations }: Catalog): boolean {
  return relations.some(({ schema, name, columns }) => `${schema}.${name}` === relation && columns.some((column) => TRACE_COLUMN.test(column.name)));
}
