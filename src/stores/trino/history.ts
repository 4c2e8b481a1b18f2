import { z } from 'zod';
import { CatalogParts } from '../http/parts.js';
import { HISTORY_GROUPS_MAX, HISTORY_TEXT_MAX, historyReading } from '../shared/history.js';
import { loadSql } from '../sql/load.js';
import type { Reading, StatementReading } from '../store.js';
import type { OpenTrino } from './session.js';

const groupRow = z.object({
  user_name: z.string(),
  application: z.string(),
  text: z.string(),
  runs: z.number(),
  failures: z.number(),
  execution_ms: z.number(),
  longest_ms: z.number().nullable(),
  since: z.number(),
});

/** The queries that the coordinator still holds in memory (system.runtime.queries), which is never the whole of a day. */
export async function readHistory({ session, catalog }: OpenTrino): Promise<Reading<StatementReading>> {
  const parts = new CatalogParts(session);
  const sql = loadSql('trino', 'history', session.version_num, { row_max: String(HISTORY_GROUPS_MAX + 1), text_max: String(HISTORY_TEXT_MAX) });
  const found = await parts.read(groupRow, sql, { missing: 'the query history', remedy: 'Let its user see queries of others (access control, query rules: view).', rows_max: HISTORY_GROUPS_MAX });
  const isCut = parts.gaps.some(({ missing }) => missing.startsWith('the rest of'));
  if (parts.gaps.length > 0 && !isCut) return { value: { statements: [], own: [], window: null }, gaps: parts.gaps };
  parts.gap('statements that ended earlier, and those of users that an access control hides', 'a coordinator keeps its last queries in memory only', 'An event listener of Trino (http, kafka, mysql, openlineage) keeps them; query.max-history and query.min-expire-age hold more in memory.');
  const until = new Date();
  const since = new Date(Math.min(until.getTime(), ...found.map((row) => row.since * 1000)));
  const rows = found.map(({ user_name, application, text, runs, failures, execution_ms, longest_ms }) => ({
    user: user_name, database: catalog, application, hash: null, text: text.slice(0, HISTORY_TEXT_MAX), cut: text.length > HISTORY_TEXT_MAX,
    runs, failures, execution_ms, longest_ms, rows: 0, scanned_bytes: null, billed_bytes: null, spilled_bytes: null,
  }));
  return { value: historyReading(rows, { since: since.toISOString(), until: until.toISOString(), truncated: isCut }), gaps: parts.gaps };
}
