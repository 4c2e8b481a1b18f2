import { z } from 'zod';
import type { ReconcileSide } from '../../model/configuration.js';
import { keepsValue } from '../../stores/expressions/common.js';
import { expressionsOf } from '../../stores/expressions/index.js';
import type { LiveSession } from '../../stores/live.js';
import { plainText } from '../../text/plain-text.js';
import { PairProblem } from '../problem.js';
import { plannedCost } from '../read-side.js';
import { definitionsDeadline, expectedRows, postgresSql, relationNamed } from './definitions.js';
import { SideSql } from './statements.js';
import type { PairPlan, Which } from './types.js';

/** What one statement over an operational store may cost by the planner's estimate: about 2 s of one core. */
const STATEMENT_COST_MAX = 200_000;
/** Below it reading everything is as good as an index. */
const SMALL_COST = 5_000;
/** A search that costs more of the whole than this reads most of it. */
const SEARCH_SHARE_MAX = 0.2;
const RANGE_SCAN_VERSION = 140_000;
/** Bytes before the first and of each line in a page of the heap (bufpage.h, htup_details.h: 24, and 4 + 24). */
const PAGE_HEADER = 24;
const LINE_BYTES_MIN = 28;

const storageRow = z.object({ block_bytes: z.number(), largest_bytes: z.number(), heap: z.boolean(), pages_granted: z.boolean(), file: z.string() });

/**
 * Completes a side of a plan by how it is read. Warehouses answer one statement; PostgreSQL is read page by page, its views,
 * foreign tables and queries by ranges of the key where an index behind them serves.
 * @throws PairProblem where reading it would be one long statement; what the session throws.
 */
export async function planScan(plan: PairPlan, which: Which, side: ReconcileSide, session: LiveSession): Promise<void> {
  const planned = plan[which];
  planned.rows_expected = await expectedRows(side, session);
  if (session.engine !== 'postgres') {
    planned.indexed = true;
    return;
  }
  const sql = new SideSql(plan, which);
  const bounds = definitionsDeadline(session);
  const whole = await plannedCost(session, sql.rows([]), bounds.deadline_ms);
  const one = whole <= SMALL_COST ? 0 : await plannedCost(session, sql.oneKey(), bounds.deadline_ms);
  const ownForm = which === 'source' ? 'sourceForm' : 'targetForm';
  planned.indexed = (whole <= SMALL_COST || one < SEARCH_SHARE_MAX * whole) && plan.key.every((column) => keepsValue(column[ownForm], column.form));
  let granted = true;
  if (side.query === null && (planned.kind === 'table' || planned.kind === 'materialized_view')) {
    const { schema, name } = relationNamed(side.relation);
    const [storage] = await session.query(storageRow, postgresSql(session.version_num, 'storage', { schema: expressionsOf(session.engine).text(schema), name: expressionsOf(session.engine).text(name) }), bounds);
    granted = storage?.pages_granted ?? true;
    planned.file = storage?.file ?? null;
    if (storage?.heap === true && granted) {
      const { block_bytes, largest_bytes } = storage;
      planned.scan = {
        by: 'pages',
        pages: Math.ceil(largest_bytes / block_bytes),
        array: session.version_num < RANGE_SCAN_VERSION,
        rows_per_page_max: Math.floor((block_bytes - PAGE_HEADER) / LINE_BYTES_MIN),
      };
      return;
    }
  }
  if (whole <= STATEMENT_COST_MAX) return;
  if (plan.order === 'range' && planned.indexed) planned.scan = { by: 'keys' };
  else throw tooLong(plan, which, granted, session.identity().role);
}

function tooLong(plan: PairPlan, which: Which, granted: boolean, role: string | null): PairProblem {
  const { place, kind } = plan[which];
  if (!granted) {
    return new PairProblem(
      `${place} is not read: with a grant on some columns only, it cannot be read in pieces, and one statement over all of it would be long`,
      `GRANT SELECT on the whole table to ${plainText(role ?? 'the role of tidemark', 63)}, or name a key of one integer column that an index serves.`,
    );
  }
  const what = { query: 'the query', view: 'the view', foreign_table: 'the foreign table', table: 'the table', materialized_view: 'the view' }[kind];
  return new PairProblem(
    `${place} is not read: ${what} cannot be read in pieces, and one statement over all of it would be long`,
    'Compare the table behind it, or name a key of one integer column that an index behind it serves.',
  );
}
