import type { EpochSeconds, Measured } from '../../model/live.js';
import type { ClockReading, LsnClock } from './lsn-clock.js';
import type { Published } from './published.js';
import type { Look, SlotMemory } from './slot-memory.js';

/** Counters that stood still so long say that nothing published changed, up to what they may still hold back. */
const QUIET_SECONDS = 120;
/** A commit is in the log before the server's answer says so. */
const COMMIT_SECONDS = 0.1;

/**
 * Whether changes that a reader wants lie behind a position. A position alone does not tell: other databases, vacuum and
 * checkpoints write too.
 *
 * - `none`: certainly nothing.
 * - `unlikely`: the reader had everything that existed one look before the last decoded transaction, and none came since.
 * - `quiet`: the counters of published tables have stood still, but only since after the position was passed.
 * - `unknown`: nothing tells.
 * - `likely`: something of what the reader wants has changed.
 */
export type Pending = 'none' | 'unlikely' | 'quiet' | 'unknown' | 'likely';

/** What is known of the moment and the server besides the slot. */
export interface Surroundings {
  clock: LsnClock;
  look: Look;
  /** The look before; the same where there was none. */
  previous: Look;
  last_commit_at: EpochSeconds | null;
  /** Null where the counters are of another database, or nothing is published. */
  published: Published | null;
}

export interface Outstanding {
  pending: Pending;
  lag: Measured;
  /** When the position was passed; null at the present end of WAL. */
  passed_at: EpochSeconds | null;
  /** Age of the position itself, whatever lies behind it. */
  position_seconds: number;
}

interface Slotted {
  memory: SlotMemory;
  /** How far the server has read for this slot; null while nothing is connected, or where the role may not see it. */
  sent: bigint | null;
  /** What each committed transaction of the database is: wanted, where the plugin sends all of it. */
  decodesEverything: boolean;
}

/**
 * The age of the oldest change behind `lsn`, between certain bounds. The upper one is the age of the position; the lower one
 * is zero until something that the reader wants is known to lie there. Null before the first look.
 */
export function outstandingAt(lsn: bigint, around: Surroundings, slotted: Slotted | null): Outstanding | null {
  const reading = around.clock.at(lsn);
  if (reading === null) return null;
  const now = around.look.at;
  if (reading.kind === 'current') return { pending: 'none', lag: nothing(COMMIT_SECONDS), passed_at: null, position_seconds: 0 };
  const pending = pendingAfter(lsn, reading, around, slotted);
  const position_seconds = Math.max(0, now - reading.at);
  const found = { pending, passed_at: reading.at, position_seconds };
  if (pending === 'none') return { ...found, lag: nothing(now - around.previous.at + COMMIT_SECONDS) };
  const isBefore = reading.kind === 'before';
  const high = Math.max(0, now - (isBefore ? reading.at : reading.low)) + COMMIT_SECONDS;
  if (pending === 'unlikely' || pending === 'quiet') return { ...found, lag: { value: 0, low: 0, high, at_least: false } };
  const value = pending === 'likely' ? Math.min(position_seconds, wantedSeconds(reading, around)) : position_seconds;
  const since = pending === 'likely' ? certainSince(lsn, reading, around, slotted) : null;
  const low = since === null ? 0 : Math.min(value, Math.max(0, now - since));
  return { ...found, lag: { value, low, high, at_least: isBefore && value === position_seconds } };
}

/** The same where every byte of WAL is wanted, as a physical standby wants it. */
export function behindAt(lsn: bigint, clock: LsnClock, now: EpochSeconds): Outstanding | null {
  const reading = clock.at(lsn);
  if (reading === null) return null;
  if (reading.kind === 'current') return { pending: 'none', lag: nothing(Math.max(0, now - reading.at) + COMMIT_SECONDS), passed_at: null, position_seconds: 0 };
  const value = Math.max(0, now - reading.at);
  const low = reading.kind === 'before' ? value : Math.max(0, now - reading.high);
  const high = reading.kind === 'before' ? value : Math.max(0, now - reading.low) + COMMIT_SECONDS;
  return { pending: 'likely', lag: { value, low, high, at_least: reading.kind === 'before' }, passed_at: reading.at, position_seconds: value };
}

function nothing(high: number): Measured {
  return { value: 0, low: 0, high, at_least: false };
}

function pendingAfter(lsn: bigint, reading: Exclude<ClockReading, { kind: 'current' }>, around: Surroundings, slotted: Slotted | null): Pending {
  const low = reading.kind === 'before' ? null : reading.low;
  if (low !== null && around.last_commit_at !== null && around.last_commit_at < low) return 'none';
  const decoded = slotted === null ? null : byDecoding(lsn, around, slotted);
  if (decoded === 'none' || decoded === 'unlikely') return decoded;
  const { published } = around;
  if (published === null || !published.isKnown(around.look.at)) return decoded ?? 'unknown';
  if (published.hasChangedAfter(reading.kind === 'before' ? reading.at : reading.high)) return 'likely';
  const quiet = published.quietSince();
  // Counters speak only of what had time to reach them.
  if (quiet !== null && reading.kind === 'passed' && published.speaksOf(reading.high)) {
    if (quiet <= reading.low) return 'unlikely';
    if (around.look.at - quiet >= QUIET_SECONDS) return 'quiet';
  }
  return slotted?.decodesEverything === true && decoded === 'likely' ? 'likely' : 'unknown';
}

/** What the totals of decoded transactions tell; null where the server has not read everything, or keeps none. */
function byDecoding(lsn: bigint, around: Surroundings, { memory, sent }: Slotted): 'none' | 'unlikely' | 'likely' | null {
  if (memory.decodedAfter(lsn) !== null) return 'likely';
  if (!memory.countsTransactions() || sent === null || sent < around.previous.lsn || around.look === memory.first) return null;
  const last = memory.lastDecoded();
  if (last === undefined) return null;
  if (last.settled !== null && lsn >= last.settled.lsn) return 'none';
  // One look after the last decoded transaction, so that what is just on its way is not called nothing.
  return last.settled !== null && last.before !== null && lsn >= last.before.lsn ? 'unlikely' : null;
}

/** Age of the first change of published tables that the counters showed after the position was passed. */
function wantedSeconds(reading: ClockReading, { published, look }: Surroundings): number {
  const first = published?.firstChangeSince(reading.kind === 'passed' ? reading.low : reading.at) ?? null;
  return first === null ? Number.POSITIVE_INFINITY : look.at - first;
}

function certainSince(lsn: bigint, reading: ClockReading, around: Surroundings, slotted: Slotted | null): EpochSeconds | null {
  const passed = reading.kind === 'passed' ? reading.high : reading.at;
  const counted = around.published?.certainChangeAfter(passed) ?? null;
  const decoded = slotted?.decodesEverything === true ? slotted.memory.decodedAfter(lsn) : null;
  if (counted === null || decoded === null) return counted ?? decoded;
  return Math.min(counted, decoded);
}
