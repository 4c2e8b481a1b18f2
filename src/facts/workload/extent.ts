import type { Query, SqlStatement } from '../../model/syntax-tree.js';
import { type Block, withoutPlace } from '../../sql/block.js';
import { type TableReach, expectedReachOf } from '../../sql/reach.js';
import type { SchemaIndex } from '../../sql/schema-index.js';
import { findsFew, readsLikeIdentifier, tellsNoKeys } from './identifier.js';
import { type Bound, boundOf, fitsNothing, numberedBy } from './limit.js';
import { type SelectWork, lateralQueries, queriesGathered, queriesOfChange, queriesOfShownRows, queriesPerRow, workOf } from './select-work.js';
import { type Sizes, holdsReference } from './sizes.js';

/**
 * How many rows: `few` found by key; `page`, bounded by a limit; `open`, those behind one value of an index or a foreign key of
 * which nothing tells how many they are; `many`, all of a table or of a range.
 */
export type Amount = 'few' | 'page' | 'open' | 'many';

const ORDER: Record<Amount, number> = { few: 0, page: 1, open: 2, many: 3 };

/** One computation over more rows than a key finds. */
export interface Computation extends SelectWork {
  amount: 'open' | 'many';
  /** The tables whose rows it is about. */
  tables: string[];
  bound: Bound;
  query: Query;
}

/** How one table of the statement is reached. */
export interface Place {
  table: string;
  amount: Amount;
  reach: TableReach;
  /** The catalogue tells its keys. */
  known: boolean;
  /** An index begins with the column by which it is reached. */
  indexed: boolean;
  /** It is a small list that others refer to, or a table of a few pages. */
  small: boolean;
}

/** How far a statement looks. */
export interface Extent {
  places: Place[];
  computations: Computation[];
  /** Of the rows that come out, or are changed. */
  amount: Amount;
  /** The bound of the outermost query that has one. */
  bound: Bound;
}

/** How far a statement looks into the tables that it reads, and what it computes on the way. */
export function extentOf(statement: SqlStatement, root: Block, index: SchemaIndex, sizes: Sizes): Extent {
  return new Measurement(statement, index, sizes).of(root);
}

class Measurement {
  readonly #index: SchemaIndex;
  readonly #sizes: Sizes;
  readonly #change: ReadonlySet<Query>;
  readonly #perRow = new Map<Query, ReadonlySet<Query>>();
  readonly #laterals = new Map<Query, ReadonlySet<Query>>();
  readonly #works = new Map<Query, SelectWork | null>();
  readonly #bounds = new Map<Query, Bound>();
  readonly #amounts = new Map<Block, Amount>();
  readonly #places = new Map<string, Place>();
  readonly #computations: Computation[] = [];

  constructor(statement: SqlStatement, index: SchemaIndex, sizes: Sizes) {
    this.#index = index;
    this.#sizes = sizes;
    this.#change = queriesOfChange(statement);
  }

