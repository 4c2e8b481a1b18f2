import type { StoreBoundary } from '../../graph/boundary.js';
import type { Relation } from '../../model/catalog.js';
import type { SqlStatement, UpdateStatement } from '../../model/syntax-tree.js';
import { walkStatement } from '../../sql/walk.js';
import { columnsIn, isGiven, isUpdate, type SentWrite } from './writes.js';
import type { Correction } from './index.js';

const MOMENT = /^(?:date|timestamp)/i;
/** These are meant to move with each change, and an increment by them takes the row again. */
const MOVES_ON = /updated|modified|changed|synced|touched|last_|version|refreshed|seen/i;
const RANGES = new Set(['>', '>=', '<', '<=', 'between']);
/** A program that writes every column of a row at each change corrects none of them. */
const WHOLE_ROW_SHARE = 0.5;
const WHOLE_ROW_COLUMNS = 4;

/**
 * Times of events that are set anew while a loader takes rows by that very time: a row that is set back is never taken again, so the
 * warehouse keeps the old time (Part 066 §16: backdated event, restate affected facts).
 */
export function backdated(boundary: StoreBoundary, writes: readonly SentWrite[]): Correction[] {
  const taken = takenByLoaders(boundary);
  return boundary.store.catalog.relations.flatMap((relation) => {
    const key = `${relation.schema}.${relation.name}`;
    const updates = writes.filter(isUpdate).filter((write) => write.relation === key && !isWholeRow(write.statement, relation));
    return relation.columns.flatMap(({ name, type, nullable }): Correction[] => {
      const loaders = taken.get(`${key}.${name}`);
      // What may be empty is set when it happens: an UPDATE of it is no correction.
      if (loaders === undefined || nullable || !MOMENT.test(type) || MOVES_ON.test(name)) return [];
      const own = updates.filter(({ statement }) => statement.assignments.some(({ column, value }) => column === name && isGiven(value)));
      return own.length === 0 ? [] : [{ kind: 'backdated', relation: key, columns: [name], writes: own, loaders: [...loaders].sort() }];
    });
  });
}

function isWholeRow({ assignments }: UpdateStatement, { columns }: Relation): boolean {
  return assignments.length >= WHOLE_ROW_COLUMNS && assignments.length >= columns.length * WHOLE_ROW_SHARE;
}

/** `schema.table.column` by which loaders take increments, with their names; of a statement that knows another range too only what it has alone. */
function takenByLoaders({ readRows, roles }: StoreBoundary): Map<string, Set<string>> {
  const taken = new Map<string, Set<string>>();
  for (const { row, read } of readRows) {
    if (roles.get(row.role)?.purpose !== 'loader' || read === null) continue;
    for (const { statement, resolution } of read.parts) {
      const [relation, another] = resolution.base;
      const columns = rangeColumns(statement);
      const [column] = columns;
      if (relation === undefined || another !== undefined || column === undefined || columns.size !== 1) continue;
      const key = `${relation}.${column}`;
      taken.set(key, (taken.get(key) ?? new Set()).add(`role ${row.role}`));
    }
  }
  return taken;
}

function rangeColumns(statement: SqlStatement): Set<string> {
  const found = new Set<string>();
  walkStatement(statement, {
    expression: (expression) => {
      if (expression.type !== 'operation' || !RANGES.has(expression.operator)) return;
      if (!expression.operands.some(isGiven)) return;
      for (const operand of expression.operands) for (const column of columnsIn(operand)) found.add(column);
    },
  });
  return found;
}
