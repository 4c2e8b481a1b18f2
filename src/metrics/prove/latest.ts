import type { Expression } from '../../model/syntax-tree.js';
import { aliasesOf, type Block, columnOf, expressionsOf, flattened, innerItems, nullableAliases, type Session, type Source } from './block.js';
import { aliasOf, asAggregate, column, columnPart, conjunction, equation, hasWindow, isNumber, keyOf, nameOf, number, operation, some, uniqueBy } from './expression.js';
import type { Rule } from './joins.js';
import { isNeverNull, keysOf, mentions, plainInner, restOnKey, withoutSource } from './keys.js';

/** By what rows are put in order: those before come first. */
interface Rank {
  expression: Expression;
  descending: boolean;
  nulls: 'first' | 'last';
}

/** Among which rows, and by what, a row is the first. All over the columns of one source. */
interface First {
  source: Source;
  where: readonly Expression[];
  partition: readonly Expression[];
  order: readonly Rank[];
}

/** No other row of its partition comes before: NOT EXISTS of one that does. */
function isFirst({ source, where, partition, order }: First, within: Block, session: Session): Expression {
  const other = session.source({ table: source.table, node: null, opaque: source.opaque, columns: source.columns });
  const moved = (expression: Expression): Expression => session.replace(expression, (name) => (aliasOf(name) === source.alias ? column(`${other.alias}.${columnPart(name)}`) : null));
  const equal = partition.map((expression) => operation(isNeverNull(expression, within, session) ? '=' : 'is_not_distinct', moved(expression), expression));
  const before = order.map(({ expression, descending, nulls }, place) => {
    const ties = order.slice(0, place).map((earlier) => operation('=', moved(earlier.expression), earlier.expression));
    const nearer = operation(descending ? '>' : '<', moved(expression), expression);
    if (isNeverNull(expression, within, session)) return conjunction([...ties, nearer]);
    const [absent, present] = nulls === 'first' ? [moved(expression), expression] : [expression, moved(expression)];
    const nearerNull = operation('and', operation('is_null', absent), operation('is_not_null', present));
    return conjunction([...ties, operation('or', nearerNull, nearer)]);
  });
  const [only, more] = before;
  const better = only !== undefined && more === undefined ? only : operation('or', ...before);
  return operation('not', session.sub('exists', {
    type: 'block', sources: [other], tree: { type: 'source', alias: other.alias }, where: uniqueBy([...where.map(moved), ...equal, better], keyOf), group: null, having: [], outputs: [number(1)], names: ['1'],
    distinct: false, distinctOn: null, onKeys: [], limit: null,
  }, null));
}

/** Whether partition and order leave no two rows equal, or rows that are equal are all the first; NULL stands in no order of several. */
function isDecided({ source, partition, order }: First, within: Block, session: Session, ties: boolean): boolean {
  if (ties && order.length === 1) return true;
  if (!order.every(({ expression }) => isNeverNull(expression, within, session))) return false;
  if (ties) return true;
  const names = new Set([...partition, ...order.map(({ expression }) => expression)].flatMap((expression) => nameOf(expression) ?? []));
  const key = keysOf(source, session).find(({ columns }) => columns.every((part) => names.has(`${source.alias}.${part}`) && isNeverNull(columnOf(source, part), within, session)));
  if (key === undefined) return false;
  restOnKey(key, session);
  return true;
}

const isPlainTable = (block: Block): boolean => block.sources.length === 1 && block.sources[0]?.table != null && block.tree.type === 'source' && block.group === null && !block.distinct && block.limit === null;
const NUMBERING = new Set(['row_number', 'rank', 'dense_rank']);

/** `row_number() OVER (…) = 1` over the rows of one table. */
export const latestOfWindow: Rule = (block, session) => {
  for (const source of plainInner(block)) {
    const inner = source.node;
    if (inner?.type !== 'block' || !isPlainTable(inner) || inner.distinctOn !== null) continue;
    const windows = inner.outputs.flatMap((output, place) => (hasWindow(output) ? [{ output, place }] : []));
    const [numbered, more] = windows;
    const [table] = inner.sources;
    if (numbered === undefined || more !== undefined || table === undefined) continue;
    const { output, place } = numbered;
    if (output.type !== 'call' || output.over === null || output.over.frame !== undefined || output.over.reference !== null || !NUMBERING.has(output.name[0] ?? '') || output.filter !== null) continue;
    const name = `${source.alias}.o${place}`;
    const test = block.where.find((condition) => isOne(condition, name));
    if (test === undefined) continue;
    const rest = { ...block, where: block.where.filter((condition) => condition !== test) };
    if (mentionsColumn(rest, name, session)) continue;
    const first: First = { source: table, where: inner.where, partition: output.over.partitionBy, order: output.over.orderBy.map(({ expression, descending, nulls }) => ({ expression, descending, nulls: nulls ?? (descending ? 'first' : 'last') })) };
    if (first.order.length === 0 || !isDecided(first, inner, session, output.name[0] !== 'row_number')) continue;
    const values = (column: string): Expression | null => (aliasOf(column) === source.alias ? (inner.outputs[Number(columnPart(column).slice(1))] ?? null) : null);
    const replaced = replacedIn(rest, values, session);
    const items = innerItems(replaced.tree).filter((item) => !(item.type === 'source' && item.alias === source.alias));
    return {
      ...replaced, sources: [...replaced.sources.filter(({ alias }) => alias !== source.alias), table], tree: flattened({ type: 'inner', items: [...items, inner.tree] }),
      where: uniqueBy([...replaced.where, ...inner.where, isFirst(first, inner, session)], keyOf),
    };
  }
  return null;
};

