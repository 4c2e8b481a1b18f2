import { z } from 'zod';
import type { ControlRecords } from '../../model/control-record.js';
import type { Gap } from '../../model/snapshot.js';
import { sortedBy } from '../shared/order.js';
import { oneLine, type Reading } from '../store.js';
import { type Asked, controlSql, type ControlDialect, keyOf } from './dialect.js';
import type { FoundTable } from './find.js';
import { approvalsOf, artifactsOf, reportsOf, APPROVAL_ASKED, ARTIFACT_ASKED, REPORT_ASKED } from './reports.js';
import { pipelinesOf, PIPELINE_ASKED } from './pipelines.js';
import { restatementsOf, RESTATEMENT_ASKED } from './restatements.js';
import { type ControlRow, rowOf } from './row.js';
import { watermarksOf, WATERMARK_ASKED } from './watermarks.js';

/** Rows of one table beyond which no older ones are looked at. */
export const CONTROL_ROWS_MAX = 5_000;
/** What is kept of one table: reports, pipelines, products, restatements. */
export const CONTROL_RECORDS_MAX = 500;

const row = z.record(z.string(), z.union([z.string(), z.number().transform(String)]).nullable());

export interface ControlReader {
  store: string;
  dialect: ControlDialect;
  /** Runs one statement within the bounds of the engine. */
  run(row: z.ZodType<ControlRow>, sql: string): Promise<ControlRow[]>;
  /** What it costs that a table cannot be read. Throws what ends the look at the store. */
  failed(table: FoundTable, error: unknown): Pick<Gap, 'cause' | 'remedy'>;
  /** Epoch seconds by the store's clock. */
  now(): Promise<number>;
}

/**
 * What the control tables of a store say: for each one statement of at most `CONTROL_ROWS_MAX` rows, the newest first.
 * Parameters, messages, persons and validation results stay in the store: of these comes whether they are there, or a digest
 * that is compared and dropped.
 * @throws what `failed` throws.
 */
export async function readControl(reader: ControlReader, tables: readonly FoundTable[]): Promise<Reading<ControlRecords>> {
  const gaps: Gap[] = [];
  const read = async (kind: FoundTable['kind'], asked: Readonly<Record<string, Asked>>, order: string | null): Promise<{ table: FoundTable; rows: ControlRow[] }[]> => {
    const found: { table: FoundTable; rows: ControlRow[] }[] = [];
    for (const table of tables.filter((each) => each.kind === kind)) {
      const rows = await rowsOf(reader, table, controlSql(reader.dialect, table, asked, order, CONTROL_ROWS_MAX), gaps);
      if (rows !== null) found.push({ table, rows: rows.map(rowOf) });
    }
    return found;
  };
  const watermarks = await read('watermark', WATERMARK_ASKED, 'loaded');
  const pipelines = await read('pipeline-run', PIPELINE_ASKED, 'started');
  const reports = await read('report-run', REPORT_ASKED, 'executed');
  const approvals = await read('report-approval', APPROVAL_ASKED, 'approved');
  const artifacts = await read('report-artifact', ARTIFACT_ASKED, null);
  const restatements = await read('restatement', RESTATEMENT_ASKED, 'executed');
  const now = watermarks.length + pipelines.length === 0 ? 0 : await reader.now();
  const cut = <T>(records: readonly T[]): T[] => records.slice(0, CONTROL_RECORDS_MAX);
  const value: ControlRecords = {
    tables: sortedBy(tables.map((table) => ({ kind: table.kind, relation: keyOf(table), lacking: table.lacking })), ({ kind, relation }) => [kind, relation]),
    watermarks: watermarks.flatMap(({ table, rows }) => cut(watermarksOf(table, rows, now))),
    pipelines: pipelines.flatMap(({ table, rows }) => cut(pipelinesOf(table, rows, now))),
    reports: reports.flatMap(({ table, rows }) => cut(reportsOf(table, rows, approvalsOf(approvals, table), artifactsOf(artifacts, table)))),
    restatements: restatements.flatMap(({ table, rows }) => cut(restatementsOf(table, rows))),
  };
  return { value, gaps };
}

async function rowsOf(reader: ControlReader, table: FoundTable, sql: string, gaps: Gap[]): Promise<ControlRow[] | null> {
  const gap = (missing: string, cause: string, remedy: string | null): void => void gaps.push({ subject: reader.store, missing, cause: oneLine(cause), remedy, severity: 'partial' });
  if (table.rowSecurity) gap(`rows of the control table ${keyOf(table)} that its row security hides`, 'the table has row security, so that not every row may be seen', 'Give the role of tidemark a policy that shows it every row.');
  try {
    return await reader.run(row, sql);
  } catch (error) {
    const { cause, remedy } = reader.failed(table, error);
    gap(`the rows of the control table ${keyOf(table)}`, cause, remedy);
    return null;
  }
}
