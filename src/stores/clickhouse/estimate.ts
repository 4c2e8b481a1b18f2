import { z } from 'zod';
import type { ScanEstimate } from '../description.js';
import { loadSql } from '../sql/load.js';
import { ServerFailure } from './failure.js';
import type { Run } from './identity.js';
import { textOf } from './names.js';

/** EXPLAIN ESTIMATE is there since 21.9. */
const ESTIMATE_SINCE = 210_900;
const UNKNOWN: ScanEstimate = { bytes: null, rows: null, isUpperBound: false };

const estimateRow = z.object({ database: z.string(), table: z.string(), rows: z.string() });
const planRow = z.object({ explain: z.string() });
const bytesRow = z.object({ database: z.string(), table: z.string(), name: z.string(), bytes: z.string(), rows: z.string(), whole: z.string() });

interface Read {
  relation: string;
  columns: Set<string>;
}

/**
 * Rows by EXPLAIN ESTIMATE, after parts and granules that the keys rule out. Bytes are those rows' share of the columns that the
 * plan reads, before compression, which is what `max_bytes_to_read` counts; of a table whose columns the plan does not show, all.
 * Null for a statement over something else than tables of the MergeTree family on this server.
 */
export async function estimateScan(sql: string, version_num: number, run: Run): Promise<ScanEstimate> {
  if (version_num < ESTIMATE_SINCE) return UNKNOWN;
  try {
    const tables = await run(estimateRow, `EXPLAIN ESTIMATE ${sql}`);
    if (tables.length === 0) return UNKNOWN;
    const plan = await run(planRow, `EXPLAIN PLAN json = 1, header = 1 ${sql}`);
    const { reads, others } = readsOf(plan.map(({ explain }) => explain).join('\n'));
    const relations = [...new Set(tables.map(({ database, table }) => `(${textOf(database)}, ${textOf(table)})`))].join(', ');
    const sizes = await run(bytesRow, loadSql('clickhouse', 'column_bytes', version_num, { relations }));
    const each = tables.map((table) => bytesOf(table, reads, sizes));
    const rows = tables.reduce((sum, table) => sum + Number(table.rows), 0);
    return { bytes: Math.ceil(each.reduce((sum, bytes) => sum + bytes, 0)), rows, isUpperBound: reads.length > 0 && !others };
  } catch (error) {
    // What cannot be explained, as SHOW, or whose sizes this user may not see: then the bound on the server's side remains.
    if (error instanceof ServerFailure || (error instanceof Error && error.name === 'PermissionGap')) return UNKNOWN;
    throw error;
  }
}

/** The columns' share of the rows; of compact parts the engine keeps no size by column (system.columns), and then all of a row counts. */
function bytesOf({ database, table, rows }: z.infer<typeof estimateRow>, reads: readonly Read[], sizes: readonly z.infer<typeof bytesRow>[]): number {
  const own = sizes.filter((size) => size.database === database && size.table === table);
  const [first] = own;
  if (first === undefined || Number(first.rows) === 0) return 0;
  const read = reads.filter(({ relation }) => relation === `${database}.${table}`);
  const known = own.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  const wanted = own.filter(({ name }) => read.length === 0 || read.some(({ columns }) => columns.has(name))).reduce((sum, { bytes }) => sum + Number(bytes), 0);
  const whole = Number(first.whole);
  // Parts of both kinds: what no column accounts for may belong to any of them.
  const bytes = wanted + Math.max(0, whole - known);
  return (bytes / Number(first.rows)) * Number(rows);
}

const node = z.object({ 'Node Type': z.string(), Description: z.string().optional(), Header: z.array(z.object({ Name: z.string() })).optional(), Plans: z.array(z.unknown()).optional() });
const DEPTH_MAX = 500;

/** The tables that a plan reads, each with its columns, and whether it reads anything else. What is not understood counts as else. */
function readsOf(plan: string): { reads: Read[]; others: boolean } {
  const reads: Read[] = [];
  let others = false;
  const visit = (value: unknown, depth: number): void => {
    const parsed = node.safeParse(value);
    if (!parsed.success || depth > DEPTH_MAX) {
      others = true;
      return;
    }
    const { 'Node Type': type, Description: relation = '', Header: header = [], Plans: plans = [] } = parsed.data;
    if (type === 'ReadFromMergeTree') reads.push({ relation, columns: new Set(header.map(({ Name: name }) => name)) });
    else if (plans.length === 0) others = true;
    for (const inner of plans) visit(inner, depth + 1);
  };
  try {
    for (const { Plan: root } of z.array(z.object({ Plan: z.unknown() })).parse(JSON.parse(plan))) visit(root, 0);
  } catch {
    return { reads, others: true };
  }
  return { reads, others };
}
