import { z } from 'zod';
import { clientName } from './client-name.js';
import type { LiveSession } from '../stores/live.js';
import { loadSqlFrom } from '../stores/sql/load.js';
import type { StoreProbe } from './probe.js';

const SQL = new URL('./sql/postgres/', import.meta.url);

/** An LSN as the server writes it: `2F/9A01C8E0`. */
const lsn = z.string().nullable();

export const slot = z.object({
  slot_name: z.string(),
  slot_type: z.enum(['logical', 'physical']),
  plugin: z.string().nullable(),
  database: z.string().nullable(),
  temporary: z.boolean(),
  active: z.boolean(),
  active_pid: z.number().nullable(),
  restart_lsn: lsn,
  confirmed_flush_lsn: lsn,
  wal_status: z.string().nullable(),
  safe_wal_bytes: z.number().nullable(),
  two_phase: z.boolean().nullable(),
  conflicting: z.boolean().nullable(),
  invalidation_reason: z.string().nullable(),
  /** Epoch seconds by the server's clock; null before PostgreSQL 17. */
  inactive_since: z.number().nullable(),
  failover: z.boolean().nullable(),
  synced: z.boolean().nullable(),
  xmin_age: z.number().nullable(),
  catalog_xmin_age: z.number().nullable(),
  /** Of pg_stat_replication_slots: null on 13 and on a physical slot. */
  total_transactions: z.number().nullable(),
  total_bytes: z.number().nullable(),
  spill_transactions: z.number().nullable(),
  spill_bytes: z.number().nullable(),
  stream_bytes: z.number().nullable(),
  statistics_reset: z.number().nullable(),
});

/**
 * A row of pg_stat_replication; columns are null where the role may not see them. The age of the last reply is by both
 * clocks, so it may be negative. Of a logical consumer that stops reading its socket the lags stand still.
 */
export const walSender = z.object({
  pid: z.number(),
  slot_name: z.string().nullable(),
  role: z.string().nullable(),
  application_name: z.string().nullable(),
  client_address: z.string().nullable(),
  state: z.string().nullable(),
  sync_state: z.string().nullable(),
  sent_lsn: lsn,
  write_lsn: lsn,
  flush_lsn: lsn,
  replay_lsn: lsn,
  write_lag_seconds: z.number().nullable(),
  flush_lag_seconds: z.number().nullable(),
  replay_lag_seconds: z.number().nullable(),
  reply_age_seconds: z.number().nullable(),
});

export const payload = z.object({
  /** The server's clock_timestamp(), read together with the position. */
  server_time: z.number(),
  /** Where WAL ends now: written on a primary, received or replayed on a standby. */
  lsn: z.string(),
  in_recovery: z.boolean(),
  /** With the timeline it names one history of positions; null where the role may not know it. */
  system_identifier: z.string().nullable(),
  timeline: z.number().nullable(),
  started_at: z.number(),
  /** When the oldest transaction that writes began, or was prepared; null where none does or other roles' are hidden. */
  oldest_write_transaction_at: z.number().nullable(),
  /** When the oldest prepared transaction (two-phase commit) was prepared: it has no session that could be ended. */
  oldest_prepared_transaction_at: z.number().nullable(),
  /** When the primary last committed; null without track_commit_timestamp, and on a standby. */
  last_commit_at: z.number().nullable(),
  /** False where other roles' rows of pg_stat_replication and pg_stat_activity are hidden. */
  sees_all: z.boolean(),
  slots: z.array(slot),
  wal_senders: z.array(walSender),
});
export type ReplicationPayload = z.output<typeof payload>;
export type Slot = z.output<typeof slot>;
export type WalSender = z.output<typeof walSender>;

const factsRow = z.object({
  /** A primary stays one; a standby may be promoted. */
  in_recovery: z.boolean(),
  started_at: z.number(),
  may_read_system: z.boolean(),
  may_read_timeline: z.boolean(),
});
/** What is the same for as long as a server runs. */
export type ServerFacts = z.output<typeof factsRow>;

const systemRow = z.object({ system_identifier: z.string() });
const momentRow = payload
  .omit({ system_identifier: true, oldest_write_transaction_at: true })
  .extend({ oldest_session_at: z.number().nullable() });

/** The clock of WAL positions and everything that follows them: slots and WAL senders, in one moment. */
export const probe: StoreProbe<ReplicationPayload> = {
  kind: 'store',
  id: 'replication',
  pace_seconds: 2,
  deadline_ms: 2_000,
  weight: 'vital',
  payload,
  applies: ({ engine }) => engine === 'postgres',
  create: () => {
    let known: { facts: ServerFacts; system_identifier: string | null } | null = null;
    return async ({ session }) => {
      known ??= await readKnown(session);
      let moment = await readMoment(session, known.facts);
      if (moment.started_at !== known.facts.started_at) {
        // Behind a pooler the same connection may lead to another server after a failover.
        known = await readKnown(session);
        moment = await readMoment(session, known.facts);
      }
      const { oldest_session_at, ...rest } = moment;
      return {
        ...rest,
        wal_senders: rest.wal_senders.map((sender) => ({ ...sender, application_name: sender.application_name === null ? null : clientName(sender.application_name) })),
        system_identifier: known.system_identifier,
        oldest_write_transaction_at: earlier(oldest_session_at, moment.oldest_prepared_transaction_at),
      };
    };
  },
};

async function readKnown(session: LiveSession): Promise<{ facts: ServerFacts; system_identifier: string | null }> {
  const facts = await readServerFacts(session);
  if (!facts.may_read_system) return { facts, system_identifier: null };
  const { system_identifier } = await readOne(session, systemRow, 'replication_system');
  return { facts, system_identifier };
}

function readMoment(session: LiveSession, facts: ServerFacts): Promise<z.output<typeof momentRow>> {
  return readOne(session, momentRow, 'replication', { timeline: timelineSql(session, facts) });
}

export function readServerFacts(session: LiveSession): Promise<ServerFacts> {
  return readOne(session, factsRow, 'replication_facts');
}

/** An expression for the timeline that the server writes or receives; null where it is not known. */
export function timelineSql(session: LiveSession, { in_recovery, may_read_timeline }: ServerFacts): string {
  const standby = may_read_timeline ? 'replication_timeline_standby' : 'replication_timeline_receiver';
  return loadSqlFrom(SQL, in_recovery ? standby : 'replication_timeline', session.version_num);
}

/** The only row that the statement in `name` gives. */
export async function readOne<T>(session: LiveSession, row: z.ZodType<T>, name: string, values: Record<string, string> = {}): Promise<T> {
  const [found] = await session.query(row, loadSqlFrom(SQL, name, session.version_num, values));
  if (found === undefined) throw new Error(`the server gave no row for ${name.replaceAll('_', ' ')}`);
  return found;
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
