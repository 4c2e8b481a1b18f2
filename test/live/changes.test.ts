import { describe, expect, test } from 'vitest';
import { Changes } from '../../src/live/changes.js';
import { answerOf, countsOf, worstFirst } from '../../src/live/sentence.js';
import type { ObjectiveView, ProbeView, State } from '../../src/model/live.js';

function objective(id: string, state: State, overrides: Partial<ObjectiveView> = {}): ObjectiveView {
  return {
    id, kind: 'freshness', name: id, target: '≤ 60 s', now: '118 s', state, detail: '', since: null, history: null, limit: 60, budget: null,
    sentence: `${id} is ${state}`, screen: 'freshness', subject: id, ...overrides,
  };
}

describe('changes', () => {
  test('have the moment since when it is so, and become events', () => {
    const changes = new Changes();
    expect(changes.judge([objective('ledger', 'ok')], 100)[0]?.since).toBe(100);
    expect(changes.judge([objective('ledger', 'ok')], 110)[0]?.since).toBe(100);
    expect(changes.judge([objective('ledger', 'breach')], 120)[0]?.since).toBe(120);
    changes.judge([objective('ledger', 'unknown')], 130);
    changes.judge([objective('ledger', 'ok')], 140);
    expect(changes.events().map(({ at, from, to }) => `${at} ${from} ${to}`)).toEqual(['140 unknown ok', '130 breach unknown', '120 ok breach']);
  });

  test('do not tell that the first look found everything in order, and do tell what it found bad', () => {
    const changes = new Changes();
    changes.judge([objective('ledger', 'unknown'), objective('payments', 'unknown')], 100);
    changes.judge([objective('ledger', 'ok'), objective('payments', 'breach')], 102);
    expect(changes.events().map(({ id, from, to }) => `${id} ${from} ${to}`)).toEqual(['payments unknown breach']);
  });

  test('are kept in bounded number', () => {
    const changes = new Changes();
    for (let at = 0; at < 2_000; at++) changes.judge([objective('ledger', at % 2 === 0 ? 'ok' : 'warning')], at);
    expect(changes.events()).toHaveLength(500);
    expect(changes.events()[0]?.at).toBe(1_999);
  });
});

describe('the answer', () => {
  const probe: ProbeView = {
    id: 'replication', store: 'production', state: 'unknown', last_at: 90, pace_seconds: 2, elapsed_ms_per_minute: 0, slowed: null,
    failure: { message: 'production: the connection was lost', next_step: 'It is tried again by itself.' },
  };

  test('is the worst, and among equals the cause before its consequences', () => {
    const sorted = worstFirst([
      objective('freshness/payments', 'breach'),
      objective('workload/new', 'warning', { kind: 'workload' }),
      objective('lag/pay_cdc', 'breach', { kind: 'lag', screen: 'cdc', subject: 'pay_cdc' }),
      objective('freshness/orders', 'ok'),
    ]);
    expect(sorted.map(({ id }) => id)).toEqual(['lag/pay_cdc', 'freshness/payments', 'workload/new', 'freshness/orders']);
    expect(answerOf(sorted, [])).toEqual({ sentence: 'lag/pay_cdc is breach', leads_to: { screen: 'cdc', subject: 'pay_cdc' } });
    expect(countsOf(sorted)).toEqual({ breach: 2, warning: 1, unknown: 0, ok: 1 });
  });

  test('is why nothing can be seen, when nothing can be seen', () => {
    expect(answerOf([objective('freshness/payments', 'unknown')], [probe])).toEqual({
      sentence: 'production: the connection was lost. It is tried again by itself.',
      leads_to: { screen: 'probes', subject: 'replication' },
    });
  });

  test('says that all is well only where something was looked at', () => {
    expect(answerOf([objective('freshness/payments', 'ok')], []).sentence).toBe('the one objective holds');
    expect(answerOf([], []).sentence).toBe('nothing has been looked at yet');
  });
});
