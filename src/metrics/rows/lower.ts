import type { Expression } from '../../model/syntax-tree.js';
import { arrayElements } from './array.js';
import { comparisonOf, COMPARISONS, constantComparison, FLIPPED, isComparison, literalPredicate, negatedIf, type Comparison } from './comparison.js';
import { comparable, condition, keepsType, literalFor, readOperand, thresholds, type Operand, type ScalarOperand } from './operand.js';
import type { Value } from './point.js';
import { and, FALSE, not, or, TRUE, UNKNOWN, type Predicate } from './predicate.js';
import { columnsOf, isImmutable, isTotal, strictColumns, unsettledPart } from './opacity.js';
import { expressionText } from '../../sql/expression-text.js';
import { timeTerm } from './time-term.js';
import type { Origin, Vocabulary } from './vocabulary.js';

const ORDERED = new Set(['number', 'double', 'instant', 'zoned', 'enum']);
const TESTS: Record<string, [boolean | null, boolean]> = {
  is_true: [true, false],
  is_not_true: [true, true],
  is_false: [false, false],
  is_not_false: [false, true],
  is_unknown: [null, false],
  is_not_unknown: [null, true],
};
const BOOLEAN_OPERATORS = new Set([
  'and', 'or', 'not', 'in', 'not_in', 'between', 'not_between', 'between_symmetric', 'not_between_symmetric', 'is_null', 'is_not_null',
  'is_distinct', 'is_not_distinct', 'like', 'not_like', 'ilike', 'not_ilike', 'similar', 'not_similar', '~~', '!~~', '~~*', '!~~*', '~', '!~',
  ...COMPARISONS, ...Object.keys(TESTS),
]);

/**
 * Lowers a boolean expression over the columns of one relation, each written as its bare name. What is not understood
 * becomes a variable: the result then allows more rows than exist, so that what holds in all worlds holds in truth.
 */
export function lowerPredicate(expression: Expression, vocabulary: Vocabulary, origin: Origin): Predicate {
  return new Lowering(vocabulary, origin).predicate(expression);
}

class Lowering {
  readonly #vocabulary: Vocabulary;
  readonly #origin: Origin;

  constructor(vocabulary: Vocabulary, origin: Origin) {
    this.#vocabulary = vocabulary;
    this.#origin = origin;
  }

  predicate(expression: Expression): Predicate {
    switch (expression.type) {
      case 'literal':
        return literalPredicate(expression.kind, expression.value) ?? this.opaque(expression);
      case 'column':
        return this.#booleanColumn(expression) ?? this.opaque(expression);
      case 'cast':
        return expression.target === 'boolean' && (expression.operand.type === 'literal' || this.#isBoolean(expression.operand))
          ? this.predicate(expression.operand)
          : this.opaque(expression);
      case 'case':
        return this.#case(expression);
      case 'operation':
        return this.#operation(expression);
      default:
        return this.opaque(expression);
    }
  }

  #case(expression: Extract<Expression, { type: 'case' }>): Predicate {
    const branches = expression.branches.map(({ when, then }) => ({
      when: this.predicate(condition(expression.operand, when)),
      then: this.predicate(then),
    }));
    return { type: 'case', branches, otherwise: expression.otherwise === null ? UNKNOWN : this.predicate(expression.otherwise) };
  }

