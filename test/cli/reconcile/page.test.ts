import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { exitCodeOf, recordsOf, withoutKeys } from '../../../src/cli/reconcile/answer.js';
import { reconcilePage } from '../../../src/cli/reconcile/page.js';
import { progressLine } from '../../../src/cli/reconcile/progress-line.js';
import type { PairReport } from '../../../src/model/reconciliation.js';
import { createPage } from '../../../src/report/layout/page.js';
import { difference, differingReport, pairReport, report } from './reports.js';

function shown(width: number, pairs: PairReport[], { quiet = false, keys = true, color = false } = {}): string {
  return reconcilePage(createPage(width, color), report(...pairs), { quiet, keys }).map((line) => `${line}\n`).join('');
}

const undetermined = pairReport({
  name: 'payments', state: 'undetermined', columns: [], left_out: [], key: [], buckets: null, notes: ['production: shop.payment may not be read: permission denied for table payment'],
  next_step: 'GRANT USAGE ON its schema and SELECT on it to tidemark_ro.', watermark: { from: 'none', kind: 'time', at: null, position: null }, as_of: null, took_ms: 12,
});
const bare = { cost: { elapsed_ms: 3, queries: 2, received_bytes: 210 }, rows: null };
const unread = { ...undetermined, source: { ...undetermined.source, ...bare, relation: 'shop.payment' }, target: { ...undetermined.target, ...bare, relation: 'raw.payment' } };

