import type { Column } from '../../model/catalog.js';
import type { Expression } from '../../model/syntax-tree.js';
import { expressionText } from '../../sql/expression-text.js';
import { STRICT } from '../rows/opacity.js';
import type { JointFact } from '../rows/joint.js';
import { timeTerm } from '../rows/time-term.js';
import { namedType } from '../rows/types.js';
import type { Session } from './block.js';
import { column, isAggregate, keyOf, number, operation, ownColumns } from './expression.js';
import { expressionOf, polynomialOf } from './polynomial.js';
import { isInteger, isNumeric, typeOf } from './type.js';

interface Term {
  name: string;
  expression: Expression;
  column: Column;
  neverNull: boolean;
  /** Columns that make it NULL; `only`: nothing else does. */
  tie: { columns: string[]; only: boolean } | null;
  facts: JointFact[];
}

const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '||', 'greatest', 'least']);
/** Fields of JSON. */
const FIELDS = new Set(['->', '->>', '#>', '#>>']);
const STRICT_ARITHMETIC = new Set(['+', '-', '*', '/', '%']);

/**
 * What rows are not looked into for, each as one more column that may hold anything its type allows: arithmetic, functions,
 * aggregates, sub-queries. The same expression is the same column in both definitions.
 */
export class TermBook {
  readonly #session: Session;
  readonly #byKey = new Map<string, Term>();
  readonly #byName = new Map<string, Term>();

  constructor(session: Session) {
    this.#session = session;
  }

  columnOf(name: string): Column | undefined {
    return this.#byName.get(name)?.column;
  }

  isNeverNull(name: string): boolean {
    return this.#byName.get(name)?.neverNull === true;
  }

  tieOf(name: string): { columns: readonly string[]; only: boolean } | null {
    return this.#byName.get(name)?.tie ?? null;
  }

  factsOf(alias: string): JointFact[] {
    return this.#byName.get(`${alias}.value`)?.facts ?? [];
  }

  /** What a term stands for; null for another column. */
  expressionOf(name: string): Expression | null {
    return this.#byName.get(name)?.expression ?? null;
  }

  isExact = (expression: Expression): boolean => {
    const type = typeOf(expression, this.#session)?.type;
    return isInteger(type) || isNumeric(type);
  };

  /** Exact arithmetic in one spelling. */
  plain(expression: Expression): Expression {
    if (expression.type !== 'operation' && expression.type !== 'call' && expression.type !== 'cast') return expression;
    if (expression.type === 'call' && expression.name[0] !== '%div') return expression;
    if (!this.isExact(expression)) return expression;
    return expressionOf(polynomialOf(expression, this.isExact));
  }

  /** An expression with everything that rows are not looked into for replaced by columns. */
  abstract(expression: Expression): Expression {
    switch (expression.type) {
      case 'operation':
        if (isNegativeLiteral(expression) || timeTerm(expression) !== null) return expression;
        if (ARITHMETIC.has(expression.operator)) return this.#arithmetic(expression);
        if (FIELDS.has(expression.operator)) return this.#term(expression, false);
        return { ...expression, operands: expression.operands.map((operand) => this.abstract(operand)) };
      case 'call':
        return this.#call(expression);
      case 'cast':
        return { ...expression, operand: this.abstract(expression.operand) };
      case 'case':
        return {
          ...expression,
          operand: expression.operand && this.abstract(expression.operand),
          branches: expression.branches.map(({ when, then }) => ({ when: this.abstract(when), then: this.abstract(then) })),
          otherwise: expression.otherwise && this.abstract(expression.otherwise),
        };
      case 'composite':
        return { ...expression, elements: expression.elements.map((element) => this.abstract(element)) };
      default:
        return expression;
    }
  }

  #arithmetic(expression: Extract<Expression, { type: 'operation' }>): Expression {
    const type = typeOf(expression, this.#session)?.type;
    if (type === undefined) return expression;
    if (!isInteger(type) && !isNumeric(type)) return this.#term(expression, STRICT_ARITHMETIC.has(expression.operator));
    const plain = this.plain(expression);
    if (plain.type === 'literal' || plain.type === 'column') return plain;
    if (plain.type !== 'operation' || !ARITHMETIC.has(plain.operator)) return this.abstract(plain);
    return this.#term(plain, STRICT_ARITHMETIC.has(plain.operator), type);
  }

  #call(expression: Extract<Expression, { type: 'call' }>): Expression {
    const [name = ''] = expression.name;
    if (timeTerm(expression) !== null) return expression;
    if (name === 'date_trunc' && expression.over === null) return { ...expression, arguments: expression.arguments.map((argument) => this.abstract(argument)) };
    if (name === '%div') {
      const plain = this.plain(expression);
      if (keyOf(plain) !== keyOf(expression)) return this.abstract(plain);
      return this.#term(plain, false, 'numeric');
    }
    return this.#term(expression, !isAggregate(expression) && expression.over === null && (STRICT.has(name) || name === '%days'));
  }