  #operation(expression: Extract<Expression, { type: 'operation' }>): Predicate {
    const { operator, operands } = expression;
    const [first, second, third] = operands;
    if (first === undefined) return this.opaque(expression);
    if (operator === 'and' || operator === 'or') return { type: operator, operands: operands.map((operand) => this.predicate(operand)) };
    if (operator === 'not') return not(this.predicate(first));
    const test = TESTS[operator];
    if (test !== undefined) return negatedIf(test[1], { type: 'test', operand: this.predicate(first), is: test[0] });
    if (operator === 'is_null' || operator === 'is_not_null') return this.#nullTest(first, operator, expression);
    if (operator === 'coalesce' && operands.some((operand) => this.#isBoolean(operand))) {
      return { type: 'coalesce', operands: operands.map((operand) => this.predicate(operand)) };
    }
    if (operator === 'in') return this.#in(first, operands.slice(1), expression);
    if (operator === 'not_in') return not(this.#in(first, operands.slice(1), { ...expression, operator: 'in' }));
    if (second === undefined) return this.opaque(expression);
    if (isComparison(operator)) return this.compare(operator, first, second);
    if (operator === 'is_distinct') return not(this.#same(first, second));
    if (operator === 'is_not_distinct') return this.#same(first, second);
    if (operator.includes('between') && third !== undefined) return this.#between(operator, first, second, third);
    if (operator === 'like' || operator === '~~') return this.#like(first, second, expression);
    if (operator === 'not_like' || operator === '!~~') return not(this.#like(first, second, { ...expression, operator: 'like' }));
    return this.#quantified(operator, first, second) ?? this.opaque(expression);
  }

  /** Equal to one of the list. Where a typed item changes how the untyped ones are read, the whole stays opaque. */
  #in(value: Expression, list: Expression[], whole: Expression): Predicate {
    const constants = list.filter((item) => strictColumns(item).length === 0);
    if (constants.length > 1) {
      const tested = this.#operand(value);
      const read = constants.map((item) => this.#operand(item));
      const isString = (item: Operand | null): boolean => item?.kind === 'untyped' && item.literal === 'string';
      const safe = (item: Operand | null): boolean =>
        item?.kind === 'null' || (tested?.kind === 'scalar' ? item !== null && keepsType(tested, item) : isString(item));
      if (read.some(isString) && !read.every(safe)) return this.opaque(whole);
    }
    return or(list.map((item) => this.compare('=', value, item)));
  }

  compare(operator: Comparison, left: Expression, right: Expression): Predicate {
    if (this.#isBoolean(left) || this.#isBoolean(right)) {
      if (operator !== '=' && operator !== '<>') return this.#opaqueComparison(operator, left, right);
      return negatedIf(operator === '<>', { type: 'equivalent', left: this.predicate(left), right: this.predicate(right) });
    }
    const a = this.#operand(left);
    const b = this.#operand(right);
    if (a?.kind === 'null' || b?.kind === 'null') return UNKNOWN;
    if (a === null || b === null) return this.#opaqueComparison(operator, left, right);
    const compared =
      a.kind === 'scalar'
        ? b.kind === 'scalar'
          ? this.#compareScalars(operator, a, b)
          : this.#compareLiteral(operator, a, b)
        : b.kind === 'scalar'
          ? this.#compareLiteral(FLIPPED[operator], b, a)
          : constantComparison(operator, a, b);
    return compared ?? this.#opaqueComparison(operator, left, right);
  }

  #operand(expression: Expression): Operand | null {
    // What a constraint compared with now() was compared with the now of that day.
    const term = this.#origin === 'definition' ? timeTerm(expression) : null;
    if (term !== null) {
      const type = this.#vocabulary.zoned(term.type);
      const column = this.#vocabulary.moment(term, type);
      return { kind: 'scalar', type, scalar: { type: 'column', column }, columns: [column], values: [], asText: false, steps: [] };
    }
    return readOperand(expression, this.#vocabulary, (inner) => this.predicate(inner));
  }

  #compareScalars(operator: Comparison, a: ScalarOperand, b: ScalarOperand): Predicate | null {
    const columns = [...new Set([...a.columns, ...b.columns])];
    if (!comparable(a.type, b.type) || a.asText !== b.asText || a.steps.length + b.steps.length > 0) return null;
    if (!this.#orderable(operator, a) || columns.some((column) => this.#vocabulary.isDistrusted(column))) return null;
    this.#vocabulary.compare(columns, [...a.values, ...b.values], this.#origin, null);
    return comparisonOf(operator, a.scalar, b.scalar);
  }

  #compareLiteral(operator: Comparison, a: ScalarOperand, literal: Exclude<Operand, { kind: 'null' | 'scalar' }>): Predicate | null {
    const read = literalFor(a, literal);
    if (read === null || !this.#orderable(operator, a)) return null;
    if (a.type.family === 'zoned' && a.columns.some((column) => this.#vocabulary.isDistrusted(column))) {
      this.#vocabulary.doubt('timestamps with time zone are compared with times whose zone depends on the session');
      return null;
    }
    const local = a.type.family === 'zoned' ? read.local : null;
    if (a.steps.length === 0) {
      this.#vocabulary.compare(a.columns, [...a.values, read.value], this.#origin, local);
      return comparisonOf(operator, a.scalar, { type: 'literal', value: read.value });
    }
    const bounds = read.value.kind === 'instant' ? thresholds(a.steps, read.value.micros) : null;
    if (bounds === null) return null;
    const reach: Value = { kind: 'instant', micros: bounds.reach };
    const pass: Value = { kind: 'instant', micros: bounds.pass };
    this.#vocabulary.compare(a.columns, [reach, pass], this.#origin, local);
    const below = comparisonOf('<', a.scalar, { type: 'literal', value: reach });
    const upTo = comparisonOf('<', a.scalar, { type: 'literal', value: pass });
    return { '<': below, '<=': upTo, '>': not(upTo), '>=': not(below), '=': and([not(below), upTo]), '<>': not(and([not(below), upTo])) }[operator];
  }

  /** The order of text depends on the collation, that of an enum seen as text too. */
  #orderable(operator: Comparison, operand: ScalarOperand): boolean {
    return operator === '=' || operator === '<>' || (ORDERED.has(operand.type.family) && !operand.asText);
  }

  /** IS NOT DISTINCT FROM. */
  #same(left: Expression, right: Expression): Predicate {
    const equal: Predicate = { type: 'test', operand: this.compare('=', left, right), is: true };
    const bothNull = and([this.#nullTest(left, 'is_null', null), this.#nullTest(right, 'is_null', null)]);
    return or([equal, bothNull]);
  }

  #nullTest(operand: Expression, operator: 'is_null' | 'is_not_null', whole: Expression | null): Predicate {
    const negated = operator === 'is_not_null';
    if (operand.type === 'literal') return negated === (operand.kind !== 'null') ? TRUE : FALSE;
    if (this.#isBoolean(operand)) return negatedIf(negated, { type: 'test', operand: this.predicate(operand), is: null });
    const read = this.#operand(operand);
    if (read?.kind === 'scalar') {
      this.#vocabulary.compare(read.columns, read.values, this.#origin, null);
      return negatedIf(negated, { type: 'null', scalar: read.scalar });
    }
    const column = operand.type === 'column' && operand.parts.length === 1 ? this.#vocabulary.column(operand.parts[0] ?? '') : null;
    if (column !== null && this.#vocabulary.columns[column]?.simple === true) {
      return negatedIf(negated, { type: 'null', scalar: { type: 'column', column } });
    }
    if (read !== null) return negated === (read.kind !== 'null') ? TRUE : FALSE;
    // A row is neither null nor not null when some of its fields are: the two tests are no opposites there.
    const node: Expression = whole ?? { type: 'operation', operator, operands: [operand], span: operand.span };
    return this.opaque(node, true);
  }

  #between(operator: string, value: Expression, low: Expression, high: Expression): Predicate {
    const inside = (from: Expression, to: Expression): Predicate => and([this.compare('>=', value, from), this.compare('<=', value, to)]);
    const predicate = operator.endsWith('symmetric') ? or([inside(low, high), inside(high, low)]) : inside(low, high);
    return negatedIf(operator.startsWith('not'), predicate);
  }

  #like(value: Expression, pattern: Expression, whole: Expression): Predicate {
    const operand = this.#operand(value);
    const constant = this.#operand(pattern);
    const text =
      constant?.kind === 'untyped' && constant.literal === 'string'
        ? constant.text
        : constant?.kind === 'typed' && constant.value.kind === 'text'
          ? constant.value.text
          : null;
    const plain = operand?.kind === 'scalar' && operand.type.family === 'text' && operand.scalar.type === 'column' && !operand.asText;
    const column = plain ? operand.columns[0] : undefined;
    if (column === undefined || text === null || text.endsWith('\\')) return this.opaque(whole);
    if (!/[%_\\]/.test(text)) return this.compare('=', value, pattern);
    if (/^%+$/.test(text)) return comparisonOf('=', { type: 'column', column }, { type: 'column', column });
    this.#vocabulary.addPattern(column, text);
    const name = expressionText(whole);
    const variable = this.#vocabulary.variable(`like ${column} ${text}`, { text: name, twoValued: true, nullWhen: [column], pattern: true });
    return { type: 'like', column, pattern: text, variable };
  }

  /** `= ANY (ARRAY[…])` and its kin: the comparison with each element. */
  #quantified(operator: string, value: Expression, array: Expression): Predicate | null {
    const [comparison = '', quantifier] = operator.split(' ');
    if (!isComparison(comparison) || (quantifier !== 'any' && quantifier !== 'all')) return null;
    const elements = arrayElements(array);
    if (elements === null) return null;
    const each = elements.map((element) => this.compare(comparison, value, element));
    return { type: quantifier === 'any' ? 'or' : 'and', operands: each };
  }

  /** `=` and `<` only, so that `a > b` and `not b >= a` share their variable. */
  #opaqueComparison(operator: Comparison, left: Expression, right: Expression): Predicate {
    const node = (symbol: string, a: Expression, b: Expression): Expression => ({ type: 'operation', operator: symbol, operands: [a, b], span: left.span });
    if (operator === '=' || operator === '<>') {
      const [a, b] = leads(left, right) ? [left, right] : [right, left];
      return negatedIf(operator === '<>', this.opaque(node('=', a, b)));
    }
    const [a, b] = operator === '<' || operator === '>=' ? [left, right] : [right, left];
    return negatedIf(operator === '<=' || operator === '>=', this.opaque(node('<', a, b)));
  }

