import type { EpochSeconds } from '../../model/live.js';

/** Of pairs up to this age, so far apart they are kept; older than the last is forgotten. */
const THINNING = [
  { age_seconds: 600, spacing_seconds: 0 },
  { age_seconds: 6 * 3600, spacing_seconds: 10 },
  { age_seconds: 14 * 86_400, spacing_seconds: 60 },
] as const;
/** Thinning walks all pairs, so it is done for many at once. */
const PUSHES_PER_THINNING = 256;
/** Files' times are of the file system's clock, which may differ a little from the server's. */
const FILE_TIME_ERROR_SECONDS = 1;
/** Between pairs that are so far apart, times of files tell more. */
const GAP_SECONDS = 60;

interface Pair {
  at: EpochSeconds;
  lsn: bigint;
  /** From the time of a file rather than from the server's own answer. */
  fromFile: boolean;
}

/** When the primary left a position: certainly between `low` and `high`. */
export interface Passed {
  kind: 'passed';
  at: EpochSeconds;
  low: EpochSeconds;
  high: EpochSeconds;
  /** True where times of WAL files bound it. */
  fromFile: boolean;
}

/** `current`: the primary had not left it at the newest pair. `before`: it left it before the oldest pair, at `at`. */
export type ClockReading = Passed | { kind: 'current'; at: EpochSeconds } | { kind: 'before'; at: EpochSeconds };

/**
 * A clock that is read by WAL position: when was the primary there? It keeps pairs of (server's time, position), dense for
 * ten minutes and thinner with age, two weeks at most. Any subset of true pairs gives true bounds, so thinning widens them and
 * never makes them wrong.
 */
export class LsnClock {
  #pairs: Pair[] = [];
  #pushes = 0;
  #hasGap = true;

  get size(): number {
    return this.#pairs.length;
  }

  newest(): { at: EpochSeconds; lsn: bigint } | null {
    return this.#pairs.at(-1) ?? null;
  }

  oldest(): { at: EpochSeconds; lsn: bigint } | null {
    return this.#pairs[0] ?? null;
  }

  /** True while times of WAL files could tell something that the pairs do not. */
  wantsFiles(): boolean {
    return this.#hasGap;
  }

  /**
   * The server's time and position of one moment. `older`: not later than what is known, ignored. `backwards`: the position
   * went back, which one history of WAL never does; the owner starts a new clock.
   */
  push(at: EpochSeconds, lsn: bigint): 'kept' | 'older' | 'backwards' {
    const last = this.#pairs.at(-1);
    if (last === undefined) {
      this.#pairs.push({ at, lsn, fromFile: false });
      return 'kept';
    }
    if (at <= last.at) return 'older';
    if (lsn < last.lsn) return 'backwards';
    if (at - last.at > GAP_SECONDS) this.#hasGap = true;
    const before = this.#pairs.at(-2);
    // While the position stands still its first and its last moment are all there is to know.
    if (lsn === last.lsn && before?.lsn === lsn) this.#pairs[this.#pairs.length - 1] = { at, lsn, fromFile: false };
    else this.#pairs.push({ at, lsn, fromFile: false });
    this.#pushes += 1;
    if (this.#pushes % PUSHES_PER_THINNING === 0) this.#thin(at);
    return 'kept';
  }

  /**
   * Ends of WAL segments and when each was last written, oldest first: they fill the time before the first pair and long gaps.
   * What does not fit between the pairs around it is left out.
   */
  addFiles(segments: readonly { lsn: bigint; at: EpochSeconds }[]): void {
    this.#hasGap = false;
    if (this.#pairs.length === 0) return;
    let latest = Number.POSITIVE_INFINITY;
    const added: Pair[] = [];
    for (const { lsn, at } of segments.toReversed()) {
      // A file that was touched again after the segment that follows it says nothing of its own end.
      if (at > latest) continue;
      const place = this.#after(lsn);
      const before = this.#pairs[place - 1];
      const next = this.#pairs[place];
      if (next === undefined || before?.lsn === lsn || at >= next.at) continue;
      if (before !== undefined && (next.at - before.at <= GAP_SECONDS || at <= before.at)) continue;
      latest = at;
      added.push({ at, lsn, fromFile: true });
    }
    if (added.length === 0) return;
    this.#pairs = [...this.#pairs, ...added].sort((a, b) => a.at - b.at || (a.lsn < b.lsn ? -1 : 1));
    this.#thin(this.#pairs.at(-1)?.at ?? 0);
  }

  /** The server's clock was set: what was is now so many seconds later. */
  shift(seconds: number): void {
    this.#pairs = this.#pairs.map((pair) => ({ ...pair, at: pair.at + seconds }));
  }

  /** When the primary left `lsn`; null before the first pair. */
  at(lsn: bigint): ClockReading | null {
    const first = this.#pairs[0];
    const last = this.#pairs.at(-1);
    if (first === undefined || last === undefined) return null;
    if (lsn >= last.lsn) return { kind: 'current', at: last.at };
    if (lsn < first.lsn) return { kind: 'before', at: first.at };
    const place = this.#after(lsn);
    const from = this.#pairs[place - 1] ?? first;
    const to = this.#pairs[place] ?? last;
    const part = Number(lsn - from.lsn) / Number(to.lsn - from.lsn);
    return {
      kind: 'passed',
      at: from.at + (to.at - from.at) * part,
      low: from.at - (from.fromFile ? FILE_TIME_ERROR_SECONDS : 0),
      high: to.at + (to.fromFile ? FILE_TIME_ERROR_SECONDS : 0),
      fromFile: from.fromFile || to.fromFile,
    };
  }

  /** Number of pairs whose position is not beyond `lsn`. */
  #after(lsn: bigint): number {
    let low = 0;
    let high = this.#pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pairs[middle]?.lsn ?? 0n) <= lsn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops a pair only where the time between its neighbours stays within what its age allows. */
  #thin(now: EpochSeconds): void {
    const oldest = now - (THINNING.at(-1)?.age_seconds ?? 0);
    const kept: Pair[] = [];
    for (const [index, pair] of this.#pairs.entries()) {
      const next = this.#pairs[index + 1];
      if (next !== undefined && next.at < oldest) continue;
      const before = kept.at(-1);
      const spacing = THINNING.find(({ age_seconds }) => now - pair.at <= age_seconds)?.spacing_seconds ?? 60;
      if (before === undefined || next === undefined || next.at - before.at > spacing) kept.push(pair);
    }
    this.#pairs = kept;
  }
}
