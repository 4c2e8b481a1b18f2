import { describe, expect, test } from 'vitest';
import { ReconciliationTracker } from '../../../src/live/reconciliation/tracker.js';
import type { TimedPair } from '../../../src/model/configuration.js';
import type { PayloadOf } from '../../../src/probes/index.js';
import { pair, settings } from '../../reconcile/shop.js';
import { failed, good } from '../samples.js';

type Pass = PayloadOf<'reconciliation'>['pairs'][number];
type Period = Pass['periods'][number];

const at = (text: string) => Date.parse(`2026-11-${text.replace(' ', 'T')}:00Z`) / 1000;

/** The 20th, a day that has ended; what a test speaks of is overridden. */
function day(overrides: Partial<Period> = {}): Period {
  const period = overrides.period ?? '2026-11-20';
  const { source_rows = 1200, target_rows = 1200 } = overrides;
  return {
    period, ends_at: Date.parse(period) / 1000 + 86_400, judged: 'whole', source_rows, target_rows, late_rows: 0, equal: source_rows === target_rows,
    sums: [{ column: 'amount', equal: source_rows === target_rows, gap_ratio: source_rows === target_rows ? 0 : 0.0025, rounding: false }],
    source_digest: `s${source_rows}`, target_digest: `t${target_rows}`, gap_digest: source_rows === target_rows ? null : `g${target_rows - source_rows}`,
    ...overrides,
  };
}

/** A pass at which the loader is ten seconds behind. */
function pass(read_at: number, periods: Period[], overrides: Partial<Pass> = {}): Pass {
  return {
    name: 'orders', as_of: Math.floor(read_at / 3600) * 3600, took_ms: 240, source_read_at: read_at, target_watermark_at: read_at - 10, watermark_from: 'product',
    source_is_standby: false, key_id: 'k', periods, unread_periods: [], cut_short: null, unread: null,
    ...overrides,
  };
}

class Watch {
  readonly tracker: ReconciliationTracker;
  #now = at('21 14:00');

  constructor(overrides: Partial<TimedPair> = {}) {
    this.tracker = new ReconciliationTracker(settings([pair(overrides)]));
  }

