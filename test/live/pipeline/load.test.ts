import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PipelineView } from '../../../src/model/live.js';
import { Cadence } from '../../../src/live/pipeline/cadence.js';
import { PipelineTracker } from '../../../src/live/pipeline/tracker.js';
import { joinOf } from '../../../src/live/pipeline/watermark-text.js';
import { DAY, SETTINGS } from '../freshness/samples.js';
import { HOUR, loads, MINUTE, NOON, run, type Run, steady } from './support.js';

function viewOf(runs: Run[], now = NOON): PipelineView {
  const tracker = new PipelineTracker(SETTINGS);
  tracker.accept(loads(now, runs));
  const [view] = tracker.view(now);
  if (view === undefined) throw new Error('no pipeline');
  return view;
}

describe('a pipeline', () => {
  test('whose last run succeeded is ok', () => {
    const view = viewOf(steady(12));
    expect(view).toMatchObject({
      name: 'load_cases',
      store: 'warehouse',
      state: 'ok',
      last_started_at: NOON - 2 * MINUTE,
      last_status: 'SUCCEEDED',
      duration_seconds: 60,
      duration_median_seconds: 60,
      rows_read: 1200,
      rows_rejected: 0,
    });
    expect(view.cause).toMatchInlineSnapshot(`"load_cases: its run of 11:58 UTC took 60 s and read 1,200 rows"`);
    expect(view.history.values(NOON - HOUR, NOON, 1)).toEqual([60]);
  });

  test('that failed once and tries again every few minutes is a warning, twice a breach', () => {
    const once = viewOf(steady(12, undefined, (index) => (index === 0 ? { status: 'FAILED', has_error: true } : {})));
    expect(once).toMatchObject({ state: 'warning', detail: 'failed' });
    expect(once.cause).toMatchInlineSnapshot(`"load_cases: its last run failed at 11:58 UTC; read the error in analytics_control.pipeline_run"`);
    const twice = viewOf(steady(12, undefined, (index) => (index < 3 ? { status: 'error' } : {})));
    expect(twice).toMatchObject({ state: 'breach', detail: 'failed 3 times' });
    expect(twice.cause).toMatchInlineSnapshot(`"load_cases: its last 3 runs failed, the first at 11:48 UTC; read the error in analytics_control.pipeline_run"`);
  });

  test('that runs once a day and failed is a breach, until it runs again', () => {
    const daily = (given: Partial<Run>): Run[] => [run(NOON - HOUR, given), ...[1, 2, 3].map((day) => run(NOON - HOUR - day * DAY))];
    expect(viewOf(daily({ status: 'FAILED' })).state).toBe('breach');
    expect(viewOf([run(NOON - MINUTE, { status: 'RUNNING', finished_at: null }), ...daily({ status: 'FAILED' })])).toMatchObject({ state: 'warning', last_status: 'RUNNING', duration_seconds: 60 });
  });

  test('that failed and then succeeded is ok', () => {
    expect(viewOf(steady(12, undefined, (index) => (index === 1 ? { status: 'FAILED' } : {}))).state).toBe('ok');
  });

  test('whose word for its status is not known is judged by its error and its end', () => {
    expect(viewOf(steady(12, undefined, () => ({ status: 'geladen' }))).state).toBe('ok');
    expect(viewOf(steady(12, undefined, () => ({ status: 'geladen', has_error: true }))).state).toBe('breach');
  });

  test('whose runs fail in another language is a breach, not a word that nobody knows', () => {
    expect(viewOf(steady(12, undefined, () => ({ status: 'fehlgeschlagen' })))).toMatchObject({ state: 'breach', detail: 'failed 12 times' });
  });

  test('whose last run ended otherwise than runs do is a warning, and the word is told', () => {
    const partial = viewOf(steady(12, undefined, (index) => (index === 0 ? { status: 'PARTIAL' } : {})));
    expect(partial).toMatchObject({ state: 'warning', detail: 'says PARTIAL' });
    expect(partial.cause).toMatchInlineSnapshot(`"load_cases: its run of 11:58 UTC ended with PARTIAL; look at what it loaded"`);
    const strange = viewOf(steady(12, undefined, (index) => (index === 0 ? { status: 'K2' } : { status: 'K1' })));
    expect(strange.cause).toMatchInlineSnapshot(`"load_cases: its run of 11:58 UTC ended with K2, which says neither that it succeeded nor that it failed; look at what it loaded"`);
    expect(viewOf(steady(12, undefined, () => ({ status: 'K1' }))).state).toBe('ok');
  });

  test('that had nothing to do is as its last run that had', () => {
    expect(viewOf(steady(12, undefined, (index) => (index % 3 === 0 ? { status: 'SKIPPED' } : {}))).state).toBe('ok');
    expect(viewOf(steady(12, undefined, (index) => ({ status: index === 0 ? 'SKIPPED' : 'FAILED' }))).state).toBe('breach');
  });

  test('whose table records no end of a run is not taken for running', () => {
    const runs = steady(20, NOON - 2 * HOUR, () => ({ finished_at: null }));
    expect(viewOf(runs)).toMatchObject({ state: 'warning', detail: 'not started for 2 h' });
  });

  test('with neither a status nor an end has begun, and not succeeded', () => {
    const [view, cause] = [viewOf([run(NOON - HOUR, { status: '', finished_at: null })]), 'load_cases: its first run began at 11:00 UTC'];
    expect(view).toMatchObject({ duration_seconds: HOUR, cause });
  });

  test('that works on weekdays is not overdue on the first weekend that is seen, and is on Monday', () => {
    // 2026-11-22 is a Sunday: hourly starts from 8 to 18 on the five days before the weekend.
    const sunday = NOON - 12 * HOUR;
    const runs = [2, 3, 4, 5, 6].flatMap((back) => Array.from({ length: 11 }, (_, hour) => run(sunday - back * DAY + (8 + hour) * HOUR))).sort((a, b) => b.started_at - a.started_at).slice(0, 50);
    for (const at of [sunday - DAY + 12 * HOUR, NOON, sunday + DAY + 8.5 * HOUR]) expect(viewOf(runs, at).state).toBe('ok');
    expect(viewOf(runs, sunday + DAY + 10 * HOUR)).toMatchObject({ state: 'warning' });
    // Nobody rests for longer than a weekend, however few days of work are known.
    expect(viewOf(runs.filter(({ started_at }) => started_at < sunday - 4 * DAY), sunday - DAY + 20 * HOUR).state).toBe('warning');
  });

  test('that runs three times as long as usual, and five minutes more, is a warning', () => {
    const running = (seconds: number): PipelineView => viewOf([run(NOON - seconds, { status: 'RUNNING', finished_at: null }), ...steady(12, NOON - seconds - 5 * MINUTE)]);
    expect(running(5 * MINUTE).state).toBe('ok');
    const long = running(7 * MINUTE);
    expect(long).toMatchObject({ state: 'warning', detail: 'running 7 min', duration_seconds: 420, duration_median_seconds: 60 });
    expect(long.cause).toMatchInlineSnapshot(`"load_cases: it has been running for 7 min where 60 s are usual; look at what it waits for"`);
  });

  test('that has not started for longer than its pauses ever were is a warning', () => {
    expect(viewOf(steady(30), NOON + 4 * MINUTE).state).toBe('ok');
    const overdue = viewOf(steady(30), NOON + 20 * MINUTE);
    expect(overdue.state).toBe('warning');
    expect(overdue.cause).toMatchInlineSnapshot(`"load_cases: it has not started since 11:58 UTC (22 min), its pauses are up to 5 min; look at its scheduler"`);
    expect(viewOf(steady(5), NOON + HOUR).state).toBe('ok');
  });

  test('that rejected rows is a warning with how many', () => {
    const view = viewOf(steady(12, undefined, (index) => (index === 0 ? { rows_rejected: 30, rows_inserted: 970 } : {})));
    expect(view).toMatchObject({ state: 'warning', detail: '30 rows rejected', rows_rejected: 30 });
    expect(view.cause).toMatchInlineSnapshot(`"load_cases: its run of 11:58 UTC rejected 30 rows (2.5 % of what it read); look at what it rejects, the facts lack it"`);
  });

  test('that loaded duplicates is a breach, and what else is wrong is not lost', () => {
    const view = viewOf(steady(12, undefined, (index) => (index === 0 ? { duplicate_rows: 12, rows_rejected: 1 } : {})));
    expect(view.state).toBe('breach');
    expect(view.cause).toMatchInlineSnapshot(
      `"load_cases: its run of 11:58 UTC loaded 12 duplicate rows; look at the key by which it tells events apart; also 1 row rejected"`,
    );
  });

  test('whose rows without a dimension member rise is a warning; as many as always are none', () => {
    const unknown = (now: number, usual: number): PipelineView => viewOf(steady(12, undefined, (index) => ({ unknown_dimension_rows: index === 0 ? now : usual })));
    expect(unknown(9, 9).state).toBe('ok');
    expect(unknown(10, 9).state).toBe('ok');
    const view = unknown(40, 2);
    expect(view).toMatchObject({ state: 'warning', detail: '40 rows without dimension', unknown_dimension_rows: 40 });
    expect(view.cause).toMatchInlineSnapshot(
      `"load_cases: its run of 11:58 UTC loaded 40 rows with an unknown dimension member, usually 2; look at dimensions that load late"`,
    );
    expect(unknown(1, 0).state).toBe('warning');
  });

  test('whose rows read are not those written is told so, and is no alarm', () => {
    const view = viewOf(steady(12, undefined, () => ({ rows_updated: 0 })));
    expect(view.state).toBe('ok');
    expect(view.cause).toContain('rows read are not those inserted, updated and rejected');
  });

  test('that is not looked at any more is unknown and shows no old number', () => {
    const tracker = new PipelineTracker(SETTINGS);
    tracker.accept(loads(NOON, steady(12)));
    const [view] = tracker.view(NOON + 100);
    expect(view).toMatchObject({ state: 'unknown', last_status: null, duration_seconds: null, rows_read: null });
    expect(view?.cause).toMatchInlineSnapshot(`"load_cases: warehouse gave no answer to the probe pipeline-runs for 100 s; see the screen of the probes"`);
    expect(tracker.objectives(NOON + 100)[0]).toMatchObject({ id: 'pipeline/load_cases', state: 'unknown', now: null });
  });

  test('is not overdue by a copy of the store that is old', () => {
    const tracker = new PipelineTracker(SETTINGS);
    tracker.accept(loads(NOON + 20 * MINUTE, steady(30), { as_of: NOON }));
    expect(tracker.view(NOON + 20 * MINUTE)[0]?.state).toBe('ok');
  });

  test('counts failures of the last day as the table does', () => {
    const tracker = new PipelineTracker(SETTINGS);
    tracker.accept(loads(NOON, steady(12), { failed_24h: [{ pipeline: 'load_cases', runs: 3 }] }));
    expect(tracker.view(NOON)[0]?.failed_runs_24h).toBe(3);
  });

  test('that the table no longer names is gone', () => {
    const tracker = new PipelineTracker(SETTINGS);
    tracker.accept(loads(NOON, [...steady(3), run(NOON - HOUR, { pipeline: 'load_orders' })]));
    expect(tracker.view(NOON).map(({ name }) => name)).toEqual(['load_cases', 'load_orders']);
    tracker.accept(loads(NOON + 30, steady(3)));
    expect(tracker.view(NOON + 30).map(({ name }) => name)).toEqual(['load_cases']);
  });

  test('of hostile name and status is harmless in what is said', () => {
    const view = viewOf([run(NOON, { pipeline: '\u001b[31mload\u202E', status: '\u001b]0;x\u0007FAILED' })]);
    expect(JSON.stringify({ ...view, history: null })).not.toMatch(/\\u001b|\u202e/i);
  });

  test('of any answer of the probe does not throw, in any order', () => {
    const moment = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    const anyRun = fc.record({
      pipeline: fc.string({ maxLength: 6 }),
      started_at: moment,
      finished_at: fc.option(moment),
      status: fc.string({ maxLength: 12 }),
      low_watermark: fc.option(fc.string()),
      high_watermark: fc.option(fc.string()),
      rows_read: fc.option(fc.integer()),
      rows_inserted: fc.option(fc.integer()),
      rows_updated: fc.option(fc.integer()),
      rows_rejected: fc.option(fc.integer()),
      unknown_dimension_rows: fc.option(fc.integer()),
      duplicate_rows: fc.option(fc.integer()),
      has_error: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.array(anyRun, { maxLength: 8 })), { maxLength: 4 }), (samples) => {
        const tracker = new PipelineTracker(SETTINGS);
        for (const [offset, runs] of samples) tracker.accept(loads(NOON + offset, runs));
        for (const { state, cause } of tracker.view(NOON)) expect([state, cause.length > 0]).toEqual([expect.stringMatching(/^(ok|warning|breach|unknown)$/), true]);
      }),
    );
  });
});

