import type { DataProductConfiguration, LiveConfiguration } from '../../model/configuration.js';
import type { EpochSeconds, Measured } from '../../model/live.js';
import type { PayloadOf, SampleOf } from '../../probes/index.js';
import type { Meaning } from '../../probes/landed.js';
import { isStale } from '../staleness.js';
import type { SlotEvidence } from './evidence.js';
import { readLsn } from './lsn.js';
import { outstandingAt, type Surroundings } from './pending.js';

/** Best first. A position in the primary's own clock knows no difference between two machines' clocks. */
const BEST: readonly Meaning[] = ['heartbeat', 'lsn', 'commit-time', 'load-time'];
/** Counters of published tables are late and seldom read. */
const QUIET_SECONDS = 120;

type LandedRow = PayloadOf<'landed'>['relations'][number];

/** How far behind the source a stage in the warehouse lies, at the moment when it was looked at. */
export interface Stage {
  /** Null where the columns tell nothing of the source. */
  lag: Measured | null;
  /** Where the number comes from. */
  evidence: string;
  /** Relation or product. */
  subject: string;
  /** A product's promise; null elsewhere. */
  within_seconds: number | null;
}

interface Kept<P> {
  at: EpochSeconds;
  pace_seconds: number;
  payload: P;
}

/** What the probes of warehouses say about how far the source's changes have come. */
export class Landings {
  readonly #landed = new Map<string, Kept<PayloadOf<'landed'>>>();
  readonly #watermarks = new Map<string, Kept<PayloadOf<'watermarks'>>>();
  /** The shortest time between two values of a heartbeat: so old it may be when all is well. */
  readonly #beats = new Map<string, { time: number; every_seconds: number }>();

  constructor(private readonly settings: LiveConfiguration) {}

  acceptLanded({ store, at, pace_seconds, payload }: SampleOf<'landed'>): void {
    if (payload === null) return;
    this.#landed.set(store, { at, pace_seconds, payload });
    for (const { relation, column, meaning, time } of payload.relations) {
      if (meaning !== 'heartbeat' || time === null) continue;
      const key = `${store} ${relation} ${column}`;
      const known = this.#beats.get(key);
      if (known !== undefined && time <= known.time) continue;
      const every = known === undefined ? 0 : time - known.time;
      this.#beats.set(key, { time, every_seconds: known === undefined || known.every_seconds === 0 ? every : Math.min(known.every_seconds, every) });
    }
  }

  acceptWatermarks({ store, at, pace_seconds, payload }: SampleOf<'watermarks'>): void {
    if (payload !== null) this.#watermarks.set(store, { at, pace_seconds, payload });
  }

  /** The best column that tells how far the rows of this stream have come; null where none was found. */
  landed(e: SlotEvidence, around: Surroundings, isOnly: boolean, now: EpochSeconds): Stage | null {
    const wanted = e.settings.landed;
    const found: { row: LandedRow; store: string; kept: Kept<PayloadOf<'landed'>> }[] = [];
    for (const [store, kept] of this.#landed) {
      if (isStale(kept.at, kept.pace_seconds, now)) continue;
      for (const row of kept.payload.relations) {
        const isWanted =
          wanted === null
            ? row.origin !== 'configuration' && (isOnly || isOf(row.origin, e.slot.slot_name))
            : row.relation === wanted.relation && row.column === wanted.column && (wanted.store === null || wanted.store === store);
        if (isWanted) found.push({ row, store, kept });
      }
    }
    for (const meaning of BEST) {
      const [first, ...rest] = found.filter(({ row }) => row.meaning === meaning && (row.time !== null || row.lsn !== null));
      if (first === undefined) continue;
      const best = rest.reduce((known, next) => (isFurther(next.row, known.row) ? next : known), first);
      return this.#stage(best.row, best.store, best.kept, e, around, now);
    }
    const unread = found.find(({ row }) => row.unread !== null);
    return unread === undefined ? null : { lag: null, evidence: `${unread.row.column} was not read`, subject: unread.row.relation, within_seconds: null };
  }

