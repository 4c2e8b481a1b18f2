import type { ReconcilePair } from '../../../src/model/configuration.js';
import { KeyedDigest } from '../../../src/reconcile/digest.js';
import type { Look } from '../../../src/reconcile/judge/ledger.js';
import type { ObservedKey, SideState } from '../../../src/reconcile/judge/state.js';
import type { PairPlan, PlannedColumn, PlannedSide } from '../../../src/reconcile/keys/types.js';
import { NO_WATERMARK, type Position, type Watermark } from '../../../src/reconcile/position.js';

export const digest = new KeyedDigest(new Uint8Array(32).fill(7));

/** Orders of a shop: amount and status are compared, `placed_at` is the business time, `updated_at` the time of a change. */
export function plan(overrides: Partial<PairPlan> = {}): PairPlan {
  const side = (which: 'source' | 'target'): PlannedSide => ({
    which,
    store: which === 'source' ? 'production' : 'warehouse',
    engine: which === 'source' ? 'postgres' : 'duckdb',
    version_num: 180_000,
    place: which === 'source' ? 'production: shop.orders' : 'warehouse: raw.orders',
    from: which === 'source' ? '"shop"."orders" as t' : '"raw"."orders" as t',
    kind: 'table',
    deleted: null,
    living: null,
    indexed: true,
    file: null,
    rows_expected: null,
    scan: { by: 'whole' },
  });
  return {
    pair: orders(),
    source: side('source'),
    target: side('target'),
    key: [column('id', { kind: 'integer' })],
    columns: [column('amount', { kind: 'decimal', scale: 2 }), column('status', { kind: 'text', padded: false })],
    leftOut: [],
    order: 'range',
    unique: true,
    watermark: { kind: 'time', source: 'updated_at', target: 'updated_at' },
    changed: column('updated_at', { kind: 'timestamp', zoned: true, digits: 6 }),
    time: column('placed_at', { kind: 'timestamp', zoned: true, digits: 6 }),
    notes: [],
    ...overrides,
  };
}

type Form = PlannedColumn['sourceForm'];

function column(name: string, form: Form): PlannedColumn {
  const common: PlannedColumn['form'] = form.kind === 'timestamp' ? { kind: 'timestamp', digits: form.digits } : form.kind === 'decimal' ? { kind: 'decimal', scale: form.scale ?? 0 } : form.kind === 'text' ? form : { kind: 'integer' };
  return { source: name, target: name, decimals: null, sourceForm: form, targetForm: form, form: common, text: form.kind };
}

export function orders(overrides: Partial<ReconcilePair> = {}): ReconcilePair {
  return {
    name: 'orders',
    source: { store: 'production', relation: 'shop.orders', query: null, time_column: 'placed_at', deleted_column: null },
    target: { store: 'warehouse', relation: 'raw.orders', query: null, time_column: 'placed_at', deleted_column: null },
    period: 'day',
    periods: 4,
    sums: [],
    tolerance_ratio: 0,
    product: null,
    provisional_seconds: null,
    key: null,
    columns: null,
    except: [],
    watermark: null,
    every_seconds: null,
    ...overrides,
  };
}

/** @param content what the row holds: `20.00 paid`. */
export function state(content: string, overrides: Partial<SideState> = {}): SideState {
  return { id: `${content} ${overrides.changed_at ?? ''}`, rows: 1, content: `1 ${content}`, columns: content.split(' '), changed_at: null, changed_version: null, period_at: null, marked: true, ...overrides };
}

export function key(id: number, source: SideState | null, target: SideState | null): ObservedKey {
  return { id: `key ${id}`, key: [String(id)], source, target };
}

export function position(at: number): Position {
  return { at, lsn: null, version: null };
}

/** A control table says that everything up to `at` has been applied. */
export function applied(at: number | null): Watermark {
  return { ...NO_WATERMARK, from: 'product', at };
}

export function look(keys: ObservedKey[], watermark: Watermark, fence: number, overrides: Partial<Look> = {}): Look {
  return { keys, watermark, fence: position(fence), settled_at: null, target_moved_at: null, ...overrides };
}
