import type { Call, Expression, Window } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock } from './block.js';
import { type Flows, mergeFlows, through } from './flow.js';
import { AGGREGATES } from './functions.js';
import type { Lineage } from './lineage.js';
import { maskOfCall, maskOfOperator } from './mask.js';
import { type Scope, type Slot, type VisibleRelation, findRelation, resolveName, starOf } from './scope.js';

/** What flows into the value of an expression; conditions inside it are noted as uses on the way. */
export class ExpressionFlows {
  readonly #lineage: Lineage;

  constructor(lineage: Lineage) {
    this.#lineage = lineage;
  }

  of(expression: Expression, scope: Scope, block: Block): Flows {
    switch (expression.type) {
      case 'literal':
      case 'parameter':
        return new Map();
      case 'column':
        return this.#column(expression.parts, scope);
      case 'star':
        return this.#union(this.star(expression.qualifier, scope));
      case 'call':
        return this.#call(expression, scope, block);
      case 'operation':
        return this.#operation(expression.operator, expression.operands, scope, block);
      case 'cast':
        return through(this.of(expression.operand, scope, block), 'raw');
      case 'case':
        return this.#case(expression, scope, block);
      case 'subquery':
        return this.#subquery(expression, scope, block);
      case 'composite':
        return this.#composite(expression, scope, block);
      case 'lambda':
        return this.of(expression.body, scope, block);
      case 'opaque':
        this.#lineage.result.opaque.add(expression.what);
        return through(this.#all(expression.parts, scope, block), 'raw');
    }
  }

  /** The slots of `*` or `relation.*`. Every column counts as referred to. */
  star(qualifier: readonly string[], scope: Scope): Slot[] {
    const alias = qualifier.at(-1);
    if (alias === undefined) {
      for (const relation of scope.relations) this.#referAll(relation);
      return scope.star;
    }
    const found = findRelation(alias, qualifier.at(-2) ?? null, scope);
    if (!found) return [];
    this.#referAll(found);
    return starOf(found);
  }

  #referAll(relation: VisibleRelation): void {
    this.#lineage.refer(relation, relation.columns.map((slot) => slot.name), this.#union(relation.columns));
  }

  /** Partitions and orders of a window decide; they are not shown. */
  window(window: Window, scope: Scope, block: Block): void {
    for (const expression of [...window.partitionBy, ...window.orderBy.map((item) => item.expression)]) {
      this.#lineage.use(this.of(expression, scope, block), 'condition', 'window', expression.span);
    }
  }

  #column(parts: readonly string[], scope: Scope): Flows {
    const { result } = this.#lineage;
    result.references.total++;
    const found = resolveName(parts, scope) ?? this.#field(parts, scope);
    if (!found) return new Map();
    result.references.resolved++;
    this.#lineage.refer(found.owner, found.names, found.flows);
    return found.flows;
  }

  /** `column.field` of a composite column, after every reading as a relation's column has failed. */
  #field(parts: readonly string[], scope: Scope): ReturnType<typeof resolveName> {
    return parts.length > 1 ? resolveName(parts.slice(0, -1), scope) : null;
  }

  /** What a column is, without counting it as referred to; nothing for other expressions. */
  quietly(expression: Expression, scope: Scope): Flows {
    return expression.type === 'column' ? (resolveName(expression.parts, scope)?.flows ?? new Map()) : new Map();
  }

  #all(expressions: readonly Expression[], scope: Scope, block: Block): Flows {
    return expressions.reduce<Flows>((merged, expression) => mergeFlows(merged, this.of(expression, scope, block)), new Map());
  }

  #union(slots: readonly Slot[]): Flows {
    return slots.reduce<Flows>((merged, slot) => mergeFlows(merged, slot.flows), new Map());
  }

  #call(call: Call, scope: Scope, block: Block): Flows {
    const ordered = call.orderBy.map((item) => item.expression);
    const shown = this.#all(call.withinGroup ? [...call.arguments, ...ordered] : call.arguments, scope, block);
    if (!call.withinGroup) for (const expression of ordered) this.#lineage.use(this.of(expression, scope, block), 'condition', 'order', expression.span);
    if (call.filter) this.#lineage.condition(call.filter, 'filter', scope, { ...emptyBlock(), children: block.children });
    if (call.over) this.window(call.over, scope, block);
    return through(shown, maskOfCall(call), AGGREGATES.has(call.name.at(-1) ?? '') ? 'aggregation' : 'transformation');
  }

  #operation(operator: string, operands: readonly Expression[], scope: Scope, block: Block): Flows {
    return through(this.#all(operands, scope, block), maskOfOperator(operator));
  }

  #case(expression: Extract<Expression, { type: 'case' }>, scope: Scope, block: Block): Flows {
    const conditions = [...(expression.operand ? [expression.operand] : []), ...expression.branches.map((branch) => branch.when)];
    for (const condition of conditions) this.#lineage.use(this.of(condition, scope, block), 'condition', 'case', condition.span);
    const values = [...expression.branches.map((branch) => branch.then), ...(expression.otherwise ? [expression.otherwise] : [])];
    return through(this.#all(values, scope, block), 'raw');
  }

  #subquery(expression: Extract<Expression, { type: 'subquery' }>, scope: Scope, block: Block): Flows {
    const outputs = this.#lineage.query(expression.query, scope, child(block));
    const inner = this.#union(outputs);
    if (expression.kind === 'scalar' || expression.kind === 'array') return inner;
    const operand = expression.operand ? this.of(expression.operand, scope, block) : new Map();
    // EXISTS looks at no column of its select list.
    return through(expression.kind === 'exists' ? new Map() : mergeFlows(new Map(operand), inner), 'predicate');
  }

  #composite(expression: Extract<Expression, { type: 'composite' }>, scope: Scope, block: Block): Flows {
    const [base] = expression.elements;
    if (expression.kind === 'field' && base?.type === 'column' && expression.field !== '*' && expression.field !== null) {
      const found = resolveName([...base.parts, expression.field], scope);
      if (found) return this.#column([...base.parts, expression.field], scope);
    }
    const tells = expression.kind === 'json' && JSON_PREDICATES.has(expression.field ?? '');
    return through(this.#all(expression.elements, scope, block), tells ? 'predicate' : 'raw');
  }
}

const JSON_PREDICATES = new Set(['json_exists', 'is_json', 'is_document']);