describe('watermarks of runs', () => {
  const iso = (at: number): string => new Date(at * 1000).toISOString();
  /** Each run loads five minutes; `gap` is left out before the run of this number. */
  const joined = (gapBefore: number | null): Run[] =>
    steady(12, undefined, (index) => {
      const high = NOON - index * 5 * MINUTE;
      return { low_watermark: iso(high - 5 * MINUTE + (index === gapBefore ? 2 * MINUTE : 0)), high_watermark: iso(high) };
    });

  test('that join are ok', () => {
    expect(viewOf(joined(null)).state).toBe('ok');
  });

  test('that leave a gap are a warning until a later run loads it', () => {
    const view = viewOf(joined(2));
    expect(view).toMatchObject({ state: 'warning', detail: 'gap between runs' });
    expect(view.cause).toMatchInlineSnapshot(
      `"load_cases: its run of 11:48 UTC began after the place where the run of 11:43 UTC had ended; load what lies between again"`,
    );
    const repaired = [run(NOON - MINUTE, { low_watermark: iso(NOON - HOUR), high_watermark: iso(NOON) }), ...joined(2)];
    expect(viewOf(repaired).state).toBe('ok');
  });

  test('that overlap are no alarm', () => {
    const view = viewOf(steady(12, undefined, (index) => ({ low_watermark: iso(NOON - (index + 2) * 5 * MINUTE), high_watermark: iso(NOON - index * 5 * MINUTE) })));
    expect(view.state).toBe('ok');
    expect(view.cause).toContain('11 of 11 runs loaded a part again');
  });

  test('that never join do not mean what they say: they are not judged, and that is said', () => {
    const view = viewOf(steady(12, undefined, (index) => ({ low_watermark: String(1000 - index * 10 + 4), high_watermark: String(1000 - index * 10 + 9) })));
    expect(view.state).toBe('ok');
    const apart = viewOf(steady(12, undefined, (index) => ({ low_watermark: String(1000 - index * 10 + 4), high_watermark: String(1000 - index * 10 + 7) })));
    expect(apart.state).toBe('ok');
    expect(apart.cause).toContain('its watermarks do not join in 11 of 11 runs, so gaps are not judged');
  });

  test.each([
    ['100', '100', 'contiguous'],
    ['100', '101', 'contiguous'],
    ['100', '102', 'gap'],
    ['100', '99', 'overlap'],
    ['2F/9A01C8E0', '2F/9A01C8E0', 'contiguous'],
    ['2F/FFFFFFFF', '30/0', 'gap'],
    ['30/0', '2F/FFFFFFFF', 'overlap'],
    ['2026-11-21T10:00:00Z', '2026-11-21 11:00:00+01', 'contiguous'],
    ['2026-11-21T10:00:00.5Z', '2026-11-21T10:00:01Z', 'contiguous'],
    ['2026-11-21', '2026-11-22', 'gap'],
    ['2026-11-21 10:00', '2026-11-21T09:00:00+00:00', 'overlap'],
    ['#4a1f', '#4a1f', 'contiguous'],
    ['#4a1f', '#4a20', 'unknown'],
    ['100', '2F/0', 'unknown'],
    ['100', '2026-11-21', 'unknown'],
    ['', '', 'contiguous'],
    [null, '100', 'unknown'],
    [null, null, 'unknown'],
  ])('%j and %j: %s', (high_watermark, low_watermark, expected) => {
    expect(joinOf({ high_watermark }, { low_watermark })).toBe(expected);
  });

  test('of numbers are ordered whatever their length', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 39n }), fc.bigInt({ min: 2n, max: 10n ** 20n }), (high, more) => {
        expect(joinOf({ high_watermark: String(high) }, { low_watermark: String(high + more) })).toBe('gap');
        expect(joinOf({ high_watermark: String(high + more) }, { low_watermark: String(high) })).toBe('overlap');
      }),
    );
  });
});