describe('the page', () => {
  test('says the worst first, then how it was told, at 80 columns', () => {
    expect(shown(80, [pairReport({ name: 'customers' }), differingReport(), unread])).toMatchInlineSnapshot(`
      "tidemark  2026-11-21 14:02 UTC · production (operational, postgres) · warehouse
                (warehouse, duckdb)

      Of 3 pairs 1 differs, 1 could not be determined, 1 is equal.

      ✖ orders: 3 keys differ of 6,000,000: 1 missing, 1 extra, 1 changed
        (total_minor); confirmed; 37 late
        - 37 rows of production were changed after 14:02:11 UTC, which is as far as
          the warehouse has come: they are on their way
        → tidemark fix reload orders prints the statements that would mend it.
        between    production shop.orders, 6,000,000 rows → warehouse
                   raw.order_placed, 6,000,000 rows
        key        order_id
        compared   customer_id (integer), total_minor (integer), placed_at =
                   ordered_at (timestamp to the microsecond)
        left out   delivery_note: warehouse: raw.order_placed has no such column
        watermark  the target holds everything up to 2026-11-21 14:02:11 UTC, by its
                   column
        cost       production 41 s in 612 statements, 113 KiB received · warehouse
                   20 s in 4 statements, 30 KiB received · 4 of 601 groups of keys
                   differed · 64 s in all

        2 of 3 periods differ; rows of each
        period      source  target  gap  sums that differ  standing
        2026-11-21   3,204   3,168  -36  –                 late
        2026-11-20   5,790   5,789   -1  total_minor

        kind     order_id  columns      standing   period      since
        missing  20260917               confirmed  2026-11-20  2026-11-21 14:01:31 UTC
        extra    20260918               confirmed  2026-11-20  2026-11-21 14:01:31 UTC
        changed  20251104  total_minor  confirmed  2026-11-20  2026-11-21 14:01:31 UTC
        … and 37 more; --limit all lists them

      ◌ payments: could not be determined
        - production: shop.payment may not be read: permission denied for table
          payment
        → GRANT USAGE ON its schema and SELECT on it to tidemark_ro.
        between    production shop.payment → warehouse raw.payment
        cost       production 3 ms in 2 statements, 210 B received · warehouse 3 ms in
                   2 statements, 210 B received · 12 ms in all

      ● customers: equal: 6,000,000 rows on both sides
        between    production shop.orders, 6,000,000 rows → warehouse
                   raw.order_placed, 6,000,000 rows
        key        order_id
        compared   customer_id, total_minor, placed_at = ordered_at
        left out   delivery_note: warehouse: raw.order_placed has no such column
        watermark  the target holds everything up to 2026-11-21 14:02:11 UTC, by its
                   column
        cost       production 41 s in 612 statements, 113 KiB received · warehouse
                   20 s in 4 statements, 30 KiB received · 0 of 601 groups of keys
                   differed · 64 s in all
      "
    `);
  });

  test('of one pair needs no summary, at 120 columns', () => {
    expect(shown(120, [differingReport()])).toMatchInlineSnapshot(`
      "tidemark  2026-11-21 14:02 UTC · production (operational, postgres) · warehouse (warehouse, duckdb)

      ✖ orders: 3 keys differ of 6,000,000: 1 missing, 1 extra, 1 changed (total_minor); confirmed; 37 late
        - 37 rows of production were changed after 14:02:11 UTC, which is as far as the warehouse has come: they are on their
          way
        → tidemark fix reload orders prints the statements that would mend it.
        between    production shop.orders, 6,000,000 rows → warehouse raw.order_placed, 6,000,000 rows
        key        order_id
        compared   customer_id (integer), total_minor (integer), placed_at = ordered_at (timestamp to the microsecond)
        left out   delivery_note: warehouse: raw.order_placed has no such column
        watermark  the target holds everything up to 2026-11-21 14:02:11 UTC, by its column
        cost       production 41 s in 612 statements, 113 KiB received · warehouse 20 s in 4 statements, 30 KiB received · 4
                   of 601 groups of keys differed · 64 s in all

        2 of 3 periods differ; rows of each
        period      source  target  gap  sums that differ  standing
        2026-11-21   3,204   3,168  -36  –                 late
        2026-11-20   5,790   5,789   -1  total_minor

        kind     order_id  columns      standing   period      since
        missing  20260917               confirmed  2026-11-20  2026-11-21 14:01:31 UTC
        extra    20260918               confirmed  2026-11-20  2026-11-21 14:01:31 UTC
        changed  20251104  total_minor  confirmed  2026-11-20  2026-11-21 14:01:31 UTC
        … and 37 more; --limit all lists them
      "
    `);
  });

  test('names no key where it goes to a file or a program', () => {
    const text = shown(80, [differingReport()], { keys: false, quiet: true });
    expect(text).not.toContain('20260917');
    expect(text).toMatchInlineSnapshot(`
      "✖ orders: 3 keys differ of 6,000,000: 1 missing, 1 extra, 1 changed
        (total_minor); confirmed; 37 late
        - 37 rows of production were changed after 14:02:11 UTC, which is as far as
          the warehouse has come: they are on their way
        → tidemark fix reload orders prints the statements that would mend it.

        2 of 3 periods differ; rows of each
        period      source  target  gap  sums that differ  standing
        2026-11-21   3,204   3,168  -36  –                 late
        2026-11-20   5,790   5,789   -1  total_minor

        kind     digest of the key  columns      standing   period      since
        missing  7c9e1f0a3b5d2468                confirmed  2026-11-20  14:01:31
        extra    1a2b3c4d5e6f7081                confirmed  2026-11-20  14:01:31
        changed  90817f6e5d4c3b2a   total_minor  confirmed  2026-11-20  14:01:31
        … and 37 more; --limit all lists them
        keys are values of rows: a terminal shows them, or --show-keys
      "
    `);
  });

  test('when only little is wanted leaves out what is equal', () => {
    expect(shown(80, [pairReport()], { quiet: true })).toBe('');
  });

  test('begins with all keys that differ, also those that were only counted', () => {
    const counts = [{ kind: 'changed' as const, standing: 'confirmed' as const, keys: 10_000 }];
    expect(shown(120, [pairReport({ state: 'differs', counts, more_keys: { at_least: 11_950, about: 990_000 } })], { quiet: true })).toContain('orders: about 1,000,000 keys differ of 6,000,000 (10,000 looked at one by one): 10,000 changed; confirmed');
  });

  test('breaks no key that fits, so that it can be copied', () => {
    const key = '4b2d1a6e-117a-4fa0-86e0-a3398f509930';
    const pair = pairReport({ state: 'differs', key: ['tenant_id', 'account_id'], differences: [difference({ key: ['13', key], period: '2026-11-20' })] });
    expect(shown(80, [pair], { quiet: true })).toContain(`13, ${key}`);
  });

  test('names columns that are left out for one reason together, and a query as one', () => {
    const pair = pairReport({ left_out: ['_fivetran_synced', '_fivetran_id'].map((column) => ({ column, because: 'Fivetran adds it' })) });
    const text = shown(120, [{ ...pair, source: { ...pair.source, relation: 'its.query' }, watermark: { from: 'column', kind: 'version', at: null, position: '10000' } }]);
    expect(text).toContain('left out   _fivetran_synced, _fivetran_id: Fivetran adds it\n');
    expect(text).toContain('production (its query), 6,000,000 rows');
    expect(text).toContain('the target holds everything up to version 10000');
  });

  test('tells duplicates by their numbers and a row under another key by that', () => {
    const pair = pairReport({
      state: 'differs',
      counts: [{ kind: 'duplicate', standing: 'confirmed', keys: 1 }, { kind: 'rekeyed', standing: 'confirmed', keys: 1 }],
      differences: [difference({ kind: 'duplicate', source_rows: 1, target_rows: 3 }), difference({ kind: 'rekeyed', key: ['7'], other_key: ['9007'] })],
    });
    const text = shown(120, [pair], { quiet: true });
    expect(text).toContain('2 keys differ of 6,000,000: 1 there more than once, 1 under another key; confirmed');
    expect(text).toMatch(/duplicate +20260917 +1 and 3 rows/);
    expect(text).toMatch(/rekeyed +7 +as 9007/);
  });

  test('says what is unconfirmed, and that nothing tells how far the target is', () => {
    const pair = pairReport({ state: 'unconfirmed', counts: [{ kind: 'missing', standing: 'candidate', keys: 4 }], watermark: { from: 'none', kind: 'time', at: null, position: null }, as_of: null });
    const text = shown(120, [pair]);
    expect(text).toContain('◌ orders: 4 keys differ of 6,000,000, not confirmed: 4 missing');
    expect(text).toContain('nothing tells how far the target is');
  });

  test.each([40, 80, 120])('of hostile names keeps to %i columns and lets no sequence through', (width) => {
    const evil = 'total\u001b[31m\u001b]0;owned\u0007\nnet\u202e';
    const pair = pairReport({
      ...differingReport(), name: `orders${evil}`, key: [evil], columns: [{ source: evil, target: evil, form: 'integer' }], left_out: [{ column: evil, because: evil }], notes: [evil], next_step: evil,
      differences: [difference({ kind: 'changed', key: [evil.repeat(20)], columns: [evil] })], periods: [{ period: evil, source_rows: 1, target_rows: 2, equal: false, late: false, sums: [evil] }],
    });
    const text = shown(width, [pair]);
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });
});

