import type { Expression } from '../../model/syntax-tree.js';
import { type Block, conditionsOf, innerItems, type Node, nullableAliases, placeIn, type Session, type Source } from './block.js';
import { aliasOf, columnPart, equation, asAggregate, keyOf, nameOf, visit } from './expression.js';
import { notNullBy } from './obligation.js';

/** Columns of a source that at most one row has the same values of, and the constraint that says so. */
export interface UniqueKey {
  id: string | null;
  columns: string[];
  /** NULL counts as a value of it. */
  nullsEqual?: true;
}

/** The unique keys of a source, those without a constraint first. */
export function keysOf(source: Source, session: Session): UniqueKey[] {
  if (source.table !== null) return source.table.keys.filter(({ id }) => session.facts.holds(id));
  return source.node === null ? [] : outputKeys(source.node, session);
}

function outputKeys(node: Node, session: Session): UniqueKey[] {
  if (node.type === 'set') return node.operator === 'union' && !node.all ? [{ id: null, columns: node.names.map((_, place) => `o${place}`) }] : [];
  const keys: UniqueKey[] = [];
  if (node.limit?.count?.type === 'literal' && node.limit.count.value === '1') keys.push({ id: null, columns: [] });
  if (node.group !== null) {
    const places = node.group.map((expression) => placeIn(node.outputs, expression));
    if (places.every((place) => place >= 0)) keys.push({ id: null, columns: places.map((place) => `o${place}`) });
  }
  if (node.distinct) keys.push({ id: null, columns: node.outputs.map((_, place) => `o${place}`) });
  if (node.distinctOn !== null) {
    const places = node.onKeys.map((expression) => placeIn(node.outputs, expression));
    if (places.every((place) => place >= 0)) keys.push({ id: null, columns: places.map((place) => `o${place}`) });
  }
  const [only] = node.sources;
  if (node.sources.length === 1 && only !== undefined && node.group === null) {
    for (const key of keysOf(only, session)) {
      const places = key.columns.map((name) => node.outputs.findIndex((output) => nameOf(output) === `${only.alias}.${name}`));
      if (places.every((place) => place >= 0)) keys.push({ ...key, columns: places.map((place) => `o${place}`) });
    }
  }
  return keys;
}

export interface Equality {
  column: string;
  other: Expression;
  condition: Expression;
}

/** Conditions `alias.column = value` where the value does not look at the alias. */
export function equalitiesOf(conditions: readonly Expression[], alias: string, session: Session): Equality[] {
  return conditions.flatMap((condition) => {
    const sides = equation(condition);
    if (sides === null) return [];
    return [sides, [sides[1], sides[0]] as const].flatMap(([own, other]) => {
      const name = nameOf(own);
      return name !== null && aliasOf(name) === alias && !session.aliases(other).has(alias) ? [{ column: columnPart(name), other, condition }] : [];
    });
  });
}

/** A key of the source that the columns cover; null where there is none. */
export function coveredKey(source: Source, columns: ReadonlySet<string>, session: Session): UniqueKey | null {
  return keysOf(source, session).find((key) => key.columns.every((column) => columns.has(column))) ?? null;
}

export function restOnKey(key: UniqueKey, session: Session): void {
  if (key.id !== null) session.facts.rest([key.id]);
}

/** Whether every source but the anchor has at most one row for each row of the anchor. The keys are noted. */
export function hasNoFanOut(block: Block, anchor: string, session: Session, reachable: ReadonlySet<string> = new Set()): boolean {
  if (hasFull(block.tree)) return false;
  const conditions = [...block.where, ...conditionsOf(block.tree)];
  const reached = new Set([anchor, ...reachable]);
  const keys: UniqueKey[] = [];
  for (let grown = true; grown; ) {
    grown = false;
    for (const source of block.sources) {
      if (reached.has(source.alias)) continue;
      const own = new Set(block.sources.map(({ alias }) => alias));
      const equalities = equalitiesOf(conditions, source.alias, session).filter(({ other }) => [...session.aliases(other)].every((alias) => reached.has(alias) || !own.has(alias)));
      const key = coveredKey(source, new Set(equalities.map(({ column }) => column)), session);
      if (key === null) continue;
      keys.push(key);
      reached.add(source.alias);
      grown = true;
    }
  }
  if (!block.sources.every(({ alias }) => reached.has(alias))) return false;
  for (const key of keys) restOnKey(key, session);
  return true;
}

