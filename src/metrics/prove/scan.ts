import type { Expression, SqlStatement } from '../../model/syntax-tree.js';
import { walkStatement } from '../../sql/walk.js';
import { VOLATILE } from '../rows/opacity.js';
import { dependsOnOrder } from './aggregates.js';
import { type Block, expressionsOf, type Limit, type Node, type Session } from './block.js';
import { aliasOf, asAggregate, columnPart, hasAggregate, isNumber, keyOf, nameOf, Refused, visit } from './expression.js';
import { hasNoFanOut, keysOf } from './keys.js';
import { isPlainBlock } from './merge.js';
import { typeOf } from './type.js';
import { hasDistance } from './window.js';

/** @throws Refused for a statement whose text does not decide its answer, or is not held by the tree */
export function refuseUnsettled(statement: SqlStatement): void {
  let nodes = 0;
  walkStatement(statement, {
    expression: (expression) => {
      nodes += 1;
      if (nodes > 6000) throw new Refused('the statement is too large to be compared');
      const reason = unsettled(expression);
      if (reason !== null) throw new Refused(reason);
    },
  });
}

function unsettled(expression: Expression): string | null {
  switch (expression.type) {
    case 'call':
      if (VOLATILE.has(expression.name.at(-1) ?? '')) return `${expression.name.at(-1) ?? ''}() gives another value each time`;
      return hasDistance(expression.over?.frame) ? 'a window frame with distances is not compared' : null;
    case 'opaque':
      return `${expression.what} is not read entirely`;
    case 'composite':
      return expression.kind === 'json' ? 'a JSON expression is not read entirely' : null;
    case 'cast':
      return expression.target.startsWith('interval') && expression.operand.type === 'literal' && /^\s*[-+]?[0-9:. ]*$/.test(expression.operand.value ?? '') ? 'an interval without its unit is not read entirely' : null;
    case 'parameter':
      return 'a parameter has no value';
    default:
      return null;
  }
}

const CLOCK = new Set(['now', 'current_date', 'current_timestamp', 'localtimestamp', 'current_time', 'localtime', 'to_timestamp', 'to_char', 'timezone', 'age']);

/** Whether the answer may depend on the time zone of the session. */
export function dependsOnZone(node: Node, session: Session): boolean {
  let depends = false;
  const zoned = (expression: Expression): boolean => /with time zone|timestamptz|timetz/.test(typeOf(expression, session)?.type ?? '');
  const see = (expression: Expression): void => {
    if (expression.type === 'operation' && (expression.operator === 'is_null' || expression.operator === 'is_not_null') && expression.operands[0]?.type === 'column') return;
    if (expression.type === 'column') depends ||= zoned(expression);
    if (expression.type === 'call' && CLOCK.has(expression.name[0] ?? '')) depends = true;
    if (expression.type === 'cast' && /time zone|timestamptz|timetz/.test(expression.target)) depends = true;
    const sub = session.subOf(expression);
    if (sub !== null) depends ||= dependsOnZone(sub.node, session);
    for (const part of childrenOf(expression)) see(part);
  };
  expressionsOf(node).forEach(see);
  return depends;
}

function childrenOf(expression: Expression): Expression[] {
  const all: Expression[] = [];
  switch (expression.type) {
    case 'operation':
      return expression.operands;
    case 'call':
      all.push(...expression.arguments, ...expression.orderBy.map((item) => item.expression), ...(expression.over?.partitionBy ?? []), ...(expression.over?.orderBy.map((item) => item.expression) ?? []));
      if (expression.filter !== null) all.push(expression.filter);
      return all;
    case 'cast':
      return [expression.operand];
    case 'case':
      if (expression.operand !== null) all.push(expression.operand);
      for (const { when, then } of expression.branches) all.push(when, then);
      if (expression.otherwise !== null) all.push(expression.otherwise);
      return all;
    case 'composite':
      return expression.elements;
    default:
      return [];
  }
}

