import { defaultLive } from '../../src/config/live-defaults.js';
import type { Catalog, Role } from '../../src/model/catalog.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';

/** Small parts of an estate for tests of judgement: believable defaults, overridden where the test speaks of something. */

export function configuration(overrides: Partial<Configuration> = {}): Configuration {
  return {
    file: null, stores: [], zones: [], sources: [], consumers: [], columns: [], maskingFunctions: {}, rules: {}, ruleFolders: [], live: defaultLive,
    thresholds: {
      analytical_bytes_per_call: 64 * 1024 * 1024, bounded_bytes_per_call: 1024 * 1024, privacy_confidence: 0.7,
      statement_timeout_seconds_max: 120, idle_in_transaction_timeout_seconds_max: 60, lock_timeout_seconds_max: 30, reporting_transaction_seconds_max: 300, reporting_temp_bytes_max: 20 * 2 ** 30,
  reporting_work_mem_bytes_max: 256 * 2 ** 20, reporting_parallel_workers_max: 1, growth_days: 180, unused_days: 90, scan_bytes_per_call_max: 10 * 2 ** 30, repeated_scan_bytes_max: 2 ** 40, scan_share_max: 0.25,
    },
    ...overrides,
  };
}

export function store(catalog: Catalog, overrides: Partial<StoreSnapshot> = {}): StoreSnapshot {
  return {
    name: 'production', role: 'operational', engine: 'postgres', version: '18.4', database: 'casework', inRecovery: false, catalog, statements: [],
    statementWindow: { since: null, evictions: 0, entries: 0, entries_max: 5000, block_bytes: 8192 },
    cost: { elapsed_ms: 12, queries: 14, received_bytes: 40_000 },
    ...overrides,
  };
}

export function role(name: string, overrides: Partial<Role> = {}): Role {
  return { name, superuser: false, canLogin: true, inherits: true, replication: false, bypassesRowSecurity: false, connectionLimit: null, settings: {}, memberOf: [], ...overrides };
}

let nextQueryId = 1;

export function statistics(text: string, overrides: Partial<StatementStatistics> = {}): StatementStatistics {
  return {
    role: 'metabase_ro', database: 'casework', queryId: String(nextQueryId++), toplevel: true, text, textState: 'full', calls: 10, execution_ms: 1000, planning_ms: null,
    rows: 100, sharedBlocksHit: 100_000, sharedBlocksRead: 0, tempBlocksRead: 0, tempBlocksWritten: 0, wal_bytes: 0, ...overrides,
  };
}

export function card(sql: string, overrides: Partial<CollectedQuery> = {}): CollectedQuery {
  return {
    id: 'metabase:casework:card:118', kind: 'metabase', role: 'query', sqlKind: 'statement', title: 'Open cases', description: null,
    container: { kind: 'dashboard', id: '7', title: 'Case operations' }, owners: [{ name: 'Mara Lindqvist', via: 'author' }],
    connection: { id: '2', name: 'Production', engine: 'postgres', host: null, database: 'casework' },
    origin: { file: 'metabase/card-118.json', pointer: '/dataset_query/native/query', line: 12, column: 18 },
    raw: sql, reconstructed: false, variants: [{ label: 'default', sql, map: [], assumptions: [] }], isPublic: false, lifecycle: 'active', usage: null, schedule: null, problems: [],
    ...overrides,
  };
}
