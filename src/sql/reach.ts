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

const ORDER: Record<Reach, number> = { unique: 0, indexed: 1, scan: 2 };

/** How each table of a statement is reached; the widest way counts where one is named twice. */
export function reachOf(root: Block, index: SchemaIndex): Map<string, Reach> {
  const result = new Map<string, Reach>();
  visit(root, new Set(), [], index, result);
  return result;
}

function visit(block: Block, inheritedBindings: Set<string>, inheritedEqualities: [string, string][], index: SchemaIndex, result: Map<string, Reach>): void {
  const bound = new Set([...inheritedBindings, ...block.bindings]);
  const equalities = [...inheritedEqualities, ...block.equalities];
  const reached = new Map<string, Reach>();
  for (const table of block.tables) reached.set(table, 'scan');
  close(bound, equalities, reached, index);
  for (const [table, reach] of reached) {
    const known = result.get(table);
    if (known === undefined || ORDER[reach] > ORDER[known]) result.set(table, reach);
  }
  for (const child of block.children) visit(child, bound, equalities, index, result);
}

/** Goes on until nothing more becomes bound: a chain of joins by key from one given key is bound at every table. */
function close(bound: Set<string>, equalities: [string, string][], reached: Map<string, Reach>, index: SchemaIndex): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const [left, right] of equalities) {
      if (bound.has(left) !== bound.has(right)) {
        bound.add(left).add(right);
        changed = true;
      }
    }
    for (const [table, known] of reached) {
      const reach = reachOfTable(table, bound, index);
      if (ORDER[reach] >= ORDER[known]) continue;
      reached.set(table, reach);
      bindColumns(table, equalities, bound);
      changed = true;
    }
  }
}

function reachOfTable(table: string, bound: Set<string>, index: SchemaIndex): Reach {
  const has = (column: string): boolean => bound.has(`${table}.${column}`);
  if (index.uniqueKeys(table).some((key) => key.length > 0 && key.every(has))) return 'unique';
  for (const column of bound) {
    const point = column.lastIndexOf('.');
    if (column.slice(0, point) === table && index.leadsAnIndex(table, column.slice(point + 1))) return 'indexed';
  }
  return 'scan';
}

/** A table that is reached by key has few rows: all its columns are as good as given for the tables joined to them. */
function bindColumns(table: string, equalities: [string, string][], bound: Set<string>): void {
  for (const column of equalities.flat()) if (column.slice(0, column.lastIndexOf('.')) === table) bound.add(column);
}
