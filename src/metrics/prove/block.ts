import type { Column } from '../../model/catalog.js';
import type { Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import type { Facts, TableFacts } from './facts.js';
import { aliasOf, call, column, keyOf, nameOf, Refused, visit } from './expression.js';

/** Where rows come from: a table, the rows of another query, or what only its text tells (a function, a list of values). */
export interface Source {
  alias: string;
  table: TableFacts | null;
  node: Node | null;
  opaque: string | null;
  columns: Column[];
}

export type Tree =
  | { type: 'source'; alias: string }
  | { type: 'inner'; items: Tree[] }
  | { type: 'left'; left: Tree; right: Tree; on: Expression[] }
  | { type: 'full'; left: Tree; right: Tree; on: Expression[] };

export interface Order {
  expression: Expression;
  descending: boolean;
  nulls: 'first' | 'last';
}

export interface Limit {
  order: Order[];
  count: Expression | null;
  offset: Expression | null;
}

/** One SELECT. Columns are written `alias.column` as one bare name; aliases are unique in a session. */
export interface Block {
  type: 'block';
  sources: Source[];
  tree: Tree;
  where: Expression[];
  /** Null where rows are not grouped; empty where all rows are one group. */
  group: Expression[] | null;
  having: Expression[];
  outputs: Expression[];
  names: string[];
  distinct: boolean;
  distinctOn: Order[] | null;
  onKeys: Expression[];
  limit: Limit | null;
  /** Conditions that were no conditions in the text: that the argument of COUNT is not NULL. */
  implied?: readonly string[];
  /** Conditions that a join left behind: that the key of the parent is not NULL. */
  lost?: readonly string[];
}

export interface SetNode {
  type: 'set';
  operator: 'union' | 'intersect' | 'except';
  all: boolean;
  parts: Node[];
  names: string[];
  limit: Limit | null;
}

export type Node = Block | SetNode;

export type SubKind = 'exists' | 'scalar' | 'in' | 'array';

/** A sub-query of an expression: `call(['%sub', id])`, with the left side of IN as its argument. */
export interface Sub {
  id: string;
  kind: SubKind;
  node: Node;
}

const SUB = '%sub';

/** What two definitions share while they are compared. */
export class Session {
  readonly facts: Facts;
  readonly sources = new Map<string, Source>();
  readonly subs = new Map<string, Sub>();
  readonly utc: boolean;
  /** The time zone of both sessions; null where they differ. */
  readonly zone: string | null;
  #aliases = 0;
  /** Evaluations of conditions that are left: it bounds the time. */
  #evaluations = 8_000_000;

  constructor(facts: Facts, utc: boolean, zone: string | null = utc ? 'UTC' : null) {
    this.facts = facts;
    this.utc = utc;
    this.zone = zone;
  }

  /** @throws Refused where the work would go on for too long */
  spend(evaluations: number): void {
    this.#evaluations -= evaluations;
    if (this.#evaluations < 0) throw new Refused('there are too many combinations of values to look at');
  }

  alias(): string {
    if (this.#aliases > 400) throw new Refused('the statements read more relations than are compared');
    this.#aliases += 1;
    return `r${this.#aliases - 1}`;
  }

  source(source: Omit<Source, 'alias'>): Source {
    const made = { ...source, alias: this.alias() };
    this.sources.set(made.alias, made);
    return made;
  }

  sub(kind: SubKind, node: Node, operand: Expression | null): Expression {
    const id = String(this.subs.size);
    this.subs.set(id, { id, kind, node });
    return call([SUB, id], operand === null ? [] : [operand]);
  }

  subOf(expression: Expression): Sub | null {
    if (expression.type !== 'call' || expression.name[0] !== SUB) return null;
    return this.subs.get(expression.name[1] ?? '') ?? null;
  }

  /** Whether a sub-query counts: it always gives a number. */
  counts(expression: Expression): boolean {
    const sub = this.subOf(expression);
    if (sub?.kind !== 'scalar' || sub.node.type !== 'block') return false;
    const { group, having, limit, outputs: [output] } = sub.node;
    return group?.length === 0 && having.length === 0 && limit === null && output?.type === 'call' && output.name[0] === 'count' && output.over === null;
  }

  /** All columns that an expression mentions, in its sub-queries too. */
  columns(expression: Expression): Set<string> {
    const names = new Set<string>();
    this.#collect(expression, names);
    return names;
  }

  #collect(expression: Expression, names: Set<string>): void {
    visit(expression, (inner) => {
      const name = nameOf(inner);
      if (name !== null) names.add(name);
      const sub = this.subOf(inner);
      if (sub !== null) for (const part of expressionsOf(sub.node)) this.#collect(part, names);
    });
  }

  aliases(expression: Expression): Set<string> {
    return new Set([...this.columns(expression)].map(aliasOf));
  }

  /** Every column replaced, in sub-queries too. */
  replace(expression: Expression, by: (name: string) => Expression | null): Expression {
    return mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        const name = nameOf(inner);
        if (name !== null) return by(name) ?? inner;
        const sub = this.subOf(inner);
        if (sub === null || inner.type !== 'call') return inner;
        if (![...this.columns(inner)].some((column) => by(column) !== null)) return inner;
        return this.sub(sub.kind, mapNode(sub.node, (part) => this.replace(part, by)), inner.arguments[0] ?? null);
      },
    });
  }
}

