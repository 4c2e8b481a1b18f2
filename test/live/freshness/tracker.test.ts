import { describe, expect, test } from 'vitest';
import type { ObjectiveView, ProductView } from '../../../src/model/live.js';
import type { DataProductConfiguration } from '../../../src/model/configuration.js';
import type { SourceLookup } from '../../../src/live/freshness/source.js';
import { FreshnessTracker } from '../../../src/live/freshness/tracker.js';
import { BLIND, DAY, dbt, HOUR, landed, landedRow, LOCKED, MINUTE, NOON, noWatermarks, OBJECTIVE, product, row, SETTINGS, sourceOf, watermarks } from './samples.js';

const BACKLOG = 'case_backlog_daily';

function trackerOf(...dataProducts: DataProductConfiguration[]): FreshnessTracker {
  const readersOf = (store: string, relation: string) => (store === 'warehouse' && relation === 'mart.case_backlog' ? [{ consumer: 'Backlog by region', owner: 'casework' }] : []);
  return new FreshnessTracker({ ...SETTINGS, dataProducts }, { warehouse: 'warehouse', readersOf });
}

function single<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return item;
}

function look(tracker: FreshnessTracker, now: number, source: SourceLookup = BLIND): ProductView & { objective_view: ObjectiveView | undefined } {
  return { ...single(tracker.view(now, source)), objective_view: tracker.objectives(now, source)[0] };
}

/** One row of the control table, `age` before noon. */
function seen(age: number, given: Parameters<typeof row>[1] = {}, source: SourceLookup = BLIND): ReturnType<typeof look> {
  const tracker = trackerOf(product(BACKLOG, { relation: 'mart.case_backlog' }));
  tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON - age, loaded_at: NOON - age + 20, ...given })]), source);
  return look(tracker, NOON, source);
}

describe('by its age, where the source is not seen', () => {
  test('a product is ok within its target', () => {
    const view = seen(41);
    expect(view).toMatchObject({ state: 'ok', detail: '', age_seconds: 41, debt_seconds: null, watermark_from: 'control table', watermark_at: NOON - 41 });
    expect(view.cause).toMatchInlineSnapshot(`"case_backlog_daily is 41 s old, within 10 min"`);
    expect(view.objective_view).toMatchObject({ id: 'freshness/case_backlog_daily', target: '≤ 10 min', now: '41 s', state: 'ok', limit: 600, screen: 'freshness', subject: BACKLOG });
  });

  test('above its target and within its limit it is ok and says so', () => {
    expect(seen(7 * MINUTE)).toMatchObject({ state: 'ok', detail: 'above its target of 5 min' });
  });

  test('late is a warning while the degraded threshold is not passed', () => {
    const view = seen(14 * MINUTE);
    expect(view).toMatchObject({ state: 'warning', detail: 'late', readers: [{ consumer: 'Backlog by region', owner: 'casework', late: true }] });
    expect(view.cause).toMatchInlineSnapshot(`"case_backlog_daily is 14 min old, 10 min are promised: the last load was at 11:46 UTC; look at the pipeline that loads it"`);
    expect(view.objective_view?.since).toBe(NOON - 4 * MINUTE);
  });

  test('late is a breach where nothing else is promised', () => {
    const tracker = trackerOf(product(BACKLOG, { objective: { ...OBJECTIVE, degraded_seconds: null, failed_seconds: null } }));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON - 601 })]));
    expect(look(tracker, NOON)).toMatchObject({ state: 'breach', detail: 'late' });
  });

  test('degraded and failed are breaches that began at their thresholds', () => {
    expect(seen(31 * MINUTE)).toMatchObject({ state: 'breach', detail: 'degraded', objective_view: { since: NOON - MINUTE } });
    expect(seen(5 * HOUR)).toMatchObject({ state: 'breach', detail: 'failed', objective_view: { since: NOON - HOUR } });
  });

  test('its readers are not late while it is not', () => {
    expect(seen(41).readers).toEqual([{ consumer: 'Backlog by region', owner: 'casework', late: false }]);
  });

  test('a failed load after the last good one is the cause', () => {
    expect(seen(14 * MINUTE, { failed_at: NOON - 2 * MINUTE, has_error: true }).cause).toMatchInlineSnapshot(
      `"case_backlog_daily is 14 min old, 10 min are promised: its load failed at 11:58 UTC; read the error in analytics_control.data_product_watermark"`,
    );
    expect(seen(MINUTE, { failed_at: NOON }).cause).toMatchInlineSnapshot(`"case_backlog_daily is 60 s old, within 10 min; its last load failed at 12:00 UTC"`);
  });
});