  of(root: Block): Extent {
    const reached = expectedReachOf(root, this.#index, {
      findsFew: (table, column) => findsFew(this.#index, table, column),
      servesCalls: (table) => tellsNoKeys(this.#index, table) || this.#index.hasExpressionIndex(table),
      givesFew: ({ query }) => query !== null && (this.#boundOf(query) === 'page' || this.#givesOneRow(query)),
      runsPerRow: (block, inner) => this.#isPage(block) && inner.query !== null && !this.#ordersBy(block, inner) && queriesOfShownRows(block.query ?? inner.query).has(inner.query),
    });
    for (const [place, reach] of reached) this.#places.set(place, this.#place(withoutPlace(place), reach));
    const amount = this.#amount(root, []);
    return { places: [...this.#places.values()], computations: this.#computations, amount, bound: this.#outerBound(root) };
  }

  #place(table: string, reach: TableReach): Place {
    const known = !tellsNoKeys(this.#index, table);
    const small = this.#sizes.isSmall(table) || holdsReference(this.#index, table);
    const indexed = known && reach.column !== null && this.#index.leadsAnIndex(table, reach.column);
    return { table, reach, known, indexed, small, amount: this.#amountOf(table, reach, small) };
  }

  #amountOf(table: string, { reach, column }: TableReach, small: boolean): Amount {
    if (reach === 'unique') return 'few';
    if (reach === 'scan') return small ? 'few' : 'many';
    const rows = column === null ? null : this.#index.rowsPerValue(table, column);
    if (rows !== null) return rows <= this.#sizes.rowsPerValueMax ? 'few' : 'many';
    return isOwnIdentifier(this.#index, table, column) ? 'few' : 'open';
  }

  #amount(block: Block, path: readonly Block[]): Amount {
    const known = this.#amounts.get(block);
    if (known !== undefined) return known;
    // A recursive common table is below itself.
    if (path.includes(block)) return 'few';
    const { query } = block;
    const around = [...path, block];
    const tables = new Set<string>();
    const source = this.#source(block, around, tables);
    let amount = source;
    const work = query && this.#workOf(query);
    if (query && work) {
      const counts = computes(work) && !this.#looksUpEnd(work, block) && !fitsNothing(query);
      if (counts && (source === 'open' || source === 'many')) this.#note(work, source, tables, block, query);
      if ((work.aggregates.length > 0 && !work.grouped) || !counts && work.endOf !== null) amount = 'few';
    }
    if (query && sortsOut(query) && (source === 'open' || source === 'many')) this.#note(SORTED_OUT, source, tables, block, query);
    // What a WITH item has changed is as much as was worth changing.
    if (query === null && path.length > 0 && ORDER[amount] > ORDER.page) amount = 'page';
    if (query && this.#boundOf(query) === 'page' && ORDER[amount] > ORDER.page) amount = 'page';
    if (query && fitsNothing(query)) amount = 'few';
    this.#amounts.set(block, amount);
    return amount;
  }

  /** Of the rows that come into a block: of its own tables, the missing sides of its outer joins, and what is derived in FROM. */
  #source(block: Block, path: readonly Block[], tables: Set<string>): Amount {
    let amount: Amount = 'few';
    const take = (more: Amount, names: readonly string[]): void => {
      if (ORDER[more] >= ORDER.open) for (const name of names) tables.add(name);
      if (ORDER[more] > ORDER[amount]) amount = more;
    };
    for (const place of block.tables) {
      const known = this.#places.get(place);
      if (known) take(known.amount, [known.table]);
    }
    const perRow = this.#perRowOf(block);
    // Without FROM there is one row, and what it holds is all that its arrays and lists gather.
    const gathered = block.tables.length === 0 && block.query !== null ? queriesGathered(block.query) : EMPTY;
    const laterals = block.query === null ? EMPTY : this.#lateralsOf(block.query);
    for (const inner of block.children) {
      if (inner.role === 'optional') {
        take(this.#source(inner, [...path, inner], tables), []);
        continue;
      }
      const more = this.#amount(inner, path);
      const { query } = inner;
      const isExpression = inner.role === 'semijoin' || (query !== null && perRow.has(query) && !laterals.has(query) && !gathered.has(query));
      if (!isExpression) take(more, this.#tablesBelow(inner));
    }
    return amount;
  }

  #tablesBelow(block: Block, seen = new Set<Block>()): string[] {
    if (seen.has(block)) return [];
    seen.add(block);
    const own = block.tables.flatMap((place) => this.#places.get(place) ?? []).filter(({ amount }) => ORDER[amount] >= ORDER.open);
    return [...own.map(({ table }) => table), ...block.children.flatMap((inner) => this.#tablesBelow(inner, seen))];
  }

  #note(work: SelectWork, amount: 'open' | 'many', tables: ReadonlySet<string>, block: Block, query: Query): void {
    // What IN and EXISTS look through may hold a row twice: sorting that out is no work.
    const onlyDistinct = work.aggregates.length === 0 && !work.grouped && !work.windowed;
    if (onlyDistinct && block.role === 'semijoin') return;
    // The number of a row by which a page is taken.
    const onlyNumbers = work.windowed && numberedBy(query).length > 0 && work.aggregates.length === 0 && !work.grouped && this.#isCut.has(query);
    if (!onlyNumbers) this.#computations.push({ ...work, amount, tables: [...tables].sort(), bound: this.#boundOf(query), query });
  }

  /** Queries of which the query around takes rows by their numbers. */
  readonly #isCut = new Set<Query>();

  /** `max(column)` of a column that leads an index reads one row of it; where no catalogue tells, of one that finds one thing. */
  #looksUpEnd({ endOf }: SelectWork, { tables: [place, another] }: Block): boolean {
    if (endOf === null || place === undefined || another !== undefined) return false;
    const table = withoutPlace(place);
    return tellsNoKeys(this.#index, table) ? readsLikeIdentifier(endOf) : this.#index.leadsAnIndex(table, endOf);
  }

  #givesOneRow(query: Query): boolean {
    const work = this.#workOf(query);
    return work !== null && work.aggregates.length > 0 && !work.grouped;
  }

  /** Its rows are shown a page at a time, and nothing is computed over all of them. */
  #isPage({ query }: Block): boolean {
    const work = query && this.#workOf(query);
    return query !== null && work !== null && this.#boundOf(query) === 'page' && !computes(work);
  }

  /** Whether a page is ordered by what a query within computes: then it runs for every row. */
  #ordersBy({ query }: Block, inner: Block): boolean {
    if (query === null || query.body.type !== 'select' || inner.query === null) return false;
    const { projections } = query.body;
    const own = inner.query.body.type === 'select' ? new Set(inner.query.body.projections.flatMap(({ alias }) => alias ?? [])) : new Set<string>();
    return query.orderBy.some(({ expression }) => {
      const by = expression.type === 'literal' ? projections[Number(expression.value) - 1]?.expression : expression;
      if (by?.type === 'subquery') return by.query === inner.query;
      if (by?.type !== 'column') return false;
      const name = by.parts.at(-1) ?? '';
      const shown = projections.find(({ alias }) => alias === name)?.expression;
      return own.has(name) || (shown?.type === 'subquery' && shown.query === inner.query);
    });
  }

  #outerBound(block: Block): Bound {
    for (let current: Block | undefined = block, depth = 0; current && depth < 20; current = current.children.length === 1 ? current.children[0] : undefined, depth++) {
      const bound = current.query && this.#boundOf(current.query);
      if (bound) return bound;
    }
    return null;
  }

  #perRowOf({ query }: Block): ReadonlySet<Query> {
    if (query === null) return this.#change;
    const known = this.#perRow.get(query) ?? queriesPerRow(query);
    this.#perRow.set(query, known);
    return known;
  }

  #lateralsOf(query: Query): ReadonlySet<Query> {
    const known = this.#laterals.get(query) ?? lateralQueries(query);
    this.#laterals.set(query, known);
    return known;
  }

  #workOf(query: Query): SelectWork | null {
    const known = this.#works.get(query);
    if (known !== undefined) return known;
    const work = workOf(query);
    this.#works.set(query, work);
    return work;
  }

