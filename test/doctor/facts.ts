import type { Configuration, StoreConfiguration } from '../../src/model/configuration.js';
import { configurationFromTargets } from '../../src/config/defaults.js';
import type { PostgresFacts } from '../../src/doctor/facts.js';
import { SELF_MANAGED } from '../../src/doctor/hosting.js';

/** A production of PostgreSQL 16 that a role of its own looks at, with all that it may need. */
export function facts(changes: Partial<PostgresFacts> = {}): PostgresFacts {
  return {
    place: 'db.example:5432/casework',
    target: 'tidemark_ro',
    identity: { version: '16.4', database: 'casework', inRecovery: false, role: 'tidemark_ro', superuser: false },
    version_num: 160_004,
    hosting: SELF_MANAGED,
    server: { value: SERVER },
    asked_at: 1_782_000_000,
    answered_at: 1_782_000_000.02,
    settings: { value: settings({}) },
    defaults: { value: [] },
    targetSettings: { value: [] },
    catalogue: { value: CATALOGUE },
    access: { value: ACCESS },
    extension: { value: EXTENSION },
    available: { value: '1.10' },
    entries: { value: { entries: 3912, took_ms: 11.4 } },
    window: { value: { since: '2026-05-11T06:20:00.000Z', evictions: 0 } },
    texts: { value: { bytes: 4_194_304, lost: 0, hidden: 0, took_ms: 32 } },
    sampling: { value: null },
    statistics: { value: { readable: true, age_seconds: 3_542_400 } },
    sessions: { value: { connections: 61, database_limit: null, others: 58, hidden: 0, same_role: 0 } },
    replication: { value: REPLICATION },
    roles: { value: { roles: 7, unbounded: 5 } },
    relations: { value: [] },
    lost: null,
    cost: { elapsed_ms: 38.2, queries: 22, received_bytes: 9_000 },
    ...changes,
  };
}

export const SERVER = {
  server_time: 1_782_000_000.01, in_recovery: false, replication: false, bypasses_row_security: false, connection_limit: 2, monitor: true,
  reads_statistics: true, reads_settings: true, reads_data: false, tls: true, tls_version: 'TLSv1.3', same_machine: false, read_only: true, bounded: true, target_exists: true,
};
export const CATALOGUE = {
  tables: 212, views: 38, materialized_views: 3, foreign_tables: 0, writable: 0, writable_example: null, functions: 91, foreign_servers: 0,
  reads_definitions: true, reads_catalogue: true, creates_in: null, public_creates_in: null,
};
export const ACCESS = { entries_max: 5000, track: 'top', track_utility: 'on', track_planning: 'off', block_bytes: 8192, reads_all: true, preloaded: 'auto_explain, pg_stat_statements', read_at: '2026-06-21T00:00:00Z', started_at: '2026-04-30T03:00:00Z', shares_role: false };
export const EXTENSION = { version: '1.10', schema: 'public', may_use_schema: true, may_execute: true, columns: ['userid', 'toplevel'] };
export const REPLICATION = { slots: 2, inactive_slots: 0, senders: 2, hidden_senders: 0, publications: 1, subscribed_tables: 0, lists_wal: true, receivers: null, replay_paused: null };

/** pg_settings as a session of tidemark sees it. */
export function settings(changed: Record<string, string>, source = 'client'): Extract<PostgresFacts['settings'], { value: unknown }>['value'] {
  const values: Record<string, string> = {
    lock_timeout: '200', max_connections: '200', superuser_reserved_connections: '3', track_activities: 'on', track_counts: 'on', track_io_timing: 'on',
    track_commit_timestamp: 'on', wal_level: 'logical', hot_standby_feedback: 'off', max_standby_streaming_delay: '30000', ...changed,
  };
  return Object.entries(values).map(([name, value]) => ({ name, value, source: name === 'lock_timeout' ? source : 'default', needs_restart: false }));
}

export const PRODUCTION: StoreConfiguration = { name: 'production', role: 'operational', engine: 'postgres', url: null, match: [] };

/** A configuration of these stores and nothing else. */
export function configured(stores: StoreConfiguration[], live: Partial<Configuration['live']> = {}): Configuration {
  const { configuration } = configurationFromTargets({ postgres: [], duckdb: [], dashboards: [] });
  return { ...configuration, stores, live: { ...configuration.live, ...live } };
}
