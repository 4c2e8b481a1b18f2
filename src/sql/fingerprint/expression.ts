import type { Call, Case, Composite, Expression, Lambda, Operation, OrderItem, Star, Subquery, Window } from '../../model/syntax-tree.js';
import type { StatementText } from './statement.js';
import { NameScope } from './scope.js';

/** One mark for whatever value was written. */
const VALUE = '?';

/** Whether an expression is a constant as pg_stat_statements sees it: replaced as a whole, with its cast. */
export function isValue(expression: Expression): boolean {
  let inner = expression;
  for (;;) {
    if (inner.type === 'literal' || inner.type === 'parameter') return true;
    if (inner.type === 'cast') {
      inner = inner.operand;
      continue;
    }
    // -1 is an operator and a number to the grammar, and one constant to pg_stat_statements.
    const [only, another] = inner.type === 'operation' && (inner.operator === '-' || inner.operator === '+') ? inner.operands : [];
    if (!only || another) return isListOfValues(inner);
    inner = only;
  }
}

/** `ARRAY['a', 'b']` and `('a', 1)`: however long. */
function isListOfValues(expression: Expression): boolean {
  const isList = expression.type === 'composite' && (expression.kind === 'array' || expression.kind === 'row');
  return isList && expression.elements.length > 0 && expression.elements.every(isValue);
}

/** Writes expressions with values, aliases and spellings that do not count replaced. */
export class ExpressionText {
  readonly #statement: StatementText;

  constructor(statement: StatementText) {
    this.#statement = statement;
  }

  of(expression: Expression, scope: NameScope): string {
    if (isValue(expression)) return VALUE;
    switch (expression.type) {
      case 'literal':
      case 'parameter':
        return VALUE;
      case 'column':
        return scope.resolve(expression.parts, this.#statement.outputNames);
      case 'star':
        return this.#star(expression, scope);
      case 'call':
        return this.#call(expression, scope);
      case 'operation':
        return this.#operation(expression, scope);
      case 'cast':
        return `cast(${this.of(expression.operand, scope)}:${typeName(expression.target)})`;
      case 'case':
        return this.#case(expression, scope);
      case 'subquery':
        return this.#subquery(expression, scope);
      case 'composite':
        return this.#composite(expression, scope);
      case 'lambda':
        return this.#lambda(expression, scope);
      case 'opaque':
        return `${expression.what}!(${this.all(expression.parts, scope)})`;
    }
  }

  all(expressions: readonly Expression[], scope: NameScope): string {
    return expressions.map((expression) => this.of(expression, scope)).join(',');
  }

  /** Items of ORDER BY where no output is in sight. */
  order(items: readonly OrderItem[], scope: NameScope): string {
    return items.map((item) => `${this.of(item.expression, scope)}${direction(item)}`).join(',');
  }

  /** A window with the one that it refers to put in its place; what is written twice stands once. */
  window(window: Window, scope: NameScope): string {
    const named = window.reference === null ? undefined : this.#statement.namedWindow(window.reference);
    if (named !== undefined && window.partitionBy.length === 0 && window.orderBy.length === 0 && window.frame === undefined) return this.#statement.intern(named);
    return this.#statement.intern(this.windowText(window, scope));
  }

  windowText({ reference, partitionBy, orderBy, frame }: Window, scope: NameScope): string {
    const named = reference === null ? undefined : this.#statement.namedWindow(reference);
    const base = named === undefined ? (reference === null ? '' : `?${reference} `) : this.#statement.intern(named);
    return `${base}[${this.all(partitionBy, scope)}|${this.order(orderBy, scope)}${frame === undefined ? '' : `|${frame}`}]`;
  }

  #star({ qualifier, except, replace, rename }: Star, scope: NameScope): string {
    const alias = qualifier.at(-1);
    const relation = alias === undefined ? null : scope.relation(alias, qualifier.at(-2) ?? null);
    // With one relation, its star is the star.
    const isAll = alias === undefined || (relation !== null && scope.relations.length === 1 && scope.relations[0] === relation);
    const base = isAll ? '*' : `${relation?.mark ?? `?${qualifier.join('.')}`}.*`;
    const name = (column: string): string => scope.resolve([column], 'none');
    const left = except.length > 0 ? `-(${except.map(name).sort().join(',')})` : '';
    const put = replace.map(({ alias: column, expression }) => `=${name(column ?? '')}:${this.of(expression, scope)}`).join('');
    return `${base}${left}${put}${rename.map(({ column }) => `~${name(column)}`).join('')}`;
  }