  #boundOf(query: Query): Bound {
    const known = this.#bounds.get(query);
    if (known !== undefined) return known;
    const bound = boundOf(query);
    this.#bounds.set(query, bound);
    if (bound === 'page' && query.limit === null && query.body.type === 'select') {
      for (const item of query.body.from) if (item.type === 'derived') this.#isCut.add(item.query);
      for (const { statement } of query.ctes) if (statement.type === 'query_statement') this.#isCut.add(statement.query);
    }
    return bound;
  }
}

const SORTED_OUT: SelectWork = {
  aggregates: [], grouped: false, groupingSets: false, byTime: false, windowed: false, countsBesidePage: false, distinct: true, orderedByAggregate: false, endOf: null,
};

/** INTERSECT and EXCEPT compare two lists as a whole. */
function sortsOut({ body }: Query): boolean {
  return body.type === 'set_operation' && body.operator !== 'union';
}

const EMPTY: ReadonlySet<Query> = new Set();

function computes({ aggregates, grouped, windowed, distinct }: SelectWork): boolean {
  return aggregates.length > 0 || grouped || windowed || distinct;
}

/** Where no catalogue tells the keys: a column that names the thing itself, and not what it belongs to. */
function isOwnIdentifier(index: SchemaIndex, table: string, column: string | null): boolean {
  return column !== null && tellsNoKeys(index, table) && /^(?:id|uuid|guid|pk|email|token|slug|username|sku)$/i.test(column);
}
