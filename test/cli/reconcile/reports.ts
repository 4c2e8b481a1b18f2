import type { KeyDifference, PairReport, ReconcileReport } from '../../../src/model/reconciliation.js';

const AT = Date.UTC(2026, 10, 21, 14, 2, 11) / 1000;

export function difference(overrides: Partial<KeyDifference> = {}): KeyDifference {
  return {
    kind: 'missing', standing: 'confirmed', key: ['20260917'], key_digest: '7c9e1f0a3b5d2468', columns: [], source_rows: 1, target_rows: 0, other_key: null, period: '2026-11-20', since: AT - 40, confirmed_at: AT, confirmed_by: 'watermark',
    ...overrides,
  };
}

/** Orders of the shop after a run; what a test speaks of is overridden. */
export function pairReport(overrides: Partial<PairReport> = {}): PairReport {
  return {
    name: 'orders',
    state: 'equal',
    source: { store: 'production', engine: 'postgres', role: 'operational', relation: 'shop.orders', read_from: null, rows: 6_000_000, cost: { elapsed_ms: 41_200, queries: 612, received_bytes: 116_000 }, scanned_bytes: null },
    target: { store: 'warehouse', engine: 'duckdb', role: 'warehouse', relation: 'raw.order_placed', read_from: null, rows: 6_000_000, cost: { elapsed_ms: 20_400, queries: 4, received_bytes: 31_000 }, scanned_bytes: null },
    key: ['order_id'],
    columns: [
      { source: 'customer_id', target: 'customer_id', form: 'integer' },
      { source: 'total_minor', target: 'total_minor', form: 'integer' },
      { source: 'placed_at', target: 'ordered_at', form: 'timestamp to the microsecond' },
    ],
    left_out: [{ column: 'delivery_note', because: 'warehouse: raw.order_placed has no such column' }],
    watermark: { from: 'column', kind: 'time', at: AT, position: null },
    as_of: AT,
    periods: [],
    buckets: { compared: 601, differing: 0 },
    counts: [],
    differences: [],
    unlisted: 0,
    notes: [],
    next_step: null,
    began_at: AT,
    took_ms: 64_000,
    resumed: false,
    ...overrides,
  };
}

/** Three keys differ, and more is on its way. */
export function differingReport(): PairReport {
  return pairReport({
    state: 'differs',
    buckets: { compared: 601, differing: 4 },
    periods: [
      { period: '2026-11-19', source_rows: 5_810, target_rows: 5_810, equal: true, late: false, sums: [] },
      { period: '2026-11-20', source_rows: 5_790, target_rows: 5_789, equal: false, late: false, sums: ['total_minor'] },
      { period: '2026-11-21', source_rows: 3_204, target_rows: 3_168, equal: false, late: true, sums: [] },
    ],
    counts: [
      { kind: 'missing', standing: 'confirmed', keys: 1 },
      { kind: 'extra', standing: 'confirmed', keys: 1 },
      { kind: 'changed', standing: 'confirmed', keys: 1 },
      { kind: 'missing', standing: 'late', keys: 37 },
    ],
    differences: [
      difference(),
      difference({ kind: 'extra', key: ['20260918'], key_digest: '1a2b3c4d5e6f7081', source_rows: 0, target_rows: 1, period: '2026-11-20' }),
      difference({ kind: 'changed', key: ['20251104'], key_digest: '90817f6e5d4c3b2a', columns: ['total_minor'], target_rows: 1, period: '2026-11-20' }),
    ],
    unlisted: 37,
    notes: ['37 rows of production were changed after 14:02:11 UTC, which is as far as the warehouse has come: they are on their way'],
    next_step: 'tidemark fix reload orders prints the statements that would mend it.',
  });
}

export function report(...pairs: PairReport[]): ReconcileReport {
  return { schemaVersion: 1, tool: { name: 'tidemark', version: '0.1.0' }, takenAt: '2026-11-21T14:02:40.000Z', pairs };
}
