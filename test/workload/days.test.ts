import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import type { StoreWorkload } from '../../src/model/workload.js';
import { between } from '../../src/workload/between.js';
import { storeWorkload } from '../../src/workload/store-workload.js';
import { snapshotOf, storeSnapshot } from '../support/snapshot.js';
import { SQL, boundaryOf, seen } from './estate.js';

const report = (times: number): StatementStatistics => seen(SQL.byMonthSeen, times * 1_000_000, { queryId: '104', role: 'analyst', calls: times });
const lookup = (times: number): StatementStatistics => seen(SQL.byKey, times * 4000, { queryId: '7', role: 'case_app', calls: times * 1000, execution_ms: times * 10 });

function look(takenAt: string, statements: StatementStatistics[]): Snapshot {
  return snapshotOf({ takenAt, gaps: [], stores: [storeSnapshot({ statements, statementWindow: { since: '2026-02-01T00:00:00.000Z', until: takenAt, evictions: 0, entries: 2, entries_max: 5000, block_bytes: 8192 } })] });
}

function workloadOf(snapshots: Snapshot[]): StoreWorkload {
  const { snapshot, intervals } = between(snapshots);
  const [store] = snapshot.stores;
  const boundary = boundaryOf({ statements: store?.statements ?? [], store: { statementWindow: store?.statementWindow ?? null } });
  return storeWorkload({ boundary, intervals: intervals.get('production') });
}

const lines = ({ byDay }: StoreWorkload): string[] => byDay.map(({ name, covered_seconds, complete, work, analyticalShare, share }) =>
  `${name} ${covered_seconds / 3600} h${complete ? '' : ' in part'}: ${work.calls} calls, ${Math.round((share.blocks ?? 0) * 100)} % of all blocks, of them ${Math.round((analyticalShare.blocks ?? 0) * 100)} % analytical`);

describe('the work of each day', () => {
  const morning = look('2026-03-02T08:00:00.000Z', [report(5), lookup(100)]);
  const evening = look('2026-03-02T20:00:00.000Z', [report(9), lookup(1100)]);
  const nextEvening = look('2026-03-03T20:00:00.000Z', [report(9), lookup(1200)]);

  test('is that of the intervals between snapshots', () => {
    expect(workloadOf([morning, evening]).byDay.map(({ estimated }) => estimated)).toEqual([false]);
    expect(lines(workloadOf([morning, evening]))).toEqual(['2026-03-02 12 h: 1000004 calls, 100 % of all blocks, of them 50 % analytical']);
  });

  test('what ran between snapshots of two days is divided by time, and said to be', () => {
    const found = workloadOf([morning, evening, nextEvening]);
    expect(lines(found)).toMatchInlineSnapshot(`
      [
        "2026-03-02 16 h: 1016671 calls, 96 % of all blocks, of them 50 % analytical",
        "2026-03-03 20 h: 83333 calls, 4 % of all blocks, of them 0 % analytical",
      ]
    `);
    expect(found.byDay.map(({ name, estimated }) => `${name} ${estimated}`)).toEqual(['2026-03-02 true', '2026-03-03 true']);
    expect(found.trust.notes).toEqual(['1 of 2 intervals between snapshots spans midnight (UTC): what ran in it is divided over the days evenly by time']);
    expect(found.byDay.reduce((sum, { work }) => sum + work.blocks, 0)).toBeCloseTo(found.total.blocks);
    expect(found.byDay.reduce((sum, { analytical }) => sum + analytical.blocks, 0)).toBeCloseTo(found.classes[0]?.work.blocks ?? 0);
  });

  test('a day on which counters were lost is not complete', () => {
    const lost = look('2026-03-03T20:00:00.000Z', [report(2), lookup(1200)]);
    expect(workloadOf([morning, evening, lost]).byDay.map(({ complete }) => complete)).toEqual([false, false]);
    expect(workloadOf([morning, evening, look('2026-03-04T00:00:00.000Z', [report(9), lookup(1200)]), look('2026-03-04T08:00:00.000Z', [report(1)])]).byDay.map(({ name, complete }) => `${name} ${complete}`)).toEqual([
      '2026-03-02 true', '2026-03-03 true', '2026-03-04 false',
    ]);
  });

  test('one snapshot tells nothing of days', () => {
    expect(workloadOf([evening]).byDay).toEqual([]);
  });
});