  opaque(expression: Expression, twoValued = false): Predicate {
    const text = expressionText(expression);
    const unsettled = unsettledPart(expression);
    if (unsettled !== null) this.#vocabulary.doubt(unsettled);
    const shared = unsettled === null && (this.#origin === 'definition' || this.#holdsForever(expression));
    const key = shared ? `opaque ${text}` : `opaque ${text} #${this.#vocabulary.variables.length}`;
    const nullWhen = strictColumns(expression).flatMap((name) => this.#vocabulary.column(name) ?? []);
    const settled = twoValued || isTotal(expression);
    const variable = this.#vocabulary.variable(key, { text, twoValued: settled, nullWhen: twoValued ? [] : nullWhen, pattern: false });
    return { type: 'opaque', variable };
  }

  /** Whether what a constraint once found of an expression is still so, in the session of any dashboard. */
  #holdsForever(expression: Expression): boolean {
    const families = columnsOf(expression).map((name) => this.#vocabulary.columns[this.#vocabulary.column(name) ?? -1]?.type?.family);
    return isImmutable(expression) && families.every((family) => family !== undefined && family !== 'instant' && family !== 'zoned');
  }

  #booleanColumn(expression: Expression): Predicate | null {
    if (expression.type !== 'column' || expression.parts.length !== 1) return null;
    const column = this.#vocabulary.column(expression.parts[0] ?? '');
    return column !== null && this.#vocabulary.columns[column]?.type?.family === 'boolean' ? { type: 'column', column } : null;
  }

  #isBoolean(expression: Expression): boolean {
    switch (expression.type) {
      case 'literal':
        return expression.kind === 'boolean';
      case 'column':
        return this.#booleanColumn(expression) !== null;
      case 'cast':
        return expression.target === 'boolean' && (expression.operand.type === 'literal' || this.#isBoolean(expression.operand));
      case 'case':
        return [...expression.branches.map(({ then }) => then), expression.otherwise].some((result) => result !== null && this.#isBoolean(result));
      case 'operation':
        if (expression.operator === 'coalesce') return expression.operands.some((operand) => this.#isBoolean(operand));
        return BOOLEAN_OPERATORS.has(expression.operator) || / (?:any|all)$/.test(expression.operator);
      default:
        return false;
    }
  }
}

/** One order for both sides of `=`: a literal stands last, and otherwise letters decide. */
function leads(left: Expression, right: Expression): boolean {
  if ((left.type === 'literal') !== (right.type === 'literal')) return right.type === 'literal';
  return expressionText(left) <= expressionText(right);
}