  #term(expression: Expression, strict: boolean, known?: string): Expression {
    const key = keyOf(expression);
    const existing = this.#byKey.get(key);
    if (existing !== undefined) return column(existing.name);
    const name = `t${this.#byKey.size}.value`;
    const type = isWholePart(expression) ? 'integer' : (known ?? typeOf(expression, this.#session)?.type ?? 'unknown');
    const sub = this.#session.subOf(expression);
    const counts = expression.type === 'call' && expression.name[0] === 'count';
    const neverNull = sub?.kind === 'exists' || counts || this.#session.counts(expression) || (expression.type === 'call' && expression.name[0] === '%count');
    const columns = strict ? strictParts(expression) : [];
    const made: Column = { name, type: namedType(type) === null ? 'unknown' : type, nullable: !neverNull, comment: null, label: null, enumValues: typeOf(expression, this.#session)?.enumValues ?? null };
    const facts: JointFact[] = neverNull && isInteger(type) ? [{ id: null, columns: [name], expression: operation('>=', column(name), number(0)), holds: true, unless: null, origin: 'definition' }] : [];
    const tie = columns.length === 0 ? null : { columns, only: isTotalArithmetic(expression) };
    const term: Term = { name, expression, column: made, neverNull, tie, facts };
    this.#byKey.set(key, term);
    this.#byName.set(name, term);
    return column(name);
  }

  /** For messages: the terms in a text by what they stand for. */
  words(name: string): string {
    const expression = this.expressionOf(name);
    return expression === null ? name : expressionText(expression);
  }
}

function isNegativeLiteral(expression: Extract<Expression, { type: 'operation' }>): boolean {
  return expression.operator === '-' && expression.operands.length === 1 && expression.operands[0]?.type === 'literal';
}

/** Parts of a date or a clock that are whole numbers. */
const WHOLE_PARTS = new Set(['hour', 'minute', 'day', 'dow', 'isodow', 'doy', 'week', 'month', 'quarter', 'year', 'isoyear']);

const isWholePart = (expression: Expression): boolean => expression.type === 'call' && expression.name[0] === 'extract' && expression.arguments[0]?.type === 'literal' && WHOLE_PARTS.has(expression.arguments[0].value ?? '');

/** Columns that stand directly under strict operators and functions. */
function strictParts(expression: Expression): string[] {
  if (expression.type === 'column') return [expression.parts[0] ?? ''];
  if (expression.type === 'operation' && STRICT_ARITHMETIC.has(expression.operator)) return [...new Set(expression.operands.flatMap(strictParts))];
  if (expression.type === 'call' && expression.over === null && !isAggregate(expression) && (STRICT.has(expression.name[0] ?? '') || expression.name[0] === '%days')) return [...new Set(expression.arguments.flatMap(strictParts))];
  return expression.type === 'cast' ? strictParts(expression.operand) : [];
}

/** Whether it is NULL only where a column in it is: sums and products of columns and numbers. */
function isTotalArithmetic(expression: Expression): boolean {
  if (expression.type === 'column') return true;
  if (expression.type === 'literal') return expression.kind === 'number';
  if (expression.type === 'call' && expression.name[0] === '%days') return expression.arguments.every(isTotalArithmetic);
  if (expression.type === 'call' && expression.name[0] === 'extract') return expression.arguments[0]?.type === 'literal' && expression.arguments[0].value === 'epoch' && expression.arguments.slice(1).every(isTotalArithmetic);
  return expression.type === 'operation' && ['+', '-', '*'].includes(expression.operator) && expression.operands.every(isTotalArithmetic) && ownColumns(expression).length > 0;
}
