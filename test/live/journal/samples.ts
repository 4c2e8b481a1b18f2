import type { Clock } from '../../../src/live/clock.js';
import type { Sample, SampleOf } from '../../../src/probes/index.js';

/** 2026-11-21 14:00:00 UTC. */
export const NOON_SHIFT = 1_795_269_600;

export const HEADER = { tool: 'tidemark 0.1.0', configuration: 'tidemark.yaml' };

/** A clock that goes only when it is told to. */
export class HandClock implements Clock {
  #monotonic_ms = 0;
  #timers: { due_ms: number; act: () => void }[] = [];

  constructor(private at = NOON_SHIFT) {}

  now(): number {
    return this.at;
  }

  monotonic_ms(): number {
    return this.#monotonic_ms;
  }

  after(delay_ms: number, act: () => void): () => void {
    const timer = { due_ms: this.#monotonic_ms + delay_ms, act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(seconds: number): void {
    this.at += seconds;
    this.#monotonic_ms += seconds * 1000;
    const due = this.#timers.filter(({ due_ms }) => due_ms <= this.#monotonic_ms);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { act } of due) act();
  }

  /** As when somebody sets the time of day. */
  jump(seconds: number): void {
    this.at += seconds;
  }
}

const frame = (at: number, pace_seconds: number) => ({ store: 'production', at, elapsed_ms: 1.4, received_bytes: 2_310, pace_seconds, slowed: null });

export function throughput(at: number, commits = 1_204): SampleOf<'throughput'> {
  return {
    ...frame(at, 15),
    probe: 'throughput',
    failure: null,
    payload: {
      server_time: at - 0.2, commits, rollbacks: 3, rows_returned: 88_123, rows_fetched: 40_111, rows_changed: 900, blocks_read: 120, blocks_hit: 99_871, temp_bytes: 0,
      deadlocks: 0, statistics_reset: null,
    },
  };
}

export function failure(at: number): SampleOf<'throughput'> {
  return {
    ...frame(at, 15),
    probe: 'throughput',
    payload: null,
    failure: { reason: 'lost', message: 'production: the connection was lost: terminating connection due to administrator command', next_step: 'tidemark connects again by itself.' },
  };
}

export function replication(at: number): SampleOf<'replication'> {
  const slot = (slot_name: string): NonNullable<SampleOf<'replication'>['payload']>['slots'][number] => ({
    slot_name, slot_type: 'logical', plugin: 'pgoutput', database: 'casework', temporary: false, active: true, active_pid: 4711, restart_lsn: '2F/9A01C8E0',
    confirmed_flush_lsn: `2F/9A0${Math.floor(at % 1_000_000).toString(16).toUpperCase()}`, wal_status: 'reserved', safe_wal_bytes: 812_646_400, two_phase: false, conflicting: false, invalidation_reason: null,
    inactive_since: null, failover: false, synced: false, xmin_age: null, catalog_xmin_age: 812, total_transactions: 118_220, total_bytes: 901_223_411, spill_transactions: 2,
    spill_bytes: 88_000_000, stream_bytes: 0, statistics_reset: null,
  });
  return {
    ...frame(at, 2),
    probe: 'replication',
    failure: null,
    payload: {
      server_time: at - 0.01, lsn: '2F/9A01C8F8', in_recovery: false, system_identifier: '7412345678901234567', timeline: 1, started_at: at - 86_400, oldest_write_transaction_at: null, oldest_prepared_transaction_at: null,
      last_commit_at: at - 0.4, sees_all: true, slots: ['warehouse_cdc', 'search_index', 'audit_trail'].map(slot),
      wal_senders: [
        {
          pid: 4711, slot_name: 'warehouse_cdc', role: 'replicator', application_name: 'debezium', client_address: '10.0.4.17', state: 'streaming', sync_state: 'async',
          sent_lsn: '2F/9A01C8F8', write_lsn: '2F/9A01C8F8', flush_lsn: '2F/9A01C8E0', replay_lsn: '2F/9A01C8E0', write_lag_seconds: 0.011, flush_lag_seconds: 0.45, replay_lag_seconds: 0.45,
          reply_age_seconds: 1.2,
        },
      ],
    },
  };
}

export function statements(at: number, texts = 0): SampleOf<'statements'> {
  return {
    ...frame(at, 15),
    probe: 'statements',
    failure: null,
    payload: {
      server_time: at, first: false, over_seconds: 15, entries: 3_120, entries_max: 5_000, evictions: 0, reset: false, own_ms: 12.5, texts_unread: null,
      work: Array.from({ length: 120 }, (_, index) => ({
        role: index % 3 === 0 ? 'metabase_ro' : 'casework_app', query_id: String(-8_412_345_678_901_234_000n + BigInt(index) * 77_777_777_777n), toplevel: true, calls: 10 + ((index * 7) % 90),
        execution_ms: Math.round(((index * 13.37 + at) % 400) * 1000) / 1000, rows: index * 11, shared_blocks: index * 1_021, temp_blocks: 0, restarted: false, entered: index === 7,
      })),
      texts: Array.from({ length: texts }, (_, index) => ({ role: 'casework_app', query_id: String(index), toplevel: true, text: 'select status from app.case_file where case_id = $1' })),
    },
  };
}

export async function collected(samples: AsyncIterable<Sample>): Promise<Sample[]> {
  const all: Sample[] = [];
  for await (const sample of samples) all.push(sample);
  return all;
}
