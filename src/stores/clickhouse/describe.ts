import { z } from 'zod';
import type { DescribedRelation, DescribedSource, RelationName } from '../description.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { describedQuery, isQuery, withoutSemicolon } from '../shared/describe.js';
import { loadSql } from '../sql/load.js';
import { oneLine, PermissionGap } from '../store.js';
import { engineOf, isNullable, keyColumns, type TableEngine } from './engines.js';
import { nameOf, textOf } from './names.js';

const tableRow = z.object({ database: z.string(), name: z.string(), engine: z.string(), engine_full: z.string(), create_table_query: z.string(), sorting_key: z.string() });
const columnRow = z.object({ name: z.string(), type: z.string(), default_kind: z.string() });
const describedRow = z.object({ name: z.string(), type: z.string() });
const planRow = z.object({ explain: z.string() });
/** A view over a distributed table over a local one. */
const BEHIND_MAX = 4;

/** A table that must not be read, not even once. */
export class QueueRefused extends Error {
  override readonly name = 'QueueRefused';
}

/**
 * `describe` of ClickHouse. Keys are sorting keys: nothing enforces them, and only where rows of one key are merged they are
 * meant to be unique; then `suffix` is FINAL. Of a table that stands for another, the other's engine counts.
 * @throws QueueRefused for a table of Kafka and its like
 */
export async function describeSource(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  if (isQuery(source)) return describedQuery(await session.query(describedRow, `DESCRIBE TABLE (${withoutSemicolon(source.query)}\n)`, bounds));
  const table = await readTable(session, { ...source, schema: source.schema || session.identity().database }, bounds);
  if (table === null) return null;
  const { row, engine } = table;
  const place = { schema: row.database, name: row.name };
  const columns = (await session.query(columnRow, loadSql('clickhouse', 'describe_columns', session.version_num, names(place)), bounds))
    // Only INSERT knows an ephemeral column.
    .filter(({ default_kind }) => default_kind !== 'EPHEMERAL')
    .map(({ name, type }) => ({ name, type, nullable: isNullable(type) }));
  const { mergesRows, isQueue, sorting_key } = await throughTo(session, row, engine, bounds);
  if (isQueue) throw new QueueRefused(`${oneLine(session.store)}: ${oneLine(row.database)}.${oneLine(row.name)} is a queue (engine ${oneLine(row.engine)}): reading takes its messages away; compare the table that they are loaded into`);
  const never = new Set(columns.filter(({ nullable }) => !nullable).map(({ name }) => name));
  const key = keyColumns(sorting_key, never);
  return {
    kind: engine.kind,
    columns,
    keys: key === null ? [] : [{ columns: key, enforced: false }],
    hidesRows: await hidesRows(session, place, bounds),
    suffix: mergesRows ? ' final' : '',
  };
}

interface Table {
  row: z.infer<typeof tableRow>;
  engine: TableEngine;
}

function names({ schema, name }: RelationName): { database: string; name: string } {
  return { database: textOf(schema), name: textOf(name) };
}

async function readTable(session: LiveSession, relation: RelationName, bounds: LiveBounds | undefined): Promise<Table | null> {
  const [row] = await session.query(tableRow, loadSql('clickhouse', 'describe_table', session.version_num, names(relation)), bounds);
  return row === undefined ? null : { row, engine: engineOf(row) };
}

async function throughTo(session: LiveSession, row: Table['row'], engine: TableEngine, bounds: LiveBounds | undefined): Promise<{ mergesRows: boolean; isQueue: boolean; sorting_key: string }> {
  let last: Table = { row, engine };
  for (let step = 0; step < BEHIND_MAX && last.engine.behind !== null; step++) {
    const { database, name } = last.engine.behind;
    const next = await readTable(session, { schema: database, name }, bounds);
    if (next === null) break;
    last = next;
  }
  return { mergesRows: last.engine.mergesRows, isQueue: last.engine.isQueue, sorting_key: last.row.sorting_key };
}

/**
 * Whether a row policy applies to this user. The list of policies needs a grant of its own; the plan of a statement needs none and
 * shows the condition that is put before it, also below a view (EXPLAIN actions = 1: 26.7 "Row level filter", before 24
 * "Row-level security filter").
 */
async function hidesRows(session: LiveSession, { schema, name }: RelationName, bounds: LiveBounds | undefined): Promise<boolean> {
  if (session.version_num < POLICIES_SINCE) return false;
  try {
    const plan = await session.query(planRow, `EXPLAIN PLAN actions = 1 SELECT * FROM ${nameOf(schema)}.${nameOf(name)}`, bounds);
    return plan.some(({ explain }) => ROW_FILTER.test(explain));
  } catch (error) {
    // Without SELECT on all columns: what is compared will be refused by itself, or read whole.
    if (error instanceof PermissionGap) return false;
    throw error;
  }
}

/** EXPLAIN of a plan came with 20.6. */
const POLICIES_SINCE = 200_600;
const ROW_FILTER = /row[- ]level (?:security )?filter/i;
