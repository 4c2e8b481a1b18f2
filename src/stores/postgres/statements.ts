import { z } from 'zod';
import type { Gap } from '../../model/snapshot.js';
import type { StatementStatistics, TextState } from '../../model/statement.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap, StoreLost, type Reading, type StatementReading } from '../store.js';
import { errorCode, errorText, quoteName } from './failure.js';
import { MARKER, type Session } from './session.js';
import { statementColumns } from './statement-columns.js';
import { StatementGaps } from './statement-gaps.js';

/** pg_stat_statements.max is 5,000 by default; far beyond that the totals still tell, single entries do not. */
const ENTRIES_MAX = 100_000;
/** A statement of a megabyte is a list of constants; what it reads stands in its first part. */
export const STATEMENT_LENGTH_MAX = 262_144;
/** All texts together, in characters. */
const TEXTS_LENGTH_MAX = 64_000_000;
/**
 * Texts cost the server the reading of its whole text file; they are not worth more time than this. With its default
 * work_mem it would write them to a temporary file on the way.
 */
const TEXTS_BOUNDS = { deadline_ms: 10_000, settings: { work_mem: '64MB' } };
const NO_PRIVILEGE = '<insufficient privilege>';

export const extensionRow = z.object({
  version: z.string(),
  schema: z.string(),
  may_use_schema: z.boolean(),
  may_execute: z.boolean(),
  columns: z.array(z.string()),
});

export const accessRow = z.object({
  entries_max: z.number().nullable(),
  track: z.string().nullable(),
  track_planning: z.string().nullable(),
  block_bytes: z.number(),
  reads_all: z.boolean(),
  preloaded: z.string().nullable(),
});
export type StatementAccess = z.infer<typeof accessRow>;

const statementRow = z.object({
  role_id: z.number(),
  role: z.string(),
  query_id: z.string().nullable(),
  toplevel: z.boolean(),
  calls: z.number(),
  execution_ms: z.number(),
  planning_ms: z.number().nullable(),
  rows: z.number(),
  shared_blocks_hit: z.number(),
  shared_blocks_read: z.number(),
  temp_blocks_read: z.number(),
  temp_blocks_written: z.number(),
  wal_bytes: z.number().nullable(),
});
type StatementRow = z.infer<typeof statementRow>;

const textRow = z.object({
  role_id: z.number(),
  query_id: z.string(),
  toplevel: z.boolean(),
  left_out: z.boolean().nullable(),
  text: z.string().nullable(),
});

interface Server {
  version_num: number;
  database: string;
  role: string;
  role_id: number;
}

/**
 * Reads pg_stat_statements for this database: counters first, without texts, then all texts at once within their own
 * deadline. Which columns there are follows the version of the extension, not of the server: a server keeps the one that
 * it was upgraded with (seen on 18: 1.7 to 1.12). Tidemark's own statements are left out.
 * @throws the reason of an abort; StoreLost when the connection had been lost before.
 */
export async function readStatements(session: Session, store: string, server: Server): Promise<Reading<StatementReading>> {
  const nothing: StatementReading = { statements: [], window: null };
  const gaps = new StatementGaps(store, quoteName(server.role));
  const run = <T>(row: z.ZodType<T>, file: string, values: Record<string, string>): Promise<T[]> =>
    session.query(row, loadSql('postgres', file, server.version_num, values));

  let kept = nothing;
  try {
    const [access] = await run(accessRow, 'statements_access', {});
    const [extension] = await run(extensionRow, 'statements_extension', {});
    if (!access) throw new Error('the server answered with no row');
    if (!extension) return { value: nothing, gaps: [gaps.noExtension(access)] };
    if (access.entries_max === null) return { value: nothing, gaps: [gaps.notLoaded(access)] };
    gaps.look(access);
    const missingGrant = gaps.missingGrant(extension);
    if (missingGrant) return { value: nothing, gaps: [...gaps.all(), missingGrant] };

    const { schema } = extension;
    const columns = statementColumns(new Set(extension.columns), access.track_planning === 'on');
    const bounds = { schema, columns: columns.sql, row_max: String(ENTRIES_MAX + 1) };
    const found = await run(statementRow, 'statements', bounds);
    const [count] = await run(z.object({ entries: z.number() }), 'statements_count', { schema });
    const windowRow = z.object({ since: z.string().nullable(), evictions: z.number() });
    const [since] = columns.hasWindow ? await run(windowRow, 'statements_window', { schema }) : [];
    const window = {
      since: since?.since ?? null,
      evictions: since?.evictions ?? null,
      entries: count?.entries ?? found.length,
      entries_max: access.entries_max,
      block_bytes: access.block_bytes,
    };
    if (found.length > ENTRIES_MAX) gaps.tooMany(ENTRIES_MAX);
    const merged = merge(found.slice(0, ENTRIES_MAX));
    kept = { statements: finish(merged, new Map(), server), window };

    const texts = await readTexts(session, { ...server, schema, toplevel: columns.toplevel }, gaps);
    return { value: { statements: finish(merged, texts, server), window }, gaps: gaps.all() };
  } catch (error) {
    if (error instanceof StoreLost && kept.window !== null) return { value: kept, gaps: [...gaps.all(), gaps.lost(error)] };
    session.rethrowFatal(error);
    const gap: Gap = error instanceof PermissionGap ? gaps.denied(error) : gaps.failed(error, errorCode(error));
    return { value: kept, gaps: [...gaps.all(), gap] };
  }
}

