import { defaultLive } from '../../../src/config/live-defaults.js';
import { formatLsn } from '../../../src/live/cdc/lsn.js';
import { CdcTracker } from '../../../src/live/cdc/tracker.js';
import type { LiveConfiguration } from '../../../src/model/configuration.js';
import type { ObjectiveView, StreamView } from '../../../src/model/live.js';
import type { PayloadOf, Sample } from '../../../src/probes/index.js';
import type { Slot, WalSender } from '../../../src/probes/replication.js';

export const STORE = 'casework-primary';
export const WAREHOUSE = 'warehouse';
/** 2026-11-21 14:00 UTC, by the server's clock. */
export const START = 1_795_269_600;
const MEGABYTE = 1_048_576;

export function slotOf(slot_name: string, more: Partial<Slot> = {}): Slot {
  return {
    slot_name,
    slot_type: 'logical',
    plugin: 'pgoutput',
    database: 'casework',
    temporary: false,
    active: true,
    active_pid: 4711,
    restart_lsn: null,
    confirmed_flush_lsn: null,
    wal_status: 'reserved',
    safe_wal_bytes: null,
    two_phase: false,
    conflicting: false,
    invalidation_reason: null,
    inactive_since: null,
    failover: false,
    synced: false,
    xmin_age: null,
    catalog_xmin_age: 100,
    total_transactions: 0,
    total_bytes: 0,
    spill_transactions: 0,
    spill_bytes: 0,
    stream_bytes: 0,
    statistics_reset: null,
    ...more,
  };
}

export function senderOf(more: Partial<WalSender> = {}): WalSender {
  return {
    pid: 4711,
    slot_name: null,
    role: 'cdc',
    application_name: 'debezium',
    client_address: '10.0.0.7',
    state: 'streaming',
    sync_state: 'async',
    sent_lsn: null,
    write_lsn: null,
    flush_lsn: null,
    replay_lsn: null,
    write_lag_seconds: null,
    flush_lag_seconds: null,
    replay_lag_seconds: null,
    reply_age_seconds: 1,
    ...more,
  };
}

/**
 * A primary with one slot as its catalog would show it: WAL is written, transactions are decoded while the consumer takes them
 * and confirmed while it loads them. Time is the server's; this machine's clock is 40 seconds behind it.
 */
export class SimulatedServer {
  readonly tracker: CdcTracker;
  now = START;
  lsn = 0x2f_0000_0000n;
  /** Half a second after its commit a change is confirmed, unless something is the matter. */
  consumer: 'well' | 'stalled' | 'blocked' | 'disconnected' = 'well';
  /** False for one that confirms own commits only. */
  confirmsEverything = true;
  slot = slotOf('casework_cdc');
  sender = senderOf();
  payload: Partial<PayloadOf<'replication'>> = {};
  changes = 0;
  #commits: { at: number; end: bigint; isDecoded: boolean; isPublished: boolean }[] = [];
  #confirmed: bigint;
  #sent: bigint;
  readonly #offset_seconds = 40;

  constructor(settings: Partial<LiveConfiguration> = {}) {
    this.tracker = new CdcTracker({ ...defaultLive, ...settings }, [
      { name: STORE, role: 'operational' },
      { name: WAREHOUSE, role: 'warehouse' },
    ]);
    this.#confirmed = this.lsn;
    this.#sent = this.lsn;
    this.slot.restart_lsn = formatLsn(this.lsn - 1000n);
  }

  /** This machine's clock. */
  get here(): number {
    return this.now - this.#offset_seconds;
  }

  /** A transaction of the slot's database; `published: false` for tables that the slot does not carry. */
  commit(bytes = 900, { published = true }: { published?: boolean } = {}): void {
    this.lsn += BigInt(bytes);
    this.#commits.push({ at: this.now, end: this.lsn, isDecoded: false, isPublished: published });
    if (published) this.changes += 3;
  }

  /** WAL of others: another database, vacuum, a checkpoint. */
  elsewhere(bytes: number): void {
    this.lsn += BigInt(bytes);
  }

  /** Age of the oldest published commit that is not confirmed. */
  truth(): number {
    const first = this.#commits.find(({ end, isPublished }) => isPublished && end > this.#confirmed);
    return first === undefined ? 0 : this.now - first.at;
  }

  get confirmed(): bigint {
    return this.#confirmed;
  }