  #stage(row: LandedRow, store: string, kept: Kept<PayloadOf<'landed'>>, e: SlotEvidence, around: Surroundings, now: EpochSeconds): Stage {
    const found = { evidence: row.column, subject: row.relation, within_seconds: null };
    // What was seen some seconds ago says nothing of the seconds since.
    const seen_ago = Math.max(0, now - (kept.payload.as_of ?? kept.at));
    if (row.meaning === 'lsn') {
      const lsn = readLsn(row.lsn);
      const outstanding = lsn === null ? null : outstandingAt(lsn, around, { memory: e.memory, sent: e.sent, decodesEverything: false });
      return { ...found, lag: outstanding === null ? null : earlier(outstanding.lag, seen_ago) };
    }
    if (row.time === null || row.meaning === 'load-time') return { ...found, lag: null, evidence: `${row.column}, the time of loading, tells nothing of the source` };
    const age = Math.max(0, around.look.at - seen_ago - row.time);
    if (row.meaning === 'heartbeat') {
      const value = Math.max(0, age - (this.#beats.get(`${store} ${row.relation} ${row.column}`)?.every_seconds ?? 0));
      return { ...found, lag: { value, low: value, high: age, at_least: false } };
    }
    return { ...found, lag: ageUnlessQuiet(row.time, age, e, around) };
  }

  /** The data product of this stream that lies furthest behind; null where none is known. */
  transformed(e: SlotEvidence, around: Surroundings, isOnly: boolean, now: EpochSeconds): Stage | null {
    let slowest: Stage | null = null;
    for (const [store, { at, pace_seconds, payload }] of this.#watermarks) {
      if (isStale(at, pace_seconds, now)) continue;
      for (const { name, watermark_at } of payload.products) {
        const product = this.settings.dataProducts.find((entry) => entry.name === name && (entry.store === null || entry.store === store));
        if (watermark_at === null || !isFedBy(product, e, isOnly)) continue;
        const age = Math.max(0, around.look.at - Math.max(0, now - (payload.as_of ?? at)) - watermark_at);
        const lag = ageUnlessQuiet(watermark_at, age, e, around);
        if (slowest?.lag != null && lag.value <= slowest.lag.value) continue;
        slowest = { lag, evidence: `watermark of ${name}`, subject: name, within_seconds: product?.objective?.within_seconds ?? null };
      }
    }
    return slowest;
  }

  /** How old what can be read of the warehouse is by itself, a copy of a file for example; null without a warehouse. */
  copy_seconds(now: EpochSeconds): number | null {
    const kept = [...this.#landed.values(), ...this.#watermarks.values()].filter(({ at, pace_seconds }) => !isStale(at, pace_seconds, now));
    if (kept.length === 0) return null;
    const copies = kept.flatMap(({ payload }) => (payload.as_of === null ? [] : [payload.as_of]));
    return copies.length === 0 ? 0 : Math.max(0, now - Math.max(...copies));
  }
}

function isFedBy(product: DataProductConfiguration | undefined, e: SlotEvidence, isOnly: boolean): boolean {
  const stream = product?.stream ?? null;
  return stream === null ? isOnly : stream === e.settings.name || stream === e.slot.slot_name;
}

/** Loaders name their slots after themselves: `peerflow_slot_orders`, `debezium`, `airbyte_slot`. */
function isOf(origin: string, slot: string): boolean {
  const name = origin.toLowerCase();
  return slot.toLowerCase().includes(name === 'peerdb' ? 'peerflow' : name) || (name === 'peerdb' && slot.toLowerCase().includes('peerdb'));
}

function isFurther(row: LandedRow, known: LandedRow): boolean {
  if (row.time !== null && known.time !== null) return row.time > known.time;
  const lsn = readLsn(row.lsn);
  const before = readLsn(known.lsn);
  return lsn !== null && (before === null || lsn > before);
}

/** The lag at a moment `seconds` ago. */
function earlier(lag: Measured, seconds: number): Measured {
  const at = (value: number): number => Math.max(0, value - seconds);
  return { value: at(lag.value), low: at(lag.low), high: at(lag.high), at_least: lag.at_least };
}

/** Data as old as `time` lack nothing as long as nothing has changed since. */
function ageUnlessQuiet(time: EpochSeconds, age: number, e: SlotEvidence, around: Surroundings): Measured {
  return hasChangedSince(time, e, around) === false ? { value: 0, low: 0, high: age, at_least: false } : { value: age, low: 0, high: age, at_least: false };
}

function hasChangedSince(time: EpochSeconds, e: SlotEvidence, { published, look, previous, last_commit_at }: Surroundings): boolean | null {
  if (last_commit_at !== null && last_commit_at <= time) return false;
  const decoded = e.memory.lastDecoded();
  const seesAll = e.sent !== null && e.sent >= previous.lsn && e.memory.countsTransactions();
  if (seesAll && decoded != null && decoded.before !== null && time >= decoded.before.at) return false;
  if (published === null || !published.isKnown(look.at)) return null;
  if (published.hasChangedAfter(time)) return true;
  const quiet = published.quietSince();
  if (quiet === null || !published.speaksOf(time)) return null;
  return quiet <= time || look.at - quiet >= QUIET_SECONDS ? false : null;
}