function keyOf(row: { role_id: number; query_id: string | null; toplevel: boolean }): string {
  return `${row.role_id} ${row.query_id ?? '-'} ${row.toplevel}`;
}

/** Rows whose identity the server hides fall together, one for each role: their sum is what can be said. */
function merge(rows: StatementRow[]): StatementRow[] {
  const merged = new Map<string, StatementRow>();
  for (const row of rows) {
    const key = keyOf(row);
    const other = merged.get(key);
    merged.set(key, other ? addUp(other, row) : row);
  }
  return [...merged.values()];
}

function addUp(a: StatementRow, b: StatementRow): StatementRow {
  const both = (x: number | null, y: number | null): number | null => (x === null || y === null ? null : x + y);
  return {
    ...a,
    calls: a.calls + b.calls,
    execution_ms: a.execution_ms + b.execution_ms,
    planning_ms: both(a.planning_ms, b.planning_ms),
    rows: a.rows + b.rows,
    shared_blocks_hit: a.shared_blocks_hit + b.shared_blocks_hit,
    shared_blocks_read: a.shared_blocks_read + b.shared_blocks_read,
    temp_blocks_read: a.temp_blocks_read + b.temp_blocks_read,
    temp_blocks_written: a.temp_blocks_written + b.temp_blocks_written,
    wal_bytes: both(a.wal_bytes, b.wal_bytes),
  };
}

async function readTexts(
  session: Session,
  source: Server & { schema: string; toplevel: string },
  gaps: StatementGaps,
): Promise<Map<string, string | null>> {
  const texts = new Map<string, string | null>();
  const sql = loadSql('postgres', 'statement_texts', source.version_num, {
    schema: source.schema,
    toplevel: source.toplevel,
    text_max: String(STATEMENT_LENGTH_MAX + 1),
    texts_max: String(TEXTS_LENGTH_MAX),
    row_max: String(ENTRIES_MAX + 1),
  });
  try {
    const rows = await session.query(textRow, sql, TEXTS_BOUNDS);
    for (const row of rows) texts.set(keyOf(row), row.text);
    if (rows.some((row) => row.left_out === true)) gaps.textsTooLarge(TEXTS_LENGTH_MAX);
  } catch (error) {
    session.rethrowFatal(error);
    gaps.textsFailed(errorText(error), errorCode(error), TEXTS_BOUNDS.deadline_ms);
  }
  return texts;
}

function finish(rows: StatementRow[], texts: ReadonlyMap<string, string | null>, server: Server): StatementStatistics[] {
  const statements: StatementStatistics[] = [];
  for (const row of rows) {
    const text = texts.get(keyOf(row)) ?? null;
    // Both, so that neither another role's statement nor an application's under the same role is left out.
    if (row.role_id === server.role_id && text?.includes(MARKER)) continue;
    const state = stateOf(row, text);
    statements.push({
      role: row.role,
      database: server.database,
      queryId: row.query_id,
      toplevel: row.toplevel,
      text: state === 'full' ? text : state === 'truncated' ? (text?.slice(0, STATEMENT_LENGTH_MAX) ?? null) : null,
      textState: state,
      calls: row.calls,
      execution_ms: row.execution_ms,
      planning_ms: row.planning_ms,
      rows: row.rows,
      sharedBlocksHit: row.shared_blocks_hit,
      sharedBlocksRead: row.shared_blocks_read,
      tempBlocksRead: row.temp_blocks_read,
      tempBlocksWritten: row.temp_blocks_written,
      wal_bytes: row.wal_bytes,
    });
  }
  return sortedBy(statements, (s) => [s.role, s.queryId ?? '', String(s.toplevel)]);
}

function stateOf(row: StatementRow, text: string | null): TextState {
  if (row.query_id === null || text === NO_PRIVILEGE) return 'hidden';
  if (text === null) return 'lost';
  return text.length > STATEMENT_LENGTH_MAX ? 'truncated' : 'full';
}
