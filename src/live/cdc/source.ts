import type { EpochSeconds, Measured } from '../../model/live.js';
import type { SampleOf } from '../../probes/index.js';
import type { ReplicationPayload, Slot } from '../../probes/replication.js';
import type { WalDirectoryPayload } from '../../probes/wal-directory.js';
import { isStale } from '../staleness.js';
import { LsnClock } from './lsn-clock.js';
import { parseLsn, readLsn } from './lsn.js';
import { Published } from './published.js';
import { Growth } from './rate.js';
import type { Look, SlotMemory } from './slot-memory.js';

/** More than this between what two clocks say has passed, and one of them was set. */
const CLOCK_STEP_SECONDS = 5;
/** So many answers from the past in a row are no late arrivals: both clocks were set back. */
const LATE_SAMPLES_MAX = 3;
/** How long a slot that is gone is still spoken of. */
const GONE_SECONDS = 900;

/** The newest run of a probe that failed, and when. */
export interface Failure {
  at: EpochSeconds;
  message: string;
  next_step: string;
}

export interface Answer {
  /** By this machine's clock. */
  at: EpochSeconds;
  pace_seconds: number;
  payload: ReplicationPayload;
}

/** What other trackers may ask about a store. */
export interface SourceState {
  /** Newest moment by the server's clock at which changes were seen: of published tables, else of the database, else any. */
  last_change_at: EpochSeconds | null;
  /** Over five minutes. */
  wal_bytes_per_second: number | null;
  clock: {
    /**
     * When the primary left a position, by the server's clock; at the present end of WAL the time of the newest look. With
     * `at_least` it left it then or earlier. Null where the text is no position or nothing was seen yet.
     */
    timeAt(lsn: string): Measured | null;
  };
  /** Server's clock less this machine's. */
  server_time_offset_seconds: number;
}

/** One server of which positions are known: its clock of positions and what follows it. */
export class SourceMemory {
  clock = new LsnClock();
  readonly published = new Published();
  readonly wal = new Growth();
  readonly slots = new Map<string, SlotMemory>();
  /** Slots that were dropped, with the last that was seen of them. */
  readonly gone = new Map<string, { slot: Slot; at: EpochSeconds }>();
  answer: Answer | null = null;
  failure: Failure | null = null;
  offset_seconds = 0;
  look: Look | null = null;
  previous: Look | null = null;
  restarted_at: EpochSeconds | null = null;
  #late = 0;
  #wal_moved_at: EpochSeconds | null = null;
  #directory: WalDirectoryPayload | null = null;

  /** False for a failure and for an answer that is older than what is known. */
  accept(sample: SampleOf<'replication'>): boolean {
    const { payload } = sample;
    if (payload === null) {
      this.failure = { at: sample.at, message: sample.failure.message, next_step: sample.failure.next_step };
      return false;
    }
    if (!this.#isNewer(sample.at, payload)) return false;
    const lsn = readLsn(payload.lsn);
    if (lsn === null) {
      this.failure = { at: sample.at, message: 'the server gave a WAL position that is none', next_step: 'look at the version of the server' };
      return false;
    }
    this.failure = null;
    this.offset_seconds = payload.server_time - (sample.at - sample.elapsed_ms / 2000);
    this.#followClock(sample.at, payload, lsn);
    this.answer = { at: sample.at, pace_seconds: sample.pace_seconds, payload };
    return true;
  }

  acceptDirectory(payload: WalDirectoryPayload): void {
    this.#directory = payload;
    this.#fill();
  }

  /** The newest answer while it speaks for the present. */
  fresh(now: EpochSeconds): Answer | null {
    const { answer } = this;
    return answer === null || isStale(answer.at, answer.pace_seconds, now) ? null : answer;
  }

  state(): SourceState | null {
    if (this.look === null) return null;
    return {
      last_change_at: this.#lastChange(),
      wal_bytes_per_second: this.wal.per_second(),
      clock: { timeAt: (text) => this.#timeAt(text) },
      server_time_offset_seconds: this.offset_seconds,
    };
  }

  /** What the slots of one answer are; memories of others are dropped. */
  follow(slots: readonly Slot[], look: Look): void {
    const present = new Set(slots.map(({ slot_name }) => slot_name));
    for (const [name, memory] of this.slots) {
      if (present.has(name)) continue;
      this.slots.delete(name);
      this.#miss(memory.slot, look.at);
    }
    for (const name of present) this.gone.delete(name);
    for (const [name, { at }] of this.gone) if (look.at - at > GONE_SECONDS) this.gone.delete(name);
  }

  #miss(slot: Slot, at: EpochSeconds): void {
    if (!slot.temporary && slot.synced !== true) this.gone.set(slot.slot_name, { slot, at });
  }

  #isNewer(at: EpochSeconds, { server_time }: ReplicationPayload): boolean {
    const known = this.answer;
    if (known === null || server_time > known.payload.server_time || (at > known.at && server_time !== known.payload.server_time)) {
      this.#late = 0;
      return true;
    }
    this.#late += 1;
    if (this.#late < LATE_SAMPLES_MAX || server_time === known.payload.server_time) return false;
    this.#late = 0;
    this.#restart();
    return true;
  }

  #followClock(at: EpochSeconds, payload: ReplicationPayload, lsn: bigint): void {
    const known = this.answer;
    if (known !== null) {
      if (isOtherHistory(known.payload, payload)) this.#restart();
      else this.#followStep(known, at, payload.server_time);
      if (known.payload.started_at !== payload.started_at) this.restarted_at = payload.server_time;
    }
    let kept = this.clock.push(payload.server_time, lsn);
    if (kept === 'backwards') {
      this.#restart();
      kept = this.clock.push(payload.server_time, lsn);
    }
    const look = { at: payload.server_time, lsn };
    if (this.look === null || lsn !== this.look.lsn) this.#wal_moved_at = this.look === null ? null : look.at;
    this.previous = this.look ?? look;
    this.look = look;
    this.wal.push(look.at, Number(lsn));
    this.#fill();
  }

