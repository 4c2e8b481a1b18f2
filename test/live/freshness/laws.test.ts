import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sample } from '../../../src/probes/index.js';
import { FreshnessTracker } from '../../../src/live/freshness/tracker.js';
import { validity_seconds } from '../../../src/live/staleness.js';
import { dbt, HOUR, landed, landedRow, NOON, noWatermarks, OBJECTIVE, product, row, SETTINGS, sourceOf, watermarks } from './samples.js';

const offset = fc.integer({ min: -2 * HOUR, max: 2 * HOUR });
const moment = fc.option(offset.map((seconds) => NOON + seconds));
const status = fc.option(fc.constantFrom('HEALTHY', 'FAILED', 'ok', '', '\u001b[1m'));
const controlRow = fc.record({ watermark_at: moment, loaded_at: moment, failed_at: moment, status });

const sample: fc.Arbitrary<Sample> = fc.tuple(offset, fc.constantFrom('warehouse', 'read_models')).chain(([at, store]) =>
  fc.oneof(
    controlRow.map((given) => watermarks(NOON + at, [row('case_backlog_daily', given)], { store })),
    controlRow.map((given) => watermarks(NOON + at, [row('customer_profile', given)], { store })),
    fc.constant(noWatermarks(NOON + at, undefined, store)),
    moment.map((time) => landed(NOON + at, [landedRow({ time, unread: time === null ? 'no right' : null })], store)),
    moment.map((finished_at) =>
      dbt(NOON + at, { sources: null, runs: { generated_at: NOON + at, results: [{ name: 'case_model', relation: null, status: 'success', finished_at, execution_seconds: 1 }] } }),
    ),
  ),
);

const products = [
  product('case_backlog_daily'),
  product('order_revenue', { relation: 'mart.order_revenue' }),
  product('order_margin', { watermark: { relation: 'mart.order_revenue', column: 'source_updated_at' } }),
  product('case_model', { watermark: { dbt: 'case_model' } }),
];

test('samples in any order, repeated, failed or of another store are taken without an error and give whole views', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 25 }), fc.option(offset), (samples, change) => {
      const source = sourceOf(change === null ? null : NOON + change);
      const tracker = new FreshnessTracker({ ...SETTINGS, dataProducts: products }, { warehouse: 'warehouse', readersOf: () => [] });
      for (const each of samples) tracker.accept(each, source);
      const now = NOON + 2 * HOUR;
      const views = tracker.view(now, source);
      expect(views.slice(0, products.length).map(({ name }) => name)).toEqual(products.map(({ name }) => name));
      for (const { state, cause, age_seconds, debt_seconds, budget, over } of views) {
        expect(['ok', 'warning', 'breach', 'unknown']).toContain(state);
        expect(cause).not.toBe('');
        expect([age_seconds ?? 0, debt_seconds ?? 0].filter((seconds) => !(seconds >= 0 && Number.isFinite(seconds)))).toEqual([]);
        const shares = [budget?.share_met ?? 0, budget?.coverage ?? 0, ...over(now - 4 * HOUR, now, 8).map((share) => share ?? 0)];
        expect(shares.filter((share) => !(share >= 0 && share <= 1))).toEqual([]);
      }
      const ids = tracker.objectives(now, source).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

test('what nobody has answered for lately is never ok and shows no number', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 25 }), (samples) => {
      const tracker = new FreshnessTracker({ ...SETTINGS, dataProducts: products }, { warehouse: 'warehouse', readersOf: () => [] });
      for (const each of samples) tracker.accept(each);
      const later = Math.max(NOON, ...samples.map(({ at }) => at)) + validity_seconds(30) + 1;
      for (const view of tracker.view(later, () => null)) {
        expect(view).toMatchObject({ state: 'unknown', age_seconds: null, watermark_at: null, loaded_at: null, reported_status: null, status_lies: false });
      }
    }),
  );
});

test('older data is never judged better: a state only gets worse with the age', () => {
  const rank = { ok: 0, warning: 1, breach: 2, unknown: 3 };
  const limits = fc.tuple(fc.integer({ min: 1, max: 900 }), fc.option(fc.integer({ min: 1, max: 900 })), fc.option(fc.integer({ min: 1, max: 900 })));
  fc.assert(
    fc.property(limits, fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 4000 }), ([within, more, evenMore], a, b) => {
      const degraded_seconds = more === null ? null : within + more;
      const objective = { ...OBJECTIVE, target_seconds: within, within_seconds: within, degraded_seconds, failed_seconds: evenMore === null ? null : within + (more ?? 0) + evenMore };
      const stateAt = (age: number): number => {
        const tracker = new FreshnessTracker({ ...SETTINGS, dataProducts: [product('case_backlog_daily', { objective })] }, { warehouse: 'warehouse', readersOf: () => [] });
        tracker.accept(watermarks(NOON, [row('case_backlog_daily', { watermark_at: NOON - age })]));
        return rank[tracker.view(NOON, () => null)[0]?.state ?? 'unknown'];
      };
      expect(stateAt(Math.min(a, b))).toBeLessThanOrEqual(stateAt(Math.max(a, b)));
    }),
  );
});
