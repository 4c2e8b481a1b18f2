import type { EpochSeconds } from '../../model/live.js';

/** What is known of an operational store at the moment of asking. */
export interface SourceState {
  /** When it last committed a change; null where nothing tells. */
  last_change_at: EpochSeconds | null;
  wal_bytes_per_second: number | null;
  /** When the store was at a position of its WAL, or `at_least` so early; null where nobody knows. */
  clock?: { timeAt(lsn: string): { value: EpochSeconds; at_least: boolean } | null };
}

/** Without a name: the only operational store. Null for a store that was never seen. */
export type SourceLookup = (store?: string) => SourceState | null;

/** Between which moments the first change after a watermark was committed. */
export interface FirstChange {
  earliest: EpochSeconds;
  /** Infinity while there is none. */
  latest: EpochSeconds;
}

const ENTRIES_MAX = 2048;
/**
 * A watermark is often the time when a transaction began or a time in whole seconds, and a position is looked at every few
 * seconds: the last change before a pause counts as arrived when the watermark is this near to it.
 */
const SETTLING_SECONDS = 5;

interface Entry {
  change_at: EpochSeconds;
  /** The last time when this was still the newest change. */
  seen_at: EpochSeconds;
}

/**
 * What was the newest change of a source at which moment. It tells how old the oldest change is that has not arrived, which the
 * age of a watermark does not: over a quiet night the age grows and nothing is outstanding, and with the first change of the
 * morning it is hours while the change is seconds old.
 */
export class SourceLog {
  /** By time of the change, ascending. */
  #entries: Entry[] = [];

  /** `change_at` was the newest change at the moment `seen_at`. */
  see(seen_at: EpochSeconds, change_at: EpochSeconds): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && change_at === last.change_at) {
      last.seen_at = Math.max(last.seen_at, seen_at);
      return;
    }
    if (last !== undefined && seen_at <= last.seen_at) return;
    // A source that went back is another one: it was restored, or its clock was set.
    if (last !== undefined && change_at < last.change_at) this.#entries = [];
    this.#entries.push({ change_at, seen_at });
    if (this.#entries.length > ENTRIES_MAX) this.#thin();
  }

  /** Null while nothing was ever seen. */
  firstChangeAfter(watermark: EpochSeconds): FirstChange | null {
    if (this.#entries.length === 0) return null;
    const settled = this.#indexAfter(watermark + SETTLING_SECONDS);
    const pause = (this.#entries[settled]?.change_at ?? Infinity) - (this.#entries[settled - 1]?.change_at ?? Infinity);
    const index = pause > SETTLING_SECONDS ? settled : this.#indexAfter(watermark);
    const before = this.#entries[index - 1];
    return {
      earliest: Math.max(watermark, before?.seen_at ?? watermark),
      latest: this.#entries[index]?.change_at ?? Infinity,
    };
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The last moment at which the source was seen; null before the first. */
  get seen_at(): EpochSeconds | null {
    return this.#entries.at(-1)?.seen_at ?? null;
  }

  /** Of the first entry whose change is after the watermark. */
  #indexAfter(watermark: EpochSeconds): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.change_at ?? Infinity) > watermark) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Every other one of the older half goes: bounds widen there and stay true. */
  #thin(): void {
    const half = this.#entries.length >>> 1;
    this.#entries = this.#entries.filter((_, index) => index >= half || index % 2 === 0);
  }
}