  /** Where this machine's clock went on as usual and the server's did not, the server's was set. */
  #followStep(known: Answer, at: EpochSeconds, server_time: EpochSeconds): void {
    const here = at - known.at;
    const step = server_time - known.payload.server_time - here;
    const isUsual = here > 0 && here < 3 * known.pace_seconds + 10;
    if (isUsual && Math.abs(step) > CLOCK_STEP_SECONDS) {
      this.clock.shift(step);
      this.slots.clear();
    }
  }

  /** Another history of WAL, or another time: nothing that was seen before holds. */
  #restart(): void {
    this.clock = new LsnClock();
    for (const { slot } of this.slots.values()) this.#miss(slot, this.look?.at ?? 0);
    this.slots.clear();
    this.look = null;
    this.previous = null;
    this.#wal_moved_at = null;
  }

  #fill(): void {
    const directory = this.#directory;
    const timeline = this.answer?.payload.timeline ?? null;
    if (directory === null || !this.clock.wantsFiles() || this.clock.size === 0) return;
    this.#directory = null;
    if (timeline !== null && timeline !== directory.timeline) return;
    const segments = directory.segments.flatMap(({ end_lsn, written_at }) => {
      const lsn = readLsn(end_lsn);
      return lsn === null ? [] : [{ lsn, at: written_at }];
    });
    this.clock.addFiles(segments);
  }

  #lastChange(): EpochSeconds | null {
    const seen: number[] = [];
    const now = this.look?.at ?? 0;
    if (this.published.isKnown(now)) {
      const at = this.published.lastChangeAt();
      if (at !== null) seen.push(at);
      else return null;
    }
    if (seen.length > 0) return Math.max(...seen);
    return this.answer?.payload.last_commit_at ?? this.#wal_moved_at;
  }

  #timeAt(text: string): Measured | null {
    const lsn = readLsn(text);
    const reading = lsn === null ? null : this.clock.at(lsn);
    if (reading === null) return null;
    if (reading.kind === 'passed') return { value: reading.at, low: reading.low, high: reading.high, at_least: false };
    return { value: reading.at, low: reading.at, high: reading.at, at_least: reading.kind === 'before' };
  }
}

/** A failover, a restore or another server behind the same name. */
function isOtherHistory(known: ReplicationPayload, now: ReplicationPayload): boolean {
  const differs = <T>(a: T | null, b: T | null): boolean => a !== null && b !== null && a !== b;
  return differs(known.system_identifier, now.system_identifier) || differs(known.timeline, now.timeline);
}

/** The position of a payload whose form was checked before. */
export function positionOf(payload: ReplicationPayload): bigint {
  return parseLsn(payload.lsn);
}
