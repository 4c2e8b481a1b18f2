import { z } from 'zod';
import { CatalogParts } from '../http/parts.js';
import { HISTORY_DAYS, HISTORY_GROUPS_MAX, HISTORY_TEXT_MAX, HISTORY_TEXTS_MAX, historyReading, type HistoryRow } from '../shared/history.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap, type Reading, type StatementReading } from '../store.js';
import { quoteName, quoteText } from './names.js';
import { LABEL } from './runner.js';
import type { BigQuerySession } from './session.js';

const historyRow = z.object({
  user: z.string().nullable(), database: z.string(), application: z.string(), hash: z.string().nullable(), text: z.string().nullable(), left_out: z.boolean().nullish(), cut: z.boolean().nullable(), runs: z.number(), failures: z.number(),
  execution_ms: z.number(), longest_ms: z.number().nullable(), scanned_bytes: z.number().nullable(), billed_bytes: z.number().nullable(),
});
const windowRow = z.object({ since: z.string(), until: z.string() });
const DEADLINE_MS = 180_000;
const REMEDY = 'Grant roles/bigquery.resourceViewer on the project to the account (bigquery.jobs.listAll).';

/** The jobs of a week in the project that pays, grouped by BigQuery; where they may not be listed, those of this account. */
export async function readStatements(session: BigQuerySession): Promise<Reading<StatementReading>> {
  const parts = new CatalogParts(session);
  const nothing: StatementReading = { statements: [], own: [], window: null };
  const { address } = session;
  const sql = (file: string, values: Record<string, string>): string => loadSql('bigquery', file, session.version_num, { days: String(HISTORY_DAYS), ...values });
  const region = `${quoteName(address.project)}.${quoteName(`region-${(address.location ?? '').toLowerCase()}`)}`;
  const rowsOf = async (view: string): Promise<(HistoryRow & Pick<z.infer<typeof historyRow>, 'left_out'>)[]> => {
    const values = {
      jobs: `${region}.INFORMATION_SCHEMA.${view}`, label: quoteText(LABEL.name), text_max: String(HISTORY_TEXT_MAX), texts_max: String(HISTORY_TEXTS_MAX), row_max: String(HISTORY_GROUPS_MAX + 1),
      dataset: address.dataset === null ? '' : sql('statements_of_dataset', { dataset_text: quoteText(address.dataset) }),
    };
    const rows = await session.query(historyRow, sql('statements', values), { deadline_ms: DEADLINE_MS });
    // BigQuery keeps no number of rows. Since the user of another project's job is hidden, that is an account of its own.
    return rows.map((row) => ({ ...row, user: row.user ?? 'unknown', cut: row.cut === true, rows: 0, spilled_bytes: null }));
  };
  try {
    const [window] = await session.query(windowRow, sql('statements_window', {}));
    if (!window) throw new Error('BigQuery answered with no row');
    const rows = await rowsOf('JOBS_BY_PROJECT').catch((error: unknown) => {
      if (!(error instanceof PermissionGap)) throw error;
      parts.gap('statements of other accounts', error.detail, REMEDY);
      return rowsOf('JOBS_BY_USER');
    });
    const truncated = rows.length > HISTORY_GROUPS_MAX;
    if (rows.some(({ left_out }) => left_out === true)) parts.gap('texts of the lighter statements', `all together have more than the ${HISTORY_TEXTS_MAX / 1e6} million characters that tidemark reads of them`, null);
    if (truncated) parts.gap('the statements that ran least', `there are more than ${HISTORY_GROUPS_MAX} in the history of ${HISTORY_DAYS} days`, null);
    return { value: historyReading(rows.slice(0, HISTORY_GROUPS_MAX), { ...window, truncated }), gaps: parts.gaps };
  } catch (error) {
    parts.failed(error, 'statements', REMEDY);
    return { value: nothing, gaps: parts.gaps };
  }
}
