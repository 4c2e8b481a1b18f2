import type { Assignment, CommonTable, DeleteStatement, Expression, InsertStatement, MergeStatement, Projection, UpdateStatement } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock } from './block.js';
import { resolveCommonTables } from './common-tables.js';
import { type Flows, mergeFlows, unite } from './flow.js';
import { resolveFrom } from './from.js';
import type { Lineage } from './lineage.js';
import { Scope, type Slot, type VisibleRelation, named, openColumn, relation } from './scope.js';
import { projected } from './select.js';
import { mergedByName } from './slots.js';
import { walkStatement } from './walk.js';

export type Modification = InsertStatement | UpdateStatement | DeleteStatement | MergeStatement;

/** What a modification writes, and the target as it was before. */
interface Modified {
  /** What flows into each written column, a column once. */
  written: Slot[];
  target: VisibleRelation;
  /** Columns of which the old value may come back although something was written: ON CONFLICT and MERGE leave some rows as they are. */
  kept: (column: string) => boolean;
  /** `*` gives the target's columns last: MERGE alone does (PostgreSQL 18.4, asked). */
  isLast?: boolean;
}

/** Notes what a writing statement writes; gives what it returns. */
export function resolveModification(statement: Modification, lineage: Lineage, parent: Scope, block: Block): Slot[] {
  const scope = new Scope(parent);
  resolveCommonTables({ ctes: statement.ctes, recursive: statement.ctes.some((table) => isRecursive(table, lineage)) }, scope, lineage, block);
  const modified = modifiedBy(statement, lineage, scope, block);
  lineage.write(statement.target, modified.written, []);
  return returned(statement.returning, modified, scope, lineage, block);
}

function modifiedBy(statement: Modification, lineage: Lineage, scope: Scope, block: Block): Modified {
  switch (statement.type) {
    case 'insert':
      return inserted(statement, lineage, scope, block);
    case 'merge':
      return merged(statement, lineage, scope, block);
    default:
      return changed(statement, lineage, scope, block);
  }
}

/**
 * RETURNING shows the target after the write: of a written column what was written into it (the value, not the old content of
 * the column), of every other column the target's own. `old` and `new` name the two states apart (PostgreSQL 18, "Returning
 * Data from Modified Rows").
 */