describe('by its debt, where the source is seen', () => {
  test('a quiet night is not late: the age grows and nothing is outstanding', () => {
    const view = seen(3 * HOUR, {}, sourceOf(NOON - 3 * HOUR - 5));
    expect(view).toMatchObject({ state: 'ok', age_seconds: 3 * HOUR, debt_seconds: 0, objective_view: { now: '0 s' } });
    expect(view.cause).toMatchInlineSnapshot(`"case_backlog_daily has everything that the source committed; its newest change is 3 h old"`);
    expect(view.upstream[0]).toEqual({ name: 'source', text: 'last change 3 h ago' });
  });

  test('the last change before a pause has arrived when the watermark is the time at which its transaction began', () => {
    expect(seen(3 * HOUR, {}, sourceOf(NOON - 3 * HOUR + 2))).toMatchObject({ state: 'ok', debt_seconds: 0 });
  });

  test('the first change of the morning is seconds old, not the whole night', () => {
    const tracker = trackerOf(product(BACKLOG));
    const evening = NOON - 8 * HOUR;
    const night = [row(BACKLOG, { watermark_at: evening, loaded_at: evening + 5 })];
    for (let at = NOON - HOUR; at < NOON; at += 10) tracker.accept(watermarks(at, night), sourceOf(evening));
    tracker.accept(watermarks(NOON, night), sourceOf(NOON - 1));
    expect(look(tracker, NOON, sourceOf(NOON - 1))).toMatchObject({ state: 'ok', debt_seconds: 10 });
    for (let at = NOON; at <= NOON + 12 * MINUTE; at += 10) tracker.accept(watermarks(at, night), sourceOf(at - 1));
    const view = look(tracker, NOON + 12 * MINUTE, sourceOf(NOON + 12 * MINUTE));
    expect(view).toMatchObject({ state: 'warning', detail: 'late' });
    expect(view.cause).toMatchInlineSnapshot(
      `"case_backlog_daily lacks what the source committed since 11:59 UTC (12 min), 10 min are promised: the last load was at 04:00 UTC; look at the pipeline that loads it"`,
    );
  });

  test('on a busy source the debt is the age', () => {
    expect(seen(14 * MINUTE, {}, sourceOf(NOON - 1))).toMatchObject({ state: 'warning', debt_seconds: 14 * MINUTE });
  });

  test('a source that is lost leaves it ok as long as nothing outstanding can be late, then unknown', () => {
    const tracker = trackerOf(product(BACKLOG));
    const quiet = [row(BACKLOG, { watermark_at: NOON - 3 * HOUR })];
    tracker.accept(watermarks(NOON, quiet), sourceOf(NOON - 3 * HOUR));
    look(tracker, NOON, sourceOf(NOON - 3 * HOUR));
    tracker.accept(watermarks(NOON + 9 * MINUTE, quiet), BLIND);
    const soon = look(tracker, NOON + 9 * MINUTE);
    expect(soon).toMatchObject({ state: 'ok', debt_seconds: null });
    expect(soon.cause).toMatchInlineSnapshot(`"case_backlog_daily has everything that the source committed until 12:00 UTC, when it was last seen"`);
    tracker.accept(watermarks(NOON + 11 * MINUTE, quiet), BLIND);
    const later = look(tracker, NOON + 11 * MINUTE);
    expect(later).toMatchObject({ state: 'unknown', objective_view: { now: null } });
    expect(later.cause).toMatchInlineSnapshot(
      `"case_backlog_daily: its source has not been seen since 12:00 UTC, so what is outstanding is not known; look at the connection to the source"`,
    );
  });

  test('a source whose probe fails is not seen, whatever was last known of it', () => {
    const tracker = trackerOf(product(BACKLOG));
    const last = sourceOf(NOON - 3 * HOUR);
    const frame = { probe: 'replication' as const, store: 'production', elapsed_ms: 2, received_bytes: 90, pace_seconds: 2, slowed: null };
    for (let at = NOON; at <= NOON + 11 * MINUTE; at += 10) {
      tracker.accept({ ...frame, at, payload: null, failure: { reason: 'lost', message: 'production: the connection was lost', next_step: 'look at the server' } }, last);
      tracker.accept(watermarks(at, [row(BACKLOG, { watermark_at: NOON - 3 * HOUR })]), last);
    }
    // Nothing was ever seen of the source: by its age the product is late.
    expect(look(tracker, NOON + 11 * MINUTE, last)).toMatchObject({ debt_seconds: null, state: 'breach', detail: 'degraded' });
  });

  test('each product has the source of its stream', () => {
    const settings = {
      ...SETTINGS,
      streams: [{ match: 'shop_*', store: 'shop', name: 'orders', lag_seconds_max: null, retained_bytes_max: null, landed: null }],
      dataProducts: [product('case_backlog_daily'), product('order_revenue', { stream: 'orders' })],
    };
    const tracker = new FreshnessTracker(settings, { warehouse: 'warehouse', readersOf: () => [] });
    const source: SourceLookup = (store) => ({ last_change_at: store === 'shop' ? NOON : NOON - HOUR, wal_bytes_per_second: 2048 });
    tracker.accept(watermarks(NOON, settings.dataProducts.map(({ name }) => row(name, { watermark_at: NOON - HOUR }))), source);
    expect(tracker.view(NOON, source).map(({ state, debt_seconds }) => [state, debt_seconds])).toEqual([['ok', 0], ['breach', HOUR]]);
    expect(tracker.view(NOON, source)[1]?.upstream[0]).toEqual({ name: 'source', text: 'last change 0 s ago, WAL 2 KiB/s' });
  });
});

