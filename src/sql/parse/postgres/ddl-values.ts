import type { A_Expr, AlterEnumStmt, Node } from '@pgsql/types';
import { parseSync } from 'libpg-query';
import type { Constraint } from '../../../model/catalog.js';
import { relationKey } from '../../schema-index.js';
import type { DdlState } from './ddl-state.js';
import { items, text, texts } from './nodes.js';

/** Which values a column may have, by its type or by a CHECK that lists them. */

export function alterEnum(node: AlterEnumStmt, state: DdlState): void {
  const type = state.findType(texts(node.typeName));
  if (type?.kind !== 'enum') return state.harmless('', `the enum ${texts(node.typeName).join('.')}, which no column of the catalogue has`);
  const before = [...type.values];
  const { oldVal, newVal = '', newValNeighbor, newValIsAfter } = node;
  if (oldVal !== undefined) type.values = type.values.map((value) => (value === oldVal ? newVal : value));
  else if (!type.values.includes(newVal)) {
    const neighbour = newValNeighbor === undefined ? type.values.length : type.values.indexOf(newValNeighbor) + (newValIsAfter ? 1 : 0);
    type.values.splice(neighbour, 0, newVal);
  } else if (state.recorder !== null) return state.exists(`the value ${newVal} of ${relationKey(type)}`, node.skipIfNewValExists ?? false);
  if (oldVal !== undefined && !before.includes(oldVal)) state.unknown(`fails: ${relationKey(type)} has no value ${oldVal}`);
  const same = (values: readonly string[] | null): boolean => values !== null && values.length === before.length && values.every((value, at) => value === before[at]);
  let isUsed = false;
  for (const relation of state.catalog.relations) {
    for (const column of relation.columns) {
      if (column.type.replace(/^.*\./, '').replaceAll('"', '') !== type.name || !same(column.enumValues)) continue;
      column.enumValues = [...type.values];
      if (relation.kind === 'view') continue;
      isUsed = true;
      changeLists(relationKey(relation), column.name, before, type.values, `the enum ${relationKey(type)}`, state, oldVal === undefined ? [] : [{ from: oldVal, to: newVal }]);
    }
  }
  if (!isUsed) state.harmless('', `the enum ${relationKey(type)}, which no column has`);
}

/** Tells of a list of values that became another; of one and the same nothing. */
export function changeLists(relation: string, column: string, before: readonly string[], after: readonly string[], by: string, state: DdlState, renamed: { from: string; to: string }[] = []): void {
  const added = after.filter((value) => !before.includes(value) && !renamed.some(({ to }) => to === value));
  const removed = before.filter((value) => !after.includes(value) && !renamed.some(({ from }) => from === value));
  if (added.length + removed.length + renamed.length > 0) state.emit({ kind: 'values-changed', relation, column, added, removed, renamed, by });
}

/** A CHECK that lists values takes the place of the one that was dropped before, or narrows one that stays. */
export function noteLists(added: Constraint, state: DdlState): void {
  const relation = relationKey({ schema: added.schema, name: added.relation });
  const lists = listedValues(added.expression ?? '');
  for (const [column, after] of lists) {
    const known = state.droppedLists.get(`${relation}.${column}`);
    if (known) changeLists(relation, column, known, after, `the check ${added.name}`, state);
    state.droppedLists.delete(`${relation}.${column}`);
  }
}

/** Remembers what a dropped CHECK listed, for the one that comes in its place. */
export function keepLists({ schema, relation, expression }: Constraint, state: DdlState): void {
  for (const [column, values] of listedValues(expression ?? '')) state.droppedLists.set(`${relationKey({ schema, name: relation })}.${column}`, values);
}

/**
 * The values that a CHECK allows, by column: `status IN ('OPEN', 'CLOSED')`, `status = ANY (ARRAY[…])`, `status = 'OPEN' OR …`, with
 * or without NULL; several of them with AND. Other conditions list nothing.
 */
export function listedValues(expression: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let condition: Node | undefined;
  try {
    const [statement] = parseSync(`SELECT 1 WHERE ${expression}`).stmts ?? [];
    condition = statement?.stmt && 'SelectStmt' in statement.stmt ? statement.stmt.SelectStmt.whereClause : undefined;
  } catch {
    // What the grammar refuses lists nothing.
    return found;
  }
  for (const part of partsOf(condition, 'AND_EXPR')) {
    const lists = partsOf(part, 'OR_EXPR').flatMap((branch) => (isNullTest(branch) ? [] : [listOf(branch)]));
    const column = lists[0]?.column;
    if (column !== undefined && lists.every((list) => list?.column === column)) found.set(column, [...new Set(lists.flatMap((list) => list?.values ?? []))]);
  }
  return found;
}

function partsOf(node: Node | undefined, operator: 'AND_EXPR' | 'OR_EXPR'): Node[] {
  if (!node) return [];
  if (!('BoolExpr' in node) || node.BoolExpr.boolop !== operator) return [node];
  return (node.BoolExpr.args ?? []).flatMap((inner) => partsOf(inner, operator));
}

function isNullTest(node: Node): boolean {
  return 'NullTest' in node && node.NullTest.nulltesttype === 'IS_NULL';
}

function listOf(node: Node): { column: string; values: string[] } | null {
  if (!('A_Expr' in node)) return null;
  const { lexpr, rexpr, name } = node.A_Expr;
  if (text(name?.[0]) !== '=') return null;
  const column = columnName(lexpr);
  const values = valuesOf(node.A_Expr.kind, rexpr);
  return column === null || values === null ? null : { column, values };
}

function columnName(node: Node | undefined): string | null {
  if (node && 'TypeCast' in node) return columnName(node.TypeCast.arg);
  return node && 'ColumnRef' in node ? text(node.ColumnRef.fields?.at(-1)) : null;
}

function valuesOf(kind: A_Expr['kind'], node: Node | undefined): string[] | null {
  if (node && 'TypeCast' in node && kind !== 'AEXPR_OP') return valuesOf(kind, node.TypeCast.arg);
  if (kind === 'AEXPR_OP') return constants(node ? [node] : []);
  if (kind === 'AEXPR_IN') return constants(items(node));
  return kind === 'AEXPR_OP_ANY' && node && 'A_ArrayExpr' in node ? constants(node.A_ArrayExpr.elements ?? []) : null;
}

function constants(nodes: readonly Node[]): string[] | null {
  const values = nodes.map(constant);
  return values.length > 0 && values.every((value) => value !== null) ? values : null;
}

function constant(node: Node): string | null {
  if ('TypeCast' in node) return node.TypeCast.arg ? constant(node.TypeCast.arg) : null;
  if (!('A_Const' in node)) return null;
  const { sval, ival, fval, boolval } = node.A_Const;
  if (sval) return sval.sval ?? '';
  if (ival) return String(ival.ival ?? 0);
  return fval ? (fval.fval ?? '') : boolval ? String(boolval.boolval ?? false) : null;
}
