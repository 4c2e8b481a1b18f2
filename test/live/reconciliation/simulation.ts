import { ReconciliationTracker } from '../../../src/live/reconciliation/tracker.js';
import type { LiveConfiguration, TimedPair } from '../../../src/model/configuration.js';
import type { EpochSeconds, PeriodView } from '../../../src/model/live.js';
import type { Aggregates } from '../../../src/reconcile/aggregate.js';
import { comparePeriod } from '../../../src/reconcile/compare.js';
import { HeldCut } from '../../../src/reconcile/cut.js';
import { expressionsOf } from '../../../src/stores/expressions/index.js';
import { KeyedDigest } from '../../../src/reconcile/digest.js';
import { bucketsOf, cutBelow, periodsAt, type Bucket } from '../../../src/reconcile/periods.js';
import type { SideShape } from '../../../src/reconcile/side.js';
import { pair, settings } from '../../reconcile/shop.js';
import { good } from '../samples.js';

/** One commit at the source. */
export interface Operation {
  at: EpochSeconds;
  kind: 'insert' | 'update' | 'delete';
  /** Which of the rows that are there; of no meaning for an insert. */
  row: number;
  /** Business time of an insert, so many seconds before its commit. */
  back_seconds: number;
  fault: 'dropped' | 'doubled' | null;
}

export interface World {
  operations: Operation[];
  /** How far the loader is behind, by the minute. */
  lag_seconds: number[];
  /** How many seconds a pass begins after the full minute. */
  jitter_seconds: number[];
  sums: boolean;
}

export const START: EpochSeconds = Date.UTC(2026, 10, 21, 14, 0, 0) / 1000;
const PACE = 60;

interface Row {
  id: number;
  time: EpochSeconds;
  amount: bigint;
}
type Rows = Map<number, Row>;

interface Change {
  at: EpochSeconds;
  /** What it does to the source, and to a target that it reaches. */
  apply: (rows: Rows) => void;
  fault: Operation['fault'];
  /** Periods it touches. */
  time: EpochSeconds;
}

