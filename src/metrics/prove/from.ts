import type { Column } from '../../model/catalog.js';
import type { CommonTable, DerivedTable, Expression, FromItem, Join, Query, Star, TableReference } from '../../model/syntax-tree.js';
import { columnOf, type Node, type Session, type Source, type Tree } from './block.js';
import { conjuncts, keyOf, operation, Refused } from './expression.js';
import { isPlainBlock } from './merge.js';
import { outputType } from './type.js';

export type Ctes = Map<string, { query: Query; columns: CommonTable['columns']; ctes: Ctes }>;

/** A relation as the names of a query see it. */
interface Item {
  alias: string;
  columns: [name: string, value: Expression][];
  /** Columns that a USING has merged into those of another relation. */
  hidden: Set<string>;
}

export interface Scope {
  outer: Scope | null;
  items: Item[];
  ctes: Ctes;
}

interface Read {
  tree: Tree;
  where: Expression[];
}

const JOINS_MAX = 24;

/** Reads FROM: relations into sources, joins into a tree, plain sub-selects and views in place. */
export class FromReader {
  readonly #session: Session;
  readonly #node: (query: Query, scope: Scope | null, ctes: Ctes) => Node;
  readonly #resolve: (expression: Expression, scope: Scope) => Expression;
  #views = 0;

  constructor(session: Session, node: (query: Query, scope: Scope | null, ctes: Ctes) => Node, resolve: (expression: Expression, scope: Scope) => Expression) {
    this.#session = session;
    this.#node = node;
    this.#resolve = resolve;
  }

  read(items: readonly FromItem[], scope: Scope): { sources: Source[]; trees: Tree[]; where: Expression[] } {
    const sources: Source[] = [];
    const reads = items.map((item) => this.#item(item, scope, sources));
    if (sources.length > JOINS_MAX) throw new Refused('more relations are joined than are compared');
    return { sources, trees: reads.map(({ tree }) => tree), where: reads.flatMap(({ where }) => where) };
  }

  #item(item: FromItem, scope: Scope, sources: Source[]): Read {
    switch (item.type) {
      case 'table':
        return this.#table(item, scope, sources);
      case 'derived':
        return this.#derived(item, scope, sources);
      case 'join':
        return this.#join(item, scope, sources);
      case 'function': {
        if (item.functions.length !== 1) throw new Refused('several functions in FROM are not compared');
        const [first] = item.functions;
        if (first === undefined) throw new Refused('a function in FROM is not read');
        const called = this.#resolve(first.call, scope);
        const name = item.alias ?? first.name;
        const names = item.columnAliases.length > 0 ? item.columnAliases : first.columns.length > 0 ? first.columns : [name];
        return this.#opaque(`function ${keyOf(called)} ${String(item.ordinality)}`, name, names, scope, sources);
      }
      case 'opaque_table':
        throw new Refused(`${item.what} is not compared`);
    }
  }

