import { z } from 'zod';
import type { Gap } from '../../model/snapshot.js';
import { errorCode, quoteName } from '../postgres/failure.js';
import { HISTORY_DAYS, HISTORY_GROUPS_MAX, HISTORY_TEXT_MAX, historyReading, type HistoryRow } from '../shared/history.js';
import { DeadlineExceeded } from '../live.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap, StoreLost, type Reading, type StatementReading } from '../store.js';
import { seesAllUsers } from './describe.js';
import type { RedshiftSession } from './session.js';

/** Texts of so many statements are asked for at once. */
const IDS_MAX = 500;
/** Groups by user, label and hash of which scans are read. */
const SCANS_MAX = 50_000;
const UNDEFINED_TABLE = '42P01';
/** query_group of a session that named none. */
const NO_LABEL = 'default';

const groupRow = z.object({
  user_id: z.number(),
  database: z.string(),
  label: z.string().nullable(),
  application: z.string().nullable(),
  hash: z.string().nullable(),
  query_id: z.string(),
  runs: z.number(),
  failures: z.number(),
  execution_ms: z.number(),
  longest_ms: z.number().nullable(),
  rows: z.number().nullable(),
  since: z.number(),
});
type GroupRow = z.infer<typeof groupRow>;
const scanRow = z.object({ user_id: z.number(), label: z.string().nullable(), hash: z.string().nullable(), scanned_bytes: z.number().nullable() });
const chunkRow = z.object({ query_id: z.string(), sequence: z.number(), text: z.string() });
const userRow = z.object({ id: z.number(), name: z.string() });

/** Where texts are: in chunks of so many characters, which lose their blanks at the end. */
const SYS = { groups: 'history', texts: 'history_texts', chunk: 4_000 };
const STL = { groups: 'old_history', texts: 'old_history_texts', chunk: 200 };

/** The history of the last days by SYS_QUERY_HISTORY, on clusters without it by STL_QUERY. @throws the reason of an abort */
export async function readHistory(session: RedshiftSession): Promise<Reading<StatementReading>> {
  const gaps: Gap[] = [];
  const user = quoteName(session.identity().role ?? 'tidemark');
  const gap = (missing: string, cause: string, remedy: string | null): void => void gaps.push({ subject: session.store, missing, cause, remedy, severity: 'partial' });
  try {
    if (!(await seesAllUsers(session))) {
      gap('statements of other users', `${user} sees only its own in the query history`, `ALTER USER ${user} SYSLOG ACCESS UNRESTRICTED;`);
    }
    const { rows: found, source } = await readGroups(session, (error) => gap('applications of statements', error.detail, `GRANT SELECT ON sys_connection_log TO ${user};`));
    const rows = found.slice(0, HISTORY_GROUPS_MAX);
    const users = new Map((await read(session, userRow, 'users', { row_max: '100000' })).map(({ id, name }) => [id, name]));
    const texts = await readTexts(session, rows, source);
    const scans = source === SYS ? await readScans(session, (cause) => gap('bytes that statements scanned', cause, null)) : null;
    const until = new Date();
    const earliest = Math.min(...rows.map(({ since }) => since * 1000), until.getTime());
    const window = { since: new Date(Math.max(earliest, until.getTime() - HISTORY_DAYS * 86_400_000)).toISOString(), until: until.toISOString(), truncated: found.length > HISTORY_GROUPS_MAX };
    if (window.truncated) gap('the lighter part of the query history', `there are more than ${HISTORY_GROUPS_MAX} different statements and tidemark reads the heaviest`, null);
    return { value: historyReading(withScans(rows, scans).map((row) => historyRow(row, users, texts)), window), gaps };
  } catch (error) {
    if (!(error instanceof StoreLost)) session.rethrowFatal(error);
    const cause = error instanceof StoreLost || error instanceof PermissionGap ? error.detail : error instanceof Error ? error.message : String(error);
    gaps.push({ subject: session.store, missing: 'the query history', cause, remedy: error instanceof PermissionGap ? `ALTER USER ${user} SYSLOG ACCESS UNRESTRICTED;` : null, severity: error instanceof StoreLost ? 'blind' : 'partial' });
    return { value: { statements: [], own: [], window: null }, gaps };
  }
}

function read<T>(session: RedshiftSession, row: z.ZodType<T>, file: string, values: Record<string, string>): Promise<T[]> {
  return session.query(row, loadSql('redshift', file, session.version_num, values));
}