describe('a status column', () => {
  test.each(['HEALTHY', 'healthy', 'OK', 'Success', 'erfolgreich'])('that says %s while the age exceeds what is promised is a lie', (status) => {
    const view = seen(14 * MINUTE, { status });
    expect(view).toMatchObject({ status_lies: true, state: 'warning', reported_status: status, detail: `late, says ${status}` });
    expect(view.cause).toContain(`yet its status says ${status}`);
  });

  test('does not lie over a quiet night', () => {
    expect(seen(3 * HOUR, { status: 'HEALTHY' }, sourceOf(NOON - 4 * HOUR))).toMatchObject({ status_lies: false, state: 'ok' });
  });

  test.each(['FAILED', 'degraded', 'fehlgeschlagen', 'PARTIAL', 'stale'])('that says %s while the data is fresh is a warning', (status) => {
    const view = seen(41, { status });
    expect(view).toMatchObject({ status_lies: false, state: 'warning', detail: `says ${status}` });
    expect(view.cause).toBe(`case_backlog_daily is 41 s old, within 10 min, but analytics_control.data_product_watermark says ${status}; read its error message`);
  });

  test('of a product whose watermark stands elsewhere counts all the same', () => {
    const tracker = trackerOf(product('order_revenue', { watermark: { relation: 'mart.order_revenue', column: 'source_updated_at' } }));
    tracker.accept(watermarks(NOON, [row('order_revenue', { watermark_at: NOON, status: 'HEALTHY' })]));
    tracker.accept(landed(NOON, [landedRow({ time: NOON - HOUR })]));
    expect(look(tracker, NOON)).toMatchObject({ status_lies: true, state: 'breach', watermark_from: 'max(source_updated_at)', age_seconds: HOUR });
  });

  test('of a product that is not configured is shown, and judged for what it says', () => {
    const tracker = trackerOf();
    tracker.accept(watermarks(NOON, [row('customer_profile', { watermark_at: NOON - 3 * DAY, status: 'FAILED' }), row('order_revenue', { watermark_at: NOON - 3 * DAY, status: 'HEALTHY' }), row('officer_load')]));
    expect(tracker.view(NOON, BLIND).map(({ name, state, objective, detail, cause }) => ({ name, state, objective, detail, cause }))).toMatchInlineSnapshot(`
      [
        {
          "cause": "customer_profile: its data is 3 days old; no objective is configured for it, but analytics_control.data_product_watermark says FAILED; read its error message",
          "detail": "says FAILED",
          "name": "customer_profile",
          "objective": null,
          "state": "warning",
        },
        {
          "cause": "officer_load: its row in analytics_control.data_product_watermark has no watermark that is a time; let its loader write one",
          "detail": "",
          "name": "officer_load",
          "objective": null,
          "state": "unknown",
        },
        {
          "cause": "order_revenue: its data is 3 days old; no objective is configured for it",
          "detail": "",
          "name": "order_revenue",
          "objective": null,
          "state": "ok",
        },
      ]
    `);
    expect(tracker.objectives(NOON, BLIND).map(({ id, state, target, now }) => [id, state, target, now])).toEqual([
      ['freshness/customer_profile', 'warning', '= HEALTHY', 'FAILED'],
      ['freshness/officer_load', 'unknown', '= HEALTHY', null],
      ['freshness/order_revenue', 'ok', '= HEALTHY', 'HEALTHY'],
    ]);
  });

  test('whose status nobody understands promises nothing, so it holds nothing either', () => {
    const tracker = trackerOf();
    tracker.accept(watermarks(NOON, [row('order_revenue', { watermark_at: NOON, status: 'gelb' })]));
    expect(tracker.objectives(NOON, BLIND)).toEqual([]);
  });

  test('of a row that is gone is gone', () => {
    const tracker = trackerOf(product(BACKLOG));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON }), row('customer_profile', { watermark_at: NOON })]));
    expect(tracker.view(NOON, BLIND)).toHaveLength(2);
    tracker.accept(watermarks(NOON + 10, []));
    const view = look(tracker, NOON + 10);
    expect(view).toMatchObject({ name: BACKLOG, state: 'unknown', watermark_at: null, age_seconds: null });
    expect(view.cause).toMatchInlineSnapshot(`"case_backlog_daily: analytics_control.data_product_watermark has no row for it; add one, or configure where its watermark is"`);
  });
});