/** The number 1 is the first. */
function isOne(condition: Expression, name: string): boolean {
  if (condition.type !== 'operation') return false;
  const [left, right] = condition.operands;
  const { operator } = condition;
  if (nameOf(right) === name) return operator === '=' && isNumber(left, 1);
  return nameOf(left) === name && ((['=', '<='].includes(operator) && isNumber(right, 1)) || (operator === '<' && isNumber(right, 2)));
}

/** Every expression of a block but those of its sources, columns replaced. */
function replacedIn(block: Block, by: (name: string) => Expression | null, session: Session): Block {
  const map = (expression: Expression): Expression => session.replace(expression, by);
  const order = <Item extends { expression: Expression }>(list: Item[]): Item[] => list.map((item) => ({ ...item, expression: map(item.expression) }));
  return {
    ...block, where: block.where.map(map), outputs: block.outputs.map(map), group: block.group && block.group.map(map), having: block.having.map(map), onKeys: block.onKeys.map(map),
    distinctOn: block.distinctOn && order(block.distinctOn), limit: block.limit && { ...block.limit, order: order(block.limit.order) },
  };
}

function mentionsColumn(block: Block, name: string, session: Session): boolean {
  return [...expressionsOf({ ...block, sources: [] }), ...block.sources.flatMap(({ node }) => (node === null ? [] : expressionsOf(node)))].some((part) => session.columns(part).has(name));
}

/** DISTINCT ON over the rows of one table, in an order that leaves no two equal. */
export const latestOfDistinctOn: Rule = (block, session) => {
  const [source] = block.sources;
  if (block.distinctOn === null || source === undefined || !isPlainTable(block) || block.outputs.some(hasWindow)) return null;
  const partition = new Set(block.onKeys.map(keyOf));
  const order = block.distinctOn.filter(({ expression }) => !partition.has(keyOf(expression)));
  const first: First = { source, where: block.where, partition: block.onKeys, order };
  if (order.length === 0 || !isDecided(first, { ...block, distinctOn: null }, session, false)) return null;
  return { ...block, distinctOn: null, onKeys: [], where: [...block.where, isFirst(first, block, session)] };
};

/** What `max(x)` over rows of a table under `p = …` is compared with, `where` what else those rows must be. */
interface Extreme {
  source: Source;
  value: Expression;
  descending: boolean;
  where: Expression[];
}

function extremeOf(node: Block, output: Expression | undefined): Extreme | null {
  const [source, more] = node.sources;
  const aggregate = output === undefined ? null : asAggregate(output);
  const [value] = aggregate?.arguments ?? [];
  if (source?.table == null || more !== undefined || node.having.length > 0 || node.limit !== null || node.distinct || node.distinctOn !== null) return null;
  if (aggregate === null || value === undefined || aggregate.filter !== null || !['min', 'max'].includes(aggregate.name[0] ?? '')) return null;
  return { source, value, descending: aggregate.name[0] === 'max', where: node.where };
}

/** The row itself is among those of which it is the greatest: it satisfies their conditions. */
function firstOf(block: Block, source: Source, extreme: Extreme, partition: readonly Expression[], own: Expression, session: Session): Expression[] | null {
  const home = (expression: Expression): Expression => session.replace(expression, (name) => (aliasOf(name) === extreme.source.alias ? column(`${source.alias}.${columnPart(name)}`) : null));
  if (source.table?.key !== extreme.source.table?.key || source.opaque !== extreme.source.opaque || keyOf(home(extreme.value)) !== keyOf(own)) return null;
  const where = extreme.where.map(home);
  const known = new Set(block.where.map(keyOf));
  // A condition on NULL of what is compared anyway is met.
  const met = (condition: Expression): boolean => known.has(keyOf(condition)) || (condition.type === 'operation' && condition.operator === 'is_not_null' && [own, ...partition].some((part) => condition.operands[0] !== undefined && keyOf(part) === keyOf(condition.operands[0])));
  if (!where.every(met) || where.some((condition) => some(condition, (part) => part.type === 'call' && part.name[0] === '%sub'))) return null;
  const present = [own, ...partition].filter((part) => !isNeverNull(part, block, session)).map((part) => operation('is_not_null', part));
  const within = { ...block, where: [...block.where, ...present] };
  return [...present, isFirst({ source, where, partition, order: [{ expression: own, descending: extreme.descending, nulls: 'last' }] }, within, session)];
}