  /** So many passes, a minute apart. */
  see(periods: Period[], passes = 1, overrides: Partial<Pass> = {}): this {
    for (let index = 0; index < passes; index++) {
      this.#now += 60;
      const given = overrides.target_watermark_at === undefined ? overrides : { target_watermark_at: overrides.target_watermark_at };
      this.tracker.accept(good('reconciliation', { at: this.#now + 1, pace_seconds: 60 }, { pairs: [pass(this.#now, periods, { ...overrides, ...given })] }));
    }
    return this;
  }

  fail(message: string): this {
    this.#now += 60;
    this.tracker.accept(failed('reconciliation', { at: this.#now, pace_seconds: 60 }, message));
    return this;
  }

  wait(seconds: number): this {
    this.#now += seconds;
    return this;
  }

  get now(): number {
    return this.#now + 1;
  }

  view() {
    const [view] = this.tracker.view(this.now);
    if (view === undefined) throw new Error('no view');
    return view;
  }

  objective() {
    const [objective] = this.tracker.objectives(this.now);
    if (objective === undefined) throw new Error('no objective');
    return objective;
  }

  /** State, word and sentence, as they are shown. */
  said(): string {
    const { state, detail, now, sentence } = this.objective();
    return `${state} | ${now ?? '-'} | ${detail} | ${sentence}`;
  }
}

const missing = day({ target_rows: 1197 });

describe('a difference', () => {
  test('is a candidate first, and confirmed when the watermark has passed the reading twice and it stayed the same', () => {
    const watch = new Watch();
    const states = Array.from({ length: 4 }, () => watch.see([missing]).view().periods[0]?.state);
    expect(states).toEqual(['candidate', 'candidate', 'confirmed', 'confirmed']);
    expect(watch.view()).toMatchObject({ state: 'breach', missing_rows: 3, extra_rows: 0, passes: ['ok', 'ok', 'breach', 'breach'] });
    expect(watch.objective().history?.values(at('21 14:00'), at('21 14:10'), 1)).toEqual([3]);
  });

  test('is not confirmed while the watermark stands below the reading', () => {
    const watch = new Watch().see([missing], 20, { target_watermark_at: at('21 13:00') });
    expect(watch.view().periods[0]?.state).toBe('candidate');
    expect(watch.objective().state).toBe('ok');
    watch.see([missing], 15, { target_watermark_at: at('21 13:00') });
    expect(watch.said()).toMatchInlineSnapshot(`"warning | 0 rows | differs, not confirmed | orders: 2026-11-20 differs since 14:01 UTC and is not confirmed, because the watermark of warehouse analytics.orders stands at 13:00 UTC: look whether its load runs"`);
  });

  test('begins anew where the source changes, and goes where both agree', () => {
    const watch = new Watch().see([missing], 2).see([day({ source_rows: 1201, target_rows: 1197 })]);
    expect(watch.view().periods[0]).toMatchObject({ state: 'candidate', since: at('21 14:01') });
    watch.see([day({ source_rows: 1201, target_rows: 1201 })]);
    expect(watch.view().periods[0]).toMatchObject({ state: 'equal', since: null });
    expect(watch.view().state).toBe('ok');
  });

  test('that is confirmed stays so while rows come on both sides alike, and is judged again where the gap changes', () => {
    const watch = new Watch().see([missing], 3).see([day({ source_rows: 1300, target_rows: 1297 })]);
    expect(watch.view().periods[0]?.state).toBe('confirmed');
    watch.see([day({ source_rows: 1300, target_rows: 1299 })]).see([day({ source_rows: 1310, target_rows: 1309 })]);
    expect(watch.said()).toMatchInlineSnapshot(`"breach | 1 row | 1 missing | orders: warehouse analytics.orders lacks 1 row of production shop.orders for 2026-11-20, since 14:01 UTC; confirmed, the watermark has passed it and stands at 14:05 UTC: load that period again, and look at what the loader rejected or dropped"`);
    watch.see([day({ source_rows: 1310, target_rows: 1309 })], 3);
    expect(watch.view()).toMatchObject({ state: 'breach', missing_rows: 1 });
  });

  test('is looked at more often where the source is a standby', () => {
    const watch = new Watch().see([missing], 4, { source_is_standby: true });
    expect(watch.view().periods[0]?.state).toBe('candidate');
    expect(watch.see([missing], 1, { source_is_standby: true }).view().periods[0]?.state).toBe('confirmed');
  });

  test('is not judged by digests of another run of tidemark', () => {
    const watch = new Watch().see([missing], 2).see([missing], 1, { key_id: 'another' });
    expect(watch.view().periods[0]).toMatchObject({ state: 'candidate', since: at('21 14:01') });
    expect(watch.see([missing], 2, { key_id: 'another' }).view().periods[0]?.state).toBe('confirmed');
  });

  test('within the provisional time is grey and no breach, whatever it is', () => {
    const watch = new Watch({ provisional_seconds: 86_400 }).see([missing], 5);
    expect(watch.view().periods[0]?.state).toBe('provisional');
    expect(watch.said()).toMatchInlineSnapshot(`"ok | 0 rows |  | orders: 1 day still provisional"`);
  });
});

describe('without a watermark', () => {
  test('the newest row serves, if the gap also repeats', () => {
    const watch = new Watch().see([missing], 3, { watermark_from: 'newest-row' });
    expect(watch.view().periods[0]?.state).toBe('candidate');
    watch.see([missing], 1, { watermark_from: 'newest-row' });
    expect(watch.said()).toMatchInlineSnapshot(`"breach | 3 rows | 3 missing | orders: warehouse analytics.orders lacks 3 rows of production shop.orders for 2026-11-20, since 14:01 UTC; confirmed by newer rows that have arrived, as there is no watermark: load that period again, and look at what the loader rejected or dropped"`);
  });

  test('a gap that repeats at the same size is confirmed, and the sentence says what that is worth', () => {
    const quiet = { watermark_from: 'none' as const, target_watermark_at: null, as_of: null };
    const watch = new Watch().see([missing], 10, quiet);
    expect(watch.view().periods[0]?.state).toBe('candidate');
    watch.see([missing], 1, quiet);
    expect(watch.said()).toMatchInlineSnapshot(`"breach | 3 rows | 3 missing | orders: warehouse analytics.orders lacks 3 rows of production shop.orders for 2026-11-20, since 14:01 UTC; confirmed by repetition only: no watermark, and the gap stayed the same over 10 passes: load that period again, and look at what the loader rejected or dropped"`);
  });

  test('rows that wait above the cut keep it from being confirmed', () => {
    const open = day({ period: '2026-11-21', judged: 'none', late_rows: 40 });
    const watch = new Watch().see([missing, open], 30, { watermark_from: 'newest-row', target_watermark_at: at('21 03:00') });
    expect(watch.view().periods[1]?.state).toBe('candidate');
    expect(watch.view().late_rows).toBe(40);
  });
});

describe('the cause is told in words', () => {
  const confirmed = (...periods: Period[]) => new Watch().see(periods, 4);

  test('for each kind', () => {
    const changed = day({ equal: false, sums: [{ column: 'amount', equal: false, gap_ratio: 0.00214, rounding: false }], gap_digest: 'g' });
    const rounded = day({ equal: false, sums: [{ column: 'amount', equal: false, gap_ratio: 0.0000012, rounding: true }], gap_digest: 'g' });
    expect({
      missing: confirmed(missing, day({ period: '2026-11-19', target_rows: 1199 })).said(),
      duplicate: confirmed(day({ target_rows: 1212 })).said(),
      'deleted at source': new Watch().see([day()]).see([day({ source_rows: 1188 })], 4).said(),
      changed: confirmed(changed).said(),
      rounding: confirmed(rounded).said(),
      growing: new Watch().see([day({ target_rows: 1212 })], 3).see([day({ target_rows: 1224 })]).said(),
    }).toMatchInlineSnapshot(`
      {
        "changed": "breach | sums differ | sums differ | orders: warehouse analytics.orders has as many rows as production shop.orders but another sum of amount (0.2 % apart) for 2026-11-20, since 14:01 UTC; confirmed, the watermark has passed it and stands at 14:03 UTC: look for updates that were not applied, then load that period again",
        "deleted at source": "breach | 12 rows | 12 too many | orders: warehouse analytics.orders still has 12 rows deleted at production shop.orders for 2026-11-20, since 14:02 UTC; confirmed, the watermark has passed it and stands at 14:04 UTC: let the load carry deletes, or name its deleted_column; the closed period 2026-11-20 changed at production at 14:02 UTC",
        "duplicate": "breach | 12 rows | 12 too many | orders: warehouse analytics.orders has 12 rows more than production shop.orders for 2026-11-20, since 14:01 UTC; confirmed, the watermark has passed it and stands at 14:03 UTC: look for a load that ran twice, and for a merge key",
        "growing": "breach | 24 rows | 24 too many, growing | orders: warehouse analytics.orders has 24 rows more than production shop.orders for 2026-11-20, since 14:01 UTC and growing; confirmed, the watermark has passed it and stands at 14:03 UTC: look for a load that ran twice, and for a merge key",
        "missing": "breach | 4 rows | 4 missing | orders: warehouse analytics.orders lacks 3 rows of production shop.orders for 2026-11-20 (and 1 day more), since 14:01 UTC; confirmed, the watermark has passed it and stands at 14:03 UTC: load that period again, and look at what the loader rejected or dropped",
        "rounding": "warning | sums differ | rounding only | orders: warehouse analytics.orders differs from production shop.orders in amount by rounding only for 2026-11-20, since 14:01 UTC; confirmed, the watermark has passed it and stands at 14:03 UTC: load it with the decimals of the source, or give the pair a tolerance",
      }
    `);
  });

  test('for what agrees, and for what is on its way', () => {
    const open = day({ period: '2026-11-21', judged: 'part', source_rows: 400, target_rows: 400, late_rows: 12 });
    expect({
      equal: new Watch().see([day({ period: '2026-11-19' }), day(), open]).said(),
      'in flight': new Watch().see([missing, open]).said(),
      late: new Watch().see([day({ judged: 'none', equal: false, target_rows: 0 })], 1, { target_watermark_at: at('18 04:00') }).said(),
    }).toMatchInlineSnapshot(`
      {
        "equal": "ok | 0 rows |  | orders: 3 days agree, up to 14:00 UTC; 12 newer rows on the way",
        "in flight": "ok | 0 rows | in flight | orders: 1 day agrees, up to 14:00 UTC; 1 day differs by what may still be on its way; 12 newer rows on the way",
        "late": "unknown | - | late | orders: warehouse analytics.orders has not reached any of the last 1 day, its watermark stands at 2026-11-18 04:00 UTC: look at its freshness",
      }
    `);
  });

  test('for a closed period that changed later', () => {
    const restated = day({ source_rows: 1203, target_rows: 1200 });
    const both = day({ source_rows: 1203, target_rows: 1203 });
    expect(new Watch().see([day()], 2).see([restated]).see([both]).said()).toMatchInlineSnapshot(`"ok | 0 rows | closed period changed | orders: 1 day agrees, up to 14:00 UTC; the closed period 2026-11-20 changed on both sides at 14:03 UTC"`);
    expect(new Watch({ provisional_seconds: 3600 }).see([day()], 2).see([restated]).see([both]).said()).toMatchInlineSnapshot(`"warning | 0 rows | closed period changed | orders: 1 day agrees, up to 14:00 UTC; the closed period 2026-11-20 changed on both sides at 14:03 UTC, after its numbers were final: look for a restatement"`);
    const silently = day({ target_digest: 'other', equal: true });
    expect(new Watch().see([day()], 2).see([silently]).objective().sentence).toContain('the closed period 2026-11-20 changed at warehouse at 14:03 UTC');
  });

  test('never with a sequence of a terminal', () => {
    const watch = new Watch({ target: { ...pair().target, relation: 'analytics.orders\u001b[31m\u202e' } }).see([missing], 4);
    expect(watch.objective().sentence).toContain('warehouse analytics.orders lacks');
    // oxlint-disable-next-line no-control-regex
    expect(JSON.stringify(watch.view())).not.toMatch(/\\u001b|\u202e/);
  });
});

describe('what was not looked at is unknown', () => {
  test('before the first pass, after a failure, and when the passes stop', () => {
    const never = new Watch();
    const failing = new Watch().fail('production: the connection was lost');
    const stopped = new Watch().see([day()]).wait(600);
    const lost = new Watch().see([day()]).fail('production: the connection was lost').wait(600);
    expect([never.said(), failing.said(), stopped.said(), lost.said()]).toMatchInlineSnapshot(`
      [
        "unknown | - | not read | orders: not compared yet",
        "unknown | - | not read | orders: production: the connection was lost. It is tried again by itself",
        "unknown | - | not read | orders: not compared since 14:01 UTC: look at the probe that does it",
        "unknown | - | not read | orders: production: the connection was lost. It is tried again by itself",
      ]
    `);
    expect(stopped.view()).toMatchObject({ state: 'unknown', source_rows: null, as_of: null, took_ms: null, periods: [{ state: 'unread', source_rows: null }] });
  });

  test('a failure between good passes leaves the last one its time', () => {
    const watch = new Watch().see([day()]).fail('production: the connection was lost');
    expect(watch.objective().state).toBe('ok');
    expect(watch.view().passes).toEqual(['ok', 'unknown']);
  });

  test('a pair that cannot be read says why', () => {
    const unread = 'warehouse: analytics.orders has no column amuont. Correct the name in tidemark.yaml.';
    const watch = new Watch().see([], 1, { unread });
    expect(watch.objective()).toMatchObject({ state: 'unknown', sentence: 'orders: warehouse: analytics.orders has no column amuont. Correct the name in tidemark.yaml' });
  });

  test('periods that no pass reached are not counted as equal', () => {
    const unread = { unread_periods: [{ period: '2026-11-19', ends_at: at('20 00:00') }], cut_short: 'production: shop.orders is read at a tenth of one core, some periods at each pass' };
    const watch = new Watch().see([day()], 1, unread);
    expect(watch.view().periods.map(({ state }) => state)).toEqual(['equal', 'unread']);
    expect(watch.said()).toMatchInlineSnapshot(`"unknown | - | 1 not read | orders: 1 of 2 days are not compared: production: shop.orders is read at a tenth of one core, some periods at each pass"`);
    // Read at one pass and not at the next, it keeps its worth for a while.
    const other = { ...unread, unread_periods: [{ period: '2026-11-20', ends_at: at('21 00:00') }] };
    watch.see([day({ period: '2026-11-19' })], 1, other);
    expect(watch.objective().state).toBe('ok');
    watch.see([day({ period: '2026-11-19' })], 61, other);
    expect(watch.view().periods.map(({ state }) => state)).toEqual(['unread', 'equal']);
    expect(watch.objective().state).toBe('unknown');
  });
});

describe('samples', () => {
  test('may come twice, out of order and from other probes', () => {
    const watch = new Watch();
    const samples = [60, 120, 180].map((seconds) => good('reconciliation', { at: at('21 14:00') + seconds, pace_seconds: 60 }, { pairs: [pass(at('21 14:00') + seconds, [missing])] }));
    const [first, second, third] = samples;
    for (const sample of [first, first, second, first, second, third, third]) if (sample) watch.tracker.accept(sample);
    watch.tracker.accept(failed('reconciliation', { at: at('21 14:02') }, 'an old failure'));
    watch.tracker.accept(failed('replication', { at: at('21 14:09') }, 'of another probe'));
    watch.tracker.accept(good('reconciliation', { at: at('21 14:04'), store: 'elsewhere' }, { pairs: [pass(at('21 14:04'), [day()])] }));
    const [view] = watch.tracker.view(at('21 14:04'));
    expect(view).toMatchObject({ state: 'breach', missing_rows: 3, passes: ['ok', 'ok', 'breach'] });
  });

  test('give the same views again', () => {
    const once = new Watch().see([missing], 3).see([day()], 2);
    const again = new Watch().see([missing], 3).see([day()], 2);
    expect(again.view()).toEqual(once.view());
  });

  test('of a server whose clock was put back are taken anew', () => {
    const watch = new Watch().see([missing], 4);
    watch.tracker.accept(good('reconciliation', { at: watch.now + 60, pace_seconds: 60 }, { pairs: [pass(at('20 22:00'), [day()])] }));
    expect(watch.tracker.view(watch.now + 61)[0]?.state).toBe('ok');
  });
});

describe('a difference that is no loss', () => {
  test('rows in the wrong days are told by gaps that cancel out: the time zone is named', () => {
    const watch = new Watch().see([day({ source_rows: 1200, target_rows: 1130 }), day({ period: '2026-11-19', source_rows: 1000, target_rows: 1065 })], 6);
    expect(watch.objective()).toMatchObject({ state: 'breach', detail: '70 missing, 65 too many' });
    expect(watch.objective().sentence).toMatchInlineSnapshot(`"orders: warehouse analytics.orders lacks 70 rows of production shop.orders for 2026-11-20 (and 1 day more), since 14:01 UTC; confirmed, the watermark has passed it and stands at 14:05 UTC; what one day lacks another has too many, as times in two time zones do: look at that of placed_at and placed_at"`);
  });

  test('sums of rows that change at every pass are unknown after half an hour, neither well nor a fault', () => {
    const watch = new Watch();
    const moving = (step: number) => day({ equal: false, source_digest: `s${step}`, target_digest: `t${step}`, gap_digest: `g${step}`, sums: [{ column: 'amount', equal: false, gap_ratio: 0.0001, rounding: false }] });
    for (let step = 0; step < 25; step++) watch.see([moving(step)]);
    expect(watch.objective().state).toBe('ok');
    for (let step = 25; step < 40; step++) watch.see([moving(step)]);
    expect(watch.objective()).toMatchObject({ state: 'unknown', now: null });
    expect(watch.objective().sentence).toMatchInlineSnapshot(`"orders: 2026-11-20 has as many rows on both sides, but its sums were never equal since 14:01 UTC, because the source changes at every pass: give the pair a tolerance, or shorter periods"`);
  });
});