describe('loads without progress', () => {
  const quietly = (loads: number, source: (at: number) => SourceLookup) => {
    const tracker = trackerOf(product(BACKLOG));
    const stuck = NOON - 2 * MINUTE;
    for (let load = 0; load <= loads; load++) {
      const at = NOON + load * 90;
      tracker.accept(watermarks(at, [row(BACKLOG, { watermark_at: stuck, loaded_at: at - 5, status: 'HEALTHY' })]), source(at));
    }
    return look(tracker, NOON + loads * 90, source(NOON + loads * 90));
  };

  test('are seen when two loads succeed after the source has changed and the watermark stands', () => {
    const view = quietly(2, (at) => sourceOf(at - 1));
    expect(view).toMatchObject({ load_without_progress: true, state: 'warning', detail: 'no progress' });
    expect(view.cause).toMatchInlineSnapshot(
      `"case_backlog_daily is 5 min behind the source, within 10 min, but loads succeed, the last at 12:02 UTC, and its watermark stands at 11:58 UTC although the source has changed; look at what the loader reads"`,
    );
  });

  test('are none when the source has not changed, nor after one load', () => {
    expect(quietly(4, () => sourceOf(NOON - 2 * MINUTE))).toMatchObject({ load_without_progress: false, state: 'ok' });
    expect(quietly(1, (at) => sourceOf(at - 1))).toMatchObject({ load_without_progress: false, state: 'ok' });
  });

  test('without a sight of the source are seen once the data is late', () => {
    expect(quietly(4, () => BLIND)).toMatchObject({ load_without_progress: false, state: 'ok' });
    const view = seen(40 * MINUTE, { loaded_at: NOON - MINUTE, status: 'HEALTHY' });
    expect(view).toMatchObject({ load_without_progress: true, state: 'breach' });
    expect(view.cause).toMatchInlineSnapshot(
      `"case_backlog_daily is 40 min old, 10 min are promised, yet its status says HEALTHY: loads succeed, the last at 11:59 UTC, and its watermark stands at 11:20 UTC; look at what the loader reads"`,
    );
  });
});

describe('what is not known', () => {
  test('before the first sample the next step is said', () => {
    expect(look(trackerOf(product(BACKLOG)), NOON)).toMatchObject({
      state: 'unknown',
      cause: 'case_backlog_daily: no control table has told its watermark; configure control.watermarks or where its watermark is',
    });
  });

  test('when the first look fails its message is the cause', () => {
    const tracker = trackerOf(product(BACKLOG));
    tracker.accept(noWatermarks(NOON));
    expect(look(tracker, NOON).cause).toBe(`case_backlog_daily: ${LOCKED.message}; ${LOCKED.next_step}`);
  });

  test('an old sample speaks for three paces and no longer', () => {
    const tracker = trackerOf(product(BACKLOG));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON - 5, loaded_at: NOON - 1, status: 'HEALTHY' })]));
    tracker.accept(noWatermarks(NOON + 10));
    expect(look(tracker, NOON + 30)).toMatchObject({ state: 'ok', age_seconds: 35 });
    const gone = look(tracker, NOON + 31);
    expect(gone).toMatchObject({ state: 'unknown', age_seconds: null, watermark_at: null, loaded_at: null, reported_status: null, objective_view: { now: null, state: 'unknown' } });
    expect(gone.cause).toBe(`case_backlog_daily: ${LOCKED.message}; ${LOCKED.next_step}`);
  });

  test('silence without a failure names the probe', () => {
    const tracker = trackerOf(product(BACKLOG));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON })]));
    expect(look(tracker, NOON + 180).cause).toMatchInlineSnapshot(
      `"case_backlog_daily: warehouse gave no answer to the probe watermarks for 3 min; see the screen of the probes"`,
    );
  });

  test('it recovers with the next sample', () => {
    const tracker = trackerOf(product(BACKLOG));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON })]));
    for (let at = NOON + 10; at < NOON + HOUR; at += 10) tracker.accept(noWatermarks(at));
    expect(look(tracker, NOON + HOUR).state).toBe('unknown');
    tracker.accept(watermarks(NOON + HOUR, [row(BACKLOG, { watermark_at: NOON + HOUR - 4 })]));
    expect(look(tracker, NOON + HOUR)).toMatchObject({ state: 'ok', age_seconds: 4 });
  });

  test('a watermark far ahead of the clock is no fresh data', () => {
    const view = seen(-2 * HOUR);
    expect(view.state).toBe('unknown');
    expect(view.cause).toMatchInlineSnapshot(
      `"case_backlog_daily: its watermark lies 2 h ahead of this machine's clock; look at the time zone in which analytics_control.data_product_watermark is written"`,
    );
    expect(seen(-20)).toMatchObject({ state: 'ok', age_seconds: 0 });
  });

  test('a copy of the store that is older than the objective decides neither way', () => {
    const tracker = trackerOf(product(BACKLOG));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON - 12 * MINUTE })], { as_of: NOON - 4 * MINUTE }));
    const open = look(tracker, NOON);
    expect(open.state).toBe('unknown');
    expect(open.cause).toMatchInlineSnapshot(
      `"case_backlog_daily: the control table in analytics_control.data_product_watermark speaks of 11:56 UTC and could not be read since; look at who keeps the store locked"`,
    );
    // Late already when it was copied, and in time even if nothing came since.
    tracker.accept(watermarks(NOON + 10, [row(BACKLOG, { watermark_at: NOON - 20 * MINUTE })], { as_of: NOON - 4 * MINUTE }));
    expect(look(tracker, NOON + 10).state).toBe('warning');
    tracker.accept(watermarks(NOON + 20, [row(BACKLOG, { watermark_at: NOON - 5 * MINUTE })], { as_of: NOON - 4 * MINUTE }));
    expect(look(tracker, NOON + 20).state).toBe('ok');
  });

  test('late and repeated samples change nothing; after the clock was set back by an hour it goes on', () => {
    const tracker = trackerOf(product(BACKLOG));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON - 5 })]));
    tracker.accept(watermarks(NOON - 10, [row(BACKLOG, { watermark_at: NOON - 900 })]));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON - 900 })]));
    expect(look(tracker, NOON).age_seconds).toBe(5);
    tracker.accept(watermarks(NOON - HOUR, [row(BACKLOG, { watermark_at: NOON - HOUR - 7 })]));
    expect(look(tracker, NOON - HOUR)).toMatchObject({ state: 'ok', age_seconds: 7 });
  });

  test('hostile names and statuses are harmless in what is said', () => {
    const tracker = trackerOf();
    tracker.accept(watermarks(NOON, [row('\u001b[2J\u202Eprofit', { watermark_at: NOON - 1e17, status: 'FAILED\u001b]0;x\u0007\n' })]));
    const view = look(tracker, NOON);
    const said = JSON.stringify([view.name, view.cause, view.detail, view.reported_status, view.objective_view?.id]);
    expect(said).not.toMatch(/\\u001b|\u001b|\u202e|\\n/i);
    expect(view.name).toBe('profit');
  });
});

