import { z } from 'zod';
import type { CollectionCost, Gap } from '../model/snapshot.js';
import type { accessRow, extensionRow } from '../stores/postgres/statements.js';
import type { StoreIdentity } from '../stores/store.js';
import type { Hosting } from './hosting.js';

/** A part that was read, or why it was not. */
export type Looked<T> = { value: T } | { unread: string };

export const serverRow = z.object({
  /** Epoch seconds by the server's clock. */
  server_time: z.number(),
  in_recovery: z.boolean(),
  replication: z.boolean(),
  bypasses_row_security: z.boolean(),
  connection_limit: z.number(),
  monitor: z.boolean(),
  reads_statistics: z.boolean(),
  reads_settings: z.boolean(),
  reads_data: z.boolean(),
  tls: z.boolean(),
  tls_version: z.string().nullable(),
  same_machine: z.boolean(),
  read_only: z.boolean(),
  bounded: z.boolean(),
  target_exists: z.boolean(),
});

export const settingRow = z.object({ name: z.string(), value: z.string().nullable(), source: z.string(), needs_restart: z.boolean() });

export const hostingRow = z.object({ aurora: z.boolean(), rds: z.boolean(), cloud_sql: z.boolean(), azure: z.boolean(), supabase: z.boolean(), neon: z.boolean() });

export const catalogueRow = z.object({
  tables: z.number(),
  views: z.number(),
  materialized_views: z.number(),
  foreign_tables: z.number(),
  writable: z.number(),
  writable_example: z.string().nullable(),
  functions: z.number(),
  foreign_servers: z.number(),
  reads_definitions: z.boolean(),
  reads_catalogue: z.boolean(),
  /** Schemas in which this role may create tables, and PUBLIC: one of each for an example. */
  creates_in: z.string().nullable(),
  public_creates_in: z.string().nullable(),
});

export const textsRow = z.object({ bytes: z.number(), lost: z.number(), hidden: z.number() });
export const entriesRow = z.object({ entries: z.number() });
export const windowRow = z.object({ since: z.string().nullable(), evictions: z.number() });
export const statisticsRow = z.object({ readable: z.boolean(), age_seconds: z.number().nullable() });

export const sessionsRow = z.object({
  connections: z.number().nullable(),
  database_limit: z.number().nullable(),
  others: z.number(),
  hidden: z.number(),
  same_role: z.number(),
});

export const replicationRow = z.object({
  slots: z.number(),
  inactive_slots: z.number(),
  senders: z.number(),
  hidden_senders: z.number(),
  publications: z.number(),
  subscribed_tables: z.number(),
  lists_wal: z.boolean(),
  receivers: z.number().nullable(),
  replay_paused: z.boolean().nullable(),
});

export const rolesRow = z.object({ roles: z.number(), unbounded: z.number() });

export const relationRow = z.object({
  number: z.number(),
  schema: z.string(),
  name: z.string(),
  kind: z.string(),
  uses_schema: z.boolean(),
  selects: z.boolean(),
  missing_columns: z.array(z.string()),
  row_security: z.boolean(),
  hides_rows: z.boolean(),
  shows_us: z.boolean(),
  shows_target: z.boolean(),
  foreign_server: z.string().nullable(),
  mapped: z.boolean().nullable(),
});
export type RelationFacts = z.infer<typeof relationRow>;

/** What reading took, seen from this side. */
interface Timed {
  took_ms: number;
}

/** Everything that was seen of a PostgreSQL server. */
export interface PostgresFacts {
  /** `host:port/database`. */
  place: string;
  /** The role that SQL is printed for. */
  target: string;
  identity: StoreIdentity;
  version_num: number;
  hosting: Hosting;
  server: Looked<z.infer<typeof serverRow>>;
  /** Of this machine right before and after the server told its time, epoch seconds. */
  asked_at: number;
  answered_at: number;
  settings: Looked<z.infer<typeof settingRow>[]>;
  /** What hides the defaults of the server from the role that connected; empty where nothing does. */
  defaults: Looked<Gap[]>;
  /** Names of settings of the target role itself that would hide them from it. */
  targetSettings: Looked<{ name: string; inDatabase: boolean }[]>;
  catalogue: Looked<z.infer<typeof catalogueRow>>;
  access: Looked<z.infer<typeof accessRow>>;
  /** Null where it is not installed. */
  extension: Looked<z.infer<typeof extensionRow> | null>;
  /** The version that the server would install; null where it has none. */
  available: Looked<string | null>;
  /** Null where they cannot be asked for. */
  entries: Looked<(z.infer<typeof entriesRow> & Timed) | null>;
  window: Looked<z.infer<typeof windowRow> | null>;
  texts: Looked<(z.infer<typeof textsRow> & Timed) | null>;
  /** What keeps sessions from telling their statement; null where nothing does. */
  sampling: Looked<Gap | null>;
  statistics: Looked<z.infer<typeof statisticsRow>>;
  sessions: Looked<z.infer<typeof sessionsRow>>;
  replication: Looked<z.infer<typeof replicationRow>>;
  roles: Looked<z.infer<typeof rolesRow>>;
  relations: Looked<RelationFacts[]>;
  /** Why the connection ended before everything was asked; null where it did not. */
  lost: string | null;
  cost: CollectionCost;
}

/** The value of a part, or null where it was not read. */
export function valueOf<T>(part: Looked<T>): T | null {
  return 'value' in part ? part.value : null;
}
