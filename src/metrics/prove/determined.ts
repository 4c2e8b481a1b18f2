import type { Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import { type Block, conditionsOf, nullableAliases, type Session } from './block.js';
import { aliasOf, asAggregate, columnPart, equation, hasAggregate, hasWindow, isConstant, nameOf, ownColumns, some } from './expression.js';
import type { Rule } from './joins.js';
import { keysOf, restOnKey, type UniqueKey } from './keys.js';
import { notNullBy } from './obligation.js';

/** What has one value in all rows that are equal in some columns: those columns, what they are equal to, and the rows of which they hold a key. */
class Closure {
  readonly #names = new Set<string>();
  readonly #whole = new Set<string>();
  readonly #keys: UniqueKey[] = [];
  readonly #notNull: string[] = [];
  readonly #session: Session;

  constructor(group: readonly Expression[], block: Block, session: Session, where: readonly Expression[]) {
    this.#session = session;
    for (const expression of group) {
      const name = nameOf(expression);
      if (name !== null) this.#names.add(name);
    }
    const equations = where.flatMap((condition) => {
      const [a, b] = (equation(condition) ?? []).map(nameOf);
      return a == null || b == null ? [] : [[a, b] as const];
    });
    for (let grown = true; grown; ) {
      grown = false;
      for (const [a, b] of equations) {
        if (this.#has(a) === this.#has(b)) continue;
        this.#names.add(a).add(b);
        grown = true;
      }
      for (const source of block.sources) {
        if (this.#whole.has(source.alias)) continue;
        const key = keysOf(source, session).find((candidate) => this.#covers(source.alias, candidate));
        if (key === undefined) continue;
        this.#keys.push(key);
        this.#whole.add(source.alias);
        grown = true;
      }
    }
  }

  /** A key whose columns are known. A row that is missing has NULL in all of them, and is then one. */
  #covers(alias: string, { columns, nullsEqual }: UniqueKey): boolean {
    return columns.every((part) => {
      const name = `${alias}.${part}`;
      if (!this.#names.has(name)) return false;
      if (nullsEqual === true) return true;
      const id = notNullBy(name, this.#session);
      if (id !== null) this.#notNull.push(id);
      return id !== null;
    });
  }

  #has(name: string): boolean {
    return this.#names.has(name) || this.#whole.has(aliasOf(name));
  }

  /** Whether an expression has one value; the constraints that it takes are noted. */
  decides(expression: Expression): boolean {
    if (some(expression, (inner) => inner.type === 'call' && (inner.name[0] === '%sub' || inner.over !== null))) return false;
    const columns = ownColumns(expression);
    if (columns.length === 0 || !columns.every((name) => this.#has(name))) return false;
    if (!columns.every((name) => this.#names.has(name)) || this.#keys.length > 0) {
      for (const key of this.#keys) restOnKey(key, this.#session);
      this.#session.facts.rest(this.#notNull);
    }
    return true;
  }
}

/** Groups without those that the others decide. Keys are kept rather than what hangs on them. */
export function withoutDetermined(group: readonly Expression[], block: Block, session: Session): Expression[] {
  let kept = [...group];
  const inner = joinedWhere(block);
  const isKey = (expression: Expression): boolean => {
    const name = nameOf(expression);
    const source = block.sources.find(({ alias }) => name !== null && alias === aliasOf(name));
    return source !== undefined && name !== null && keysOf(source, session)[0]?.columns.includes(columnPart(name)) === true;
  };
  for (const expression of [...group].toSorted((a, b) => Number(isKey(a)) - Number(isKey(b)))) {
    const others = kept.filter((other) => other !== expression);
    if (others.length === 0 || isConstant(expression)) continue;
    if (new Closure(others, block, session, inner).decides(expression)) kept = others;
  }
  return kept;
}

/** The conditions that hold of every row. */
function joinedWhere(block: Block): Expression[] {
  return nullableAliases(block.tree).size === 0 ? [...block.where, ...conditionsOf(block.tree)] : block.where;
}

/** Whether groups by some expressions are groups by others: each side decides the other. */
export function decideEachOther(first: Block, second: Block, where: readonly Expression[], session: Session): boolean {
  const [a, b] = [first.group ?? [], second.group ?? []];
  if (a.length === 0 || b.length === 0) return false;
  const [forward, backward] = [new Closure(a, first, session, where), new Closure(b, second, session, where)];
  return b.every((expression) => forward.decides(expression)) && a.every((expression) => backward.decides(expression));
}

const IDLE = new Set(['min', 'max', 'any_value', 'bool_and', 'bool_or', 'every']);

/** The least of equal values is that value: an aggregate of what the groups decide. */
export const idleAggregates: Rule = (block, session) => {
  const { group } = block;
  if (group === null || group.length === 0) return null;
  let changed = false;
  let closure: Closure | null = null;
  const map = (expression: Expression): Expression =>
    mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        const aggregate = asAggregate(inner);
        const [argument] = aggregate?.arguments ?? [];
        if (aggregate === null || argument === undefined || aggregate.filter !== null || !IDLE.has(aggregate.name[0] ?? '') || hasAggregate(argument) || hasWindow(argument)) return inner;
        closure ??= new Closure(group, block, session, joinedWhere(block));
        if (!closure.decides(argument)) return inner;
        changed = true;
        return argument;
      },
    });
  const mapped = { ...block, outputs: block.outputs.map(map), having: block.having.map(map) };
  return changed ? mapped : null;
};
