import { describe, expect, test } from 'vitest';
import { CALM, judgeLoad, type LoadLook, type LoadState } from '../../../src/reconcile/pace/load.js';

const quiet: LoadLook = { at: 0, took_ms: 2, active: 1, clients: 12, clients_max: 100, waiting: 0, standby_bytes: 0, slot_bytes: 4_000, replay_seconds: null, others: false };

/** Looks every two seconds, each with what differs from a quiet server. */
function after(looks: Partial<LoadLook>[], cores: number | null = 4): LoadState {
  return looks.reduce<LoadState>((state, look, at) => judgeLoad(state, { ...quiet, at: at * 2, ...look }, cores), CALM);
}
const quietFor = (count: number): Partial<LoadLook>[] => Array.from({ length: count }, () => ({}));

describe('a server that has time', () => {
  test('is read at the pace that was asked for', () => {
    expect(after(quietFor(40))).toMatchObject({ pace: 'full', because: null });
  });

  test('may answer now and then a little slower', () => {
    expect(after([...quietFor(10), { took_ms: 20 }])).toMatchObject({ pace: 'full' });
  });

  test('may have lag that comes and goes', () => {
    const bytes = [40e6, 20e6, 40e6, 20e6, 40e6, 60e6, 50e6];
    expect(after(bytes.map((standby_bytes) => ({ standby_bytes })))).toMatchObject({ pace: 'full' });
  });
});

describe('a server under load', () => {
  test.each<[string, Partial<LoadLook>[], string]>([
    ['many active sessions', [{ active: 9 }], '9 sessions run statements'],
    ['waiting sessions', [{ waiting: 4 }], '4 sessions wait for locks'],
    ['a slow answer', [...quietFor(6), { took_ms: 80 }], 'it answers 40 times slower than it did'],
    ['a standby that falls behind', [10e6, 17e6, 18e6, 30e6].map((standby_bytes) => ({ standby_bytes })), 'its standby falls behind'],
    ['a slot that falls behind', [10e6, 17e6, 18e6, 30e6].map((slot_bytes) => ({ slot_bytes })), 'a replication slot falls behind'],
    ['a standby itself', [4, 8, 12, 20].map((replay_seconds) => ({ replay_seconds })), 'this standby falls behind'],
  ])('by %s is read at half the pace, then not at all', (_, looks, because) => {
    const first = after(looks);
    expect(first).toMatchObject({ pace: 'half', because });
    expect(judgeLoad(first, { ...quiet, at: 100, waiting: 9 }, 4)).toMatchObject({ pace: 'stopped', because: '9 sessions wait for locks' });
  });

  test('without connections left is left alone at once', () => {
    expect(after([{ clients: 81 }])).toMatchObject({ pace: 'stopped', because: '81 of 100 connections are taken' });
  });

  test('is read again step by step, each after a minute of calm', () => {
    const busy = [...quietFor(2), { waiting: 9 }, { waiting: 9 }];
    expect(after([...busy, ...quietFor(30)]).pace).toBe('stopped');
    expect(after([...busy, ...quietFor(31)]).pace).toBe('half');
    expect(after([...busy, ...quietFor(61)])).toMatchObject({ pace: 'full', because: null });
  });

  test('starts the minute anew with each trouble', () => {
    expect(after([{ waiting: 9 }, { waiting: 9 }, ...quietFor(20), { active: 20 }, ...quietFor(20)]).pace).toBe('stopped');
  });

  test('is told by a usual number of cores where nobody knows them', () => {
    expect(after([{ active: 16 }], null).pace).toBe('full');
    expect(after([{ active: 17 }], null).pace).toBe('half');
  });
});

test('another reconciliation is waited for, and no longer than it runs', () => {
  const waiting = after([{ others: true }]);
  expect(waiting).toMatchObject({ pace: 'stopped', because: 'another reconciliation of tidemark reads rows here' });
  expect(judgeLoad(waiting, { ...quiet, at: 30 }, 4)).toMatchObject({ pace: 'full', because: null });
});
