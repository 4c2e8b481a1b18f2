import { describe, expect, test } from 'vitest';
import { defaultLive } from '../../src/config/live-defaults.js';
import { WorkloadTracker } from '../../src/live/workload/tracker.js';
import type { PayloadOf } from '../../src/probes/index.js';
import { audit, failed, good, recognised, statements, work } from './samples.js';

const settings = { ...defaultLive, analytical_share_max: 0.3 };

function tracker(): WorkloadTracker {
  const tracked = new WorkloadTracker(settings);
  tracked.accept(good('audit', { at: 90, store: '' }, audit([recognised('118', 'analytical'), recognised('204', 'operational', { role: 'case_app', origin: 'role case_app' })])));
  tracked.accept(good('statements', { at: 100 }, statements([], { first: true, over_seconds: 0 })));
  return tracked;
}

const states = (tracked: WorkloadTracker, now: number) => Object.fromEntries(tracked.objectives(now).map(({ id, state, now: value }) => [id, `${state} ${value}`]));

describe('the workload', () => {
  test('is shared out by what the audit says of each statement, costliest first', () => {
    const tracked = tracker();
    tracked.accept(good('statements', { at: 115 }, statements([work('204', 600, { role: 'case_app', calls: 900 }), work('118', 900)])));
    const view = tracked.view(116);
    expect(view).toMatchObject({ analytical_share: 0.6, database_ms_per_second: 100, new_statements: 0, notes: [] });
    expect(tracked.statements(116).map(({ origin, class: kind, mean_ms, cost_ms_per_second, is_new }) => ({ origin, kind, mean_ms, cost_ms_per_second, is_new }))).toEqual([
      { origin: 'metabase card 118', kind: 'analytical', mean_ms: 300, cost_ms_per_second: 60, is_new: false },
      { origin: 'role case_app', kind: 'operational', mean_ms: 600 / 900, cost_ms_per_second: 40, is_new: false },
    ]);
    expect(states(tracked, 116)).toEqual({ 'workload/new/production': 'ok 0', 'workload/share/production': 'warning 60 %' });
  });

  test('is of the last five minutes', () => {
    const tracked = tracker();
    tracked.accept(good('statements', { at: 115 }, statements([work('118', 900)])));
    for (let at = 130; at <= 415; at += 15) tracked.accept(good('statements', { at }, statements([work('204', 150, { role: 'case_app' })])));
    expect(tracked.view(416).analytical_share).toBe(0);
  });

  test('names what is new since the first audit, and warns when it is analytical', () => {
    const tracked = tracker();
    tracked.accept(good('statements', { at: 115 }, statements([work('118', 100), work('990', 900, { entered: true })])));
    expect(tracked.statements(116)[0]).toMatchObject({ query_id: '990', is_new: true, first_seen_at: 115, class: 'unknown', origin: 'metabase_ro' });
    // Nine tenths of the work are by something that no audit has seen: that is not nothing.
    expect(tracked.view(116).analytical_share).toBeNull();
    expect(tracked.unrecognisedShare(116)).toBe(0.9);
    expect(tracked.objectives(116)[0]).toMatchObject({ state: 'unknown', sentence: 'production: 1 new statement of metabase_ro takes much and is being looked at' });
    tracked.accept(good('audit', { at: 120, store: '' }, audit([recognised('118', 'analytical'), recognised('990', 'analytical', { origin: 'role metabase_ro' })])));
    expect(states(tracked, 121)['workload/new/production']).toBe('warning 1');
    expect(tracked.objectives(121)[0]?.sentence).toBe(
      'production: 1 analytical statement since the baseline, from role metabase_ro: move it to the warehouse or to a replica',
    );
  });

  test('is unknown while it cannot be read, and says why', () => {
    const tracked = tracker();
    tracked.accept(good('statements', { at: 115 }, statements([work('118', 900)])));
    tracked.accept(failed('statements', { at: 130 }, 'production: the connection was lost'));
    expect(tracked.view(131)).toMatchObject({ analytical_share: null, database_ms_per_second: null });
    expect(tracked.statements(131)).toEqual([]);
    expect(tracked.objectives(131).map(({ state, sentence }) => ({ state, sentence }))).toEqual([
      { state: 'unknown', sentence: 'whether there is new analytical work on production cannot be told: production: the connection was lost' },
      { state: 'unknown', sentence: 'what share of production is analytical work cannot be told: production: the connection was lost' },
    ]);
  });

  test('is unknown when the last answer is old: it does not stand still at what it was', () => {
    const tracked = tracker();
    tracked.accept(good('statements', { at: 115 }, statements([work('118', 900)])));
    expect(tracked.view(115 + 46).analytical_share).toBeNull();
  });

  test('says what the numbers leave out', () => {
    const tracked = tracker();
    tracked.accept(good('statements', { at: 115 }, statements([work(null, 900, { role: 'shop_app' }), work('118', 100)], { evictions: 4 })));
    expect(tracked.view(116).notes).toEqual([
      'entries were evicted or reset meanwhile: the numbers are lower bounds',
      '90 % of the work is not recognised yet',
      'the statements of 1 role are hidden: GRANT pg_read_all_stats shows them',
    ]);
  });
});

type Activity = PayloadOf<'activity'>;

function activity(overrides: Partial<Activity>): Activity {
  return {
    server_time: 0, sees_all: true, connections: 12, connections_max: 100, active: 2, idle_in_transaction: 0, lock_waiters: 0, lwlock_waiters: 0,
    io_waiters: 0, oldest_xmin_age: 40, own_xmin_age: null, transactions: [], ...overrides,
  };
}

describe('the longest transaction', () => {
  const transaction: Activity['transactions'][number] = {
    pid: 4711, role: 'analyst_export', application_name: 'psql', session_state: 'idle in transaction', age_seconds: 1_260, state_age_seconds: 900,
    holds_xmin: true, writes: false, query_id: null,
  };
  const look = (payload: Activity) => {
    const tracked = new WorkloadTracker(defaultLive);
    tracked.accept(good('activity', { at: 100, pace_seconds: 5 }, payload));
    return { objective: tracked.objectives(101)[0], transactions: tracked.view(101).long_transactions };
  };

  test('is named with what it does to vacuum', () => {
    const { objective, transactions } = look(activity({ transactions: [transaction] }));
    expect(objective).toMatchObject({ state: 'warning', now: '21 min', target: '≤ 5 min', detail: 'idle in transaction' });
    expect(objective?.sentence).toBe(
      'production: analyst_export (psql) has had a transaction open for 21 min, which holds vacuum back; session 4711 is idle in transaction',
    );
    expect(transactions).toMatchObject([{ pid: 4711, holds_back_vacuum: true, age_seconds: 1_260 }]);
  });

  test('is unknown to a role that sees its own sessions only', () => {
    expect(look(activity({ sees_all: false })).objective).toMatchObject({ state: 'unknown' });
    expect(look(activity({ sees_all: true })).objective).toMatchObject({ state: 'ok' });
  });
});