/** With the names of applications where the log of connections may be read, which takes a grant of its own. */
async function readGroups(session: RedshiftSession, denied: (error: PermissionGap) => void): Promise<{ rows: GroupRow[]; source: typeof SYS }> {
  const row_max = String(HISTORY_GROUPS_MAX + 1);
  try {
    try {
      return { source: SYS, rows: await read(session, groupRow, SYS.groups, { row_max, application: 'c.application', connections: loadSql('redshift', 'history_connections', session.version_num) }) };
    } catch (error) {
      if (!(error instanceof PermissionGap)) throw error;
      const rows = await read(session, groupRow, SYS.groups, { row_max, application: "''", connections: '' });
      denied(error);
      return { source: SYS, rows };
    }
  } catch (error) {
    if (errorCode(error) !== UNDEFINED_TABLE) throw error;
    return { source: STL, rows: await read(session, groupRow, STL.groups, { row_max }) };
  }
}

async function readTexts(session: RedshiftSession, rows: readonly GroupRow[], source: typeof SYS): Promise<Map<string, { text: string; cut: boolean }>> {
  const ids = [...new Set(rows.map(({ query_id }) => query_id))].filter((id) => /^\d+$/.test(id));
  const chunks_max = Math.floor(HISTORY_TEXT_MAX / source.chunk);
  const chunks = new Map<string, string[]>();
  for (let at = 0; at < ids.length; at += IDS_MAX) {
    const part = ids.slice(at, at + IDS_MAX).join(', ');
    for (const { query_id, sequence, text } of await read(session, chunkRow, source.texts, { ids: part, chunks_max: String(chunks_max + 1) })) {
      const list = chunks.get(query_id) ?? [];
      list[sequence] = text;
      chunks.set(query_id, list);
    }
  }
  return new Map([...chunks].map(([id, list]) => [id, joined(list, source.chunk, chunks_max)]));
}

/**
 * One text of its chunks. They are of type char, whose blanks at the end are lost on the way: each but the last is filled up
 * again, or `count(*) from` at a border would become `count(*)from`. Line breaks are kept as `\n` (guide, SYS_QUERY_TEXT).
 * @param list by number; a missing one cuts the text there.
 */
export function joined(list: readonly (string | undefined)[], chunk: number, chunks_max: number): { text: string; cut: boolean } {
  const hole = Array.from(list).findIndex((part) => part === undefined);
  const whole = (hole < 0 ? list : list.slice(0, hole)).slice(0, chunks_max).map((part) => part ?? '');
  const text = whole.map((part, index) => (index < whole.length - 1 ? part.padEnd(chunk) : part.trimEnd())).join('');
  return { text: text.replace(/\\([nrt\\])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? '\\'), cut: hole >= 0 || list.length > chunks_max };
}

/** Null where they cannot be read: that costs them only. */
async function readScans(session: RedshiftSession, failed: (cause: string) => void): Promise<Map<string, number> | null> {
  try {
    const rows = await read(session, scanRow, 'history_scans', { row_max: String(SCANS_MAX) });
    return new Map(rows.flatMap(({ user_id, label, hash, scanned_bytes }) => (scanned_bytes === null ? [] : [[scanKey({ user_id, label, hash }), scanned_bytes] as const])));
  } catch (error) {
    session.rethrowFatal(error);
    failed(error instanceof PermissionGap || error instanceof DeadlineExceeded ? error.detail : error instanceof Error ? error.message : String(error));
    return null;
  }
}

function scanKey({ user_id, label, hash }: { user_id: number; label: string | null; hash: string | null }): string {
  return JSON.stringify([user_id, label, hash]);
}

type ScannedRow = GroupRow & { scanned_bytes: number | null };

/**
 * The bytes of a text are those of all its applications: each gets its part by its runs. A text of which no scan is known was
 * answered from the cache or by the leader node: it scanned nothing.
 */
function withScans(rows: readonly GroupRow[], scans: ReadonlyMap<string, number> | null): ScannedRow[] {
  const runs = new Map<string, number>();
  for (const row of rows) runs.set(scanKey(row), (runs.get(scanKey(row)) ?? 0) + row.runs);
  return rows.map((row) => {
    const all = runs.get(scanKey(row)) ?? 0;
    return { ...row, scanned_bytes: scans === null ? null : all === 0 ? 0 : Math.round(((scans.get(scanKey(row)) ?? 0) * row.runs) / all) };
  });
}

function historyRow(row: ScannedRow, users: ReadonlyMap<number, string>, texts: ReadonlyMap<string, { text: string; cut: boolean }>): HistoryRow {
  const found = texts.get(row.query_id);
  const application = row.application ?? '';
  return {
    user: users.get(row.user_id) ?? `user ${row.user_id}`,
    database: row.database,
    application: application === '' && row.label !== NO_LABEL ? (row.label ?? '') : application,
    hash: row.hash === '' ? null : row.hash,
    text: found?.text ?? null,
    cut: found?.cut ?? false,
    runs: row.runs,
    failures: row.failures,
    execution_ms: row.execution_ms,
    longest_ms: row.longest_ms,
    rows: row.rows ?? 0,
    scanned_bytes: row.scanned_bytes,
    billed_bytes: null,
    spilled_bytes: null,
  };
}