/** What can fail while a query runs, each by a text that does not depend on aliases: quotients, casts, look-ups that find several rows. */
export function failuresOf(node: Node, session: Session): Set<string> {
  const found = new Set<string>();
  const add = (kind: string, expression: Expression): void => {
    found.add(`${kind} ${keyOf(session.replace(expression, (name) => ({ type: 'column', parts: [`${session.sources.get(aliasOf(name))?.table?.key ?? 'query'}.${columnPart(name)}`], span: { start: 0, end: 0 } })))}`);
  };
  for (const expression of expressionsOf(node)) {
    visit(expression, (inner) => {
      if (inner.type === 'call' && ['%div', '%idiv', '%fdiv'].includes(inner.name[0] ?? '')) divisor(inner.arguments[1], add);
      if (inner.type === 'operation' && (inner.operator === '/' || inner.operator === '%')) divisor(inner.operands[1], add);
      if (inner.type === 'cast' && inner.operand.type !== 'literal' && mayFail(typeOf(inner.operand, session)?.type, inner.target)) add('cast', inner);
      const sub = session.subOf(inner);
      if (sub === null) return;
      for (const failure of failuresOf(sub.node, session)) found.add(failure);
      if (sub.kind === 'scalar' && !givesOneRow(sub.node, session)) found.add('several rows');
    });
  }
  return found;
}

function divisor(expression: Expression | undefined, add: (kind: string, expression: Expression) => void): void {
  if (expression === undefined || hasAggregate(expression)) return;
  if (expression.type === 'literal' && !isNumber(expression, 0)) return;
  if (expression.type === 'operation' && expression.operator === 'nullif' && isNumber(expression.operands[1], 0)) return;
  if (expression.type === 'cast') return divisor(expression.operand, add);
  add('divisor', expression);
}

/** Casts from text, and to narrower texts of nothing else, can fail; those between numbers only by their range, which is left aside. */
function mayFail(from: string | undefined, to: string): boolean {
  if (/^(?:text|character varying|varchar|character|bpchar)\b/.test(to)) return false;
  return from === undefined || /^(?:text|character|varchar|bpchar|unknown|json)/.test(from);
}

function givesOneRow(node: Node, session: Session): boolean {
  if (node.type === 'set') return false;
  if (node.group?.length === 0 || (node.limit?.count?.type === 'literal' && ['0', '1'].includes(node.limit.count.value ?? ''))) return true;
  return isPlainBlock(node) && node.sources.length > 0 && hasNoFanOut(node, '', session);
}

/** @throws Refused where the answer depends on the order in which rows come */
export function refuseUnordered(node: Node, session: Session): void {
  if (node.type === 'set') {
    if (node.limit !== null) throw new Refused('a limit on a set operation may depend on the order of rows');
    for (const part of node.parts) refuseUnordered(part, session);
    return;
  }
  for (const source of node.sources) if (source.node !== null) refuseUnordered(source.node, session);
  if (node.limit !== null && !isTotal(node, node.limit, session)) throw new Refused('the limit cuts between rows that are equal in its order');
  if (node.distinctOn !== null && !isTotal(node, { order: node.distinctOn, count: null, offset: null }, session)) throw new Refused('DISTINCT ON picks between rows that are equal in its order');
  for (const expression of expressionsOf({ ...node, sources: [] })) {
    if (dependsOnOrder(expression)) throw new Refused('an aggregate depends on the order of rows');
    visit(expression, (inner) => {
      const sub = session.subOf(inner);
      if (sub !== null && sub.kind !== 'exists') refuseUnordered(sub.node, session);
      if (inner.type !== 'call' || inner.over === null || asAggregate(inner) !== null) return;
      const plainFrame = inner.over.frame === undefined && ['count', 'sum', 'avg', 'min', 'max', 'rank', 'dense_rank', 'percent_rank', 'cume_dist'].includes(inner.name[0] ?? '');
      const order = [...inner.over.partitionBy.map((item) => ({ expression: item, descending: false, nulls: 'last' as const })), ...inner.over.orderBy.map((item) => ({ expression: item.expression, descending: item.descending, nulls: 'last' as const }))];
      if (!plainFrame && !isTotal(node, { order, count: null, offset: null }, session, false)) throw new Refused('a window function depends on the order of rows that are equal in it');
    });
  }
}

/** Whether an order leaves no two different rows equal. */
function isTotal(block: Block, limit: Limit, session: Session, outputsCount = true): boolean {
  const keys = new Set(limit.order.map(({ expression }) => keyOf(expression)));
  if (limit.count?.type === 'literal' && limit.count.value === '0') return true;
  if (outputsCount && block.outputs.every((output) => keys.has(keyOf(output)) || output.type === 'literal')) return true;
  if (block.group !== null) return block.group.every((expression) => keys.has(keyOf(expression)));
  const names = new Set(limit.order.flatMap(({ expression }) => nameOf(expression) ?? []));
  return block.sources.some((source) => keysOf(source, session).some(({ columns }) => columns.every((name) => names.has(`${source.alias}.${name}`)) && columns.every((name) => source.table === null || source.table.notNull.has(name))) && hasNoFanOut(block, source.alias, session));
}
