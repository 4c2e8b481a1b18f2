import type { Assignment, CommonTable, DeleteStatement, InsertStatement, MergeStatement, UpdateStatement } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock } from './block.js';
import type { Flows } from './flow.js';
import { resolveFrom } from './from.js';
import type { Lineage } from './lineage.js';
import { Scope, type Slot } from './scope.js';
import { walkStatement } from './walk.js';

export type Modification = InsertStatement | UpdateStatement | DeleteStatement | MergeStatement;

/** Notes what a writing statement writes; gives what it returns. */
export function resolveModification(statement: Modification, lineage: Lineage, parent: Scope, block: Block): Slot[] {
  const scope = new Scope(parent);
  lineage.commonTables({ ctes: statement.ctes, recursive: statement.ctes.some((table) => isRecursive(table, lineage)) }, scope, block);
  const written = statement.type === 'insert' ? inserted(statement, lineage, scope, block) : changed(statement, lineage, scope, block);
  lineage.write(statement.target, written, []);
  return statement.returning.flatMap((projection) => lineage.projection(projection, scope, block));
}

/** The tree does not keep RECURSIVE of a writing statement: an item that reads its own name, and no table has that name, is it. */
function isRecursive({ name, statement }: CommonTable, { context }: Lineage): boolean {
  if (statement.type !== 'query_statement' || statement.query.body.type !== 'set_operation') return false;
  let readsItself = false;
  walkStatement(statement, {
    from: (item) => {
      if (item.type === 'table' && item.schema === null && item.name === name) readsItself = true;
    },
  });
  return readsItself && context.index.find(null, name, context.searchPath) === null;
}

function inserted(statement: InsertStatement, lineage: Lineage, scope: Scope, block: Block): Slot[] {
  const source = statement.source ? lineage.query(statement.source, scope, child(block)) : [];
  const target = lineage.table(statement.target, scope, null);
  const names = statement.columns.length > 0 ? statement.columns : target.columns.map((slot) => slot.name);
  const written = source.map((slot, position) => ({ name: names[position] ?? slot.name, flows: slot.flows }));
  // ON CONFLICT sees the row that was to be inserted under the name `excluded`.
  scope.add({ relations: [target, { ...target, alias: 'excluded', key: null, columns: [...written], open: [] }], star: target.columns, merged: [] });
  for (const { column, value } of statement.conflict?.assignments ?? []) written.push({ name: column, flows: lineage.flows(value, scope, block) });
  lineage.condition(statement.conflict?.where ?? null, 'filter', scope, block);
  return written;
}

function changed(statement: Exclude<Modification, InsertStatement>, lineage: Lineage, scope: Scope, block: Block): Slot[] {
  // MERGE reads every row of its source; only the target is looked up.
  const looked = statement.type === 'merge' ? child(block, 'optional') : block;
  const target = lineage.table(statement.target, scope, looked);
  scope.add({ relations: [target], star: target.columns, merged: [] });
  if (statement.type === 'merge') {
    scope.add(resolveFrom(statement.source, scope, lineage, block));
    lineage.condition(statement.condition, 'join', scope, looked);
    return statement.clauses.flatMap((clause) => {
      lineage.condition(clause.condition, 'filter', scope, emptyBlock());
      return clause.assignments.map((assignment, position) => ({
        // INSERT without a column list goes by the order of the table.
        name: assignment.column || (target.columns[position]?.name ?? ''),
        flows: lineage.flows(assignment.value, scope, block),
      }));
    });
  }
  for (const item of statement.from) scope.add(resolveFrom(item, scope, lineage, block));
  lineage.condition(statement.where, 'filter', scope, block);
  if (statement.type === 'delete') return [];
  return statement.assignments.map((assignment) => ({ name: assignment.column, flows: assigned(assignment, lineage, scope, block) }));
}

/** `SET (a, b) = (SELECT …)` takes its columns by ordinal. */
function assigned({ value, ordinal }: Assignment, lineage: Lineage, scope: Scope, block: Block): Flows {
  if (ordinal === null) return lineage.flows(value, scope, block);
  if (value.type === 'subquery') return lineage.query(value.query, scope, child(block))[ordinal - 1]?.flows ?? new Map();
  const element = value.type === 'composite' ? value.elements[ordinal - 1] : undefined;
  return lineage.flows(element ?? value, scope, block);
}
