import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Governor, type RunReport } from '../../src/live/governor.js';
import type { ActivityPayload } from '../../src/probes/activity.js';

const calm: ActivityPayload = {
  server_time: 0, sees_all: true, connections: 20, connections_max: 100, active: 2, idle_in_transaction: 0, lock_waiters: 0,
  lwlock_waiters: 0, io_waiters: 0, oldest_xmin_age: 3, own_xmin_age: null, transactions: [],
};
const activity = (parts: Partial<ActivityPayload> = {}, elapsed_ms = 1): RunReport => ({
  probe: 'activity', weight: 'vital', pace_seconds: 5, elapsed_ms, answer: { activity: { ...calm, ...parts }, own: null }, sqlstate: null,
});
const replication = (elapsed_ms: number): RunReport => ({
  probe: 'replication', weight: 'vital', pace_seconds: 2, elapsed_ms, answer: { activity: null, own: null }, sqlstate: null,
});
const statements = (elapsed_ms: number, own_ms: number | null = null): RunReport => ({
  probe: 'statements', weight: 'heavy', pace_seconds: 15, elapsed_ms, sqlstate: null,
  answer: { activity: null, own: own_ms === null ? null : { ms: own_ms, over_seconds: 15 } },
});
const failed = (sqlstate: string): RunReport => ({ ...statements(5_000), answer: null, sqlstate });

describe('under pressure', () => {
  it('heavy probes go to half, a quarter and stop, light ones to half, and vital ones go on', () => {
    const governor = new Governor(1);
    const seen: unknown[] = [];
    for (let at = 0; at <= 30; at += 10) {
      governor.accept(activity({ lock_waiters: 5 }), at);
      seen.push([governor.slowdown('heavy', at).factor, governor.slowdown('light', at).factor, governor.slowdown('vital', at).factor]);
    }
    expect(seen).toEqual([[2, 1, 1], [4, 2, 1], [null, 2, 1], [null, 2, 1]]);
    expect(governor.slowdown('heavy', 30)).toEqual({ factor: null, reason: 'lock waiters 5' });
    expect(governor.slowdown('vital', 30)).toEqual({ factor: 1, reason: null });
  });

  it('one bad poll goes one step, however often it is told', () => {
    const governor = new Governor(1);
    governor.accept(activity({ lwlock_waiters: 9 }), 0);
    governor.accept(activity({ lwlock_waiters: 9 }), 5);
    expect(governor.slowdown('heavy', 5)).toEqual({ factor: 2, reason: 'waiters for internal locks 9' });
  });

  it('each minute of calm takes one step back, and a new sign begins the minute again', () => {
    const governor = new Governor(1);
    for (const at of [0, 10, 20]) governor.accept(activity({ active: 60 }), at);
    const factorAt = (at: number): number | null => {
      governor.accept(activity(), at);
      return governor.slowdown('heavy', at).factor;
    };
    expect([factorAt(79), factorAt(80), factorAt(139)]).toEqual([null, 4, 4]);
    governor.accept(activity({ active: 60 }), 139);
    expect(governor.slowdown('heavy', 139)).toEqual({ factor: null, reason: '60 sessions at work' });
    expect([factorAt(199), factorAt(259), factorAt(318), factorAt(319)]).toEqual([4, 2, 2, 1]);
    expect(governor.slowdown('heavy', 319)).toEqual({ factor: 1, reason: null });
  });

  it('a pool that holds most connections slows down one step and keeps nobody from recovering', () => {
    const governor = new Governor(1);
    for (let at = 0; at <= 300; at += 5) governor.accept(activity({ connections: 92 }), at);
    expect(governor.slowdown('heavy', 300)).toEqual({ factor: 2, reason: 'connections 92 of 100' });
    for (const at of [310, 320]) governor.accept(activity({ connections: 92, lock_waiters: 8 }), at);
    expect(governor.slowdown('heavy', 320)).toEqual({ factor: null, reason: 'connections 92 of 100, lock waiters 8' });
    for (let at = 325; at <= 450; at += 5) governor.accept(activity({ connections: 92 }), at);
    expect(governor.slowdown('heavy', 450).factor).toBe(2);
  });

  it.each([
    ['8 of 10 at work on a small server', { active: 8, connections: 9, connections_max: 10 }, 1],
    ['9 of 10 at work on a small server', { active: 9, connections: 9, connections_max: 10 }, 2],
    ['50 of 100 at work', { active: 50 }, 1],
    ['3 lock waiters', { lock_waiters: 3 }, 1],
    ['an old horizon of somebody else', { oldest_xmin_age: 9_000_000, own_xmin_age: 200_000 }, 1],
    ['an old horizon of our own', { oldest_xmin_age: 200_000, own_xmin_age: 200_000 }, 2],
  ])('%s', (_, parts, factor) => {
    const governor = new Governor(1);
    governor.accept(activity(parts), 0);
    expect(governor.slowdown('heavy', 0).factor).toBe(factor);
  });

  it('a vital probe that takes many times longer, twice in a row, is a sign', () => {
    const governor = new Governor(1);
    for (let at = 0; at < 40; at += 2) governor.accept(replication(6), at);
    governor.accept(replication(400), 40);
    expect(governor.slowdown('heavy', 40).factor).toBe(1);
    governor.accept(replication(300), 42);
    expect(governor.slowdown('heavy', 42)).toEqual({ factor: 2, reason: 'replication takes 300 ms instead of 6' });
  });

  it('a fast probe that takes a little longer is none', () => {
    const governor = new Governor(1);
    for (let at = 0; at < 40; at += 2) governor.accept(replication(1), at);
    for (let at = 40; at < 60; at += 2) governor.accept(replication(20), at);
    expect(governor.slowdown('heavy', 60)).toEqual({ factor: 1, reason: null });
  });

  it.each(['53200', '53100', '58030'])('%s stops heavy probes at once', (sqlstate) => {
    const governor = new Governor(1);
    governor.accept(failed(sqlstate), 0);
    expect(governor.slowdown('heavy', 0)).toEqual({ factor: null, reason: `the server reports exhaustion or a fault of its system (${sqlstate})` });
  });

  it('a deadline of our own is one step, and a restart of the server none', () => {
    const governor = new Governor(1);
    governor.accept(failed('57P01'), 0);
    expect(governor.slowdown('heavy', 0).factor).toBe(1);
    governor.accept(failed('57014'), 1);
    expect(governor.slowdown('heavy', 1)).toEqual({ factor: 2, reason: 'statements ran into its deadline' });
  });
});

