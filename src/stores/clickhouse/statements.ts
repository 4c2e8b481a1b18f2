import { z } from 'zod';
import type { Gap } from '../../model/snapshot.js';
import type { LiveSession } from '../live.js';
import { HISTORY_DAYS, HISTORY_GROUPS_MAX, HISTORY_TEXT_MAX, historyReading, type HistoryRow } from '../shared/history.js';
import { loadSql } from '../sql/load.js';
import { oneLine, PermissionGap, StoreLost, type Reading, type StatementReading } from '../store.js';
import { ServerFailure } from './failure.js';
import { quoted, textOf } from './names.js';

const DEADLINE_MS = 60_000;
const TOO_MANY_ROWS_OR_BYTES = 396;
/** Characters of a text where all of them at their whole length are more than an answer may hold. */
const SHORT_TEXT_MAX = 10_000;
const MISSING = 'the history of queries: who runs what, and what it costs';

const nameRow = z.object({ name: z.string() });
const macroRow = z.object({ cluster: z.string() });
const number = z.union([z.number(), z.string()]).transform(Number);
const groupRow = z.object({
  user: z.string(), database: z.string(), application: z.string(), hash: z.string(), text: z.string(), cut: number, runs: number, failures: number,
  execution_ms: number, longest_ms: number, row_count: number, scanned_bytes: number,
});
const windowRow = z.object({ since: number, until: number, entries: number });

/**
 * The history of queries of the last days as system.query_log keeps it, one row a text without literals, user, database and
 * application; what tidemark ran is left out by its comment and its name. On a cluster that tells its name (macro `cluster`) that of all
 * replicas, else of this server.
 */
export async function readStatements(session: LiveSession): Promise<Reading<StatementReading>> {
  const gaps: Gap[] = [];
  const gap = (missing: string, cause: string, remedy: string | null, severity: Gap['severity'] = 'partial'): void =>
    void gaps.push({ subject: session.store, missing, cause: oneLine(cause), remedy, severity });
  const none: StatementReading = { statements: [], own: [], window: null };
  const grant = `GRANT SELECT ON system.query_log TO ${quoted(session.identity().role ?? 'tidemark')};`;
  try {
    const columns = new Set((await session.query(nameRow, "SELECT name FROM system.columns WHERE database = 'system' AND table = 'query_log'")).map(({ name }) => name));
    if (columns.size === 0) {
      gap(MISSING, 'system.query_log is not there, or this user may not see it', `${grant} Where the server keeps none: log_queries = 1, and <query_log> in its configuration.`);
      return { value: none, gaps };
    }
    const value = await readWhole(session, columns, gap);
    return { value: value ?? none, gaps };
  } catch (error) {
    if (error instanceof StoreLost) gap('the history of queries', `the connection was lost: ${error.detail}`, 'Run it again when the server is back.', 'blind');
    else if (error instanceof PermissionGap) gap(MISSING, error.detail, grant);
    else if (error instanceof ServerFailure || isNamed(error)) gap(MISSING, error.message.replace(`${session.store}: `, ''), null);
    else throw error;
    return { value: none, gaps };
  }
}

function isNamed(error: unknown): error is Error {
  return error instanceof Error && ['DeadlineExceeded', 'ScanRefused', 'AnswerTooLarge', 'ZodError'].includes(error.name);
}

type Say = (missing: string, cause: string, remedy: string | null) => void;

async function readWhole(session: LiveSession, columns: ReadonlySet<string>, say: Say): Promise<StatementReading | null> {
  const cluster = await clusterOf(session);
  if (cluster === null) return readFrom(session, columns, 'system.query_log', say);
  try {
    return await readFrom(session, columns, `clusterAllReplicas(${textOf(cluster)}, system.query_log)`, say);
  } catch (error) {
    if (!(error instanceof PermissionGap || error instanceof ServerFailure)) throw error;
    const own = await readFrom(session, columns, 'system.query_log', say);
    const isDenied = error instanceof PermissionGap;
    const remedy = isDenied ? `GRANT REMOTE ON *.* TO ${quoted(session.identity().role ?? 'tidemark')};` : 'Are all replicas of the cluster up?';
    say('the history of queries on the other replicas', isDenied ? error.detail : error.message, remedy);
    return own;
  }
}

async function clusterOf(session: LiveSession): Promise<string | null> {
  try {
    const [row] = await session.query(macroRow, "SELECT substitution AS cluster FROM system.macros WHERE macro = 'cluster'");
    return row?.cluster ?? null;
  } catch (error) {
    // Old servers have no such table, and not everybody may read it: then the server stands alone as far as anybody can tell.
    if (error instanceof PermissionGap || error instanceof ServerFailure) return null;
    throw error;
  }
}

async function readFrom(session: LiveSession, columns: ReadonlySet<string>, log: string, say: Say): Promise<StatementReading | null> {
  const values = { log, days: String(HISTORY_DAYS), row_max: String(HISTORY_GROUPS_MAX + 1), ...expressions(columns) };
  const bounds = { deadline_ms: DEADLINE_MS };
  // A hash of the whole text is for grouping only: who knows the text up to a literal could find that.
  const hasHash = columns.has('normalized_query_hash');
  const [window] = await session.query(windowRow, loadSql('clickhouse', 'query_log_window', session.version_num, values), bounds);
  const groupsOf = (text_max: number) => session.query(groupRow, loadSql('clickhouse', 'query_log', session.version_num, { ...values, text_max: String(text_max) }), bounds);
  const groups = await groupsOf(HISTORY_TEXT_MAX).catch((error: unknown) => {
    if (!isTooLarge(error)) throw error;
    say('the ends of long texts', `texts of the history are cut at ${SHORT_TEXT_MAX} characters: whole, they are more than tidemark reads at once`, null);
    return groupsOf(SHORT_TEXT_MAX);
  });
  if (window === undefined || window.entries === 0) {
    say(MISSING, `system.query_log has nothing of the last ${HISTORY_DAYS} days`, 'Is log_queries on for the users of the warehouse, and is the log kept (its TTL)?');
    return null;
  }
  const rows = groups.slice(0, HISTORY_GROUPS_MAX).map(({ row_count, cut, hash, ...row }): HistoryRow => ({ ...row, hash: hasHash ? hash : null, cut: cut === 1, rows: row_count, billed_bytes: null, spilled_bytes: null }));
  if (groups.length > HISTORY_GROUPS_MAX) say('the statements that ran least', `there are more than ${HISTORY_GROUPS_MAX} in the history of ${HISTORY_DAYS} days`, null);
  const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return historyReading(rows, { since: iso(window.since), until: iso(window.until), truncated: groups.length > HISTORY_GROUPS_MAX });
}

/** By what was read, or by the limit that the session sets itself (max_result_bytes). */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AnswerTooLarge' || (error instanceof ServerFailure && error.code === TOO_MANY_ROWS_OR_BYTES));
}

/** What the log of older versions lacks. */
function expressions(columns: ReadonlySet<string>): Record<string, string> {
  const own = ["http_user_agent LIKE 'tidemark %'", ...(columns.has('log_comment') ? ["log_comment = 'tidemark'"] : [])];
  return {
    own: `(${own.join(' OR ')})`,
    hash: columns.has('normalized_query_hash') ? 'toString(normalized_query_hash)' : 'toString(cityHash64(query))',
    database: columns.has('current_database') ? 'toString(current_database)' : "''",
    written: columns.has('written_rows') ? 'written_rows' : '0',
  };
}
