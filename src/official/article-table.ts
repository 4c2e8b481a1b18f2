import { z } from 'zod';
import { expressionsOf } from '../stores/expressions/index.js';
import type { LiveSession } from '../stores/live.js';
import { relationsWith } from './moment.js';
import { RUN_STATUSES, runInputs, runResult, type Run, type RunInputs, type RunResult } from './run.js';

type TableEngine = 'postgres' | 'duckdb';

/** The columns of the article (Part 066, section 9). */
const COLUMNS = ['report_run_id', 'report_name', 'report_version', 'parameters', 'source_watermarks', 'reference_versions', 'executed_by', 'executed_at', 'result_hash', 'status'] as const;
/** What the article's table has no column for; written where the table has one. */
const FURTHER = ['row_count', 'result_buckets', 'source_position', 'approved_by', 'approved_at'] as const;

export const DEFAULT_TABLE = { schema: 'analytics_control', name: 'report_run' };

/** Under this name parameters hold what a run needs besides: query, time zone, search path. */
const OWN_KEY = 'tidemark';

/** The table of a store, and which of the further columns it has. */
export interface ReportRunTable {
  schema: string;
  name: string;
  further: readonly string[];
}

/** The statement that makes the table, for a person to run. */
export function createTableSql(engine: TableEngine): string {
  const json = engine === 'postgres' ? 'jsonb' : 'json';
  return `CREATE SCHEMA IF NOT EXISTS ${DEFAULT_TABLE.schema};
CREATE TABLE IF NOT EXISTS ${DEFAULT_TABLE.schema}.${DEFAULT_TABLE.name} (
  report_run_id uuid PRIMARY KEY,
  report_name text NOT NULL,
  report_version text NOT NULL,
  parameters ${json} NOT NULL,
  source_watermarks ${json} NOT NULL,
  reference_versions ${json} NOT NULL,
  executed_by text NOT NULL,
  executed_at timestamptz NOT NULL,
  result_hash text NOT NULL,
  status text NOT NULL CHECK (status IN (${RUN_STATUSES.map((status) => `'${status}'`).join(', ')})),
  row_count bigint,
  result_buckets ${json},
  source_position text,
  approved_by text,
  approved_at timestamptz
);`;
}

/** The report_run table that a role sees: of the article's schema before others. Null where there is none. */
export async function findReportRunTable(session: LiveSession): Promise<ReportRunTable | null> {
  const found = await relationsWith(session, COLUMNS, DEFAULT_TABLE.name);
  const chosen = found.find(({ schema }) => schema === DEFAULT_TABLE.schema) ?? found[0];
  if (chosen === undefined) return null;
  const { text } = expressionsOf(session.engine);
  const sql = `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ${text(chosen.schema)} AND table_name = ${text(chosen.name)}`;
  const columns = await session.query(z.object({ name: z.string() }), sql, session.engine === 'postgres' ? { settings: { search_path: 'pg_catalog' } } : {});
  return { ...chosen, further: FURTHER.filter((name) => columns.some((column) => column.name.toLowerCase() === name)) };
}

/** The row of a run that succeeded, as one statement without a semicolon. */
export function insertSql(inputs: RunInputs, result: RunResult, engine: TableEngine, table: ReportRunTable = { ...DEFAULT_TABLE, further: FURTHER }): string {
  const { relation, text } = expressionsOf(engine);
  const json = (value: unknown): string => `CAST(${text(JSON.stringify(value))} AS ${engine === 'postgres' ? 'jsonb' : 'json'})`;
  const { id, name, version, parameters, sourceWatermarks, referenceVersions, executedBy, executedAt, position, ...own } = inputs;
  const further: Record<string, string> = { row_count: result.rows, result_buckets: json(result.buckets), source_position: position === null ? 'NULL' : text(position) };
  const values = {
    report_run_id: `CAST(${text(id)} AS uuid)`, report_name: text(name), report_version: text(version), parameters: json({ ...sorted(parameters), [OWN_KEY]: own }),
    source_watermarks: json(sorted(sourceWatermarks)), reference_versions: json(sorted(referenceVersions)), executed_by: text(executedBy), executed_at: `CAST(${text(executedAt)} AS timestamptz)`,
    result_hash: text(result.hash), status: `'SUCCEEDED'`, ...Object.fromEntries(table.further.flatMap((column) => (further[column] === undefined ? [] : [[column, further[column]]]))),
  };
  const lines = Object.values(values).map((value) => `  ${value}`);
  return `INSERT INTO ${relation(table)} (${Object.keys(values).join(', ')})\nVALUES (\n${lines.join(',\n')}\n)`;
}