  #opaque(text: string, alias: string, names: readonly string[], scope: Scope, sources: Source[]): Read {
    const source = this.#session.source({ table: null, node: null, opaque: text, columns: names.map((name) => unknownColumn(name)) });
    sources.push(source);
    scope.items.push({ alias, columns: names.map((name) => [name, columnOf(source, name)]), hidden: new Set() });
    return { tree: { type: 'source', alias: source.alias }, where: [] };
  }

  #table(item: TableReference, scope: Scope, sources: Source[]): Read {
    const alias = item.alias ?? item.name;
    const cte = item.schema === null ? scope.ctes.get(item.name) : undefined;
    if (cte !== undefined) {
      const node = this.#node(cte.query, null, cte.ctes);
      return this.#query(node, alias, item.columnAliases.length > 0 ? item.columnAliases : cte.columns, scope, sources);
    }
    const key = this.#session.facts.find(item.schema, item.name);
    if (key === null) throw new Refused(`${[item.schema, item.name].filter((part) => part !== null).join('.')} is not in the schema`);
    const view = this.#session.facts.views.get(key);
    if (view !== undefined) {
      this.#views += 1;
      if (this.#views > 60) throw new Refused('the statements read more views than are compared');
      const names = view.columns.map((name, place) => item.columnAliases[place] ?? name);
      return this.#query(this.#node(view.query, null, new Map()), alias, names, scope, sources);
    }
    const table = this.#session.facts.tables.get(key);
    if (table === undefined) throw new Refused(`${key} is not read`);
    const source = this.#session.source({ table, node: null, opaque: item.only ? 'only' : null, columns: table.relation.columns });
    sources.push(source);
    const columns = table.relation.columns.map(({ name }, place): [string, Expression] => [item.columnAliases[place] ?? name, columnOf(source, name)]);
    scope.items.push({ alias, columns, hidden: new Set() });
    return { tree: { type: 'source', alias: source.alias }, where: [] };
  }

  #derived(item: DerivedTable, scope: Scope, sources: Source[]): Read {
    const { body } = item.query;
    if (body.type === 'values' && item.query.ctes.length === 0 && item.query.limit === null) {
      const width = body.rows[0]?.length ?? 0;
      const names = Array.from({ length: width }, (_, place) => item.columnAliases[place] ?? `column${place + 1}`);
      const rows = body.rows.map((row) => row.map((value) => keyOf(this.#resolve(value, scope)))).toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
      return this.#opaque(`values ${JSON.stringify(rows)}`, item.alias ?? '', names, scope, sources);
    }
    const node = this.#node(item.query, item.lateral ? scope : scope.outer, scope.ctes);
    return this.#query(node, item.alias ?? '', item.columnAliases, scope, sources);
  }

  /** A plain query is read in place; another one is a source of its own. */
  #query(node: Node, alias: string, aliases: readonly string[], scope: Scope, sources: Source[]): Read {
    if (node.type === 'block' && isPlainBlock(node) && node.sources.length > 0) {
      sources.push(...node.sources);
      scope.items.push({ alias, columns: node.outputs.map((output, place) => [aliases[place] ?? node.names[place] ?? '', output]), hidden: new Set() });
      return { tree: node.tree, where: node.where };
    }
    const columns = node.names.map((_, place): Column => ({ ...unknownColumn(`o${place}`), ...outputType(node, place, this.#session) }));
    const source = this.#session.source({ table: null, node, opaque: null, columns });
    sources.push(source);
    scope.items.push({ alias, columns: node.names.map((name, place) => [aliases[place] ?? name, columnOf(source, `o${place}`)]), hidden: new Set() });
    return { tree: { type: 'source', alias: source.alias }, where: [] };
  }

  #join(join: Join, scope: Scope, sources: Source[]): Read {
    if (join.alias !== null || join.kind === 'semi' || join.kind === 'anti') throw new Refused('a join under a name is not compared');
    const before = scope.items.length;
    const left = this.#item(join.left, scope, sources);
    const middle = scope.items.length;
    const right = this.#item(join.right, scope, sources);
    const on = join.on === null ? this.#using(join, scope.items.slice(before, middle), scope.items.slice(middle)) : conjuncts(this.#resolve(join.on, scope));
    if (join.kind === 'inner' || join.kind === 'cross') {
      return { tree: { type: 'inner', items: [left.tree, right.tree] }, where: [...left.where, ...right.where, ...on] };
    }
    if (join.kind === 'full') {
      if (left.where.length > 0 || right.where.length > 0) throw new Refused('a FULL JOIN over filtered rows is not compared');
      plainOnly(scope.items.slice(before));
      return { tree: { type: 'full', left: left.tree, right: right.tree, on }, where: [] };
    }
    const [kept, other] = join.kind === 'left' ? [left, right] : [right, left];
    plainOnly(join.kind === 'left' ? scope.items.slice(middle) : scope.items.slice(before, middle));
    return { tree: { type: 'left', left: kept.tree, right: other.tree, on: [...on, ...other.where] }, where: kept.where };
  }

  #using(join: Join, left: Item[], right: Item[]): Expression[] {
    const names = join.natural ? [...new Set(left.flatMap(({ columns }) => columns.map(([name]) => name)))].filter((name) => right.some((item) => has(item, name))) : join.using;
    return names.map((name) => {
      const [a, b] = [left.find((item) => has(item, name)), right.find((item) => has(item, name))];
      const [one, other] = [a && valueOf(a, name), b && valueOf(b, name)];
      if (!a || !b || !one || !other) throw new Refused(`${name} is not on both sides of a join`);
      if (join.kind === 'full') throw new Refused('a FULL JOIN with USING is not compared');
      (join.kind === 'right' ? a : b).hidden.add(name);
      return operation('=', one, other);
    });
  }

  /** What a name means; null where no relation has it, and with `near` where none of this query has it. */
  resolve(parts: readonly string[], scope: Scope, near: boolean): Expression | null {
    const name = parts.at(-1) ?? '';
    const relation = parts.length > 1 ? (parts.at(-2) ?? null) : null;
    for (let current: Scope | null = scope; current !== null; current = near ? null : current.outer) {
      const found = current.items.filter((item) => (relation === null ? !item.hidden.has(name) : item.alias === relation) && has(item, name));
      const [first, second] = found;
      if (first !== undefined && second !== undefined) throw new Refused(`${name} is in several relations`);
      const value = first === undefined ? null : valueOf(first, name);
      if (value !== null) return value;
    }
    return null;
  }

  /** `*` and `t.*`: what USING merged comes first, as the server gives it. */
  star(star: Star, scope: Scope): [string, Expression][] {
    if (star.replace.length + star.rename.length > 0) throw new Refused('a changed star is not compared');
    if (star.except.length > 0) return this.star({ ...star, except: [] }, scope).filter(([name]) => !star.except.includes(name));
    const qualifier = star.qualifier.at(-1) ?? null;
    const items = scope.items.filter(({ alias }) => qualifier === null || alias === qualifier);
    if (items.length === 0) throw new Refused('a star without a relation');
    if (qualifier !== null) return items.flatMap(({ columns }) => columns);
    const merged = new Set(scope.items.flatMap(({ hidden }) => [...hidden]));
    const shown = items.flatMap((item) => item.columns.filter(([name]) => !item.hidden.has(name)));
    return [...shown.filter(([name]) => merged.has(name)), ...shown.filter(([name]) => !merged.has(name))];
  }
}

const has = (item: Item, name: string): boolean => item.columns.some(([known]) => known === name);
const valueOf = (item: Item, name: string): Expression | null => item.columns.find(([known]) => known === name)?.[1] ?? null;

/** On the nullable side of a join every output must be a column: another expression would have to become NULL as a whole. */
function plainOnly(items: readonly Item[]): void {
  if (items.some(({ columns }) => columns.some(([, value]) => value.type !== 'column'))) throw new Refused('a computed column on the nullable side of a join is not compared');
}

export function unknownColumn(name: string): Column {
  return { name, type: 'unknown', nullable: true, comment: null, label: null, enumValues: null };
}