/** `x = (SELECT max(x) FROM the same table WHERE p = outer p)`. */
export const latestOfMaximum: Rule = (block, session) => {
  for (const condition of block.where) {
    const sides = equation(condition);
    if (sides === null) continue;
    for (const [own, other] of [sides, [sides[1], sides[0]] as const]) {
      const sub = session.subOf(other);
      const source = block.sources.find(({ alias }) => alias === aliasOf(nameOf(own) ?? '.'));
      if (sub?.kind !== 'scalar' || sub.node.type !== 'block' || sub.node.group?.length !== 0 || source === undefined || nullableAliases(block.tree).has(source.alias)) continue;
      const extreme = extremeOf(sub.node, sub.node.outputs[0]);
      if (extreme === null) continue;
      const inner = extreme.source.alias;
      const partition: Expression[] = [];
      const where = extreme.where.filter((part) => {
        const [a, b] = (equation(part) ?? []).map(nameOf);
        if (a == null || b == null) return true;
        const [mine, outer] = aliasOf(a) === inner ? [a, b] : [b, a];
        if (aliasOf(mine) !== inner || outer !== `${source.alias}.${columnPart(mine)}`) return true;
        partition.push(column(outer));
        return false;
      });
      if (where.some((part) => [...session.aliases(part)].some((alias) => alias !== inner))) continue;
      const rest = { ...block, where: block.where.filter((part) => part !== condition) };
      const first = firstOf(rest, source, { ...extreme, where }, partition, own, session);
      if (first !== null) return { ...rest, where: uniqueBy([...rest.where, ...first], keyOf) };
    }
  }
  return null;
};

/** A join to the greatest of each group of the same table. */
export const latestOfJoin: Rule = (block, session) => {
  for (const joined of plainInner(block)) {
    const { node } = joined;
    if (node?.type !== 'block' || node.group === null || node.group.length === 0) continue;
    const place = node.outputs.findIndex((output) => asAggregate(output) !== null);
    const extreme = extremeOf(node, node.outputs[place]);
    if (extreme === null || node.outputs.some((output, other) => other !== place && !node.group?.some((expression) => keyOf(expression) === keyOf(output)))) continue;
    const equal = new Map<string, { other: Expression; condition: Expression }>();
    for (const condition of block.where) {
      const sides = equation(condition);
      if (sides === null) continue;
      for (const [own, other] of [sides, [sides[1], sides[0]] as const]) {
        const name = nameOf(own);
        if (name !== null && aliasOf(name) === joined.alias && !session.aliases(other).has(joined.alias) && !equal.has(name)) equal.set(name, { other, condition });
      }
    }
    const own = equal.get(`${joined.alias}.o${place}`)?.other;
    const source = block.sources.find(({ alias }) => alias === aliasOf(nameOf(own) ?? '.'));
    if (own === undefined || source === undefined || nullableAliases(block.tree).has(source.alias) || !aliasesOf(block.tree).includes(source.alias)) continue;
    const groups = node.group.map((expression) => node.outputs.findIndex((output) => keyOf(output) === keyOf(expression)));
    const partition = groups.flatMap((output) => equal.get(`${joined.alias}.o${output}`)?.other ?? []);
    const home = (expression: Expression): Expression => session.replace(expression, (name) => (aliasOf(name) === extreme.source.alias ? column(`${source.alias}.${columnPart(name)}`) : null));
    if (partition.length !== node.group.length || !node.group.every((expression, at) => keyOf(home(expression)) === keyOf(partition[at] ?? expression))) continue;
    const used = new Set([...equal.values()].map(({ condition }) => condition));
    const names = new Map([...equal].map(([name, { other }]) => [name, other]));
    const rest = replacedIn({ ...block, where: block.where.filter((condition) => !used.has(condition)) }, (name) => names.get(name) ?? null, session);
    if (mentions(rest, joined.alias, session, new Set())) continue;
    const first = firstOf(rest, source, extreme, partition, own, session);
    if (first !== null) return withoutSource({ ...rest, where: uniqueBy([...rest.where, ...first], keyOf) }, joined.alias);
  }
  return null;
};
