import type { CommonTable, Query, SqlStatement } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock } from './block.js';
import { offsetOf } from './expression-flows.js';
import type { Lineage } from './lineage.js';
import { resolveModification } from './modification.js';
import { type CommonTableEntry, Scope, type Slot } from './scope.js';
import { flowMeasure, rename } from './slots.js';

/** Makes the WITH items of a query known to a scope. Each is evaluated when it is first read. */
export function resolveCommonTables(query: Pick<Query, 'ctes' | 'recursive'>, scope: Scope, lineage: Lineage, block: Block): void {
  for (const table of query.ctes) {
    // Without RECURSIVE an item sees the ones before it, with it all; the FROM beside it never.
    const around = new Scope(scope.parent, query.recursive ? scope.commonTables : new Map(scope.commonTables));
    for (const [name, value] of scope.named) around.named.set(name, value);
    around.namedFirst = scope.namedFirst;
    const entry = entryOf(table, query.recursive, around, lineage);
    scope.commonTables.set(table.name, entry);
    // PostgreSQL runs a writing WITH item whether it is read or not.
    if (table.statement.type !== 'query_statement') block.children.push(entry.resolve().block);
  }
}

function entryOf(table: CommonTable, recursive: boolean, around: Scope, lineage: Lineage): CommonTableEntry {
  let known: { columns: Slot[]; block: Block } | null = null;
  let running = false;
  const resolve = (): { columns: Slot[]; block: Block } => {
    // What is read twice is computed once, in full, unless the text says otherwise ("WITH Queries": Common Table Expression Materialization).
    if (known && !running && table.materialized !== false) known.block.pushable = new Set();
    if (known) return known;
    running = true;
    const own = emptyBlock();
    known = { columns: [], block: own };
    const seed = recursive ? nonRecursiveBranch(table.statement) : null;
    if (seed) evaluateRecursively(table, seed, known, around, lineage);
    else known.columns = rename(commonTable(table.statement, around, lineage, own), table.columns);
    running = false;
    if (table.materialized === true) known.block.pushable = new Set();
    return known;
  };
  return { resolve };
}

/** Beyond so many rounds, or so many sources of all columns together, a recursion is not followed any further. */
const ROUNDS_MAX = 100;
const SOURCES_MAX = 20_000;

/** The fixpoint: sources can move from column to column once a round, so that as many rounds as columns are enough. */
function evaluateRecursively(table: CommonTable, seed: Query, entry: { columns: Slot[]; block: Block }, around: Scope, lineage: Lineage): void {
  // Every round stays in the block: what one gives stands, by its place, in the conditions of the next.
  entry.columns = rename(lineage.query(seed, around, child(entry.block)), table.columns);
  for (let round = 0; ; round++) {
    const measure = flowMeasure(entry.columns);
    entry.columns = rename(commonTable(table.statement, around, lineage, entry.block), table.columns);
    if (flowMeasure(entry.columns) === measure) break;
    const sources = entry.columns.reduce((count, { flows }) => count + flows.size, 0);
    if (round < ROUNDS_MAX && sources < SOURCES_MAX) continue;
    lineage.diagnose(`the recursive common table ${table.name} is not followed to its end: its columns may have further sources among each other`, offsetOf(table.span));
    break;
  }
  entry.block.pushable = new Set();
}

function commonTable(statement: SqlStatement, scope: Scope, lineage: Lineage, block: Block): Slot[] {
  if (statement.type === 'query_statement') return lineage.query(statement.query, scope, block);
  if (statement.type === 'insert' || statement.type === 'update' || statement.type === 'delete' || statement.type === 'merge') {
    return resolveModification(statement, lineage, scope, block);
  }
  return [];
}

/** The first branch of `… UNION …`, which a recursive common table starts from. */
function nonRecursiveBranch(statement: SqlStatement): Query | null {
  if (statement.type !== 'query_statement' || statement.query.body.type !== 'set_operation') return null;
  let first = statement.query;
  while (first.body.type === 'set_operation') first = { ...first.body.left, ctes: [...first.ctes, ...first.body.left.ctes] };
  return first;
}
