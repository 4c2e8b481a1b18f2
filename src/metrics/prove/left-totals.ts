import type { Expression } from '../../model/syntax-tree.js';
import { aliasesOf, type Block, conditionsOf, flattened, innerItems, type Session, type Source, type Tree } from './block.js';
import { aliasOf, asAggregate, columnPart, keyOf, number, operation, uniqueBy } from './expression.js';
import type { Rule } from './joins.js';
import { equalitiesOf, mentions } from './keys.js';
import { spelled } from './spelling.js';

type Left = Extract<Tree, { type: 'left' }>;

/** LEFT JOIN to totals of groups, by their groups: each total as a sub-query. Where there is no group it is NULL, and so is the sub-query but for a count. */
export const leftTotals: Rule = (block, session) => {
  for (const item of innerItems(block.tree)) {
    if (item.type !== 'left' || item.right.type !== 'source') continue;
    const { alias } = item.right;
    const source = block.sources.find((candidate) => candidate.alias === alias);
    const values = source === undefined ? null : totalsOf(source, item, session);
    if (values === null || source === undefined) continue;
    const items = innerItems(block.tree).map((other) => (other === item ? item.left : other));
    const rest = { ...block, sources: block.sources.filter((other) => other !== source), tree: flattened({ type: 'inner', items }) };
    const map = (expression: Expression): Expression => spelled(session.replace(expression, (name) => (aliasOf(name) === alias ? (values.get(columnPart(name)) ?? null) : null)), session);
    const order = <Item extends { expression: Expression }>(list: Item[]): Item[] => list.map((entry) => ({ ...entry, expression: map(entry.expression) }));
    const mapped: Block = {
      ...rest, where: rest.where.map(map), outputs: rest.outputs.map(map), group: rest.group && rest.group.map(map), having: rest.having.map(map), onKeys: rest.onKeys.map(map),
      distinctOn: rest.distinctOn && order(rest.distinctOn), limit: rest.limit && { ...rest.limit, order: order(rest.limit.order) },
    };
    if (conditionsOf(mapped.tree).some((condition) => session.aliases(condition).has(alias)) || mentions(mapped, alias, session, new Set())) continue;
    return { ...mapped, where: mapped.where.map((condition) => asked(condition, session)) };
  }
  return null;
};

/** The totals of a joined query as sub-queries, by their columns; null where it is none, or is not joined by its groups alone. */
function totalsOf(source: Source, left: Left, session: Session): Map<string, Expression> | null {
  const { node } = source;
  if (node?.type !== 'block' || node.group === null || node.group.length === 0 || node.having.length > 0 || node.limit !== null || node.distinct || node.distinctOn !== null) return null;
  const equalities = equalitiesOf(left.on, source.alias, session).filter(({ other }) => [...session.aliases(other)].every((alias) => aliasesOf(left.left).includes(alias)));
  const places = node.group.map((expression) => node.outputs.findIndex((output) => keyOf(output) === keyOf(expression)));
  const pairs = places.map((place) => equalities.find(({ column }) => column === `o${place}`));
  if (left.on.length !== node.group.length || places.includes(-1) || !pairs.every((pair) => pair !== undefined)) return null;
  const matched = node.group.flatMap((expression, place) => (pairs[place] === undefined ? [] : [operation('=', expression, pairs[place].other)]));
  const values = new Map<string, Expression>();
  node.outputs.forEach((output, place) => {
    const aggregate = asAggregate(output);
    const name = aggregate?.name[0] ?? '';
    if (aggregate === null || !['min', 'max', 'sum', 'avg', 'count'].includes(name) || (name === 'count' && (!aggregate.star || aggregate.filter !== null))) return;
    const sub = session.sub('scalar', { ...node, where: uniqueBy([...node.where, ...matched], keyOf), group: [], outputs: [output], names: ['total'] }, null);
    values.set(`o${place}`, name === 'count' ? operation('nullif', sub, number(0)) : sub);
  });
  return values;
}

/** `max(x) > c` asks for a row beyond c; `max(x) IS NULL OR max(x) <= c` for none. */
function asked(condition: Expression, session: Session): Expression {
  if (condition.type !== 'operation' || condition.operator !== 'or' || condition.operands.length !== 2) return beyond(condition, session) ?? condition;
  for (const [empty, bounded] of [condition.operands, condition.operands.toReversed()]) {
    if (empty?.type !== 'operation' || empty.operator !== 'is_null' || bounded?.type !== 'operation') continue;
    const [sub] = empty.operands;
    const [tested] = bounded.operands;
    if (sub === undefined || tested === undefined || keyOf(sub) !== keyOf(tested)) continue;
    const opposite: Record<string, string> = { '<=': '>', '<': '>=', '>=': '<', '>': '<=' };
    const found = opposite[bounded.operator] === undefined ? null : beyond({ ...bounded, operator: opposite[bounded.operator] ?? '' }, session);
    if (found !== null) return operation('not', found);
  }
  return condition;
}

function beyond(condition: Expression, session: Session): Expression | null {
  if (condition.type !== 'operation') return null;
  const [tested, bound] = condition.operands;
  const sub = tested === undefined ? null : session.subOf(tested);
  if (bound === undefined || sub?.kind !== 'scalar' || sub.node.type !== 'block' || sub.node.group?.length !== 0 || sub.node.having.length > 0 || sub.node.limit !== null) return null;
  const [output] = sub.node.outputs;
  const aggregate = output === undefined ? null : asAggregate(output);
  const [value] = aggregate?.arguments ?? [];
  const wanted = aggregate?.name[0] === 'max' ? ['>', '>='] : aggregate?.name[0] === 'min' ? ['<', '<='] : [];
  if (value === undefined || aggregate?.filter !== null || !wanted.includes(condition.operator)) return null;
  return session.sub('exists', { ...sub.node, where: [...sub.node.where, operation(condition.operator, value, bound)], group: null, outputs: [number(1)], names: ['1'] }, null);
}
