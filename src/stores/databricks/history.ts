import { z } from 'zod';
import { CatalogParts } from '../http/parts.js';
import { HISTORY_GROUPS_MAX, HISTORY_TEXT_MAX, historyReading } from '../shared/history.js';
import { loadSql } from '../sql/load.js';
import type { Reading, StatementReading } from '../store.js';
import { quoteName } from './names.js';
import type { OpenDatabricks } from './session.js';

const amount = z.number().nullable();
const groupRow = z.object({
  user_name: z.string(),
  application: z.string(),
  text: z.string().nullable(),
  left_out: z.boolean().nullish(),
  runs: z.number(),
  failures: z.number(),
  execution_ms: z.number(),
  longest_ms: amount,
  rows: z.number(),
  scanned_bytes: amount,
  spilled_bytes: amount,
  since: z.number(),
  until: amount,
});

/** Of all texts together: inline an answer has 25 MiB at most, in which some characters take more than they do here. */
const TEXTS_MAX_BYTES = 16_000_000;

/** The queries of the last days by system.query.history, which has those of all workspaces of the account in this region. */
export async function readHistory({ session, catalog }: OpenDatabricks): Promise<Reading<StatementReading>> {
  const parts = new CatalogParts(session);
  const user = quoteName(session.identity().role ?? 'its user');
  const remedy = `Let an account admin enable the system schema query, then GRANT USE CATALOG ON CATALOG system TO ${user}; GRANT USE SCHEMA ON SCHEMA system.query TO ${user}; GRANT SELECT ON TABLE system.query.history TO ${user};`;
  const sql = loadSql('databricks', 'history', session.version_num, { row_max: String(HISTORY_GROUPS_MAX + 1), text_max: String(HISTORY_TEXT_MAX), texts_max_bytes: String(TEXTS_MAX_BYTES) });
  const found = await parts.read(groupRow, sql, { missing: 'the query history', remedy, rows_max: HISTORY_GROUPS_MAX });
  const isCut = parts.gaps.some(({ missing }) => missing.startsWith('the rest of'));
  if (parts.gaps.length > 0 && !isCut) {
    // Where the system schema is switched off, its table is simply not there.
    return { value: { statements: [], own: [], window: null }, gaps: parts.gaps.map((gap) => ({ ...gap, remedy: gap.remedy ?? remedy })) };
  }
  const isLong = found.some(({ left_out }) => left_out === true);
  if (isLong) parts.gap('texts of the lighter statements', `all together have more than the ${TEXTS_MAX_BYTES / 1e6} MB that tidemark reads of them`, null);
  if (found.some(({ text, left_out }) => left_out !== true && (text === null || text === ''))) parts.gap('texts of some statements', 'the query history has none where a workspace encrypts with keys of its own', 'Databricks, Query history system table reference: Reading encrypted fields.');
  const now = Date.now();
  const until = Math.min(now, Math.max(0, ...found.map((row) => (row.until ?? row.since) * 1000)) || now);
  const since = Math.min(until, ...found.map((row) => row.since * 1000));
  const rows = found.map((row) => ({
    user: row.user_name, database: catalog, application: row.application, hash: null,
    text: row.text === null || row.text === '' ? null : row.text.slice(0, HISTORY_TEXT_MAX), cut: (row.text ?? '').length > HISTORY_TEXT_MAX,
    runs: row.runs, failures: row.failures, execution_ms: row.execution_ms, longest_ms: row.longest_ms, rows: row.rows,
    scanned_bytes: row.scanned_bytes, billed_bytes: null, spilled_bytes: row.spilled_bytes,
  }));
  return { value: historyReading(rows, { since: new Date(since).toISOString(), until: new Date(until).toISOString(), truncated: isCut }), gaps: parts.gaps };
}