describe('where the watermark comes from', () => {
  const revenue = product('order_revenue', { relation: 'mart.order_revenue' });

  test('the control table comes before loaded rows, and positions and commit times before business times', () => {
    const tracker = trackerOf(revenue);
    tracker.accept(landed(NOON, [landedRow({ time: NOON - 500 }), landedRow({ column: '__source_ts_ms', meaning: 'commit-time', time: NOON - 30 })]));
    expect(look(tracker, NOON)).toMatchObject({ watermark_from: 'max(__source_ts_ms)', age_seconds: 30 });
    tracker.accept(watermarks(NOON, [row('order_revenue', { watermark_at: NOON - 40 })]));
    expect(look(tracker, NOON)).toMatchObject({ watermark_from: 'control table', age_seconds: 40 });
  });

  test('a position in WAL is a time by the clock of its source', () => {
    const tracker = trackerOf(product('order_revenue', { watermark: { relation: 'mart.order_revenue', column: '_ab_cdc_lsn' } }));
    const position = landed(NOON, [landedRow({ column: '_ab_cdc_lsn', meaning: 'lsn', lsn: '2F/9A01C8E0' })]);
    tracker.accept(position, sourceOf(NOON, { clock: { timeAt: (lsn) => (lsn === '2F/9A01C8E0' ? { value: NOON - 79, at_least: false } : null) } }));
    expect(look(tracker, NOON, sourceOf(NOON))).toMatchObject({ state: 'ok', age_seconds: 79, watermark_from: 'max(_ab_cdc_lsn)' });
    const early = trackerOf(product('order_revenue', { watermark: { relation: 'mart.order_revenue', column: '_ab_cdc_lsn' } }));
    early.accept(position, sourceOf(NOON));
    expect(look(early, NOON).cause).toMatchInlineSnapshot(
      `"order_revenue: the time of the WAL position in mart.order_revenue._ab_cdc_lsn is not known; it will be as soon as a later one has been seen on the source"`,
    );
  });

  test('a position that is older than the clock proves lateness and nothing else', () => {
    const tracker = trackerOf(product('order_revenue', { watermark: { relation: 'mart.order_revenue', column: '_ab_cdc_lsn' } }));
    const stateWhen = (now: number): string => {
      tracker.accept(landed(now, [landedRow({ column: '_ab_cdc_lsn', meaning: 'lsn', lsn: '2F/1' })]), sourceOf(now, { clock: { timeAt: () => ({ value: NOON, at_least: true }) } }));
      return look(tracker, now, BLIND).state;
    };
    expect(stateWhen(NOON + MINUTE)).toBe('unknown');
    expect(stateWhen(NOON + HOUR)).toBe('breach');
  });

  test('a product without a store is where its row is found, and in the warehouse before others', () => {
    const tracker = trackerOf(product(BACKLOG));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON - 50 })], { store: 'read_models' }));
    expect(look(tracker, NOON)).toMatchObject({ store: 'read_models', age_seconds: 50 });
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON - 20 })]));
    tracker.accept(watermarks(NOON + 10, [row(BACKLOG, { watermark_at: NOON - 50 })], { store: 'read_models' }));
    expect(tracker.view(NOON + 10, BLIND).map(({ store, age_seconds, objective }) => [store, age_seconds, objective !== null])).toEqual([
      ['warehouse', 30, true],
      ['read_models', 60, false],
    ]);
  });

  test('names are the same whatever their case', () => {
    const tracker = trackerOf(product('order_revenue', { watermark: { relation: 'MART.ORDER_REVENUE', column: 'SOURCE_UPDATED_AT' } }));
    tracker.accept(landed(NOON, [landedRow({ time: NOON - 30 })]));
    expect(look(tracker, NOON)).toMatchObject({ state: 'ok', age_seconds: 30 });
  });

  test('a time of writing proves lateness and nothing else', () => {
    const tracker = trackerOf(revenue);
    tracker.accept(landed(NOON, [landedRow({ column: '_fivetran_synced', meaning: 'load-time', time: NOON - 30 })]));
    const fresh = look(tracker, NOON);
    expect(fresh).toMatchObject({ state: 'unknown', watermark_at: null, age_seconds: null });
    expect(fresh.cause).toMatchInlineSnapshot(
      `"order_revenue: max(_fivetran_synced) of mart.order_revenue only tells how old it is at least; configure a watermark that the source has written"`,
    );
    tracker.accept(landed(NOON + 10, [landedRow({ column: '_fivetran_synced', meaning: 'load-time', time: NOON - HOUR })]));
    const old = look(tracker, NOON + 10);
    expect(old).toMatchObject({ state: 'breach', objective_view: { now: '≥ 1 h' } });
    expect(old.cause).toMatchInlineSnapshot(
      `"order_revenue is at least 1 h old, 10 min are promised: the last load was at 11:00 UTC; look at the pipeline that loads it"`,
    );
  });

  test('a column that the configuration names is a watermark, whatever it means', () => {
    const tracker = trackerOf(product('order_revenue', { watermark: { relation: 'mart.order_revenue', column: '_synced_at' } }));
    tracker.accept(landed(NOON, [landedRow({ column: '_synced_at', meaning: 'load-time', time: NOON - 118 })]));
    expect(look(tracker, NOON)).toMatchObject({ state: 'ok', age_seconds: 118, watermark_from: 'max(_synced_at)' });
  });

  test('a column that was not read, is empty or is not there says so', () => {
    const configured = product('order_revenue', { watermark: { relation: 'mart.order_revenue', column: 'source_updated_at' } });
    const causeOf = (rows: Parameters<typeof landed>[1]): string => {
      const tracker = trackerOf(configured);
      tracker.accept(landed(NOON, rows));
      return look(tracker, NOON).cause;
    };
    expect([causeOf([landedRow({ unread: 'a scan would cost too much, an index on source_updated_at helps' })]), causeOf([landedRow()]), causeOf([])]).toMatchInlineSnapshot(`
      [
        "order_revenue: mart.order_revenue.source_updated_at was not read: a scan would cost too much, an index on source_updated_at helps",
        "order_revenue: mart.order_revenue.source_updated_at is empty; look at the pipeline that loads it",
        "order_revenue: mart.order_revenue.source_updated_at was not found; look at the name in the configuration",
      ]
    `);
  });
});