describe('a cadence', () => {
  test('knows no usual pause below ten', () => {
    const cadence = new Cadence();
    for (let index = 0; index <= 9; index++) cadence.start(NOON + index * 300);
    expect(cadence.usual_seconds()).toBeNull();
    cadence.start(NOON + 3000);
    expect(cadence.usual_seconds()).toBe(300);
  });

  test('is not overdue in the pause of every night, and is by day', () => {
    const cadence = new Cadence();
    // Every five minutes from 06:00 to 22:00.
    const midnight = NOON - DAY / 2;
    for (let day = 0; day < 3; day++) for (let at = 6 * HOUR; at <= 22 * HOUR; at += 300) cadence.start(midnight + day * DAY + at);
    const evening = midnight + 2 * DAY + 22 * HOUR;
    expect(cadence.usual_seconds()).toBe(300);
    expect(cadence.isOverdue(evening + 5 * HOUR)).toBe(false);
    expect(cadence.isOverdue(evening + 10 * HOUR)).toBe(true);
    for (let at = 6 * HOUR; at <= 10 * HOUR; at += 300) cadence.start(midnight + 3 * DAY + at);
    expect(cadence.isOverdue(midnight + 3 * DAY + 10 * HOUR + 5 * MINUTE)).toBe(false);
    expect(cadence.isOverdue(midnight + 3 * DAY + 10 * HOUR + 7 * MINUTE)).toBe(true);
  });

  test('takes each start once', () => {
    const cadence = new Cadence();
    for (const at of [NOON, NOON + 300, NOON + 300, NOON, NOON + 600]) cadence.start(at);
    expect(cadence.newest).toBe(NOON + 600);
    expect(cadence.isOverdue(NOON + 1e6)).toBe(false);
  });
});