describe('the answer for programs', () => {
  test('holds no key unless it is asked for', () => {
    const text = JSON.stringify(withoutKeys(report(differingReport(), pairReport({ differences: [difference({ other_key: ['20269999'] })] }))));
    expect(text).not.toMatch(/20260917|20260918|20251104|20269999/);
    expect(text).toContain('7c9e1f0a3b5d2468');
  });

  test('is one object a line, each with its type', () => {
    const records = recordsOf(report(differingReport()));
    expect(records.map((record) => ('type' in record ? record.type : null))).toEqual(['reconcile', 'pair', 'difference', 'difference', 'difference']);
    expect(records[2]).toMatchObject({ pair: 'orders', kind: 'missing', standing: 'confirmed' });
  });

  test.each([
    [['equal', 'equal'], 0],
    [['equal', 'differs', 'undetermined'], 1],
    [['equal', 'undetermined'], 3],
    [['unconfirmed'], 3],
  ] as const)('ends %j with %i', (states, code) => {
    expect(exitCodeOf(states.map((state) => ({ state })))).toBe(code);
  });
});

describe('progress', () => {
  test('says how far it is and how long it takes', () => {
    expect(progressLine({ pair: 'orders', step: 'source', share: 0.34, rows: 2_040_000, rows_expected: 6_000_000, left_seconds: 151, paused_because: null })).toBe('orders: reading the source, 34 % of about 6,000,000 rows, about 2.5 min left');
  });

  test('says why it waits', () => {
    expect(progressLine({ pair: 'orders', step: 'source', share: null, rows: 0, rows_expected: null, left_seconds: null, paused_because: '9 sessions are active on 4 cores' })).toBe('orders: reading the source, paused: 9 sessions are active on 4 cores');
  });
});