  #call(call: Call, scope: NameScope): string {
    const name = call.name.filter((part, position) => part !== 'pg_catalog' || position > 0).join('.');
    const inner = call.star ? '*' : this.all(call.arguments, scope);
    const order = call.orderBy.length > 0 ? ` ${call.withinGroup ? 'within' : 'order'} ${this.order(call.orderBy, scope)}` : '';
    const filter = call.filter ? ` filter ${this.of(call.filter, scope)}` : '';
    const over = call.over ? ` over ${this.window(call.over, scope)}` : '';
    return `${name}(${call.distinct ? 'distinct ' : ''}${inner}${order})${filter}${over}`;
  }

  #operation({ operator, operands }: Operation, scope: NameScope): string {
    if (operator === 'in' || operator === 'not_in') {
      const [tested, ...list] = operands;
      const items = new Set(list.map((item) => this.of(item, scope)));
      return `(${tested ? this.of(tested, scope) : ''} ${operator} ${[...items].join(',')})`;
    }
    return `(${operator} ${this.all(flattened(operator, operands), scope)})`;
  }

  #case({ operand, branches, otherwise }: Case, scope: NameScope): string {
    const tested = operand ? this.of(operand, scope) : '';
    const each = branches.map(({ when, then }) => ` when ${this.of(when, scope)} then ${this.of(then, scope)}`);
    return `case(${tested}${each.join('')} else ${otherwise ? this.of(otherwise, scope) : ''})`;
  }

  #subquery({ kind, operand, operator, query }: Subquery, scope: NameScope): string {
    const tested = operand ? this.of(operand, scope) : '';
    return `${kind}(${tested} ${operator ?? ''} ${this.#statement.query(query, scope).text})`;
  }

  #composite({ kind, field, elements }: Composite, scope: NameScope): string {
    const [base] = elements;
    // `(t).a` of a relation's row is its column.
    if (kind === 'field' && field !== null && field !== '*' && base?.type === 'column' && scope.relation(base.parts.at(-1) ?? '', null)) {
      return scope.resolve([...base.parts, field], 'none');
    }
    return `${kind}${field === null ? '' : `.${field}`}(${this.all(elements, scope)})`;
  }

  #lambda({ parameters, body }: Lambda, scope: NameScope): string {
    const inner = new NameScope(scope);
    for (const name of parameters) inner.values.set(name, this.#statement.nextValue());
    return `lambda${parameters.length}(${this.of(body, inner)})`;
  }
}

/** ` desc`, ` nulls last`. */
export function direction({ descending, nulls }: OrderItem): string {
  return `${descending ? ' desc' : ''}${nulls === undefined ? '' : ` nulls ${nulls}`}`;
}

/** Chains of one associative operator are one list, whatever tree a parser makes of them. */
function flattened(operator: string, operands: readonly Expression[]): readonly Expression[] {
  if (operator !== 'and' && operator !== 'or') return operands;
  if (!operands.some((operand) => operand.type === 'operation' && operand.operator === operator)) return operands;
  const flat: Expression[] = [];
  const open = [...operands].reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.type === 'operation' && next.operator === operator) open.push(...[...next.operands].reverse());
    else flat.push(next);
  }
  return flat;
}

function typeName(target: string): string {
  return target.toLowerCase().replaceAll(/\s+/g, '');
}