function returned(returning: readonly Projection[], { written, target, kept, isLast = false }: Modified, scope: Scope, lineage: Lineage, block: Block): Slot[] {
  if (returning.length === 0) return [];
  const byName = new Map(written.map((slot) => [slot.name, slot]));
  const columns = target.columns.map((slot): Slot => {
    const value = byName.get(slot.name);
    if (!value) return slot;
    return { ...slot, flows: kept(slot.name) ? mergeFlows(new Map(value.flows), slot.flows) : value.flows };
  });
  // Of an unknown target only the written columns are known to differ from what they were.
  if (target.columns.length === 0 && target.open.length > 0) columns.push(...written);
  const after: VisibleRelation = { ...target, columns };
  const states = new Scope(scope.parent, scope.commonTables);
  states.relations.push({ ...target, alias: 'old', aliased: true }, { ...after, alias: 'new', aliased: true });
  const visible = new Scope(states, scope.commonTables);
  visible.relations.push(after, ...scope.relations.filter((candidate) => candidate !== target));
  visible.merged.push(...scope.merged);
  const others = scope.star.slice(target.columns.length);
  visible.star.push(...(isLast ? [...others, ...columns] : [...columns, ...others]));
  return returning.flatMap((projection) => projected(projection, visible, lineage, block));
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

function inserted(statement: InsertStatement, lineage: Lineage, scope: Scope, block: Block): Modified {
  const source = statement.source ? lineage.query(statement.source, scope, child(block)) : [];
  const target = lineage.table(statement.target, scope, null);
  const names = statement.columns.length > 0 ? statement.columns : target.columns.map((slot) => slot.name);
  const values = source.map((slot, position): Slot => {
    const name = names[position];
    return slot.name === '*' || name === undefined ? slot : named(slot, name);
  });
  scope.add({ relations: [target], star: target.columns, merged: [] });
  const byDefault = new Set(values.filter((_, position) => isDefault(statement, position)).map(({ name }) => name));
  if (!statement.conflict) return { written: values, target, kept: (column) => byDefault.has(column) };
  // ON CONFLICT sees the row that was to be inserted under the name `excluded`.
  const inner = new Scope(scope);
  inner.relations.push(target, { ...relation('excluded', values.filter((slot) => slot.name !== '*')), rest: target.open.length > 0 ? new Map() : null });
  const { assignments, where } = statement.conflict;
  const updated = assigned(assignments, lineage, inner, block);
  lineage.condition(where, 'filter', inner, block);
  const changes = new Set(assignments.map(({ column }) => column));
  return { written: mergedByName([...values, ...updated]), target, kept: (column) => byDefault.has(column) || (changes.size > 0 && !changes.has(column)) };
}

/** DEFAULT stands in the tree as NULL: the server fills the column, and its content is the column's own. */
function isDefault({ source }: InsertStatement, position: number): boolean {
  if (source?.body.type !== 'values') return false;
  return source.body.rows.every((row) => {
    const value = row[position];
    return value?.type === 'literal' && value.kind === 'null';
  });
}

function changed(statement: UpdateStatement | DeleteStatement, lineage: Lineage, scope: Scope, block: Block): Modified {
  const target = lineage.table(statement.target, scope, block);
  scope.add({ relations: [target], star: target.columns, merged: [] });
  for (const item of statement.from) scope.add(resolveFrom(item, scope, lineage, block));
  const written = statement.type === 'update' ? assigned(statement.assignments, lineage, scope, block) : [];
  lineage.condition(statement.where, 'filter', scope, block);
  return { written, target, kept: () => false };
}

function merged(statement: MergeStatement, lineage: Lineage, scope: Scope, block: Block): Modified {
  // MERGE reads every row of its source; only the target is looked up.
  const looked = child(block, 'optional');
  const target = lineage.table(statement.target, scope, looked);
  scope.add({ relations: [target], star: target.columns, merged: [] });
  const source = resolveFrom(statement.source, scope, lineage, block);
  scope.add(source);
  // What is inserted has no partner in the target: only the source has values to give.
  const inserting = new Scope(scope.parent, scope.commonTables);
  inserting.add(source);
  lineage.condition(statement.condition, 'join', scope, looked);
  const written: Slot[] = [];
  const deletes = statement.clauses.some(({ action }) => action === 'delete');
  for (const clause of statement.clauses) {
    const seen = clause.action === 'insert' ? inserting : scope;
    lineage.condition(clause.condition, 'filter', scope, emptyBlock());
    const [whole] = clause.assignments;
    if (whole?.value.type === 'star') written.push(...wholeRow(whole.column, source.star, target));
    else written.push(...assigned(clause.assignments, lineage, seen, block, target));
  }
  const updates = statement.clauses.filter(({ action }) => action === 'update').map(({ assignments }) => new Set(assignments.map(({ column }) => column)));
  return { written: mergedByName(written), target, kept: (column) => deletes || updates.some((columns) => !columns.has(column)), isLast: true };
}

/**
 * INSERT ROW (BigQuery) writes every column of the source by its position, SET * and INSERT * (Databricks) by its name: then
 * `column` is `*`. Of a target that is not known the names are taken to be those of the source.
 */
function wholeRow(column: string, source: readonly Slot[], target: VisibleRelation): Slot[] {
  const unknown = source.some(({ name }) => name === '*');
  if (target.columns.length === 0) return source.map(({ name, flows }) => ({ name, flows }));
  if (column === '*' || unknown) {
    const rest = unite(source.filter(({ name }) => name === '*').map(({ flows }) => flows));
    return target.columns.flatMap(({ name }): Slot[] => {
      const flows = source.find((slot) => slot.name === name)?.flows ?? openColumn(rest, name);
      return flows.size > 0 ? [{ name, flows }] : [];
    });
  }
  return source.flatMap(({ flows }, position): Slot[] => {
    const name = target.columns[position]?.name;
    return name === undefined ? [] : [{ name, flows }];
  });
}

/** What SET and the lists of INSERT assign. INSERT without a list of columns goes by the order of `target`. */
function assigned(assignments: readonly Assignment[], lineage: Lineage, scope: Scope, block: Block, target: VisibleRelation | null = null): Slot[] {
  const rows = new Map<Expression, Slot[]>();
  const slots = assignments.map(({ column, value, ordinal }, position): Slot => ({
    name: column === '' ? (target?.columns[position]?.name ?? `column${position + 1}`) : column,
    flows: ordinal === null ? lineage.flows(value, scope, block) : ofRow(value, ordinal, rows, lineage, scope, block),
  }));
  return mergedByName(slots);
}

/** `SET (a, b) = (SELECT …)` takes its columns by ordinal; the query runs once. */
function ofRow(value: Expression, ordinal: number, rows: Map<Expression, Slot[]>, lineage: Lineage, scope: Scope, block: Block): Flows {
  if (value.type === 'subquery') {
    const columns = rows.get(value) ?? lineage.query(value.query, scope, child(block));
    rows.set(value, columns);
    return columns[ordinal - 1]?.flows ?? new Map();
  }
  const element = value.type === 'composite' ? value.elements[ordinal - 1] : undefined;
  return lineage.flows(element ?? value, scope, block);
}
