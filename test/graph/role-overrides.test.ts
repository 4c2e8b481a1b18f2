import { describe, expect, test } from 'vitest';
import { overridesOf } from '../../src/graph/role-overrides.js';
import type { SessionObservation } from '../../src/model/pressure.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import { emptyCatalog } from '../../src/sql/catalog.js';
import { role, statistics, store } from '../support/estate.js';

const GUARDED = { statement_timeout: '30s', idle_in_transaction_session_timeout: '10s' };

function session(overrides: Partial<SessionObservation>): SessionObservation {
  return {
    role: 'metabase_ro', application: 'Metabase', state: 'active', queryId: '1', looks: 1, transaction_seconds: 1, statement_seconds: 1,
    horizon_transactions: null, lockWaits: 0, lockWait_seconds: null, blockedBy: [], ...overrides,
  };
}

function overrides(statements: StatementStatistics[], parts: { settings?: Record<string, string>; sessions?: SessionObservation[]; window?: Partial<StoreSnapshot['statementWindow']> } = {}): ReturnType<typeof overridesOf> {
  const looked = store(emptyCatalog(), {
    statements,
    statementWindow: { since: '2026-10-01T08:00:00.000Z', evictions: 0, entries: 1, entries_max: 5000, block_bytes: 8192, ...parts.window },
    ...(parts.sessions ? { sessionLooks: { looks: 1, seconds: 0, sessions: parts.sessions, holders: [] } } : {}),
  });
  return overridesOf(role('metabase_ro', { settings: parts.settings ?? GUARDED }), { store: looked, accesses: [] });
}

const ran = (longest_ms: number, more: Partial<StatementStatistics> = {}): StatementStatistics => statistics('SELECT count(*) FROM app.case_file', { longest_ms, ...more });

describe('a statement timeout that clients do not keep to', () => {
  test('a run that is longer by more than a tenth and a second', () => {
    expect(overrides([ran(33_900)])).toMatchObject({ statement_timeout_overrides: [], longest_statement_seconds: 33.9 });
    expect(overrides([ran(34_100)])).toMatchObject({
      statement_timeout_overrides: ['its longest statement executed for 34 s (counted since 2026-10-01), unless the timeout is younger, or the result was read in portions'],
      statement_timeout_override_confidence: 0.6,
    });
  });

  test('is dated by the entry where the entry has a date', () => {
    expect(overrides([ran(90_000, { since: '2026-11-20T10:00:00.000Z' })]).statement_timeout_overrides).toEqual([
      'its longest statement executed for 90 s (counted since 2026-11-20), unless the timeout is younger, or the result was read in portions',
    ]);
    expect(overrides([ran(90_000)], { window: { since: null } }).statement_timeout_overrides).toEqual(['its longest statement executed for 90 s, unless the timeout is younger, or the result was read in portions']);
  });

  test('a session that is seen still running', () => {
    expect(overrides([], { sessions: [session({ statement_seconds: 900 })] })).toMatchObject({ statement_timeout_overrides: ['a session was seen running one statement for 15 min'], statement_timeout_override_confidence: 0.95 });
    expect(overrides([], { sessions: [session({ statement_seconds: 900, role: 'loader' })] }).statement_timeout_overrides).toEqual([]);
    expect(overrides([], { sessions: [session({ state: 'idle in transaction', statement_seconds: null, transaction_seconds: 900 })] }).statement_timeout_overrides).toEqual([]);
  });

  test.each([
    'SET statement_timeout = 0', "SET SESSION statement_timeout TO '?'", '/* Cube */ set local statement_timeout=$1', 'SET statement_timeout = $1',
  ])('%s', (text) => {
    expect(overrides([statistics(text, { calls: 412 })])).toMatchObject({
      statement_timeout_overrides: ['it sends SET statement_timeout itself, 412 times; to what, the statistics do not tell'],
      statement_timeout_override_confidence: 0.5,
    });
  });

  test.each(['SET statement_timeout TO DEFAULT', 'RESET statement_timeout', 'SET lock_timeout = 0', 'SHOW statement_timeout', "SELECT 'SET statement_timeout = 0'"])('is not %s', (text) => {
    expect(overrides([statistics(text)]).statement_timeout_overrides).toEqual([]);
  });

  test('a cursor sums what each of its fetches had time for, and the statements of a function belong to its call', () => {
    expect(overrides([ran(600_000, { text: '/* report */ DECLARE page CURSOR FOR SELECT * FROM app.case_file' })]).statement_timeout_overrides).toEqual([]);
    expect(overrides([ran(600_000, { toplevel: false })]).statement_timeout_overrides).toEqual([]);
  });

  test('a role without a timeout has nothing to override, and one of another name is not it', () => {
    expect(overrides([ran(600_000)], { settings: { statement_timeout: '0' } })).toMatchObject({ statement_timeout_overrides: [], longest_statement_seconds: 600 });
    expect(overrides([ran(600_000)], { settings: {} }).statement_timeout_overrides).toEqual([]);
    expect(overrides([ran(600_000, { role: 'shop_app' })]).statement_timeout_overrides).toEqual([]);
  });

  test('of a server that counts no longest run nothing is known', () => {
    expect(overrides([statistics('SELECT 1')]).longest_statement_seconds).toBeNaN();
  });
});

describe('the limit on idle transactions', () => {
  const open = session({ state: 'idle in transaction', statement_seconds: null, transaction_seconds: 1200 });

  test('a long transaction alone does not show that it stood idle for long', () => {
    expect(overrides([], { sessions: [open] }).idle_timeout_overrides).toEqual([]);
  });

  test('a client that sets its own does, and the transaction is told beside it', () => {
    expect(overrides([statistics('SET idle_in_transaction_session_timeout = 0', { calls: 1 })], { sessions: [open] }).idle_timeout_overrides).toEqual([
      'it sends SET idle_in_transaction_session_timeout itself, once; to what, the statistics do not tell',
      'a session stood idle in a transaction that was open for 20 min',
    ]);
  });
});