describe('dbt', () => {
  const source = { name: 'raw.orders', max_loaded_at: NOON - 5 * MINUTE, snapshotted_at: NOON - MINUTE, status: 'pass', warn_after_seconds: HOUR, error_after_seconds: 2 * HOUR };
  const sources = (given: Partial<typeof source> = {}) => ({ sources: { generated_at: NOON - MINUTE, results: [{ ...source, ...given }] }, runs: null });
  const run = { name: 'order_revenue', relation: 'mart.order_revenue', status: 'success', finished_at: NOON - 3 * MINUTE, execution_seconds: 12 };
  const runs = (results: (typeof run)[]) => ({ sources: null, runs: { generated_at: NOON, results } });

  test('a source with thresholds is judged by them', () => {
    const tracker = trackerOf();
    const stateAt = (now: number) => {
      tracker.accept(dbt(now, sources({ snapshotted_at: now - 30 })));
      return look(tracker, now);
    };
    expect(stateAt(NOON)).toMatchObject({ name: 'raw.orders', state: 'ok', watermark_from: 'dbt source', budget: null, objective: { within_seconds: HOUR, degraded_seconds: 2 * HOUR } });
    expect(stateAt(NOON + HOUR)).toMatchObject({ state: 'warning', detail: 'late' });
    expect(stateAt(NOON + 2 * HOUR)).toMatchObject({ state: 'breach', detail: 'degraded' });
  });

  test('a source that dbt only warns of is never a breach', () => {
    const tracker = trackerOf();
    tracker.accept(dbt(NOON + 9 * HOUR, { sources: { generated_at: NOON, results: [{ ...source, error_after_seconds: null, snapshotted_at: NOON + 9 * HOUR }] }, runs: null }));
    expect(look(tracker, NOON + 9 * HOUR)).toMatchObject({ state: 'warning', detail: 'late' });
  });

  test('a source at which dbt has not looked for longer than its threshold is unknown', () => {
    const tracker = trackerOf();
    tracker.accept(dbt(NOON + 2 * HOUR, sources()));
    const view = look(tracker, NOON + 2 * HOUR);
    expect(view.state).toBe('unknown');
    expect(view.cause).toMatchInlineSnapshot(
      `"raw.orders: the dbt source in raw.orders speaks of 11:59 UTC, and 1 h are promised; run dbt source freshness more often than that"`,
    );
  });

  test('a source without thresholds promises nothing and is not shown', () => {
    const tracker = trackerOf();
    tracker.accept(dbt(NOON, { sources: { generated_at: NOON, results: [{ ...source, warn_after_seconds: null, error_after_seconds: null }] }, runs: null }));
    expect(tracker.view(NOON, BLIND)).toEqual([]);
  });

  test('a product of a model is as old as its last good run', () => {
    const tracker = trackerOf(product('order_revenue', { watermark: { dbt: 'order_revenue' } }));
    tracker.accept(dbt(NOON, runs([run])));
    expect(look(tracker, NOON)).toMatchObject({ state: 'ok', age_seconds: 3 * MINUTE, watermark_from: 'dbt run end' });
    tracker.accept(dbt(NOON + 30, runs([{ ...run, status: 'error', finished_at: NOON + 10 }])));
    expect(look(tracker, NOON + 30)).toMatchObject({ state: 'ok', age_seconds: 3 * MINUTE + 30 });
    // A run of other models.
    tracker.accept(dbt(NOON + 8 * MINUTE, runs([])));
    expect(look(tracker, NOON + 8 * MINUTE)).toMatchObject({ state: 'warning', age_seconds: 11 * MINUTE });
  });

  test.each(['shop.orders', 'source.estate.shop.orders', 'estate.shop.orders'])('a source is called %s', (name) => {
    const tracker = trackerOf(product('order_revenue', { watermark: { dbt: name } }));
    tracker.accept(dbt(NOON, { sources: { generated_at: NOON, results: [{ ...source, unique_id: 'source.estate.shop.orders' }] }, runs: null }));
    expect(look(tracker, NOON)).toMatchObject({ name: 'order_revenue', state: 'ok', age_seconds: 5 * MINUTE });
  });

  test('a name that dbt does not know is said', () => {
    const tracker = trackerOf(product('order_revenue', { watermark: { dbt: 'order_revenu' } }));
    tracker.accept(dbt(NOON, runs([run])));
    expect(look(tracker, NOON).cause).toMatchInlineSnapshot(`"order_revenue: dbt left nothing of order_revenu in /srv/dbt/target; look at its name, and run dbt"`);
  });
});

