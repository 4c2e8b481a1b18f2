import type { ColumnForm } from '../../stores/expressions/expression.js';
import { postgresSql } from './definitions.js';
import { expectedOf } from './groups.js';
import { RECONCILE_MARKER, SideSql } from './statements.js';
import type { PairPlan, PlannedSide, Which } from './types.js';
import { finer, modulusFor, WIDTH } from './units.js';

export interface ExplainedStatement {
  store: string;
  purpose: string;
  sql: string;
}

/**
 * Every text that a pass would run, in its order; of those that are run many times, one. Numbers of pages, ranges of keys and
 * keys in them stand for those that are found.
 */
export function statementsOf(plan: PairPlan): ExplainedStatement[] {
  const unit = plan.order === 'range' ? WIDTH : modulusFor(expectedOf(plan));
  const fine = finer(plan.order, unit) ?? unit;
  const statements: ExplainedStatement[] = [];
  for (const which of ['target', 'source'] as const) {
    const side = plan[which];
    const sql = new SideSql(plan, which);
    const add = (purpose: string, text: string): number => statements.push({ store: side.store, purpose, sql: text });
    if (side.engine === 'postgres') add('load of the server, before chunks', `${RECONCILE_MARKER} ${postgresSql(side.version_num, 'pace_look')}`);
    if (side.scan.by === 'whole' && plan.order === 'range') add('how the keys are spread', sql.spread([WIDTH]));
    add(`count and digest by group of keys${pieceWords(side)}`, sql.groups(unit, piece(sql, side)));
    add('the same by finer groups, where groups differ', sql.groups(fine, [...rescan(plan, which, sql), sql.inGroups(['0'], unit)]));
    add('count and digest by key, where finer groups differ', sql.keys([...rescan(plan, which, sql), sql.inGroups(['0'], fine)]));
    add('digests of the columns of keys that differ', sql.states([...(side.indexed ? [] : piece(sql, side)), sql.ofKeys([plan.key.map(({ [ownForm(which)]: own }) => sample(own))])]));
    if (which === 'source') add('clock, after the last row', sql.clock());
  }
  return statements;
}

function ownForm(which: Which): 'sourceForm' | 'targetForm' {
  return which === 'source' ? 'sourceForm' : 'targetForm';
}

function pieceWords({ scan }: PlannedSide): string {
  if (scan.by === 'pages') return `, by pieces of ${scan.pages} pages`;
  return scan.by === 'keys' ? ', by ranges of the key' : '';
}

function piece(sql: SideSql, { scan }: PlannedSide): string[] {
  if (scan.by === 'pages') return [sql.pages(0, Math.max(1, Math.min(128, scan.pages)))];
  return scan.by === 'keys' ? [sql.keyRange(0n, 8_191n)] : [];
}

/** Where no index leads to a group, finding its rows reads every piece again. */
function rescan(plan: PairPlan, which: Which, sql: SideSql): string[] {
  const side = plan[which];
  return plan.order === 'range' && side.indexed ? [] : piece(sql, side);
}

/** A canonical text of a form. */
function sample(own: ColumnForm): string {
  if (own.kind === 'uuid') return '00000000-0000-0000-0000-000000000000';
  if (own.kind === 'date') return '1970-01-01';
  if (own.kind === 'text') return 'a';
  return own.kind === 'bytes' ? '00' : '0';
}
