import type { Expression, FromItem, OrderItem, Projection, Query, Select } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import type { DialectRules } from './dialect-rules.js';
import type { ColumnNames } from './dialect-schema.js';
import { asAggregate, hasAggregate, keyOf, NOWHERE, operation, Refused, some } from './expression.js';

const KEPT = '%kept';

/** QUALIFY as a filter over a query that shows what it looks at. @throws Refused where that would change what is grouped or ordered */
export function withoutQualify(select: Select, query: Query): Query {
  const { qualify } = select;
  if (qualify === null) return { ...query, body: select };
  if (Array.isArray(select.distinct) || query.limit !== null || query.offset !== null || select.groupBy.some(({ type }) => type === 'all')) throw new Refused('QUALIFY with a limit is not compared');
  const shown = new Map<string, string>();
  const added: Projection[] = [];
  const show = (expression: Expression): Expression => {
    const key = keyOf(expression);
    const name = shown.get(key) ?? `%q${shown.size}`;
    if (!shown.has(key)) added.push({ expression, alias: name, span: NOWHERE });
    shown.set(key, name);
    return { type: 'column', parts: [KEPT, name], span: NOWHERE };
  };
  const where = outermost(qualify, show);
  const inner: Query = { ...query, ctes: [], recursive: false, orderBy: [], body: { ...select, qualify: null, distinct: null, projections: [...select.projections, ...added] } };
  const star: Expression = { type: 'star', qualifier: [], except: [...shown.values()], replace: [], rename: [], span: NOWHERE };
  return {
    ...query, orderBy: [],
    body: {
      type: 'select', distinct: select.distinct, projections: [{ expression: star, alias: null, span: NOWHERE }], where, groupBy: [], having: null, qualify: null, windows: [],
      from: [{ type: 'derived', query: inner, alias: KEPT, columnAliases: [], lateral: false }],
    },
  };
}

/** Replaces windows, aggregates and columns outside of them. */
function outermost(expression: Expression, show: (part: Expression) => Expression): Expression {
  if (expression.type === 'column' || (expression.type === 'call' && (expression.over !== null || hasAggregate(expression)))) return show(expression);
  if (expression.type === 'operation') return { ...expression, operands: expression.operands.map((operand) => outermost(operand, show)) };
  if (expression.type === 'literal') return expression;
  if (some(expression, (inner) => inner.type === 'call' && inner.over !== null)) throw new Refused('a window inside of an expression of QUALIFY is not compared');
  return show(expression);
}

/** Names of outputs that an expression of the same SELECT may mean. */
export class OutputNames {
  readonly #named = new Map<string, Expression>();
  readonly #columns: ColumnNames;

  constructor(columns: ColumnNames) {
    this.#columns = columns;
  }

  add({ alias, expression }: Projection): void {
    if (alias !== null && expression.type !== 'star') this.#named.set(alias, expression);
  }

  /** @throws Refused where a name may as well be that of a column */
  put(expression: Expression | null): Expression | null {
    if (expression === null || this.#named.size === 0) return expression;
    return mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        const [name, more] = inner.type === 'column' ? inner.parts : [];
        const value = name === undefined || more !== undefined ? undefined : this.#named.get(name);
        if (value === undefined || (value.type === 'column' && value.parts.at(-1) === name)) return inner;
        if (this.#columns.all.has(name ?? '')) throw new Refused(`${name ?? ''} is the name of a column and of an output`);
        return value;
      },
    });
  }

  /** @throws Refused as above */
  check(expression: Expression): void {
    this.put(expression);
  }
}

/** NULLS FIRST and LAST written out, as the dialect sorts where nothing is written. */
export function withNulls<Item extends OrderItem>(item: Item, order: DialectRules['nullOrder']): Item {
  if (order === 'setting' && item.nulls !== undefined) throw new Refused('where NULL comes in an order depends on a setting');
  if (item.nulls !== undefined || order === 'setting') return item;
  return { ...item, nulls: order === 'last' ? 'last' : (order === 'greatest') === item.descending ? 'first' : 'last' };
}

/** Whether a FROM merges columns of several relations into one. */
export function mergesColumns(item: FromItem): boolean {
  return item.type === 'join' && (item.natural || item.using.length > 0 || mergesColumns(item.left) || mergesColumns(item.right));
}

/** How an argument with a name is held. */
export const NAMED = /^([a-z_][a-z0-9_]*) =>$/;

/** @throws Refused where the argument may as well have a name */
export function unnamed(argument: Expression, mayBeNamed: boolean): Expression {
  const [, name] = argument.type === 'operation' ? (NAMED.exec(argument.operator) ?? []) : [];
  const [value] = argument.type === 'operation' ? argument.operands : [];
  if (name === undefined || value === undefined) return argument;
  if (mayBeNamed) throw new Refused('an argument with a name is not compared');
  return operation('=', { type: 'column', parts: [name], span: argument.span }, value);
}

/** Whether an output of GROUP BY ALL looks at columns inside of aggregates only. */
export function isAggregateAlone(expression: Expression): boolean {
  if (expression.type === 'column') return false;
  if (expression.type === 'call') return asAggregate(expression) !== null || expression.arguments.every(isAggregateAlone);
  if (expression.type === 'operation') return expression.operands.every(isAggregateAlone);
  if (expression.type === 'cast') return isAggregateAlone(expression.operand);
  return expression.type === 'literal';
}
