import type { Call, Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import type { Session } from './block.js';
import { asAggregate, call, conjunction, conjuncts, isConstant, isNumber, keyOf, operation, uniqueBy } from './expression.js';
import { addsNothing, combined, type Functional, functionalOf, leadOf, negated } from './linear.js';
import type { Obligations, Surroundings } from './obligation.js';
import { constantOf, equalFractions, fraction, fractionExpression, minus, ONE, plus, polynomialOf, scaled, times } from './polynomial.js';
import { typeOf } from './type.js';

interface Linear {
  functional: Functional;
  type: string;
}

const ORDER_MATTERS = new Set(['array_agg', 'string_agg', 'json_agg', 'jsonb_agg', 'first', 'last', 'any_value', 'list', 'group_concat', 'listagg']);

/**
 * The aggregates of two blocks over the same rows, each known by what it is and not by how it is written. Sums and counts are
 * known by what every row adds to them.
 */
export class AggregateBook {
  readonly #session: Session;
  readonly #obligations: Obligations;
  readonly #around: Surroundings;
  readonly #grouped: boolean;
  /** NULL of a sum counts as 0. */
  readonly #lenient: boolean;
  readonly #linear: Linear[] = [];
  readonly #others: Call[] = [];
  /** By the number of a sum: the number of the count of rows that are present in it. */
  readonly #presence = new Map<number, number>();
  /** By the number of a sum: under what its rows are present in it. */
  readonly #presentIn = new Map<number, Expression[][]>();
  readonly #atoms = new Map<string, Expression>();
  readonly #sums = new Map<string, number>();

  constructor(session: Session, obligations: Obligations, around: Surroundings, options: { grouped: boolean; lenient: boolean }) {
    this.#session = session;
    this.#obligations = obligations;
    this.#around = around;
    this.#grouped = options.grouped;
    this.#lenient = options.lenient;
  }

  /** An expression with its aggregates replaced by what they are known by. */
  known(expression: Expression): Expression {
    const aggregate = asAggregate(expression);
    if (aggregate !== null) return this.#atom(aggregate);
    if (expression.type === 'operation') {
      const operands = expression.operands.map((operand) => this.known(operand));
      const [first, second] = operands;
      if (expression.operator === 'coalesce' && first && second && isNumber(second, 0) && operands.length === 2) return this.#zeroed(first, second);
      return { ...expression, operands };
    }
    if (expression.type === 'call') {
      const mapped = { ...expression, arguments: expression.arguments.map((argument) => this.known(argument)) };
      return ['%div', '%fdiv', '%idiv'].includes(expression.name[0] ?? '') ? this.#unguarded(mapped) : mapped;
    }
    if (expression.type === 'cast') return { ...expression, operand: this.known(expression.operand) };
    if (expression.type !== 'case') return expression;
    return {
      ...expression, operand: expression.operand && this.known(expression.operand),
      branches: expression.branches.map(({ when, then }) => ({ when: this.known(when), then: this.known(then) })), otherwise: expression.otherwise && this.known(expression.otherwise),
    };
  }

  /** COALESCE(sum, 0) is never NULL; of what is never NULL it is nothing. */
  #zeroed(value: Expression, zero: Expression): Expression {
    if (value.type === 'call' && value.name[0] === '%count') return value;
    if (value.type === 'call' && value.name[0] === '%sum') {
      const linear = this.#linear[Number(value.name[1])];
      return linear === undefined ? value : call(['%count', String(this.#number(linear.functional, linear.type)), value.name[2] ?? linear.type], []);
    }
    return operation('coalesce', value, zero);
  }

  /** A sum is NULL where the count of its rows is 0: divided by that count it is Z / NULLIF(count, 0), Z the sum with 0 for NULL. */
  #unguarded(quotient: Call): Expression {
    const [over, under] = quotient.arguments;
    if (under === undefined || over === undefined) return quotient;
    const guarded = under.type === 'operation' && under.operator === 'nullif' && isNumber(under.operands[1], 0) ? under.operands[0] : under;
    const counted = guarded === undefined ? null : bareCast(guarded);
    if (counted?.type !== 'call' || counted.name[0] !== '%count' || guarded === undefined) return quotient;
    let found = false;
    const numerator = mapExpression(over, {
      keepsQueries: true,
      expression: (inner) => {
        if (inner.type !== 'call' || inner.name[0] !== '%sum' || !this.#nullOnlyWhereNone(Number(inner.name[1]), Number(counted.name[1]))) return inner;
        found = true;
        return this.#zeroed(inner, number0());
      },
    });
    return found && isStrictIn(over) ? { ...quotient, arguments: [numerator, operation('nullif', counted, number0())] } : quotient;
  }

  /** Whether a sum is NULL only where a count is 0: what is counted is present in the sum. */
  #nullOnlyWhereNone(sum: number, count: number): boolean {
    const presence = this.#presence.get(sum);
    if (presence === undefined || presence === count) return presence !== undefined;
    const present = this.#presentIn.get(sum);
    const counted = this.#linear[count]?.functional.pieces.filter(({ factor }) => factor.over !== 0n).map((piece) => (piece.value === null && piece.factor.over > 0n ? piece.conditions : null));
    if (present === undefined || counted === undefined || counted.includes(null)) return false;
    const conditions = [...present, ...counted.flatMap((list) => (list === null ? [] : [list]))];
    const name = `${present.length} present of ${conditions.length}`;
    return this.#obligations.never(name, conditions, this.#around, (truth) => conditions.some((_, place) => place >= present.length && truth(place)) && !present.some((_, place) => truth(place)));
  }

  #atom(aggregate: Call): Expression {
    const key = keyOf(aggregate);
    const known = this.#atoms.get(key) ?? this.#newAtom(aggregate);
    this.#atoms.set(key, known);
    return known;
  }

  #newAtom(aggregate: Call): Expression {
    const [name = ''] = aggregate.name;
    if (name === 'avg' && !aggregate.distinct) {
      const type = typeOf(aggregate, this.#session)?.type;
      const [argument] = aggregate.arguments;
      if (argument !== undefined && type !== undefined) {
        const filter = [...conjuncts(aggregate.filter), operation('is_not_null', argument)];
        const added = functionalOf({ ...aggregate, name: ['sum'] }, this.#session);
        const sum = this.#atom({ ...aggregate, name: ['sum'] });
        const count = added === null ? this.#atom(call(['count'], [], { star: true, filter: conjunction(filter) })) : call(['%count', String(this.#presenceOf(added)), 'bigint'], []);
        return this.#unguarded(call([type === 'numeric' ? '%div' : '%fdiv'], [sum, count]));
      }
    }
    const functional = functionalOf(aggregate, this.#session);
    if (functional === null) return this.#other(aggregate);
    // Twice a sum is the sum of what is twice as much.
    const factor = leadOf(functional);
    const exact = equalFractions(factor, ONE) ? null : fractionExpression(factor);
    if (exact === null) return this.#linearAtom(functional, aggregate);
    const unit = { ...functional, pieces: functional.pieces.map((piece) => ({ ...piece, factor: times(piece.factor, fraction(factor.under, factor.over)) })) };
    return operation('*', exact, this.#linearAtom(unit, aggregate));
  }

  #linearAtom(functional: Functional, aggregate: Call): Expression {
    const type = typeOf(aggregate, this.#session)?.type ?? 'unknown';
    const number = this.#number(functional, type);
    const counts = aggregate.name[0] === 'count' || this.#lenient || (this.#grouped && this.#alwaysPresent(functional));
    if (counts) return call(['%count', String(number), this.#linear[number]?.type ?? type], []);
    const presence = this.#presenceOf(functional);
    // Two sums may agree in what rows add and not in when they are NULL: 0 is something.
    const key = `${number}/${presence}`;
    const own = this.#sums.get(key) ?? this.#linear.push({ functional, type }) - 1;
    this.#sums.set(key, own);
    this.#presence.set(own, presence);
    this.#presentIn.set(own, functional.present);
    return call(['%sum', String(own), this.#linear[own]?.type ?? type], []);
  }

  #number(functional: Functional, type: string): number {
    const found = this.#linear.findIndex((known) => this.#same(known.functional, functional));
    return found >= 0 ? found : this.#linear.push({ functional, type }) - 1;
  }

  #presenceOf(functional: Functional): number {
    const [only, more] = functional.present;
    const conditions = only !== undefined && more === undefined ? only : [functional.present.length === 0 ? operation('<>', number0(), number0()) : operation('or', ...functional.present.map(conjunction))];
    return this.#number({ pieces: [{ factor: ONE, value: null, conditions }], present: [conditions] }, 'bigint');
  }

  #alwaysPresent(functional: Functional): boolean {
    return this.#obligations.never('some', functional.present, this.#around, (truth) => !functional.present.some((_, place) => truth(place)));
  }

  #same(a: Functional, b: Functional): boolean {
    if (JSON.stringify(a, textOnly) === JSON.stringify(b, textOnly)) return true;
    return this.#vanishes([...combined([{ factor: ONE, functional: a }]), ...negated(combined([{ factor: ONE, functional: b }]))]);
  }

  #vanishes(pieces: ReturnType<typeof combined>): boolean {
    if (pieces.length > 24) return false;
    const name = pieces.map(({ factor, value }) => `${factor.over}/${factor.under} ${value === null ? '' : keyOf(value)}`).join();
    const conditions = pieces.map((piece) => piece.conditions);
    if (this.#obligations.never(name, conditions, this.#around, (truth) => !addsNothing(pieces, truth))) return true;
    // What a constraint keeps at 0 adds nothing.
    const values = uniqueBy(pieces.flatMap(({ value }) => value ?? []), keyOf);
    if (values.length === 0 || values.length > 3) return false;
    const zeros = values.map((value) => [operation('=', value, number0())]);
    const nothing = (truth: (piece: number) => boolean): boolean => {
      const zero = new Set(values.filter((_, place) => truth(pieces.length + place)).map(keyOf));
      return addsNothing(pieces, (place) => truth(place) && !zero.has(keyOf(pieces[place]?.value ?? number0())));
    };
    return this.#obligations.never(`${name} or 0`, [...conditions, ...zeros], this.#around, (truth) => !nothing(truth));
  }

  /** Whether two sums of counts and sums are the same for whatever rows: `total - closed` and `open`. */
  sameCombination(first: Expression, second: Expression): boolean {
    const exact = this.#obligations.terms.isExact;
    const difference = plus(polynomialOf(first, exact), scaled(polynomialOf(second, exact), minus(ONE)));
    const parts: { factor: { over: bigint; under: bigint }; functional: Functional }[] = [];
    for (const [key, { factor, atoms }] of difference.terms) {
      if (key === '') return false;
      const atom = difference.atoms.get(atoms[0] ?? '');
      if (atoms.length !== 1 || atom?.type !== 'call' || atom.name[0] !== '%count') return false;
      const linear = this.#linear[Number(atom.name[1])];
      if (linear === undefined) return false;
      parts.push({ factor, functional: linear.functional });
    }
    const whole = [...difference.atoms.values()].every((atom) => atom.type === 'call' && atom.name[0] === '%count');
    return whole && constantOf(difference)?.over !== undefined ? constantOf(difference)?.over === 0n : whole && parts.length > 0 && this.#vanishes(combined(parts));
  }

  /** An aggregate that is compared part by part. */
  #other(aggregate: Call): Expression {
    const found = this.#others.findIndex((known) => this.#sameCall(known, aggregate));
    const place = found >= 0 ? found : this.#others.push(aggregate) - 1;
    return this.#others[place] ?? aggregate;
  }

  #sameCall(a: Call, b: Call): boolean {
    if (keyOf(a) === keyOf(b)) return true;
    if (a.name.join('.') !== b.name.join('.') || a.distinct !== b.distinct || a.star !== b.star || a.withinGroup !== b.withinGroup || a.arguments.length !== b.arguments.length) return false;
    const [fa, fb] = [conjuncts(a.filter), conjuncts(b.filter)];
    // A row whose argument is NULL does not matter to the aggregates that are compared here.
    const ignored = [a, b].map((one) => (NULL_BLIND.has(one.name[0] ?? '') ? one.arguments.map((argument) => operation('is_not_null', argument)) : []));
    if (!this.#obligations.sameFilter([...fa, ...(ignored[0] ?? [])], [...fb, ...(ignored[1] ?? [])], this.#around)) return false;
    const inner = { ...this.#around, premises: [...this.#around.premises, ...fa, ...(ignored[0] ?? [])] };
    if (!a.arguments.every((argument, place) => this.#obligations.sameValue(argument, b.arguments[place] ?? argument, inner))) return false;
    return a.orderBy.length === b.orderBy.length && a.orderBy.every((item, place) => keyOf(item.expression) === keyOf(b.orderBy[place]?.expression ?? item.expression) && item.descending === b.orderBy[place]?.descending && item.nulls === b.orderBy[place]?.nulls);
  }
}

const bareCast = (expression: Expression): Expression => (expression.type === 'cast' ? bareCast(expression.operand) : expression);

/** Whether an expression is NULL as soon as an aggregate in it is. */
function isStrictIn(expression: Expression): boolean {
  if (expression.type === 'cast') return isStrictIn(expression.operand);
  if (expression.type === 'operation') return ['+', '-', '*'].includes(expression.operator) && expression.operands.every(isStrictIn);
  if (expression.type === 'call' && expression.name[0] === '%div') return expression.arguments.every(isConstant);
  return expression.type === 'literal' || (expression.type === 'call' && (expression.name[0] === '%sum' || expression.name[0] === '%count'));
}

const NULL_BLIND = new Set(['count', 'sum', 'avg', 'min', 'max', 'bool_or', 'bool_and', 'every']);
const number0 = (): Expression => ({ type: 'literal', kind: 'number', value: '0', span: { start: 0, end: 0 } });

function textOnly(name: string, value: unknown): unknown {
  return name === 'span' ? undefined : typeof value === 'bigint' ? value.toString() : value;
}

/** Whether an aggregate depends on the order in which rows come. */
export function dependsOnOrder(expression: Expression): boolean {
  let depends = false;
  mapExpression(expression, {
    keepsQueries: true,
    expression: (inner) => {
      const aggregate = asAggregate(inner);
      if (aggregate !== null && ORDER_MATTERS.has(aggregate.name[0] ?? '') && aggregate.orderBy.length === 0) depends = true;
      return inner;
    },
  });
  return depends;
}
