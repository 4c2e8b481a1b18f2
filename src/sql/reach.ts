import { type Block, columnAt, tableOf, withoutPlace } from './block.js';
import type { SchemaIndex } from './schema-index.js';

export type { Block } from './block.js';

/**
 * `unique`: by equality on all columns of a primary or unique key. `indexed`: by equality on the first column of some
 * index. `scan`: neither. A column that equals a column of a table so reached counts as bound too.
 */
export type Reach = 'unique' | 'indexed' | 'scan';

export interface TableReach {
  reach: Reach;
  /** The first column of the index by which the table is reached; of a scan a column that is compared; null where there is none. */
  column: string | null;
  /** Some column of the table must equal a constant, indexed or not. */
  compared: boolean;
}

const ORDER: Record<Reach, number> = { unique: 0, indexed: 1, scan: 2 };
const SCAN: TableReach = { reach: 'scan', column: null, compared: false };

/** A block is looked at again when more became bound around it; beyond so many looks nothing is looked at twice. */
const LOOKS_MAX = 2_000;

/** How each table of a statement is reached; the widest way counts where one is named twice. Tables that no catalogue has are left out. */
export function reachOf(root: Block, index: SchemaIndex): Map<string, TableReach> {
  const result = new Map<string, TableReach>();
  const reached = look(root, { bound: new Set(), equalities: [], path: [] }, { index, looks: 0, expected: null });
  for (const [place, reach] of reached) {
    const key = withoutPlace(place);
    if (index.get(key) !== undefined) widen(result, key, reach);
  }
  return result;
}

/** What may be expected beyond what the catalogue says. */
export interface Expectation {
  /** Whether a value of this column is taken to find few rows of a table, though no index says so. */
  findsFew: (table: string, column: string) => boolean;
  /** Whether some index of a table may hold what a function makes of a column. */
  servesCalls: (table: string) => boolean;
  /** Whether a block gives few rows whatever it reads: it has a small limit, or aggregates all to one row. */
  givesFew: (block: Block) => boolean;
  /** Whether a query below a block is run for each row that the block gives, of which there are few. */
  runsPerRow: (block: Block, inner: Block) => boolean;
}

/**
 * How each place of FROM, `schema.table@n`, is reached, with what may be expected: `reach` is `indexed` for an expected column
 * too. Tables that no catalogue has are there as well.
 */
export function expectedReachOf(root: Block, index: SchemaIndex, expected: Expectation): Map<string, TableReach> {
  return look(root, { bound: new Set(), equalities: [], path: [] }, { index, looks: 0, expected });
}

type Equalities = [string, string][];
type Reached = Map<string, TableReach>;

interface Around {
  bound: ReadonlySet<string>;
  equalities: Equalities;
  path: readonly Block[];
}

interface Run {
  index: SchemaIndex;
  looks: number;
  expected: Expectation | null;
}

interface Closing extends Pick<Run, 'index' | 'expected'> {
  /** Of each OR the bindings of its alternatives. */
  either: readonly (readonly ReadonlySet<string>[])[];
  /** Columns of which a function is compared that no index holds. */
  unserved: ReadonlySet<string>;
}

function look(block: Block, around: Around, run: Run): Reached {
  // A recursive common table is below itself.
  if (around.path.includes(block)) return new Map();
  run.looks++;
  const { bound: outside, equalities: outer } = pushed(block, around);
  const joined = joinedBlocks(block);
  const bound = new Set(outside);
  const either = run.expected === null ? [] : joined.flatMap((part) => part.either);
  const likened = run.expected === null ? [] : joined.flatMap((part) => [...part.likenedByCall]);
  const unserved = new Set(likened.filter((column) => run.expected?.servesCalls(withoutPlace(tableOf(column))) === false));
  for (const column of likened) if (!unserved.has(column)) bound.add(column);
  if (run.expected !== null) for (const part of joined) for (const column of part.likened) bound.add(column);
  for (const part of joined) for (const column of part.bindings) bound.add(column);
  const children = [...new Set(joined.flatMap((part) => part.children))].filter((inner) => !joined.includes(inner));
  const equalities = [...outer, ...joined.flatMap((part) => part.equalities)];
  for (const inner of children) if (inner.role === 'semijoin') equalities.push(...inner.equalities);
  const own: Reached = new Map(joined.flatMap((part) => part.tables).map((table) => [table, SCAN]));
  const path = [...around.path, ...joined];
  // What gives few rows is not looked at again: it would take its own columns for given from outside.
  const settled = new Map<Block, Reached>();
  for (;;) {
    close(bound, equalities, own, { ...run, either, unserved });
    const reached: Reached = new Map(own);
    const size = bound.size;
    for (const inner of children) {
      const below = settled.get(inner) ?? look(inner, { bound: boundFor(block, inner, bound, own, run), equalities, path }, run);
      for (const [table, reach] of below) widen(reached, table, reach);
      if (settled.has(inner) || !(givesFewRows(below) || run.expected?.givesFew(inner))) continue;
      settled.set(inner, below);
      // What equals a column of few rows is as good as given, here and in the queries beside it.
      for (const table of below.keys()) bound.add(columnAt(table, '*'));
    }
    if (bound.size === size || run.looks > LOOKS_MAX) return reached;
  }
}