/** Every expression of a query, those of its sources too. */
export function expressionsOf(node: Node): Expression[] {
  const limits = (limit: Limit | null): Expression[] => (limit === null ? [] : [...limit.order.map(({ expression }) => expression), ...[limit.count, limit.offset].filter((part) => part !== null)]);
  if (node.type === 'set') return [...node.parts.flatMap(expressionsOf), ...limits(node.limit)];
  return [
    ...node.outputs, ...node.where, ...(node.group ?? []), ...node.having, ...conditionsOf(node.tree), ...limits(node.limit),
    ...(node.distinctOn ?? []).map(({ expression }) => expression), ...node.onKeys, ...node.sources.flatMap((source) => (source.node === null ? [] : expressionsOf(source.node))),
  ];
}

/** A query with each of its expressions replaced, those of its sources too. */
export function mapNode(node: Node, map: (expression: Expression) => Expression): Node {
  const limit = node.limit && { ...node.limit, order: node.limit.order.map((item) => ({ ...item, expression: map(item.expression) })) };
  if (node.type === 'set') return { ...node, parts: node.parts.map((part) => mapNode(part, map)), limit };
  const all = (list: Expression[]): Expression[] => list.map(map);
  return {
    ...node, limit,
    outputs: all(node.outputs), where: all(node.where), group: node.group && all(node.group), having: all(node.having), tree: mapTree(node.tree, map),
    distinctOn: node.distinctOn && node.distinctOn.map((item) => ({ ...item, expression: map(item.expression) })), onKeys: all(node.onKeys),
    sources: node.sources.map((source) => (source.node === null ? source : { ...source, node: mapNode(source.node, map) })),
  };
}

export function mapBlock(block: Block, map: (expression: Expression) => Expression): Block {
  const mapped = mapNode(block, map);
  return mapped.type === 'block' ? mapped : block;
}

export function mapTree(tree: Tree, map: (expression: Expression) => Expression): Tree {
  if (tree.type === 'source') return tree;
  if (tree.type === 'inner') return { ...tree, items: tree.items.map((item) => mapTree(item, map)) };
  return { ...tree, left: mapTree(tree.left, map), right: mapTree(tree.right, map), on: tree.on.map(map) };
}

export function conditionsOf(tree: Tree): Expression[] {
  if (tree.type === 'source') return [];
  if (tree.type === 'inner') return tree.items.flatMap(conditionsOf);
  return [...tree.on, ...conditionsOf(tree.left), ...conditionsOf(tree.right)];
}

export function aliasesOf(tree: Tree): string[] {
  if (tree.type === 'source') return [tree.alias];
  if (tree.type === 'inner') return tree.items.flatMap(aliasesOf);
  return [...aliasesOf(tree.left), ...aliasesOf(tree.right)];
}

/** Nested inner joins as one list; a list of one as its item. */
export function flattened(tree: Tree): Tree {
  if (tree.type === 'source') return tree;
  if (tree.type !== 'inner') return { ...tree, left: flattened(tree.left), right: flattened(tree.right) };
  const items = tree.items.map(flattened).flatMap((item) => (item.type === 'inner' ? item.items : [item]));
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { type: 'inner', items };
}

/** Sources whose columns may all be NULL, since an outer join found no partner. */
export function nullableAliases(tree: Tree): Set<string> {
  const found = new Set<string>();
  const walk = (part: Tree): void => {
    if (part.type === 'inner') part.items.forEach(walk);
    if (part.type !== 'left' && part.type !== 'full') return;
    for (const alias of aliasesOf(part.right)) found.add(alias);
    if (part.type === 'full') for (const alias of aliasesOf(part.left)) found.add(alias);
    walk(part.left);
    walk(part.right);
  };
  walk(tree);
  return found;
}

/** The items that every row has a part of: without outer joins above them. */
export function innerItems(tree: Tree): Tree[] {
  return tree.type === 'inner' ? tree.items : [tree];
}

export const columnOf = (source: Source, name: string): Expression => column(`${source.alias}.${name}`);

/** The place of an expression among others with the same text. */
export function placeIn(list: readonly Expression[], wanted: Expression): number {
  const key = keyOf(wanted);
  return list.findIndex((candidate) => keyOf(candidate) === key);
}
