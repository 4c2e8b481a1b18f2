import type { Expression, FromItem, Query, Select, SqlStatement, Subquery } from '../model/syntax-tree.js';
import { canonicalExpression } from './canonical.js';
import type { DialectId } from './dialect.js';
import { expressionText } from './expression-text.js';
import { mapExpression } from './map-tree.js';
import { outerQuery } from './shape.js';
import { conjuncts } from './walk.js';

/**
 * The conditions under which a statement shows or changes a row, as texts in a normal form: those of WHERE, HAVING, QUALIFY and
 * of the joins that leave rows out, split at AND, each once, sorted. Two texts that differ in spelling, order, negation or
 * aliases only give the same list; the values stay. What derived tables, common tables and views ask is theirs and not in it.
 */
export function normalConditions(statement: SqlStatement, dialect: DialectId | null = null): string[] {
  return new NormalForm(dialect).of(written(statement), null);
}

interface Written {
  conditions: Expression[];
  from: FromItem[];
}

/** The names of the relations around an expression. */
interface Names {
  parent: Names | null;
  entries: { alias: string; name: string }[];
}

class NormalForm {
  readonly #dialect: DialectId | null;

  constructor(dialect: DialectId | null) {
    this.#dialect = dialect;
  }

  of({ conditions, from }: Written, parent: Names | null): string[] {
    const names: Names = { parent, entries: from.flatMap(namesOf) };
    const parts = conditions.flatMap((condition) => conjuncts(normal(this.#named(canonicalExpression(condition, this.#dialect), names))));
    return [...new Set(parts.filter((part) => !isTrue(part)).map(expressionText))].sort();
  }

  /** With columns under the names of their relations, and each sub-query as its text. */
  #named(expression: Expression, names: Names): Expression {
    return mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        if (inner.type === 'column') return { ...inner, parts: relationName(inner.parts, names) };
        return inner.type === 'subquery' ? this.#subquery(inner, names) : inner;
      },
    });
  }

  #subquery({ kind, operand, operator, query, span }: Subquery, names: Names): Expression {
    const tested = operand ? `${expressionText(operand)} ` : '';
    const comparison = operator === null ? '' : `${operator} `;
    const word = kind === 'scalar' ? '' : `${kind} `;
    return { type: 'column', parts: [`${tested}${comparison}${word}(${this.#query(query, names)})`], span };
  }

  #query(query: Query, names: Names): string {
    const { body } = query;
    if (body.type === 'values') return 'values';
    if (body.type === 'set_operation') return `${this.#query(body.left, names)} ${body.operator}${body.all ? ' all' : ''} ${this.#query(body.right, names)}`;
    const own: Names = { parent: names, entries: body.from.flatMap(namesOf) };
    const shown = body.projections.map(({ expression }) => expressionText(this.#named(canonicalExpression(expression, this.#dialect), own)));
    const from = own.entries.map(({ name }) => name).join(', ');
    const where = this.of(ofSelect(body), names).join(' and ');
    const limit = query.limit ? ` limit ${expressionText(query.limit)}` : '';
    return `select ${shown.join(', ')}${from === '' ? '' : ` from ${from}`}${where === '' ? '' : ` where ${where}`}${limit}`;
  }
}

function written(statement: SqlStatement): Written {
  switch (statement.type) {
    case 'update':
    case 'delete':
      return { conditions: present([statement.where, ...statement.from.flatMap(ofJoins)]), from: [statement.target, ...statement.from] };
    case 'merge':
      return { conditions: [statement.condition], from: [statement.target, statement.source] };
    default: {
      const body = outerQuery(statement)?.body;
      return body?.type === 'select' ? ofSelect(body) : { conditions: [], from: [] };
    }
  }
}

function ofSelect({ where, having, qualify, from }: Select): Written {
  return { conditions: present([where, having, qualify, ...from.flatMap(ofJoins)]), from };
}

function present(conditions: readonly (Expression | null)[]): Expression[] {
  return conditions.filter((condition) => condition !== null);
}

/** An outer join keeps the rows of one side whatever it compares. */
function ofJoins(item: FromItem): (Expression | null)[] {
  if (item.type !== 'join' || item.alias !== null) return [];
  const inner = item.kind === 'inner' || item.kind === 'semi' ? [item.on] : [];
  if (item.kind === 'full') return [];
  const sides = item.kind === 'left' ? [item.left] : item.kind === 'right' ? [item.right] : [item.left, item.right];
  return [...inner, ...sides.flatMap(ofJoins)];
}

/** Columns by the names of their relations: bare where there is but one, by alias where a relation stands twice. */
function relationName(parts: readonly string[], names: Names): string[] {
  const [alias, column, more] = parts;
  if (column === undefined || more !== undefined) return [...parts];
  for (let around: Names | null = names; around; around = around.parent) {
    const found = around.entries.find((entry) => entry.alias === alias);
    if (!found) continue;
    const isAlone = around.entries.length === 1 && around === names && around.parent === null;
    if (isAlone) return [column];
    return around.entries.filter(({ name }) => name === found.name).length === 1 ? [found.name, column] : [...parts];
  }
  return [...parts];
}

function namesOf(item: FromItem): { alias: string; name: string }[] {
  if (item.type === 'join') return item.alias === null ? [...namesOf(item.left), ...namesOf(item.right)] : [{ alias: item.alias, name: item.alias }];
  if (item.type === 'table') return [{ alias: item.alias ?? item.name, name: item.name }];
  return [{ alias: item.alias ?? '', name: item.alias ?? '' }];
}