  /** One step of the WAL sender and its consumer. */
  #work(): void {
    if (this.consumer === 'disconnected') return;
    if (this.consumer !== 'blocked') {
      this.#sent = this.lsn;
      for (const commit of this.#commits) {
        if (commit.isDecoded) continue;
        commit.isDecoded = true;
        this.slot.total_transactions = (this.slot.total_transactions ?? 0) + 1;
        this.slot.total_bytes = (this.slot.total_bytes ?? 0) + 100;
      }
    }
    if (this.consumer !== 'well') return;
    const due = this.#commits.filter(({ at, isDecoded, isPublished }) => isDecoded && isPublished && at <= this.now - 0.5);
    const last = due.at(-1)?.end ?? this.#confirmed;
    const hasAll = this.#commits.every(({ at, isPublished, end }) => !isPublished || end <= last || at <= this.now - 0.5);
    const next = this.confirmsEverything && hasAll ? this.#sent : last;
    if (next > this.#confirmed) this.#confirmed = next;
    this.slot.restart_lsn = formatLsn(this.#confirmed - 1000n);
    this.#commits = this.#commits.filter(({ end }) => end > this.#confirmed);
  }

  replication(more: Partial<PayloadOf<'replication'>> = {}): Sample {
    const isConnected = this.consumer !== 'disconnected';
    const slot: Slot = { ...this.slot, active: isConnected, active_pid: isConnected ? 4711 : null, confirmed_flush_lsn: formatLsn(this.#confirmed) };
    const sender: WalSender = { ...this.sender, slot_name: slot.slot_name, sent_lsn: formatLsn(this.#sent), flush_lsn: formatLsn(this.#confirmed) };
    return this.sample('replication', 2, {
      server_time: this.now,
      lsn: formatLsn(this.lsn),
      in_recovery: false,
      system_identifier: '7400000000000000001',
      timeline: 1,
      started_at: START - 86_400,
      oldest_write_transaction_at: null,
      oldest_prepared_transaction_at: null,
      last_commit_at: null,
      sees_all: true,
      slots: [slot],
      wal_senders: isConnected ? [sender] : [],
      ...this.payload,
      ...more,
    });
  }

  publications(): Sample {
    return this.sample('publications', 30, {
      server_time: this.now,
      database: 'casework',
      publications: [{ name: 'casework', tables: 1, tables_without_identity: 0, changes: this.changes }],
      tables: [{ publication: 'casework', relation: 'app.case_file', has_identity: true, changes: this.changes, publishes: ['insert', 'update', 'delete'] }],
    });
  }

  landed(row: Partial<PayloadOf<'landed'>['relations'][number]>, as_of: number | null = null): Sample {
    return this.sample(
      'landed',
      10,
      { as_of, relations: [{ relation: 'raw.case_file', zone: 'raw', column: '_lsn', meaning: 'lsn', origin: 'configuration', time: null, lsn: null, unread: null, ...row }] },
      WAREHOUSE,
    );
  }

  failure(probe: 'replication' | 'receiver', message: string): Sample {
    return {
      probe,
      store: STORE,
      at: this.here,
      elapsed_ms: 2000,
      received_bytes: 0,
      pace_seconds: 2,
      slowed: null,
      payload: null,
      failure: { reason: 'connect', message, next_step: 'start the server or mend the network' },
    };
  }

  sample<Id extends Sample['probe']>(probe: Id, pace_seconds: number, payload: PayloadOf<Id>, store = STORE): Extract<Sample, { probe: Id }> {
    const made: unknown = { probe, store, at: this.here, elapsed_ms: 0, received_bytes: 500, pace_seconds, slowed: null, payload, failure: null };
    if (!isSample(made, probe)) throw new Error('no sample');
    return made;
  }

  /** Seconds of work in steps of a tenth, with what `each` does in every step; looks every `pace_seconds`. */
  run(seconds: number, each: (step: number) => void = () => {}, afterLook: (view: StreamView) => void = () => {}, pace_seconds = 2): void {
    const steps = Math.round(seconds * 10);
    for (let step = 0; step < steps; step++) {
      this.now = Math.round((this.now + 0.1) * 1000) / 1000;
      each(step);
      this.#work();
      const tenths = Math.round((this.now - START) * 10);
      if (tenths % 300 === 0) this.tracker.accept(this.publications());
      if (tenths % Math.round(pace_seconds * 10) === 0) {
        this.tracker.accept(this.replication());
        afterLook(this.stream());
      }
    }
  }

  /** The worst, or the one of that name. */
  stream(name?: string): StreamView {
    const found = this.tracker.view(this.here).find((stream) => name === undefined || stream.name === name);
    if (found === undefined) throw new Error(`no stream ${name ?? ''}`);
    return found;
  }

  objective(id: string): ObjectiveView {
    const found = this.tracker.objectives(this.here).find((objective) => objective.id === id);
    if (found === undefined) throw new Error(`no objective ${id}`);
    return found;
  }
}

function isSample<Id extends Sample['probe']>(value: unknown, probe: Id): value is Extract<Sample, { probe: Id }> {
  return typeof value === 'object' && value !== null && 'probe' in value && value.probe === probe;
}

export { MEGABYTE };
