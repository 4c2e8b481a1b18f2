import type { Call, Expression } from '../../model/syntax-tree.js';
import type { Block, Session } from './block.js';
import { aliasOf, asAggregate, call, columnPart, conjunction, conjuncts, hasAggregate, hasWindow, keyOf, nameOf, number, replaceParts, uniqueBy } from './expression.js';
import { replaceAggregates } from './filters.js';
import type { Rule } from './joins.js';
import { isNeverNull } from './keys.js';

/** Totals over groups: the sum of sums is the sum, the greatest of the greatest the greatest, the number of groups that of their values. */
export const regrouped: Rule = (block, session) => {
  const [source, more] = block.sources;
  const inner = source?.node;
  if (source === undefined || more !== undefined || inner?.type !== 'block' || block.tree.type !== 'source' || block.group === null || block.distinctOn !== null) return null;
  if (inner.group === null || inner.group.length === 0 || inner.having.length > 0 || inner.limit !== null || inner.distinct || inner.distinctOn !== null || inner.outputs.some(hasWindow)) return null;
  const reader = new Regrouping(source.alias, inner, inner.group, session);
  const list = (expressions: readonly Expression[]): Expression[] | null => {
    const mapped = expressions.map((expression) => reader.read(expression));
    return mapped.some((expression) => expression === null) ? null : mapped.flatMap((expression) => expression ?? []);
  };
  const [outputs, having, group, where] = [list(block.outputs), list(block.having), list(block.group), list(block.where)];
  const order = list(block.limit?.order.map(({ expression }) => expression) ?? []);
  if (outputs === null || having === null || group === null || where === null || order === null || where.some(hasAggregate)) return null;
  const limit = block.limit && { ...block.limit, order: block.limit.order.map((item, place) => ({ ...item, expression: order[place] ?? item.expression })) };
  return { ...block, sources: inner.sources, tree: inner.tree, where: uniqueBy([...inner.where, ...where], keyOf), outputs, having, group, limit };
};

class Regrouping {
  readonly #alias: string;
  readonly #inner: Block;
  readonly #group: readonly Expression[];
  readonly #session: Session;

  constructor(alias: string, inner: Block, group: readonly Expression[], session: Session) {
    this.#alias = alias;
    this.#inner = inner;
    this.#group = group;
    this.#session = session;
  }

  /** An expression over the rows of the inner query; null where it cannot be one. */
  read(expression: Expression): Expression | null {
    let possible = true;
    const made = new Map<string, Expression>();
    const marked = replaceAggregates(expression, (aggregate) => {
      const read = this.#aggregate(aggregate);
      if (read === null) possible = false;
      const mark = call(['%mark', String(made.size)], []);
      made.set(keyOf(mark), read ?? aggregate);
      return mark;
    });
    const plain = possible ? this.#plain(marked) : null;
    return plain === null ? null : replaceParts(plain, (part) => made.get(keyOf(part)) ?? null);
  }

  /** With the columns of the groups in place of their names; null where it names an aggregate. */
  #plain(expression: Expression): Expression | null {
    for (const name of this.#session.columns(expression)) {
      const value = this.#value(name);
      if (value !== null && (hasAggregate(value) || hasWindow(value))) return null;
    }
    return this.#session.replace(expression, (name) => this.#value(name));
  }

  #value(name: string): Expression | null {
    return aliasOf(name) === this.#alias ? (this.#inner.outputs[Number(columnPart(name).slice(1))] ?? null) : null;
  }

  #aggregate(outer: Call): Expression | null {
    const [name = ''] = outer.name;
    const filters = conjuncts(outer.filter).map((condition) => this.#plain(condition));
    if (filters.some((condition) => condition === null) || outer.orderBy.length > 0) return null;
    const filter = filters.flatMap((condition) => condition ?? []);
    const filtered = (aggregate: Call): Expression => {
      const all = [...conjuncts(aggregate.filter), ...filter];
      return { ...aggregate, filter: all.length === 0 ? null : conjunction(all) };
    };
    const [argument] = outer.arguments;
    if (name === 'count' && outer.star) return filtered(this.#groups());
    const value = nameOf(argument) === null ? null : this.#value(nameOf(argument) ?? '');
    const own = value === null ? null : asAggregate(value);
    if (own !== null && !outer.distinct) {
      const same = own.name[0] === name && !own.distinct && ['sum', 'min', 'max'].includes(name);
      if (same) return filtered(own);
      if (name !== 'sum' || own.name[0] !== 'count' || own.distinct) return null;
      const counted = [...conjuncts(own.filter), ...own.arguments.map((part): Expression => ({ type: 'operation', operator: 'is_not_null', operands: [part], span: part.span }))];
      const one: Expression = counted.length === 0 ? number(1) : { type: 'case', operand: null, branches: [{ when: conjunction(counted), then: number(1) }], otherwise: number(0), span: own.span };
      return filtered(call(['sum'], [one]));
    }
    const plain = argument === undefined || hasAggregate(argument) ? null : this.#plain(argument);
    if (plain === null) return null;
    return name === 'min' || name === 'max' || (name === 'count' && outer.distinct) ? filtered({ ...outer, arguments: [plain], filter: null }) : null;
  }

  /** The number of groups. */
  #groups(): Call {
    const [only, more] = this.#group;
    const single = only !== undefined && more === undefined && isNeverNull(only, this.#inner, this.#session) ? only : null;
    return call(['count'], [single ?? { type: 'composite', kind: 'row', elements: [...this.#group], field: null, span: { start: 0, end: 0 } }], { distinct: true });
  }
}