function hasFull(tree: Block['tree']): boolean {
  if (tree.type === 'source') return false;
  if (tree.type === 'inner') return tree.items.some(hasFull);
  return tree.type === 'full' || hasFull(tree.left) || hasFull(tree.right);
}

/** Whether more of the same rows change nothing in the answer. */
export function ignoresCopies(block: Block): boolean {
  if (block.limit !== null || block.distinctOn !== null) return false;
  if (block.group === null) return block.distinct;
  let ignores = true;
  for (const expression of [...block.outputs, ...block.having]) {
    visit(expression, (inner) => {
      const aggregate = asAggregate(inner);
      if (aggregate !== null) ignores &&= aggregate.distinct || ['min', 'max', 'bool_or', 'bool_and', 'every'].includes(aggregate.name[0] ?? '');
      if (inner.type === 'call' && inner.over !== null) ignores = false;
    });
  }
  return ignores;
}

/** Whether an expression is never NULL in the rows of a block that pass its filter. Constraints are noted. */
export function isNeverNull(expression: Expression, block: Block, session: Session, where: readonly Expression[] = block.where): boolean {
  switch (expression.type) {
    case 'literal':
      return expression.kind !== 'null';
    case 'column': {
      const name = expression.parts[0] ?? '';
      if (where.some((condition) => keepsNullOut(condition, name))) return true;
      const own = block.sources.some(({ alias }) => alias === aliasOf(name)) && !nullableAliases(block.tree).has(aliasOf(name));
      const id = own ? notNullBy(name, session) : null;
      if (id === null) return false;
      session.facts.rest([id]);
      return true;
    }
    case 'operation':
      if (expression.operator === 'coalesce') return expression.operands.some((operand) => isNeverNull(operand, block, session, where));
      return ['+', '-', '*'].includes(expression.operator) && expression.operands.every((operand) => isNeverNull(operand, block, session, where));
    case 'cast':
      return isNeverNull(expression.operand, block, session, where);
    case 'case':
      return expression.otherwise !== null && [...expression.branches.map(({ then }) => then), expression.otherwise].every((result) => isNeverNull(result, block, session, where));
    case 'call':
      return expression.name[0] === 'count' && expression.over === null;
    default:
      return false;
  }
}

const REJECTING = new Set(['=', '<>', '<', '<=', '>', '>=', 'like', 'not_like', 'is_not_null']);

function keepsNullOut(condition: Expression, name: string): boolean {
  if (condition.type !== 'operation') return false;
  const { operator, operands } = condition;
  if (operator === 'in' || operator.includes('between')) return nameOf(operands[0]) === name;
  return REJECTING.has(operator) && operands.some((operand) => nameOf(operand) === name);
}

/** Whether anything of a block but the given conditions mentions an alias. */
export function mentions(block: Block, alias: string, session: Session, except: ReadonlySet<Expression>): boolean {
  const order = block.limit?.order.map(({ expression }) => expression) ?? [];
  const on = (block.distinctOn ?? []).map(({ expression }) => expression);
  const parts = [...block.outputs, ...(block.group ?? []), ...block.having, ...order, ...on, ...block.onKeys, ...block.where, ...conditionsOf(block.tree)];
  const nested = block.sources.some(({ node }) => node !== null && nodeMentions(node, alias, session));
  return nested || parts.some((part) => !except.has(part) && session.aliases(part).has(alias));
}

function nodeMentions(node: Node, alias: string, session: Session): boolean {
  if (node.type === 'set') return node.parts.some((part) => nodeMentions(part, alias, session));
  return mentions(node, alias, session, new Set());
}

/** The sources that every row has a part of, and that stand in no outer join. */
export function plainInner(block: Block): Source[] {
  const aliases = new Set(innerItems(block.tree).flatMap((item) => (item.type === 'source' ? [item.alias] : [])));
  return block.sources.filter(({ alias }) => aliases.has(alias));
}

/** A block without one of its plain inner sources. */
export function withoutSource(block: Block, alias: string): Block {
  const items = innerItems(block.tree).filter((item) => !(item.type === 'source' && item.alias === alias));
  const [only] = items;
  return { ...block, sources: block.sources.filter((source) => source.alias !== alias), tree: items.length === 1 && only !== undefined ? only : { type: 'inner', items } };
}

export const sameSet = (a: readonly Expression[], b: readonly Expression[]): boolean => a.length === b.length && a.every((expression) => b.some((other) => keyOf(other) === keyOf(expression)));