const NEGATED: Record<string, string> = {
  '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<', in: 'not_in', not_in: 'in', like: 'not_like', not_like: 'like', ilike: 'not_ilike',
  not_ilike: 'ilike', similar: 'not_similar', not_similar: 'similar', is_null: 'is_not_null', is_not_null: 'is_null', is_true: 'is_not_true',
  is_not_true: 'is_true', is_false: 'is_not_false', is_not_false: 'is_false', is_distinct: 'is_not_distinct', is_not_distinct: 'is_distinct',
};

const FLIPPED: Record<string, string> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** The normal form of a condition and of the conditions in it. Every step is exact in three-valued logic. */
function normal(expression: Expression): Expression {
  if (expression.type !== 'operation') return expression;
  const { operator, operands, span } = expression;
  const [first, second, third] = operands;
  const make = (name: string, parts: Expression[]): Expression => ({ type: 'operation', operator: name, operands: parts, span });
  if (operator === 'and' || operator === 'or') return chain(operator, operands.map(normal), make);
  if (operator === 'not' && first) return negation(normal(first));
  if ((operator === 'between' || operator === 'not_between') && first && second && third) {
    const inside = normal(make('and', [make('>=', [first, second]), make('<=', [first, third])]));
    return operator === 'between' ? inside : negation(inside);
  }
  if (!first || !second) return expression;
  const list = quantified(operator, second);
  if (list) return inList(list.operator, first, list.items, make);
  if (operator === 'in' || operator === 'not_in') return inList(operator, first, operands.slice(1), make);
  return operator in FLIPPED && operands.length === 2 ? comparison(operator, first, second, make) : expression;
}

type Make = (operator: string, parts: Expression[]) => Expression;

/** `a = 1 OR a = 2` is a list; parts of a chain stand in the order of their texts, each once. */
function chain(operator: 'and' | 'or', operands: readonly Expression[], make: Make): Expression {
  const flat = operands.flatMap((operand) => (operand.type === 'operation' && operand.operator === operator ? operand.operands : [operand]));
  const member = operator === 'or' ? ['=', 'in'] : ['<>', 'not_in'];
  const lists = new Map<string, { tested: Expression; items: Expression[]; whole: Expression }>();
  const others: Expression[] = [];
  for (const part of flat) {
    const [tested, ...items] = part.type === 'operation' && member.includes(part.operator) ? part.operands : [];
    if (!tested || !items.every(isConstant)) {
      others.push(part);
      continue;
    }
    const known = lists.get(expressionText(tested));
    if (known) known.items.push(...items);
    else lists.set(expressionText(tested), { tested, items: [...items], whole: part });
  }
  const [, name = 'in'] = member;
  const merged = [...lists.values()].map(({ tested, items }) => inList(name, tested, items, make));
  const sorted = unique([...others, ...merged]);
  const [only, another] = sorted;
  return only && !another ? only : make(operator, sorted);
}

function unique(expressions: readonly Expression[]): Expression[] {
  const byText = new Map(expressions.map((expression) => [expressionText(expression), expression]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, expression]) => expression);
}

function inList(operator: string, tested: Expression, items: readonly Expression[], make: Make): Expression {
  const [only, another] = unique(items);
  if (only && !another && only.type !== 'subquery') return make(operator === 'in' ? '=' : '<>', [tested, only]);
  return make(operator, [tested, ...unique(items)]);
}

/** `= ANY (ARRAY[…])` and `<> ALL (ARRAY[…])` are lists. */
function quantified(operator: string, array: Expression): { operator: string; items: Expression[] } | null {
  const name = operator === '= any' ? 'in' : operator === '<> all' ? 'not_in' : null;
  return name !== null && array.type === 'composite' && array.kind === 'array' && array.elements.length > 0 ? { operator: name, items: array.elements } : null;
}

function comparison(operator: string, left: Expression, right: Expression, make: Make): Expression {
  if (operator === '=' || operator === '<>') {
    for (const [constant, other] of [[right, left], [left, right]] as const) {
      if (constant.type !== 'literal' || constant.kind !== 'boolean') continue;
      return (constant.value === 'true') === (operator === '=') ? other : negation(other);
    }
  }
  const exchanged = isConstant(left) !== isConstant(right)
    ? isConstant(left)
    : operator === '=' || operator === '<>' ? expressionText(right) < expressionText(left) : operator === '>' || operator === '>=';
  return exchanged ? make(FLIPPED[operator] ?? operator, [right, left]) : make(operator, [left, right]);
}

function negation(expression: Expression): Expression {
  const { span } = expression;
  const make: Make = (operator, operands) => ({ type: 'operation', operator, operands, span });
  if (expression.type === 'literal' && expression.kind === 'boolean') return { ...expression, value: expression.value === 'true' ? 'false' : 'true' };
  if (expression.type !== 'operation') return make('not', [expression]);
  const { operator, operands } = expression;
  if (operator === 'and' || operator === 'or') return chain(operator === 'and' ? 'or' : 'and', operands.map(negation), make);
  if (operator === 'not' && operands[0]) return operands[0];
  const opposite = NEGATED[operator];
  if (opposite === undefined) return make('not', [expression]);
  const [left, right] = operands;
  return opposite in FLIPPED && left && right ? comparison(opposite, left, right, make) : make(opposite, operands);
}

/** Without columns, so that it is the same for every row. */
function isConstant(expression: Expression): boolean {
  switch (expression.type) {
    case 'literal':
    case 'parameter':
      return true;
    case 'cast':
      return isConstant(expression.operand);
    case 'operation':
      return expression.operands.every(isConstant);
    case 'call':
      return !expression.star && expression.over === null && expression.arguments.every(isConstant) && expression.filter === null;
    case 'composite':
      return expression.elements.every(isConstant);
    default:
      return false;
  }
}

function isTrue(expression: Expression): boolean {
  return expression.type === 'literal' && expression.kind === 'boolean' && expression.value === 'true';
}
