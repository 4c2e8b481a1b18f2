import type { Call, Composite, Expression, Span, Star, Window } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock } from './block.js';
import { callFlows } from './calls.js';
import { type Flows, constantFlow, placedAs, referred, through, unite } from './flow.js';
import { isAggregate } from './functions.js';
import type { Lineage } from './lineage.js';
import { type MaskContext, maskOfCast, maskOfComposite, masksOfOperation } from './mask.js';
import { type Found, type NameRules, fieldsOf, isAmbiguous, resolveName } from './names.js';
import { Scope, type Slot, type VisibleRelation, findRelation, openColumn, relation, starOf, uniteSlots } from './scope.js';
import { expandStar } from './star.js';
import { structFields } from './struct-types.js';
import { ambiguousMessage, isEngineOwn, missingMessage, nameRules } from './uncertain.js';

/** What flows into the value of an expression; conditions inside it are noted as uses on the way. */
export class ExpressionFlows {
  readonly #lineage: Lineage;
  readonly #rules: NameRules;
  readonly masks: MaskContext;
  #scope: Scope = new Scope(null);

  constructor(lineage: Lineage) {
    this.#lineage = lineage;
    const { dialect, declaredMasks } = lineage.context;
    this.#rules = nameRules(dialect);
    this.masks = { dialect: dialect.id, declared: declaredMasks, typeOf: (expression) => this.#typeOf(expression) };
  }

  of(expression: Expression, scope: Scope, block: Block): Flows {
    switch (expression.type) {
      case 'literal':
        return new Map();
      case 'parameter':
        return this.#lineage.within.parameters?.columns[expression.number - 1]?.flows ?? new Map();
      case 'column':
        return this.#column(expression.parts, expression.span, scope, block);
      case 'star':
        return uniteSlots(this.star(expression, scope, block));
      case 'call':
        return callFlows(expression, this.#lineage, scope, block);
      case 'operation': {
        const levels = this.masked(scope, () => masksOfOperation(expression.operator, expression.operands, this.masks));
        return unite(expression.operands.map((operand, position) => through(this.of(operand, scope, block), levels[position] ?? 'raw')));
      }
      case 'cast':
        return through(this.of(expression.operand, scope, block), this.masked(scope, () => maskOfCast(expression, this.masks)));
      case 'case':
        return this.#case(expression, scope, block);
      case 'subquery':
        return this.#subquery(expression, scope, block);
      case 'composite':
        return this.#composite(expression, scope, block);
      case 'lambda': {
        const inner = new Scope(scope);
        inner.hidden = expression.parameters;
        return this.of(expression.body, inner, block);
      }
      case 'opaque':
        this.#lineage.result.opaque.add(expression.what);
        return through(this.all(expression.parts, scope, block), 'raw');
    }
  }

  /** The union of what flows into several expressions. */
  all(expressions: readonly Expression[], scope: Scope, block: Block): Flows {
    return unite(expressions.map((expression) => this.of(expression, scope, block)));
  }

  /** Asks for a mask level; the types of columns are those of `scope`. */
  masked<Level>(scope: Scope, ask: () => Level): Level {
    this.#scope = scope;
    return ask();
  }

  /** The slots of `*` or `relation.*`. Every column counts as referred to. */
  star(star: Star, scope: Scope, block: Block): Slot[] {
    const alias = star.qualifier.at(-1);
    if (alias === undefined) {
      for (const visible of scope.relations) this.#referAll(visible);
      return expandStar(scope.star, star, this.#lineage, scope, block);
    }
    const found = findRelation(alias, star.qualifier.at(-2) ?? null, scope);
    if (found) return expandStar(this.starOfRelation(found, null), star, this.#lineage, scope, block);
    // `struct.*` unpacks a value.
    const value = resolveName(star.qualifier, scope, this.#rules);
    if (value && !isAmbiguous(value)) return expandStar(this.#unpackedSlots(value, star.qualifier, scope), star, this.#lineage, scope, block);
    this.#lineage.diagnose(`no relation is named ${star.qualifier.join('.')}`, offsetOf(star.span));
    return [];
  }

  /** Every column of a relation, each as referred to at `span`. */
  starOfRelation(visible: VisibleRelation, span: Span | null): Slot[] {
    this.#referAll(visible);
    const slots = starOf(visible);
    return span ? slots.map((slot) => ({ ...slot, flows: referred(slot.flows, span) })) : slots;
  }

  /** The column of a relation, as a list of columns names it. */
  columnOf(visible: VisibleRelation, name: string): Slot[] {
    const slot = visible.columns.find((candidate) => candidate.name === name);
    if (slot) return [slot];
    return visible.open[0] ? [{ name, flows: resolvedFlows(resolveName([visible.alias, name], scopeOf(visible), this.#rules)) }] : [];
  }

  /** `(expression).*`: the columns of a value that is a row. */
  unpacked({ elements: [base], span }: Composite, scope: Scope, block: Block): Slot[] {
    if (!base) return [];
    const flows = this.of(base, scope, block);
    const row = this.rowOf(base, scope) ?? (base.type === 'call' ? this.rowOfCall(base, scope, block) : null);
    if (!row) return [{ name: '*', flows: through(flows, 'raw') }];
    return this.starOfRelation(row, base.span.end > 0 ? base.span : span);
  }

  /** The columns of the value of an expression that is a row, where they are known. */
  rowOf(expression: Expression, scope: Scope): VisibleRelation | null {
    switch (expression.type) {
      case 'column': {
        const found = resolveName(expression.parts, scope, this.#rules);
        return found && !isAmbiguous(found) ? (found.row ?? null) : null;
      }
      case 'parameter':
        return this.#lineage.within.parameters?.columns[expression.number - 1]?.row ?? null;
      case 'cast':
        return this.rowOf(expression.operand, scope);
      case 'composite': {
        const [base] = expression.elements;
        if (!base || (expression.kind !== 'field' && expression.kind !== 'subscript')) return null;
        const row = this.rowOf(base, scope);
        return expression.kind === 'subscript' ? row : (row?.columns.find(({ name }) => name === expression.field)?.row ?? null);
      }
      case 'call':
        return this.#rowKept(expression, scope);
      default:
        return null;
    }
  }

  /** The row that an aggregate or a window function gives as it was. */
  #rowKept({ name, arguments: [row] }: Call, scope: Scope): VisibleRelation | null {
    const last = name.at(-1) ?? '';
    if (!row || name.length > 1 || !KEEPS_ROWS.has(last)) return null;
    const kept = this.rowOf(row, scope);
    if (!kept) return null;
    const happened = isAggregate(name, this.#lineage.context) ? 'aggregation' : 'transformation';
    const after = (flows: Flows): Flows => through(flows, 'raw', happened);
    return { ...kept, columns: kept.columns.map((slot) => ({ ...slot, flows: after(slot.flows) })), open: kept.open.map(after) };
  }

  /** The row that a function of the catalogue returns. */
  rowOfCall(call: Call, scope: Scope, block: Block): VisibleRelation | null {
    const columns: Slot[] = [];
    callFlows(call, this.#lineage, scope, block, columns);
    return columns.length > 0 ? relation('', columns) : null;
  }

  #unpackedSlots(value: Found, parts: string[], scope: Scope): Slot[] {
    if (value.row) return starOf(value.row);
    const type = this.masked(scope, () => this.#typeOf({ type: 'column', parts, span: { start: 0, end: 0 } }));
    const flows = through(value.flows, 'raw');
    return (structFields(type ?? '') ?? ['*']).map((name) => ({ name: this.#lineage.folded(name), flows }));
  }

  #referAll(visible: VisibleRelation): void {
    this.#lineage.refer(visible, visible.columns.map((slot) => slot.name), visible.key === null ? uniteSlots(visible.columns) : new Map());
  }

  /** Partitions and orders of a window decide; they are not shown. */
  window(window: Window, scope: Scope, block: Block): void {
    for (const expression of window.partitionBy) this.#lineage.use(this.of(expression, scope, block), 'condition', 'window');
    for (const { expression } of window.orderBy) this.#lineage.use(this.of(expression, scope, block), 'condition', 'window');
  }

  #column(parts: readonly string[], span: Span, scope: Scope, block: Block): Flows {
    const found = resolveName(parts, scope, this.#rules);
    if (!found) {
      const asCall = this.#attribute(parts, span, scope, block);
      if (asCall) return asCall;
    }
    return this.#noted(found, parts, span, scope);
  }

  /** Counts a reference, and says it where nobody knows what it means. */
  #noted(found: ReturnType<typeof resolveName>, parts: readonly string[], span: Span, scope: Scope): Flows {
    const { result } = this.#lineage;
    result.references.total++;
    if (found && !isAmbiguous(found)) {
      result.references.resolved++;
      this.#lineage.refer(found.owner, found.names, found.flows);
      return referred(found.flows, span);
    }
    if (found && found.candidates.every(isEngineOwn)) result.references.resolved++;
    else this.#lineage.diagnose(found ? ambiguousMessage(parts, found) : missingMessage(parts, scope), offsetOf(span));
    return new Map();
  }

  /** `customer.full_name` calls a function of one row, too ("Using Composite Types in Queries"). */
  #attribute(parts: readonly string[], span: Span, scope: Scope, block: Block): Flows | null {
    const name = parts.at(-1);
    const [owner] = parts.slice(-2);
    if (parts.length < 2 || name === undefined || owner === undefined || this.#lineage.context.dialect.id !== 'postgres') return null;
    if (!this.#lineage.context.index.functions.some((known) => known.name === name) || !findRelation(owner, null, scope)) return null;
    const row: Expression = { type: 'column', parts: parts.slice(0, -1), span };
    return this.of({ type: 'call', name: [name], arguments: [row], distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null, span }, scope, block);
  }

  /** What a column is, without counting it as referred to; nothing for other expressions. */
  quietly(expression: Expression, scope: Scope): Flows {
    return expression.type === 'column' ? resolvedFlows(resolveName(expression.parts, scope, this.#rules)) : new Map();
  }

  /**
   * What a column may be that several relations could own; null for everything else. A relation whose columns are not known
   * is taken to have it.
   */
  candidates(expression: Expression, scope: Scope): Flows | null {
    if (expression.type !== 'column') return null;
    const found = resolveName(expression.parts, scope, this.#rules);
    if (found === null || !isAmbiguous(found)) return null;
    const name = expression.parts.at(-1) ?? '';
    // Of many tables it is that of one, and to take it for that of each would narrow all of them.
    if (found.candidates.length > CANDIDATES_MAX) return new Map([['', constantFlow()]]);
    return new Map([['', constantFlow()], ...found.candidates.flatMap(({ open }) => open.flatMap((group) => [...openColumn(group, name)]))]);
  }

  #case(expression: Extract<Expression, { type: 'case' }>, scope: Scope, block: Block): Flows {
    const conditions = [...(expression.operand ? [expression.operand] : []), ...expression.branches.map((branch) => branch.when)];
    for (const condition of conditions) this.#lineage.use(this.of(condition, scope, block), 'condition', 'case');
    const values = [...expression.branches.map((branch) => branch.then), ...(expression.otherwise ? [expression.otherwise] : [])];
    return through(this.all(values, scope, block), 'raw');
  }

  #subquery(expression: Extract<Expression, { type: 'subquery' }>, scope: Scope, block: Block): Flows {
    const inner = uniteSlots(this.#lineage.query(expression.query, scope, child(block)));
    if (expression.kind === 'scalar') return inner;
    if (expression.kind === 'array') return through(inner, 'raw');
    // EXISTS looks at no column of its select list; what IN looks through decides what it says of the operand.
    if (expression.kind === 'exists') return new Map();
    this.#lineage.use(inner, 'condition', this.#lineage.role);
    return expression.operand ? through(this.of(expression.operand, scope, block), 'predicate') : new Map();
  }

  #composite(expression: Composite, scope: Scope, block: Block): Flows {
    if (expression.kind === 'field' && expression.field !== null) return this.#field(expression, expression.field, scope, block);
    const level = this.masked(scope, () => maskOfComposite(expression, this.masks));
    return through(this.all(expression.elements, scope, block), level);
  }

  /** `(row).field`: the column of a row, a field of a composite column, or what a function gives under that name. */
  #field(expression: Composite, field: string, scope: Scope, block: Block): Flows {
    const [base] = expression.elements;
    if (!base) return new Map();
    if (field === '*') return uniteSlots(this.unpacked(expression, scope, block));
    if (base.type === 'column') {
      const value = resolveName(base.parts, scope, this.#rules);
      const parts = [...base.parts, field];
      if (value && !isAmbiguous(value)) return this.#noted(fieldsOf(value, [field]), parts, base.span, scope);
      return this.#column(parts, base.span, scope, block);
    }
    const whole = this.of(base, scope, block);
    const row = this.rowOf(base, scope) ?? (base.type === 'call' ? this.rowOfCall(base, scope, block) : null);
    const slot = row?.columns.find(({ name }) => name === field);
    return slot ? placedAs(slot.flows, whole) : through(whole, this.masked(scope, () => maskOfComposite(expression, this.masks)));
  }

  /** The declared type of a column that an expression is. */
  #typeOf(expression: Expression): string | null {
    if (expression.type !== 'column') return null;
    const [only, another] = [...resolvedFlows(resolveName(expression.parts, this.#scope, this.#rules))];
    if (!only || another || !only[1].identity) return null;
    const point = only[0].lastIndexOf('.');
    return this.#lineage.context.index.get(only[0].slice(0, point))?.columns.find(({ name }) => name === only[0].slice(point + 1))?.type ?? null;
  }
}

/** Functions that give one or all of the values that they get, unchanged. */
const KEEPS_ROWS = new Set(
  'array_agg any_value first_value last_value nth_value lag lead first last list max_by min_by arg_max arg_min argmax argmin anylast any grouparray unnest'.split(' '),
);

const CANDIDATES_MAX = 2;

function resolvedFlows(found: ReturnType<typeof resolveName>): Flows {
  return found && !isAmbiguous(found) ? found.flows : new Map();
}

function scopeOf(visible: VisibleRelation): Scope {
  const scope = new Scope(null);
  scope.relations.push(visible);
  return scope;
}

export function offsetOf({ start, end }: Span): number | null {
  return end === 0 ? null : start;
}

/** What decides inside of an expression narrows no table, but what it reads is read. */
export function asideOf(block: Block): Block {
  return { ...emptyBlock(), children: block.children };
}