/** Commits in order, each with what it does; amounts are different at each change, so that no two states look alike by chance. */
function changesOf(operations: readonly Operation[]): Change[] {
  const source: Rows = new Map();
  const result: Change[] = [];
  let amount = 1_000_003n;
  let id = 0;
  for (const { at, kind, row, back_seconds, fault } of [...operations].sort((a, b) => a.at - b.at)) {
    amount = (amount * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 62n;
    const there = [...source.values()];
    const chosen = there[row % Math.max(1, there.length)];
    const value = kind === 'insert' || chosen === undefined ? { id: ++id, time: at - back_seconds, amount } : { ...chosen, amount };
    const remove = kind === 'delete' && chosen !== undefined;
    const apply = (rows: Rows): void => {
      if (remove) rows.delete(value.id);
      else rows.set(value.id, value);
    };
    apply(source);
    result.push({ at, apply, fault, time: value.time });
  }
  return result;
}

/** The state of the source at a moment, or what a loader with its faults has made of it. */
function stateAt(changes: readonly Change[], until: EpochSeconds, faulty: boolean): Rows {
  const rows: Rows = new Map();
  for (const { at, apply, fault } of changes) {
    if (at > until) break;
    if (faulty && fault === 'dropped') continue;
    const before = rows.size;
    apply(rows);
    const added = faulty && fault === 'doubled' && rows.size > before ? [...rows.values()].at(-1) : undefined;
    if (added !== undefined) rows.set(-added.id, added);
  }
  return rows;
}

function aggregatesOf(rows: Rows, buckets: readonly Bucket[], sums: boolean): Aggregates {
  const result: Aggregates = new Map();
  for (const { time, amount } of rows.values()) {
    const bucket = buckets.find(({ from, to }) => from <= time && time < to);
    if (bucket === undefined) continue;
    const known = result.get(bucket.from);
    const before = known?.sums[0]?.kind === 'exact' ? known.sums[0].value.unscaled : 0n;
    const sum = { kind: 'exact' as const, value: { unscaled: before + amount, scale: 2 } };
    result.set(bucket.from, { rows: (known?.rows ?? 0) + 1, sums: sums ? [sum] : [] });
  }
  return result;
}

export interface Seen {
  at: EpochSeconds;
  periods: PeriodView[];
}

/** Runs passes over a world until everything has arrived, and says what the tracker made of each, and of the truth in the end. */
export function run(world: World, passes: number, watermark_from: 'product' | 'newest-row' = 'product'): { seen: Seen[]; differing: Set<string>; faulty: Set<string> } {
  const configured: TimedPair = pair({ period: 'hour', periods: 6, sums: world.sums ? [{ source: 'amount', target: 'amount' }] : [] });
  const live: LiveConfiguration = settings([configured]);
  const tracker = new ReconciliationTracker(live);
  const changes = changesOf(world.operations);
  const shape: SideShape = { side: configured.source, place: 'production: shop.orders', isTable: true, time: { kind: 'timestamp', zoned: true, digits: 6 }, deleted: null, sums: world.sums ? [{ column: 'amount', kind: 'exact', scale: 2, form: { kind: 'decimal', scale: 2 } }] : [], from: '"shop"."orders" as t', expressions: expressionsOf('postgres') };
  const digest = new KeyedDigest(new Uint8Array(32).fill(7));
  const held = new HeldCut();
  const seen: Seen[] = [];
  let reached = START - 86_400;
  let differing = new Set<string>();
  for (let index = 0; index < passes; index++) {
    const at = START + PACE * (index + 1) + (world.jitter_seconds[index % world.jitter_seconds.length] ?? 0);
    const lag = index >= passes - 40 ? 3 : (world.lag_seconds[index % world.lag_seconds.length] ?? 0);
    // The watermark, then the target two seconds later, when more has arrived, then the source.
    reached = Math.max(reached, at - lag);
    const targetHas = reached + 2;
    const [source, target] = [stateAt(changes, at + 3, false), stateAt(changes, targetHas, true)];
    const newest = Math.max(...[...target.values()].map(({ time }) => time), START - 86_400);
    const watermark = watermark_from === 'product' ? reached : newest;
    const periods = periodsAt('hour', at, configured.periods);
    const cut = held.move(cutBelow('hour', watermark, false), watermark);
    const buckets = bucketsOf(periods, cut ?? at);
    const sides = { source: { shape, aggregates: aggregatesOf(source, buckets, world.sums) }, target: { shape, aggregates: aggregatesOf(target, buckets, world.sums) } };
    const readings = periods.map((period) => comparePeriod(period, buckets, sides, 0, digest));
    held.note(readings.every(({ judged, equal }) => judged !== 'part' || equal), watermark, at + 4);
    const pass = {
      name: 'orders', as_of: cut, took_ms: 4000, source_read_at: at + 4, target_watermark_at: watermark, watermark_from, source_is_standby: false,
      key_id: digest.id, periods: readings, unread_periods: [], cut_short: null, unread: null,
    };
    tracker.accept(good('reconciliation', { at: at + 5, pace_seconds: PACE }, { pairs: [pass] }));
    seen.push({ at: at + 5, periods: tracker.view(at + 5)[0]?.periods ?? [] });
    differing = new Set(readings.filter(({ equal, judged }) => !equal && judged !== 'none').map(({ period }) => period));
  }
  return { seen, differing, faulty: periodsOfFaults(changes) };
}

/** The hours in which a fault can show: those of the rows it touched. */
function periodsOfFaults(changes: readonly Change[]): Set<string> {
  return new Set(changes.filter(({ fault }) => fault !== null).map(({ time }) => periodsAt('hour', time, 0)[0]?.label ?? ''));
}
