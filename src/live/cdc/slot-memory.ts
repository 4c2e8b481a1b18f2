import type { EpochSeconds } from '../../model/live.js';
import type { Slot } from '../../probes/replication.js';
import { readLsn } from './lsn.js';
import { Ewma, Growth } from './rate.js';
import { StreamMemory } from './stream-memory.js';

const GAPS_KEPT = 5;
const DECODED_KEPT = 512;

/** One look at the server: its time and where its WAL ended. */
export interface Look {
  at: EpochSeconds;
  lsn: bigint;
}

/** Between two looks the server decoded transactions of the slot's database. */
interface Decoded {
  /** Null where it was before the first look. */
  before: Look | null;
  after: Look;
  /** The look after it: everything that was decoded lies before its position, whatever happened during `after`. */
  settled: Look | null;
}

/** What must be remembered of one slot between two samples. All times are the server's. */
export class SlotMemory extends StreamMemory {
  readonly transactions = new Growth();
  readonly spilled = new Growth();
  /** How fast what it retains grows: over five minutes and an hour. Negative while it catches up. */
  readonly #retainedFast = new Ewma(300);
  readonly #retainedSlow = new Ewma(3600);
  restart_moved_at: EpochSeconds;
  confirmed_moved_at: EpochSeconds;
  /** True once the confirmed position has been seen to move. */
  hasConfirmed = false;
  /** True once the position moved between two looks at which nothing was connected: its reader calls by SQL from time to time. */
  reads_in_turns = false;
  sent_moved_at: EpochSeconds;
  inactive_seen_at: EpochSeconds | null = null;
  /** Since when a product has lain behind what has landed; null while none does. */
  transform_behind_since: EpochSeconds | null = null;
  /** When another slot took this name; null when none did. */
  recreated_at: EpochSeconds | null = null;
  #slot: Slot;
  #confirmed: bigint | null;
  #restart: bigint | null;
  #sent: bigint | null = null;
  #gaps: number[] = [];
  #beforePrevious: Look | null = null;
  #decoded: Decoded[];

  constructor(
    slot: Slot,
    readonly first: Look,
  ) {
    super();
    this.#slot = slot;
    this.#confirmed = readLsn(slot.confirmed_flush_lsn);
    this.#restart = readLsn(slot.restart_lsn);
    this.restart_moved_at = first.at;
    this.confirmed_moved_at = first.at;
    this.sent_moved_at = first.at;
    this.#decoded = [{ before: null, after: first, settled: null }];
    this.#count(slot, first);
  }

  /**
   * Whether a row of the same name is another slot: positions of one slot never go back, except where the server started
   * again in between and had not written the newest state of the slot to disk.
   */
  isOther(slot: Slot, serverRestarted: boolean): boolean {
    const known = this.#slot;
    if (slot.plugin !== known.plugin || slot.slot_type !== known.slot_type || slot.database !== known.database) return true;
    if (serverRestarted) return false;
    const sameStatistics = slot.statistics_reset === known.statistics_reset;
    if (sameStatistics && known.total_transactions !== null && (slot.total_transactions ?? 0) < known.total_transactions) return true;
    return isBefore(readLsn(slot.confirmed_flush_lsn), this.#confirmed) || (slot.slot_type === 'logical' && isBefore(readLsn(slot.restart_lsn), this.#restart));
  }

  /** `look` is the present one, `previous` the one before it. */
  accept(slot: Slot, sent: bigint | null, look: Look, previous: Look): void {
    const confirmed = readLsn(slot.confirmed_flush_lsn);
    const hasMoved = confirmed !== null && this.#confirmed !== null && confirmed > this.#confirmed;
    if (hasMoved) {
      this.reads_in_turns = !slot.active && !this.#slot.active;
      if (this.hasConfirmed) this.#gaps = [...this.#gaps, look.at - this.confirmed_moved_at].slice(-GAPS_KEPT);
      this.confirmed_moved_at = look.at;
      this.hasConfirmed = true;
    }
    this.#confirmed = confirmed;
    const restart = readLsn(slot.restart_lsn);
    if (restart !== this.#restart) this.restart_moved_at = look.at;
    if (restart !== null && this.#restart !== null) {
      const grown = Number(look.lsn - previous.lsn - (restart - this.#restart));
      this.#retainedFast.add(grown, look.at - previous.at);
      this.#retainedSlow.add(grown, look.at - previous.at);
    }
    this.#restart = restart;
    if (sent !== this.#sent) this.sent_moved_at = look.at;
    this.#sent = sent;
    if (slot.active) this.inactive_seen_at = null;
    else if (hasMoved || this.inactive_seen_at === null) this.inactive_seen_at = look.at;
    const before = this.#slot.total_transactions;
    // Totals that went back were reset: something may have been decoded in between.
    const newest = this.#decoded.at(-1);
    const certainlyBefore = hasLateTotals(slot) ? this.#beforePrevious : previous;
    if (slot.total_transactions !== before) this.#decoded.push({ before: certainlyBefore, after: look, settled: null });
    else if (newest?.settled === null) newest.settled = look;
    this.#slot = slot;
    this.#beforePrevious = previous;
    this.#forget(confirmed);
    this.#count(slot, look);
  }

  #count(slot: Slot, look: Look): void {
    if (slot.total_transactions !== null) this.transactions.push(look.at, slot.total_transactions);
    if (slot.spill_bytes !== null) this.spilled.push(look.at, slot.spill_bytes);
  }

  /** What was confirmed since is of no more use, except the newest. */
  #forget(confirmed: bigint | null): void {
    if (confirmed !== null) {
      const pending = this.#decoded.findIndex(({ before }) => before !== null && before.lsn >= confirmed);
      this.#decoded = this.#decoded.slice(pending);
    }
    if (this.#decoded.length > DECODED_KEPT) this.#decoded = this.#decoded.filter((_, index) => index % 2 === 0 || index === DECODED_KEPT);
  }

  /** When more was last decoded than before; the first look where that never was. */
  lastDecoded(): Readonly<Decoded> | undefined {
    return this.#decoded.at(-1);
  }

  /** When something of the slot's database had been decoded that certainly lies after `lsn`; null where nothing has. */
  decodedAfter(lsn: bigint): EpochSeconds | null {
    return this.#decoded.find(({ before }) => before !== null && before.lsn >= lsn)?.after.at ?? null;
  }

  get slot(): Slot {
    return this.#slot;
  }

  /** The larger of both growths, unless it is catching up at present; null before two looks. */
  retained_per_second(): number | null {
    const fast = this.#retainedFast.per_second();
    const slow = this.#retainedSlow.per_second();
    return fast === null || slow === null || fast <= 0 ? fast : Math.max(fast, slow);
  }

  /** False on PostgreSQL 13, which keeps no totals, and before the first decoded transaction. */
  countsTransactions(): boolean {
    return this.#slot.total_transactions !== null;
  }

  /** The longest of the last times between two confirmations; 0 where none were seen. */
  gap_seconds(): number {
    return Math.max(0, ...this.#gaps);
  }
}

/**
 * On 14 totals travel to a collector and arrive up to half a second late; from 15 on they are in shared memory. The two cannot
 * be told apart by a slot's columns, 16 can.
 */
function hasLateTotals(slot: Slot): boolean {
  return slot.conflicting === null;
}

function isBefore(position: bigint | null, known: bigint | null): boolean {
  return position !== null && known !== null && position < known;
}