/** For a query that runs for each of few rows all that they hold is given. */
function boundFor(block: Block, inner: Block, bound: ReadonlySet<string>, own: Reached, { expected }: Run): ReadonlySet<string> {
  if (!expected?.runsPerRow(block, inner)) return bound;
  return new Set([...bound, ...[...own.keys()].map((table) => columnAt(table, '*'))]);
}

/** What a block may use of the conditions around it. */
function pushed(block: Block, { bound, equalities }: Around): Pick<Around, 'bound' | 'equalities'> {
  const { pushable } = block;
  if (pushable === null) return { bound, equalities };
  const own = tablesBelow(block);
  const passes = (column: string): boolean => pushable.has(column) || !own.has(tableOf(column));
  return { bound: new Set([...bound].filter(passes)), equalities: equalities.filter((pair) => pair.every(passes)) };
}

function tablesBelow(block: Block, seen = new Set<Block>(), tables = new Set<string>()): Set<string> {
  if (seen.has(block)) return tables;
  seen.add(block);
  for (const table of block.tables) tables.add(table);
  for (const inner of block.children) tablesBelow(inner, seen, tables);
  return tables;
}

/**
 * The block with the sides of outer joins that cannot be missing: a condition outside of the join that compares a column of
 * such a side rejects the rows where it is missing (reduce_outer_joins in prepjointree.c).
 */
function joinedBlocks(block: Block): Block[] {
  const joined = [block];
  const compared = new Set<string>();
  const note = (part: Block): void => {
    for (const column of [...part.bindings, ...part.equalities.flat()]) compared.add(tableOf(column));
  };
  note(block);
  for (let changed = true; changed; ) {
    changed = false;
    for (const inner of joined.flatMap((part) => part.children)) {
      if (inner.role !== 'optional' || joined.includes(inner) || !inner.tables.some((table) => compared.has(table))) continue;
      joined.push(inner);
      note(inner);
      changed = true;
    }
  }
  return joined;
}

function givesFewRows(reached: Reached): boolean {
  return reached.size > 0 && [...reached.values()].every((way) => way.reach !== 'scan');
}

function widen(result: Reached, table: string, reach: TableReach): void {
  const known = result.get(table);
  if (known === undefined || ORDER[reach.reach] > ORDER[known.reach]) result.set(table, reach);
}

/** Goes on until nothing more becomes bound: a chain of joins by key from one given key is bound at every table. */
function close(bound: Set<string>, equalities: Equalities, reached: Reached, run: Closing): void {
  const given = (column: string): boolean => bound.has(column) || bound.has(columnAt(tableOf(column), '*'));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [left, right] of equalities) {
      if (given(left) && given(right)) continue;
      if (!given(left) && !given(right)) continue;
      // What is given with all of a few rows does not find these rows themselves.
      bound.add(given(left) ? right : left);
      changed = true;
    }
    for (const [table, known] of reached) {
      const found = reachOfTable(table, bound, run);
      // A table that is reached by key has few rows: all its columns are as good as given for the tables joined to them.
      if (ORDER[found.reach] < ORDER[known.reach]) {
        bound.add(columnAt(table, '*'));
        changed = true;
      }
      reached.set(table, found);
    }
  }
}

function reachOfTable(table: string, bound: ReadonlySet<string>, run: Closing): TableReach {
  const direct = reachOfColumns(table, bound, run);
  if (direct.reach !== 'scan') return direct;
  // An index for each alternative serves OR ("Combining Multiple Indexes").
  for (const alternatives of run.either) {
    const ways = alternatives.map((more) => reachOfColumns(table, new Set([...bound, ...more]), run));
    const [first] = ways;
    if (first && ways.every(({ reach }) => reach !== 'scan')) return ways.find(({ reach }) => reach === 'indexed') ?? first;
  }
  const likened = direct.compared ? undefined : [...run.unserved].find((column) => tableOf(column) === table);
  return likened === undefined ? direct : { reach: 'scan', column: withoutPlace(likened).slice(withoutPlace(table).length + 1), compared: true };
}

function reachOfColumns(table: string, bound: ReadonlySet<string>, { index, expected }: Pick<Run, 'index' | 'expected'>): TableReach {
  const key = withoutPlace(table);
  // Cheap first: of many branches each asks for its own place among the columns of all.
  const place = table.slice(key.length);
  const columns = [...bound].filter((column) => column.endsWith(place) && tableOf(column) === table).map((column) => withoutPlace(column).slice(key.length + 1)).filter((column) => column !== '*');
  const has = (column: string): boolean => columns.includes(column);
  if (index.uniqueKeys(key).some((names) => names.length > 0 && names.every(has))) return { reach: 'unique', column: null, compared: true };
  const leading = columns.find((column) => index.leadsAnIndex(key, column));
  if (leading !== undefined) return { reach: 'indexed', column: leading, compared: true };
  const likely = expected === null ? undefined : columns.find((column) => expected.findsFew(key, column));
  if (likely !== undefined) return { reach: 'indexed', column: likely, compared: true };
  return { reach: 'scan', column: columns[0] ?? null, compared: columns.length > 0 };
}
