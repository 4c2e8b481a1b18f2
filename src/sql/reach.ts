import type { SchemaIndex } from './schema-index.js';

/**
 * What decides how far one SELECT (or UPDATE, DELETE) must look into the tables it names: columns are written
 * `schema.table.column`, whatever aliases the text gives them.
 */
export interface Block {
  /** Tables named here, or reached through a view named here. */
  tables: string[];
  /** Columns that must equal a constant, a parameter, or one of a list of them. */
  bindings: Set<string>;
  /** Columns that must equal each other. */
  equalities: [string, string][];
  children: Block[];
}

export function emptyBlock(): Block {
  return { tables: [], bindings: new Set(), equalities: [], children: [] };
}

/**
 * `unique`: by equality on all columns of a primary or unique key. `indexed`: by equality on the first column of some
 * index. `scan`: neither. A column that equals a column of a table so reached counts as bound too.
 */
export type Reach = 'unique' | 'indexed' | 'scan';

export interface TableReach {
  reach: Reach;
  /** The first column of the index by which the table is reached; null for the other ways. */
  column: string | null;
  /** Some column of the table must equal a constant, indexed or not. */
  compared: boolean;
}

const ORDER: Record<Reach, number> = { unique: 0, indexed: 1, scan: 2 };
const SCAN: TableReach = { reach: 'scan', column: null, compared: false };

/** How each table of a statement is reached; the widest way counts where one is named twice. */
export function reachOf(root: Block, index: SchemaIndex): Map<string, TableReach> {
  const result = new Map<string, TableReach>();
  visit(root, new Set(), [], [], index, result);
  return result;
}

type Equalities = [string, string][];

function visit(
  block: Block,
  inherited: Set<string>,
  outerEqualities: Equalities,
  path: readonly Block[],
  index: SchemaIndex,
  result: Map<string, TableReach>,
): void {
  // A recursive common table is below itself.
  if (path.includes(block)) return;
  const bound = new Set([...inherited, ...block.bindings]);
  const equalities = [...outerEqualities, ...block.equalities];
  const reached = new Map<string, TableReach>();
  for (const table of block.tables) reached.set(table, SCAN);
  close(bound, equalities, reached, index);
  for (const [table, reach] of reached) {
    const known = result.get(table);
    if (known === undefined || ORDER[reach.reach] > ORDER[known.reach]) result.set(table, reach);
  }
  for (const child of block.children) visit(child, bound, equalities, [...path, block], index, result);
}

/** Goes on until nothing more becomes bound: a chain of joins by key from one given key is bound at every table. */
function close(bound: Set<string>, equalities: Equalities, reached: Map<string, TableReach>, index: SchemaIndex): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const [left, right] of equalities) {
      if (bound.has(left) !== bound.has(right)) {
        bound.add(left).add(right);
        changed = true;
      }
    }
    for (const [table, known] of reached) {
      const found = reachOfTable(table, bound, index);
      if (ORDER[found.reach] < ORDER[known.reach]) {
        bindColumns(table, equalities, bound);
        changed = true;
      }
      reached.set(table, found);
    }
  }
}

function reachOfTable(table: string, bound: Set<string>, index: SchemaIndex): TableReach {
  const columns = [...bound].filter((column) => tableOf(column) === table).map((column) => column.slice(table.length + 1));
  const has = (column: string): boolean => columns.includes(column);
  if (index.uniqueKeys(table).some((key) => key.length > 0 && key.every(has))) return { reach: 'unique', column: null, compared: true };
  const leading = columns.find((column) => index.leadsAnIndex(table, column));
  if (leading !== undefined) return { reach: 'indexed', column: leading, compared: true };
  return { reach: 'scan', column: null, compared: columns.length > 0 };
}

/** A table that is reached by key has few rows: all its columns are as good as given for the tables joined to them. */
function bindColumns(table: string, equalities: Equalities, bound: Set<string>): void {
  for (const column of equalities.flat()) if (tableOf(column) === table) bound.add(column);
}

function tableOf(column: string): string {
  return column.slice(0, column.lastIndexOf('.'));
}
