import type { Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import { aliasesOf, type Block, columnOf, conditionsOf, flattened, type Node, type Session, type Sub } from './block.js';
import { conjuncts, keyOf, negationsInside, number, operation, uniqueBy, visit } from './expression.js';
import type { Rule } from './joins.js';
import { hasNoFanOut, ignoresCopies, isNeverNull, mentions, plainInner } from './keys.js';
import { isPlainBlock } from './merge.js';
import { unknownColumn } from './from.js';
import { outputType } from './type.js';

/** EXISTS asks only whether there is a row: outputs, DISTINCT, order and groups do not matter. Null where there always is one. */
export function bareExists(node: Node, session: Session): Block | null {
  if (node.type === 'set' || node.having.length > 0 || (node.limit !== null && (node.limit.offset !== null || node.limit.count?.type !== 'literal' || node.limit.count.value === '0'))) {
    return wrapped(node, session);
  }
  if (node.group !== null && node.group.length === 0) return null;
  return { ...node, outputs: [number(1)], names: ['1'], distinct: false, distinctOn: null, onKeys: [], limit: null, group: null };
}

export function wrapped(node: Node, session: Session): Block {
  const columns = node.names.map((_, place) => ({ ...unknownColumn(`o${place}`), ...outputType(node, place, session) }));
  const source = session.source({ table: null, node, opaque: null, columns });
  return {
    type: 'block', sources: [source], tree: { type: 'source', alias: source.alias }, where: [], group: null, having: [], outputs: node.names.map((_, place) => columnOf(source, `o${place}`)),
    names: node.names, distinct: false, distinctOn: null, onKeys: [], limit: null,
  };
}

/** `x IN (SELECT y …)` where only its truth matters: EXISTS (… AND y = x). */
function existsFor(sub: Sub, operand: Expression, session: Session): Expression | null {
  const plain = sub.node.type === 'block' && isPlainBlock({ ...sub.node, distinct: false }) && sub.node.sources.length > 0 ? { ...sub.node, distinct: false } : wrapped(sub.node, session);
  const parts = operand.type === 'composite' ? operand.elements : [operand];
  if (plain.outputs.length !== parts.length) return null;
  const equal = plain.outputs.map((output, place) => operation('=', output, parts[place] ?? output));
  return session.sub('exists', { ...plain, where: uniqueBy([...plain.where, ...equal], keyOf), outputs: [number(1)], names: ['1'] }, null);
}

/** IN becomes EXISTS below AND and OR; NOT IN becomes NOT EXISTS where neither side can be NULL. */
export const membership: Rule = (block, session) => {
  let changed = false;
  const positive = (expression: Expression): Expression => {
    if (expression.type === 'operation' && (expression.operator === 'and' || expression.operator === 'or')) return { ...expression, operands: expression.operands.map(positive) };
    const negated = expression.type === 'operation' && expression.operator === 'not' ? expression.operands[0] : undefined;
    const tested = negated ?? expression;
    const sub = session.subOf(tested);
    const operand = tested.type === 'call' ? tested.arguments[0] : undefined;
    if (sub?.kind === 'exists') {
      const bare = bareExists(sub.node, session);
      if (bare !== null && sub.node.type === 'block' && keyOfNode(bare) === keyOfNode(sub.node)) return expression;
      changed = true;
      const exists = bare === null ? number(1) : session.sub('exists', bare, null);
      const known: Expression = bare === null ? { type: 'literal', kind: 'boolean', value: 'true', span: tested.span } : exists;
      return negated === undefined ? known : operation('not', known);
    }
    if (sub?.kind !== 'in' || operand === undefined) return expression;
    if (negated !== undefined && !((operand.type === 'composite' ? operand.elements : [operand]).every((part) => isNeverNull(part, block, session)) && outputNeverNull(sub.node, session))) return expression;
    const exists = existsFor(sub, operand, session);
    if (exists === null) return expression;
    changed = true;
    return negated === undefined ? exists : operation('not', exists);
  };
  const where = block.where.flatMap((condition) => conjuncts(positive(negationsInside(condition))));
  return changed ? { ...block, where } : null;
};

function keyOfNode(block: Block): string {
  return `${block.outputs.map(keyOf).join()} ${String(block.distinct)} ${String(block.group === null)} ${String(block.limit === null)} ${String(block.distinctOn === null)}`;
}

function outputNeverNull(node: Node, session: Session): boolean {
  if (node.type === 'set') return node.parts.every((part) => outputNeverNull(part, session));
  return node.outputs.length > 0 && node.outputs.every((output) => isNeverNull(output, node, session));
}

/** EXISTS over what at most one row fits: a join. */
export const singleMatch: Rule = (block, session) => {
  if (ignoresCopies(block)) return null;
  for (const condition of block.where) {
    const sub = session.subOf(condition);
    if (sub?.kind !== 'exists' || sub.node.type !== 'block' || !isPlainBlock(sub.node) || sub.node.sources.length === 0) continue;
    if (!hasNoFanOut(sub.node, '', session)) continue;
    const inner = sub.node;
    const where = uniqueBy([...block.where.filter((other) => other !== condition), ...inner.where], keyOf);
    return { ...block, sources: [...block.sources, ...inner.sources], tree: flattened({ type: 'inner', items: [block.tree, inner.tree] }), where };
  }
  return null;
};

/** Where copies of rows do not matter, relations that only filter: EXISTS. */
export const filteringJoin: Rule = (block, session) => {
  if (!ignoresCopies(block)) return null;
  const unused = plainInner(block).filter(({ alias }) => {
    if (conditionsOf(block.tree).some((condition) => session.aliases(condition).has(alias))) return false;
    return !mentions(block, alias, session, new Set(block.where));
  });
  const [first] = unused;
  if (first === undefined || unused.length >= block.sources.length) return null;
  const together = new Set([first.alias]);
  const candidates = new Set(unused.map(({ alias }) => alias));
  for (let grown = true; grown; ) {
    grown = false;
    for (const condition of block.where) {
      const aliases = session.aliases(condition);
      if (![...aliases].some((alias) => together.has(alias))) continue;
      for (const alias of aliases) {
        if (!candidates.has(alias) || together.has(alias)) continue;
        together.add(alias);
        grown = true;
      }
    }
  }
  const moved = block.where.filter((condition) => [...session.aliases(condition)].some((alias) => together.has(alias)));
  const own = block.sources.filter(({ alias }) => together.has(alias));
  const items = block.tree.type === 'inner' ? block.tree.items : [block.tree];
  const isOwn = (item: Block['tree']): boolean => aliasesOf(item).every((alias) => together.has(alias));
  const exists = session.sub('exists', {
    type: 'block', sources: own, tree: flattened({ type: 'inner', items: items.filter(isOwn) }), where: moved, group: null, having: [], outputs: [number(1)], names: ['1'],
    distinct: false, distinctOn: null, onKeys: [], limit: null,
  }, null);
  return {
    ...block, sources: block.sources.filter(({ alias }) => !together.has(alias)), tree: flattened({ type: 'inner', items: items.filter((item) => !isOwn(item)) }),
    where: [...block.where.filter((condition) => !moved.includes(condition)), exists],
  };
};

/** A scalar sub-query that finds at most one row by a key: a LEFT JOIN. */
export const lookedUp: Rule = (block, session) => {
  const places = [...block.outputs, ...block.where, ...(block.group ?? [])];
  let found: { call: Expression; inner: Block; output: Expression } | null = null;
  for (const place of places) {
    visit(place, (inner) => {
      const sub = session.subOf(inner);
      if (found !== null || sub?.kind !== 'scalar' || sub.node.type !== 'block') return;
      const node = { ...sub.node, limit: null };
      const [output] = node.outputs;
      if (output?.type !== 'column' || !isPlainBlock(node) || node.sources.length === 0 || sub.node.limit?.offset) return;
      if (block.group !== null && !block.group.some((expression) => keyOf(expression) === keyOf(inner))) return;
      if (hasNoFanOut(node, '', session)) found = { call: inner, inner: node, output };
    });
  }
  if (found === null) return null;
  const { call, inner, output } = found as { call: Expression; inner: Block; output: Expression };
  const wanted = keyOf(call);
  const map = (expression: Expression): Expression => mapExpression(expression, { keepsQueries: true, expression: (part) => (keyOf(part) === wanted ? output : part) });
  return {
    ...block, sources: [...block.sources, ...inner.sources], tree: { type: 'left', left: block.tree, right: inner.tree, on: inner.where },
    where: block.where.map(map), outputs: block.outputs.map(map), group: block.group && block.group.map(map), having: block.having.map(map),
    limit: block.limit && { ...block.limit, order: block.limit.order.map((item) => ({ ...item, expression: map(item.expression) })) },
  };
};