describe('the budget', () => {
  /** Polls every ten seconds; a refresh every five minutes that takes two, until it stops. */
  function run(hours: number, stops_at: number): FreshnessTracker {
    const tracker = trackerOf(product(BACKLOG));
    for (let at = NOON; at <= NOON + hours * HOUR; at += 10) {
      const loaded_at = Math.min(Math.floor(at / 300) * 300, stops_at);
      tracker.accept(watermarks(at, [row(BACKLOG, { watermark_at: loaded_at - 120, loaded_at, status: 'HEALTHY' })]));
    }
    return tracker;
  }

  test('is whole while all is well, and the largest age is that of the moment before each load', () => {
    const view = look(run(7, Infinity), NOON + 7 * HOUR);
    expect(view.budget).toMatchObject({ share_required: 0.99, share_met: 1, left: 1, burn_1h: 0, burn_6h: 0, ends_in_seconds: null });
    expect(view.age_p95_24h_seconds).toBe(420);
    expect(view.history.values(NOON, NOON + HOUR, 1)).toEqual([420]);
    expect(view.over(NOON, NOON + 6 * HOUR, 6)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('pages 17 minutes after the loads stop, and says when it ends', () => {
    const stop = NOON + 6 * HOUR;
    const stateAfter = (minutes: number): ProductView => {
      const tracker = run(6 + minutes / 60, stop);
      return look(tracker, stop + minutes * MINUTE);
    };
    expect(stateAfter(7)).toMatchObject({ state: 'ok' });
    expect(stateAfter(16)).toMatchObject({ state: 'warning', detail: 'late, says HEALTHY', status_lies: true });
    const paged = stateAfter(17);
    expect(paged.state).toBe('breach');
    expect(paged.cause).toMatchInlineSnapshot(
      `"case_backlog_daily is 19 min old, 10 min are promised, yet its status says HEALTHY: the last load was at 18:00 UTC; look at the pipeline that loads it; at this burn the 30-day budget ends in 46 h"`,
    );
    expect(paged.over(stop - HOUR, stop + 17 * MINUTE, 2)[1]).toBeGreaterThan(0.2);
  });

  test('keeps its alarm a while after the data is fresh again', () => {
    const tracker = run(6.5, NOON + 6 * HOUR);
    const back = NOON + 6.5 * HOUR + 10;
    tracker.accept(watermarks(back, [row(BACKLOG, { watermark_at: back - 20, loaded_at: back - 5 })]));
    const view = look(tracker, back);
    expect(view).toMatchObject({ state: 'breach', detail: 'burning 37×' });
    expect(view.cause).toMatchInlineSnapshot(`"case_backlog_daily is 20 s old, within 10 min, but at this burn the 30-day budget ends in 18 h"`);
  });

  test('accounts for the time before the first look by when the data was published', () => {
    const tracker = trackerOf(product(BACKLOG));
    const stuck = [row(BACKLOG, { watermark_at: NOON - 3 * HOUR, loaded_at: NOON - 3 * HOUR + 60 })];
    tracker.accept(watermarks(NOON, stuck));
    tracker.accept(watermarks(NOON + 10, stuck));
    const { budget } = look(tracker, NOON + 10);
    expect(budget?.burn_1h).toBeCloseTo(100, 6);
    // Ten minutes were within, the first of them before the load.
    expect(budget?.share_met).toBeCloseTo(540 / (3 * HOUR - 50), 6);
  });

  test('does not blame the time in which nobody looked', () => {
    const tracker = trackerOf(product(BACKLOG));
    tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON - 5 })]));
    tracker.accept(watermarks(NOON + 10, [row(BACKLOG, { watermark_at: NOON + 5 })]));
    tracker.accept(watermarks(NOON + 5 * HOUR, [row(BACKLOG, { watermark_at: NOON + 5 * HOUR - 5 })]));
    const { budget } = look(tracker, NOON + 5 * HOUR);
    expect(budget).toMatchObject({ share_met: 1, left: 1, burn_1h: null });
    // Ten seconds, and ten minutes in which the old watermark was good enough.
    expect((budget?.coverage ?? 0) * 30 * DAY).toBeCloseTo(10 + 595, 3);
  });

  test('is not spent over a quiet night', () => {
    const tracker = trackerOf(product(BACKLOG));
    for (let at = NOON; at <= NOON + 8 * HOUR; at += 10) tracker.accept(watermarks(at, [row(BACKLOG, { watermark_at: NOON - 60, loaded_at: NOON })]), sourceOf(NOON - 61));
    expect(look(tracker, NOON + 8 * HOUR, sourceOf(NOON - 61))).toMatchObject({ state: 'ok', budget: { share_met: 1, left: 1 } });
  });

  test('that is spent is a warning after all is well again', () => {
    const tracker = trackerOf(product(BACKLOG, { objective: { ...OBJECTIVE, share: 0.5, window_seconds: 2 * HOUR } }));
    const stuck = [row(BACKLOG, { watermark_at: NOON - 2 * HOUR, loaded_at: NOON - 2 * HOUR })];
    tracker.accept(watermarks(NOON, stuck));
    tracker.accept(watermarks(NOON + 10, stuck));
    tracker.accept(watermarks(NOON + 20, [row(BACKLOG, { watermark_at: NOON + 15, loaded_at: NOON + 15 })]));
    const view = look(tracker, NOON + 20);
    expect(view).toMatchObject({ state: 'warning', detail: 'budget spent' });
    expect(view.cause).toMatchInlineSnapshot(`"case_backlog_daily is 5 s old, within 10 min, but its 2 h budget is spent; changes to what loads it should wait"`);
  });
});

test('numbers are provisional since the day that the period reaches back to', () => {
  const tracker = trackerOf(product(BACKLOG, { provisional_seconds: 2 * DAY }));
  expect(look(tracker, NOON).provisional_since).toBe(NOON - DAY / 2 - 2 * DAY);
  expect(look(trackerOf(product(BACKLOG)), NOON).provisional_since).toBeNull();
});

test('a control table with any number of rows costs a bounded number of products', () => {
  const tracker = trackerOf();
  tracker.accept(watermarks(NOON, Array.from({ length: 700 }, (_, index) => row(`product_${index}`, { watermark_at: NOON }))));
  expect(tracker.view(NOON, BLIND)).toHaveLength(500);
});

test('two stores with a product of the same name have two objectives', () => {
  const tracker = trackerOf();
  for (const store of ['warehouse', 'read_models']) tracker.accept(watermarks(NOON, [row(BACKLOG, { watermark_at: NOON, status: 'OK' })], { store }));
  expect(tracker.objectives(NOON, BLIND).map(({ id }) => id).sort()).toEqual(['freshness/case_backlog_daily', 'freshness/read_models/case_backlog_daily']);
});
