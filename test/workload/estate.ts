import { buildBoundary, type StoreBoundary } from '../../src/graph/boundary.js';
import { usageClock } from '../../src/graph/usage.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { ConsumerConfiguration } from '../../src/model/configuration.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, statistics, store } from '../support/estate.js';

/** The case work of a regulator as far as its workload needs it: two large tables, a small one, a partition and a function. */
export async function caseworkCatalog(): Promise<Catalog> {
  const catalog = await catalogFromDdl(`
    CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text, region_code text, opened_at timestamptz);
    CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint, state text, assigned_to text);
    CREATE TABLE app.region (region_code text PRIMARY KEY, name text);
  `);
  const sizes: Record<string, { rows: number; size_bytes: number }> = {
    case_file: { rows: 2_000_000, size_bytes: 300_000_000 }, task: { rows: 4_000_000, size_bytes: 100_000_000 }, region: { rows: 9, size_bytes: 8192 },
  };
  for (const relation of catalog.relations) Object.assign(relation, sizes[relation.name]);
  catalog.functions = [
    { schema: 'app', name: 'monthly_report', kind: 'function', language: 'plpgsql', arguments: [], defaults: 0, columns: null, returns: 'void', returnsSet: false, body: null, dynamic: false },
  ];
  catalog.roles = ['case_app', 'metabase_ro', 'grafana_ro', 'analyst', 'warehouse_loader'].map((name) => role(name));
  return catalog;
}

export const SQL = {
  byRegion: "SELECT region_code, count(*) FROM app.case_file WHERE status <> 'CLOSED' GROUP BY region_code",
  byRegionSeen: 'SELECT region_code, count(*) FROM app.case_file WHERE status <> $1 GROUP BY region_code',
  byMonth: "SELECT date_trunc('month', opened_at) AS month, count(*) FROM app.case_file GROUP BY 1",
  byMonthSeen: 'SELECT date_trunc($1, opened_at) AS month, count(*) FROM app.case_file GROUP BY 1',
  tasks: 'SELECT c.region_code, t.state, count(*) FROM app.task t JOIN app.case_file c ON c.case_id = t.case_id GROUP BY 1, 2',
  byKey: 'SELECT * FROM app.case_file WHERE case_id = $1',
  assigned: 'SELECT task_id, state FROM app.task WHERE assigned_to = $1',
  export: 'COPY (SELECT case_id, status FROM app.case_file) TO STDOUT',
} as const;

export const metabase = (number: number, title: string, sql: string, overrides: Partial<CollectedQuery> = {}): CollectedQuery =>
  card(sql, { id: `metabase:casework:card:${number}`, title, ...overrides });

export const panel = (title: string, sql: string, overrides: Partial<CollectedQuery> = {}): CollectedQuery =>
  card(sql, { id: `grafana:ops:panel:${title}`, kind: 'grafana', title, container: { kind: 'dashboard', id: 'ops', title: 'Operations floor' }, schedule: '30s', ...overrides });

/** An entry that touched so many blocks in 100 calls, of which each took as long as its blocks say. */
export const seen = (text: string, blocks: number, overrides: Partial<StatementStatistics> = {}): StatementStatistics =>
  statistics(text, { calls: 100, execution_ms: blocks / 100, rows: 900, sharedBlocksHit: blocks, ...overrides });

export interface Estate {
  queries?: CollectedQuery[];
  statements: StatementStatistics[];
  store?: Partial<StoreSnapshot>;
  consumers?: ConsumerConfiguration[];
}

const [catalog, parse] = [await caseworkCatalog(), await createPostgresParser()];

export const TAKEN_AT = '2026-03-02T09:00:00.000Z';

export function boundaryOf({ queries = [], statements, store: overrides = {}, consumers = [] }: Estate): StoreBoundary {
  const window = { since: '2026-02-02T09:00:00.000Z', until: TAKEN_AT, startedAt: '2026-01-01T00:00:00.000Z', evictions: 0, entries: statements.length, entries_max: 5000, block_bytes: 8192, tracked: 'top', tracksUtility: true };
  const snapshot = store(catalog, { statements, statementWindow: window, ...overrides });
  return buildBoundary(snapshot, queries, configuration({ consumers }), parse, usageClock({ takenAt: TAKEN_AT, queries }, 90));
}
