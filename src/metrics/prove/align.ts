import type { Call, Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import { AggregateBook } from './aggregates.js';
import { aliasesOf, type Block, type Limit, mapTree, type Node, nullableAliases, type Order, type Session, type Source, type Tree } from './block.js';
import { aliasOf, column, columnPart, conjunction, hasAggregate, keyOf, operation } from './expression.js';
import { decideEachOther } from './determined.js';
import { withFilters } from './filters.js';
import { absenceOf, Obligations, type Surroundings } from './obligation.js';
import { sameWindows } from './window.js';

const BIJECTIONS_MAX = 48;

/** A query whose sources are known to be those of another: the same names. */
export interface Aligned {
  first: Block;
  second: Block;
  around: Surroundings;
}

/** Compares two queries part by part. */
export class Aligner {
  readonly #session: Session;
  readonly #obligations: Obligations;
  readonly #lenient: boolean;
  #steps = 0;

  constructor(session: Session, lenient: boolean) {
    this.#session = session;
    this.#obligations = new Obligations(session);
    this.#lenient = lenient;
  }

  get obligations(): Obligations {
    return this.#obligations;
  }

  /** Whether two queries give the same rows, column by column, on every database. */
  same(a: Node, b: Node, outer: Surroundings): boolean {
    this.#steps += 1;
    if (this.#steps > 300) return false;
    if (a.type === 'set' || b.type === 'set') return a.type === 'set' && b.type === 'set' && this.#sameSet(a, b, outer);
    return this.#alignments(a, b, outer).some((aligned) => this.#sameBlock(aligned));
  }

  #sameSet(a: Extract<Node, { type: 'set' }>, b: Extract<Node, { type: 'set' }>, outer: Surroundings): boolean {
    if (a.operator !== b.operator || a.all !== b.all || a.parts.length !== b.parts.length || a.names.length !== b.names.length) return false;
    if (!this.#sameLimit(a.limit, b.limit, (x, y) => keyOf(x) === keyOf(y))) return false;
    if (a.operator === 'except') return a.parts.every((part, place) => this.same(part, b.parts[place] ?? part, outer));
    const left = [...b.parts];
    return a.parts.every((part) => {
      const place = left.findIndex((other) => this.same(part, other, outer));
      if (place >= 0) left.splice(place, 1);
      return place >= 0;
    });
  }

  /** The ways in which the sources of the second can be those of the first, the second under the names of the first. */
  #alignments(a: Block, b: Block, outer: Surroundings): Aligned[] {
    if (a.sources.length !== b.sources.length) return [];
    const found: Aligned[] = [];
    for (const pairs of bijections(a.sources, b.sources)) {
      const aligned = this.#aligned(a, b, pairs, outer);
      if (aligned !== null) found.push(aligned);
    }
    return found;
  }

  /** Alignments by sources and joins only. */
  alignments(a: Block, b: Block): Aligned[] {
    return this.#alignments(a, b, { nullable: new Set(), premises: [] });
  }

  #aligned(a: Block, b: Block, pairs: readonly (readonly [Source, Source])[], outer: Surroundings): Aligned | null {
    const names = new Map<string, string>();
    for (const [own, other] of pairs) {
      names.set(other.alias, own.alias);
      if (own.node !== null && (other.node === null || !this.same(own.node, other.node, outer))) return null;
    }
    const renamed = (expression: Expression): Expression =>
      this.#session.replace(expression, (name) => {
        const alias = names.get(aliasOf(name));
        return alias === undefined ? null : column(`${alias}.${columnPart(name)}`);
      });
    const nullable = new Set([...outer.nullable, ...nullableAliases(a.tree)]);
    const base: Surroundings = { nullable, premises: outer.premises };
    const reps: Call[] = [];
    const unified = (block: Block): Block => mapOwn(block, (expression) => this.#unified(expression, reps, base));
    const first = unified(a);
    const second = unified({ ...mapOwn(b, renamed), sources: a.sources, tree: renamedTree(mapTree(b.tree, renamed), names) });
    if (!this.#sameTree(first.tree, second.tree, base)) return null;
    return { first, second, around: { nullable, premises: [...outer.premises, ...joined(first.tree)] } };
  }

  /** Sub-queries that are the same known by one name. */
  #unified(expression: Expression, reps: Call[], around: Surroundings): Expression {
    return mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        const sub = this.#session.subOf(inner);
        if (sub === null || inner.type !== 'call') return inner;
        for (const rep of reps) {
          const known = this.#session.subOf(rep);
          if (known?.kind !== sub.kind || known === null) continue;
          if (known.id === sub.id || this.same(known.node, sub.node, around)) return { ...inner, name: rep.name };
        }
        reps.push(inner);
        return inner;
      },
    });
  }

  #sameTree(a: Tree, b: Tree, around: Surroundings): boolean {
    if (a.type === 'source') return b.type === 'source' && a.alias === b.alias;
    if (a.type === 'inner') {
      if (b.type !== 'inner' || a.items.length !== b.items.length) return false;
      const left = [...b.items];
      return a.items.every((item) => {
        const place = left.findIndex((other) => this.#sameTree(item, other, around));
        if (place >= 0) left.splice(place, 1);
        return place >= 0;
      });
    }
    if (b.type !== a.type) return false;
    const straight = this.#sameTree(a.left, b.left, around) && this.#sameTree(a.right, b.right, around);
    if (!straight && !(a.type === 'full' && this.#sameTree(a.left, b.right, around) && this.#sameTree(a.right, b.left, around))) return false;
    // While partners are sought both sides have a row, unless an outer join further in found none.
    const own = new Set([...nullableAliases(a.left), ...nullableAliases(a.right), ...[...around.nullable].filter((alias) => !aliasesOf(a).includes(alias))]);
    return this.#obligations.sameFilter(a.on, b.on, { nullable: own, premises: around.premises });
  }

  #sameBlock({ first, second, around }: Aligned): boolean {
    if (!this.#obligations.sameFilter(first.where, second.where, around)) {
      const [a, b] = [withFilters(first), withFilters(second)];
      return a !== null && b !== null && this.sameMeasure({ first: a, second: b, around });
    }
    return this.sameMeasure({ first, second, around: { ...around, premises: [...around.premises, ...first.where] } });
  }

  /** Whether all but the filters is the same; the premises say which rows there are. */
  sameMeasure({ first, second, around }: Aligned): boolean {
    if (first.outputs.length !== second.outputs.length || first.distinct !== second.distinct) return false;
    const value = (x: Expression, y: Expression): boolean => this.#obligations.sameValue(x, y, around);
    if (!this.sameGroups(first, second, around)) return false;
    if (first.distinctOn !== null || second.distinctOn !== null) {
      if (!sameList(first.onKeys, second.onKeys, value) || !this.#sameOrder(first.distinctOn ?? [], second.distinctOn ?? [], value)) return false;
    }
    const book = new AggregateBook(this.#session, this.#obligations, around, { grouped: (first.group?.length ?? 0) > 0, lenient: this.#lenient });
    const output = (x: Expression, y: Expression): boolean => this.#sameOutput(x, y, book, around);
    if (first.having.length + second.having.length > 0) {
      const known = (list: Expression[]): Expression[] => list.map((condition) => this.#withWindows(book.known(condition), around));
      if (!this.#obligations.sameFilter(known(first.having), known(second.having), around)) return false;
    }
    if (!this.#sameLimit(first.limit, second.limit, output)) return false;
    return first.outputs.every((expression, place) => output(expression, second.outputs[place] ?? expression));
  }

  sameGroups(first: Block, second: Block, around: Surroundings): boolean {
    if ((first.group === null) !== (second.group === null)) return false;
    return this.#equalGroups(first, second, around) || decideEachOther(first, second, around.premises, this.#session);
  }

  #equalGroups(first: Block, second: Block, around: Surroundings): boolean {
    if (first.group?.length !== second.group?.length) return false;
    const left = [...(second.group ?? [])];
    return (first.group ?? []).every((expression) => {
      const place = left.findIndex((other) => this.#obligations.sameValue(expression, other, around));
      if (place >= 0) left.splice(place, 1);
      return place >= 0;
    });
  }

  #sameLimit(a: Limit | null, b: Limit | null, same: (x: Expression, y: Expression) => boolean): boolean {
    if (a === null || b === null) return a === b;
    const text = (expression: Expression | null): string => (expression === null ? '' : keyOf(expression));
    return text(a.count) === text(b.count) && text(a.offset) === text(b.offset) && this.#sameOrder(a.order, b.order, same);
  }

  #sameOrder(a: readonly Order[], b: readonly Order[], same: (x: Expression, y: Expression) => boolean): boolean {
    return a.length === b.length && a.every((item, place) => {
      const other = b[place];
      return other !== undefined && item.descending === other.descending && item.nulls === other.nulls && same(item.expression, other.expression);
    });
  }

  #sameOutput(first: Expression, second: Expression, book: AggregateBook, around: Surroundings): boolean {
    const [a, b] = [first, second].map((expression) => (this.#lenient ? bareLabel(expression) : expression)).map(withoutLabel);
    if (a === undefined || b === undefined) return false;
    if (keyOf(a) === keyOf(b)) return true;
    const aggregated = hasAggregate(a) || hasAggregate(b);
    const [x, y] = [a, b].map((expression) => this.#withWindows(aggregated ? book.known(expression) : expression, around));
    return x !== undefined && y !== undefined && this.#sameKnown(x, y, book, around);
  }

  #sameKnown(x: Expression, y: Expression, book: AggregateBook, around: Surroundings): boolean {
    if (keyOf(x) === keyOf(y) || this.#obligations.sameValue(x, y, around) || book.sameCombination(x, y)) return true;
    const parts = pairedParts(x, y);
    return parts !== null && parts.length > 0 && parts.every(([a, b]) => this.#sameKnown(a, b, book, around));
  }

  /** Window functions that are the same known by one text. */
  #withWindows(expression: Expression, around: Surroundings): Expression {
    return mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        if (inner.type !== 'call' || inner.over === null) return inner;
        const known = this.#windows.find((candidate) => sameWindows(candidate, inner, (a, b) => this.#obligations.sameValue(a, b, around)));
        if (known !== undefined) return known;
        this.#windows.push(inner);
        return inner;
      },
    });
  }

  readonly #windows: Call[] = [];
}

/** Every expression of a block but those of its sources. */
function mapOwn(block: Block, map: (expression: Expression) => Expression): Block {
  const order = (list: Order[]): Order[] => list.map((item) => ({ ...item, expression: map(item.expression) }));
  return {
    ...block, where: block.where.map(map), outputs: block.outputs.map(map), group: block.group && block.group.map(map), having: block.having.map(map), tree: mapTree(block.tree, map),
    onKeys: block.onKeys.map(map), distinctOn: block.distinctOn && order(block.distinctOn), limit: block.limit && { ...block.limit, order: order(block.limit.order) },
  };
}

function renamedTree(tree: Tree, names: ReadonlyMap<string, string>): Tree {
  if (tree.type === 'source') return { type: 'source', alias: names.get(tree.alias) ?? tree.alias };
  if (tree.type === 'inner') return { ...tree, items: tree.items.map((item) => renamedTree(item, names)) };
  return { ...tree, left: renamedTree(tree.left, names), right: renamedTree(tree.right, names) };
}

/** What holds of every row of a LEFT JOIN: its partner is absent, or the condition is true. */
function joined(tree: Tree): Expression[] {
  if (tree.type === 'source') return [];
  if (tree.type === 'inner') return tree.items.flatMap(joined);
  const inner = [...joined(tree.left), ...(tree.type === 'left' ? [] : joined(tree.right))];
  if (tree.type !== 'left') return tree.type === 'full' ? [] : inner;
  return tree.right.type === 'source' ? [...inner, operation('or', absenceOf(tree.right.alias), conjunction(tree.on))] : inner;
}

const sourceKey = (source: Source): string => (source.table !== null ? `${source.table.key} ${source.opaque ?? ''}` : (source.opaque ?? `query of ${source.columns.length}`));

/** Pairings of sources that read the same. */
function bijections(a: readonly Source[], b: readonly Source[]): (readonly [Source, Source])[][] {
  let found: (readonly [Source, Source])[][] = [[]];
  for (const source of a) {
    const next: (readonly [Source, Source])[][] = [];
    for (const pairs of found) {
      const taken = new Set(pairs.map(([, other]) => other));
      for (const other of b) if (!taken.has(other) && sourceKey(other) === sourceKey(source)) next.push([...pairs, [source, other]]);
    }
    found = next.slice(0, BIJECTIONS_MAX);
  }
  return found;
}

function sameList(a: readonly Expression[], b: readonly Expression[], same: (x: Expression, y: Expression) => boolean): boolean {
  return a.length === b.length && a.every((expression, place) => same(expression, b[place] ?? expression));
}

/** The day of what is cut to days or more is itself: a date is shown as its midnight. */
function withoutLabel(expression: Expression): Expression {
  if (expression.type !== 'cast' || !/^(?:date|timestamp(?: without time zone)?)$/.test(expression.target)) return expression;
  const { operand } = expression;
  if (operand.type !== 'call' || operand.name[0] !== 'date_trunc') return expression;
  const [unit] = operand.arguments;
  return unit?.type === 'literal' && ['day', 'week', 'month', 'quarter', 'year'].includes(unit.value ?? '') ? operand : expression;
}

/** Leniently NULL counts as 0: COALESCE(…, 0) says nothing. */
function bareLabel(expression: Expression): Expression {
  if (expression.type !== 'operation' || expression.operator !== 'coalesce' || expression.operands.length !== 2) return expression;
  const [value, zero] = expression.operands;
  return value !== undefined && zero?.type === 'literal' && Number(zero.value) === 0 ? bareLabel(value) : expression;
}

/** The parts of two expressions that are made in the same way. */
function pairedParts(a: Expression, b: Expression): [Expression, Expression][] | null {
  const pair = (x: readonly Expression[], y: readonly Expression[]): [Expression, Expression][] | null => (x.length === y.length ? x.flatMap((part, place) => (y[place] === undefined ? [] : [[part, y[place]] as [Expression, Expression]])) : null);
  if (a.type === 'operation' && b.type === 'operation') return a.operator === b.operator ? pair(a.operands, b.operands) : null;
  if (a.type === 'cast' && b.type === 'cast') return a.target === b.target ? [[a.operand, b.operand]] : null;
  if (a.type === 'call' && b.type === 'call') {
    const plain = a.over === null && b.over === null && a.filter === null && b.filter === null && a.orderBy.length + b.orderBy.length === 0 && !a.name[0]?.startsWith('%count') && !a.name[0]?.startsWith('%sum') && !a.name[0]?.startsWith('%sub');
    return plain && a.name.join('.') === b.name.join('.') && a.distinct === b.distinct && a.star === b.star && !hasAggregate(a) && !hasAggregate(b) ? pair(a.arguments, b.arguments) : null;
  }
  return null;
}
