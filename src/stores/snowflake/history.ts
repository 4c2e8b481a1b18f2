import { z } from 'zod';
import type { Gap } from '../../model/snapshot.js';
import { CatalogParts } from '../http/parts.js';
import type { LiveSession } from '../live.js';
import { HISTORY_DAYS, HISTORY_GROUPS_MAX, HISTORY_TEXT_MAX, HISTORY_TEXTS_MAX, historyReading, type HistoryRow } from '../shared/history.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap, type Reading, type StatementReading } from '../store.js';
import { quoteName, quoteText } from './names.js';
import { QUERY_TAG } from './runner.js';

const historyRow = z.object({
  user: z.string(), database: z.string(), application: z.string(), hash: z.string().nullable(), text: z.string().nullable(), left_out: z.boolean().nullish(), runs: z.number(), failures: z.number(),
  execution_ms: z.number(), longest_ms: z.number().nullable(), rows: z.number(), scanned_bytes: z.number().nullable(), spilled_bytes: z.number().nullable(),
});
const windowRow = z.object({ since: z.string(), until: z.string() });
const DEADLINE_MS = 180_000;
const REMEDY = 'GRANT DATABASE ROLE SNOWFLAKE.GOVERNANCE_VIEWER TO ROLE …; GRANT DATABASE ROLE SNOWFLAKE.SECURITY_VIEWER TO ROLE …; (or GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE …;)';

/** QUERY_HISTORY keeps 100,000 characters of a text (ACCOUNT_USAGE.QUERY_HISTORY). */
const TEXT_CHARACTERS_KEPT = 100_000;

/** The history of a week, grouped by Snowflake; where the account's may not be read, what this user itself may see. */
export async function readStatements(session: LiveSession, database: string): Promise<Reading<StatementReading>> {
  const nothing: StatementReading = { statements: [], own: [], window: null };
  const values = { database: quoteName(database), database_text: quoteText(database), tag: quoteText(QUERY_TAG), days: String(HISTORY_DAYS), row_max: String(HISTORY_GROUPS_MAX + 1), texts_max: String(HISTORY_TEXTS_MAX) };
  const bounds = { deadline_ms: DEADLINE_MS };
  const query = <T>(row: z.ZodType<T>, file: string): Promise<T[]> => session.query(row, loadSql('snowflake', file, session.version_num, values), bounds);
  const parts = new CatalogParts(session);
  const gaps: Gap[] = parts.gaps;
  try {
    const [window] = await query(windowRow, 'statements_window');
    if (!window) throw new Error('Snowflake answered with no row');
    const { rows, isOwnOnly } = await historyRows(query);
    if (isOwnOnly) parts.gap('statements of other users and the applications behind them', 'this role may not read SNOWFLAKE.ACCOUNT_USAGE', REMEDY);
    if (rows.some(({ left_out }) => left_out === true)) parts.gap('texts of the lighter statements', `all together have more than the ${HISTORY_TEXTS_MAX / 1e6} million characters that tidemark reads of them`, null);
    if (rows.length > HISTORY_GROUPS_MAX) parts.gap('the statements that ran least', `there are more than ${HISTORY_GROUPS_MAX} in the history of ${HISTORY_DAYS} days`, null);
    return { value: historyReading(rows.slice(0, HISTORY_GROUPS_MAX), { ...window, truncated: rows.length > HISTORY_GROUPS_MAX }), gaps };
  } catch (error) {
    parts.failed(error, 'statements', REMEDY);
    return { value: nothing, gaps };
  }
}

async function historyRows(query: <T>(row: z.ZodType<T>, file: string) => Promise<T[]>): Promise<{ rows: SnowflakeRow[]; isOwnOnly: boolean }> {
  try {
    return { rows: (await query(historyRow, 'statements')).map(toHistory), isOwnOnly: false };
  } catch (error) {
    if (!(error instanceof PermissionGap)) throw error;
    return { rows: (await query(historyRow, 'own_statements')).map(toHistory), isOwnOnly: true };
  }
}

type SnowflakeRow = HistoryRow & Pick<z.infer<typeof historyRow>, 'left_out'>;

function toHistory(row: z.infer<typeof historyRow>): SnowflakeRow {
  return { ...row, cut: (row.text?.length ?? 0) >= Math.min(TEXT_CHARACTERS_KEPT, HISTORY_TEXT_MAX), billed_bytes: null };
}