/** Of DuckDB equal JSON is equal text. */
function sorted<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * The statement that approves or revokes a run; it changes nothing where its status is another meanwhile. Who approved is kept where the table
 * has `approved_by` and `approved_at`; the article's own has neither, and Part 066, section 25 has a table of approvals beside it.
 *
 * @param decision ISO 8601 for `at`
 */
export function statusSql({ inputs: { id, executedBy } }: Pick<Run, 'inputs'>, to: 'APPROVED' | 'REVOKED', decision: { by: string; at: string }, engine: TableEngine, table: ReportRunTable): string {
  const { relation, text } = expressionsOf(engine);
  const isApproval = to === 'APPROVED';
  const kept: Record<string, string> = { approved_by: text(decision.by), approved_at: `CAST(${text(decision.at)} AS timestamptz)` };
  const set = [`status = '${to}'`, ...(isApproval ? table.further.flatMap((column) => (kept[column] === undefined ? [] : [`${column} = ${kept[column]}`])) : [])];
  const author = isApproval ? ` AND executed_by = ${text(executedBy)}` : '';
  return `UPDATE ${relation(table)} SET ${set.join(', ')} WHERE report_run_id = CAST(${text(id)} AS uuid) AND status = '${isApproval ? 'SUCCEEDED' : 'APPROVED'}'${author}`;
}

const tableRow = z.object({
  report_run_id: z.string(), report_name: z.string(), report_version: z.string(), parameters: z.string(), source_watermarks: z.string(), reference_versions: z.string(),
  executed_by: z.string(), executed_at: z.string(), result_hash: z.string(), status: z.enum(RUN_STATUSES), row_count: z.string().nullable(), result_buckets: z.string().nullable(), source_position: z.string().nullable(), approved_by: z.string().nullable(), approved_at: z.string().nullable(),
});

const RUNS_MAX = 500;
const TABLE_RUN_MS = 10_000;

/** The runs of a store's table, the oldest first, at most 500 of the newest. `foreign` are those that tidemark did not record: nothing says how to run them again. */
export async function runsOfTable(session: LiveSession, table: ReportRunTable): Promise<{ runs: Run[]; foreign: string[] }> {
  const expressions = expressionsOf(session.engine);
  const type = session.engine === 'postgres' ? 'text' : 'varchar';
  const columns = [...COLUMNS, ...FURTHER].map((column) => (COLUMNS.some((own) => own === column) || table.further.includes(column) ? `CAST(${column} AS ${type}) AS ${column}` : `CAST(NULL AS ${type}) AS ${column}`));
  const sql = `SELECT ${columns.join(', ')} FROM ${expressions.relation(table)} AS run ORDER BY run.executed_at DESC, run.report_run_id LIMIT ${RUNS_MAX}`;
  const rows = await session.query(tableRow, sql, { deadline_ms: TABLE_RUN_MS });
  const runs: Run[] = [];
  const foreign: string[] = [];
  for (const row of rows.reverse()) {
    const run = runOf(row);
    if (run === null) foreign.push(`${row.report_name} ${row.report_run_id}`);
    else runs.push(run);
  }
  return { runs, foreign };
}

function runOf(row: z.output<typeof tableRow>): Run | null {
  const parameters = parsed(row.parameters);
  if (parameters === null || typeof parameters !== 'object') return null;
  const { [OWN_KEY]: own, ...given } = Object.fromEntries(Object.entries(parameters));
  if (own === null || typeof own !== 'object') return null;
  const inputs = runInputs.safeParse({
    ...own, id: row.report_run_id, name: row.report_name, version: row.report_version, parameters: given, sourceWatermarks: parsed(row.source_watermarks), referenceVersions: parsed(row.reference_versions),
    executedBy: row.executed_by, executedAt: row.executed_at, position: row.source_position,
  });
  if (!inputs.success) return null;
  const isDecided = row.status === 'APPROVED' || row.status === 'REVOKED';
  const approved = isDecided && row.approved_by !== null ? { by: row.approved_by, at: row.approved_at ?? '', note: null } : null;
  const result = runResult.safeParse({ rows: row.row_count ?? '', hash: row.result_hash, buckets: row.result_buckets === null ? [] : parsed(row.result_buckets) });
  return { inputs: inputs.data, status: row.status, result: result.success && row.status !== 'FAILED' ? result.data : null, endedAt: null, failure: null, approved, revoked: null };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