describe('the budget', () => {
  it('stretches all but vital probes so that the whole keeps it', () => {
    const governor = new Governor(1);
    for (let at = 0; at < 60; at += 2) governor.accept(replication(0.5), at);
    for (let at = 0; at < 600; at += 15) governor.accept(statements(60), at);
    const { factor, reason } = governor.slowdown('heavy', 600);
    // 59.5 ms more than the network every 15 s are 3.97 ms/s.
    expect(factor).toBeCloseTo(3.97, 1);
    expect(reason).toBe('tidemark costs 4.0 ms/s of the 1 ms/s allowed');
    expect(governor.slowdown('vital', 600).factor).toBe(1);
  });

  it('takes no slow network for work of the server', () => {
    const governor = new Governor(1);
    for (let at = 0; at < 60; at += 2) governor.accept(replication(80), at);
    governor.accept(statements(84), 60);
    expect(governor.slowdown('heavy', 60)).toEqual({ factor: 1, reason: null });
  });

  it('believes the statistics of the server where there are any', () => {
    const governor = new Governor(1);
    // Waited for 60 ms in each quarter of a minute, of which the server worked 6.
    for (let at = 0; at < 600; at += 15) governor.accept(statements(60, 6), at);
    expect(governor.slowdown('heavy', 600)).toEqual({ factor: 1, reason: null });
  });

  it('knows none for a copy', () => {
    const governor = new Governor(null);
    for (let at = 0; at < 600; at += 15) governor.accept(statements(900), at);
    expect(governor.slowdown('heavy', 600)).toEqual({ factor: 1, reason: null });
  });

  it('does not swing: the same costs give the same answer', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 400, noNaN: true }), (elapsed_ms) => {
        const governor = new Governor(1);
        for (let at = 0; at < 60; at += 2) governor.accept(replication(0.4), at);
        for (let at = 0; at < 600; at += 15) governor.accept(statements(elapsed_ms), at);
        const once = governor.slowdown('heavy', 600).factor ?? 0;
        for (let run = 0; run < 5; run++) governor.accept(statements(elapsed_ms), 600 + run * 15 * once);
        expect(governor.slowdown('heavy', 5_000).factor).toBeCloseTo(once, 6);
        expect(once).toBeGreaterThanOrEqual(1);
        expect(once).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('counts nothing for a connection that is gone', () => {
    const governor = new Governor(1);
    for (let at = 0; at < 60; at += 2) governor.accept({ ...replication(4_000), answer: null }, at);
    governor.accept(statements(10), 60);
    expect(governor.slowdown('heavy', 60).factor).toBe(1);
  });
});

describe('work of others of this tidemark', () => {
  it('does not slow the probes when it is told of', () => {
    const factorWith = (waited_ms: number): number | null => {
      const governor = new Governor(1);
      for (const at of [0, 15, 30]) governor.accept(statements(200, 5), at);
      // An audit took a second of the server's time between two looks at its statistics.
      governor.alsoWaited(waited_ms);
      governor.accept(statements(200, 1_000), 45);
      return governor.slowdown('heavy', 46).factor;
    };
    expect(factorWith(2_000)).toBe(1);
    expect(factorWith(0)).toBeGreaterThan(1);
  });
});
