import { describe, expect, test } from 'vitest';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementWindow } from '../../src/model/statement.js';
import type { Trust } from '../../src/model/workload.js';
import { storeFacts } from '../../src/graph/store-facts.js';
import type { Interval } from '../../src/workload/interval.js';
import { storeWorkload } from '../../src/workload/store-workload.js';
import { type Estate, SQL, TAKEN_AT, boundaryOf, seen } from './estate.js';

const WINDOW: StatementWindow = { since: '2026-02-02T09:00:00.000Z', until: TAKEN_AT, startedAt: '2026-01-01T00:00:00.000Z', evictions: 0, entries: 900, entries_max: 5000, block_bytes: 8192, tracked: 'top', tracksUtility: true };
const report = seen(SQL.byMonthSeen, 3_000_000, { role: 'analyst' });
const lookup = seen(SQL.byKey, 1_000_000, { role: 'case_app', calls: 250_000 });

function trustOf({ statements = [report, lookup], window = {}, intervals = [] }: { statements?: Estate['statements']; window?: Partial<StatementWindow>; intervals?: Interval[] }): Trust {
  const store: Partial<StoreSnapshot> = { statementWindow: { ...WINDOW, ...window } };
  return storeWorkload({ boundary: boundaryOf({ statements, store }), intervals, takenAt: TAKEN_AT }).trust;
}

const interval = (overrides: Partial<Interval> = {}): Interval => ({
  from: '2026-03-01T08:00:00.000Z', until: '2026-03-01T20:00:00.000Z', seconds: 43_200, entries: [], reset: false, crashed: false, evictions: 0, restarted: 0, vanished: 0, unseen: 0, complete: true, ...overrides,
});

describe('how far the statistics can be trusted', () => {
  test('in full where nothing speaks against them', () => {
    expect(trustOf({})).toEqual({ factor: 1, notes: [] });
    expect(trustOf({ intervals: [interval()] })).toEqual({ factor: 1, notes: [] });
  });

  test('evictions, and a table that is about to be full', () => {
    expect(trustOf({ window: { evictions: 8 } })).toMatchInlineSnapshot(`
      {
        "factor": 0.84,
        "notes": [
          "the server gave up its rarest entries 8 times, about 5 % of 5,000 each time: totals are lower bounds (raise pg_stat_statements.max)",
        ],
      }
    `);
    expect(trustOf({ window: { evictions: 4000 } }).factor).toBe(0.6);
    expect(trustOf({ window: { entries: 4900 } })).toMatchInlineSnapshot(`
      {
        "factor": 0.95,
        "notes": [
          "4,900 of at most 5,000 entries are taken: the rarest are about to be given up (raise pg_stat_statements.max)",
        ],
      }
    `);
  });

  test('a window that is too short, or that a start of the server began', () => {
    expect(trustOf({ window: { since: '2026-03-02T08:48:00.000Z' } })).toMatchInlineSnapshot(`
      {
        "factor": 0.7,
        "notes": [
          "the statistics cover 12 min only: what runs by day, by night or at the end of a month may be missing",
        ],
      }
    `);
    expect(trustOf({ window: { since: '2026-03-01T21:00:00.000Z' } }).factor).toBe(0.9);
    expect(trustOf({ window: { since: '2026-03-09T09:00:00.000Z' } })).toEqual({
      factor: 0.9, notes: ['the counters begin at 2026-03-09 09:00 UTC, later than they were read: a clock was set, and how long they have counted is not known'],
    });
    expect(trustOf({ window: { since: '2026-01-01T00:00:20.000Z' } })).toMatchInlineSnapshot(`
      {
        "factor": 0.95,
        "notes": [
          "the counters begin with the start of the server (2026-01-01 00:00 UTC): after a crash nothing is left of those before",
        ],
      }
    `);
  });

  test('settings that leave work out', () => {
    expect(trustOf({ window: { tracked: 'none', tracksUtility: false } })).toMatchInlineSnapshot(`
      {
        "factor": 0.285,
        "notes": [
          "pg_stat_statements.track is none: nothing is counted, what is shown is from before",
          "pg_stat_statements.track_utility is off: COPY and cursors are not counted, exports may be missing",
        ],
      }
    `);
    expect(trustOf({ statements: [report, seen('CALL app.close_month()', 3_000_000, { role: 'case_app' })] })).toMatchInlineSnapshot(`
      {
        "factor": 0.75,
        "notes": [
          "procedures and DO blocks take 50 % of block reads, and what they run is not told (pg_stat_statements.track is top)",
        ],
      }
    `);
  });

  test('texts that are hidden, lost or cut off, by their part of the work', () => {
    const hidden = seen('', 1_000_000, { role: 'orbit_sync', queryId: null, text: null, textState: 'hidden' });
    const lost = seen('', 500_000, { role: 'analyst', text: null, textState: 'lost' });
    const truncated = seen('SELECT count(*) FROM app.case_file WHERE region_code IN ($1, $2', 500_000, { role: 'analyst', textState: 'truncated' });
    expect(trustOf({ statements: [report, hidden] })).toMatchInlineSnapshot(`
      {
        "factor": 0.75,
        "notes": [
          "statements of 1 other role on production are hidden (25 % of block reads): the role of tidemark lacks pg_read_all_stats",
          "statements that could not be classified take 25 % of block reads: the analytical share is a lower bound",
        ],
      }
    `);
    expect(trustOf({ statements: [report, lost, truncated] })).toMatchInlineSnapshot(`
      {
        "factor": 0.82,
        "notes": [
          "the server has lost the text of 1 statement (13 % of block reads)",
          "1 text is cut off (13 % of block reads): the rest was not read",
          "statements that could not be classified take 13 % of block reads: the analytical share is a lower bound",
        ],
      }
    `);
  });

  test('what others did between the snapshots', () => {
    expect(trustOf({ intervals: [interval({ reset: true, complete: false }), interval({ crashed: true, complete: false })] })).toMatchInlineSnapshot(`
      {
        "factor": 0.64,
        "notes": [
          "somebody reset all statistics between 2026-03-01 08:00 UTC and 2026-03-01 20:00 UTC: what ran from the snapshot before to the reset is missing",
          "the server came up without its counters between 2026-03-01 08:00 UTC and 2026-03-01 20:00 UTC, as after a crash: what it had counted since the snapshot before is missing",
        ],
      }
    `);
    expect(trustOf({ intervals: [interval({ restarted: 1, vanished: 2, complete: false })] })).toMatchInlineSnapshot(`
      {
        "factor": 0.9,
        "notes": [
          "1 entry began to count anew and 2 entries disappeared between the snapshots (reset one by one, by another user of the statistics): their numbers are lower bounds",
        ],
      }
    `);
    expect(trustOf({ window: { evictions: 2 }, intervals: [interval({ vanished: 2, evictions: 2, complete: false })] }).notes).toMatchInlineSnapshot(`
      [
        "2 entries disappeared between the snapshots (evicted, or reset one by one): their numbers are lower bounds",
        "the server gave up its rarest entries 2 times, about 5 % of 5,000 each time: totals are lower bounds (raise pg_stat_statements.max)",
      ]
    `);
    const sum = seen('', 1_000_000, { role: 'orbit_sync', queryId: null, text: null, textState: 'hidden' });
    expect(trustOf({ statements: [report, sum], intervals: [interval({ unseen: 7, complete: false })] }).notes).toContain(
      'statements of 1 other role on production were hidden in an earlier snapshot (25 % of block reads): the role that collected it lacked pg_read_all_stats',
    );
    expect(trustOf({ intervals: [interval({ unseen: 7, complete: false })] })).toMatchInlineSnapshot(`
      {
        "factor": 0.95,
        "notes": [
          "7 entries were hidden in an earlier snapshot and are seen now: what they ran meanwhile is known as a sum only",
        ],
      }
    `);
    expect(trustOf({ intervals: [interval({ from: '2026-02-27T08:00:00.000Z' })] })).toMatchInlineSnapshot(`
      {
        "factor": 1,
        "notes": [
          "1 of 1 interval between snapshots spans midnight (UTC): what ran in it is divided over the days evenly by time",
        ],
      }
    `);
  });

  test('a store without statistics has nothing to trust', () => {
    const boundary = boundaryOf({ statements: [], store: { statementWindow: null } });
    expect(storeWorkload({ boundary }).trust).toEqual({ factor: 1, notes: [] });
    expect(storeFacts(boundary, { trust: { factor: 1, notes: [] }, window_seconds: null, takenAt: TAKEN_AT })).toMatchObject({ statistics_trust: Number.NaN, statistics_doubts: [], window_days: Number.NaN });
  });
});

describe('the facts of a store', () => {
  test('shares of all four kinds, and how far they can be trusted', () => {
    const boundary = boundaryOf({ statements: [{ ...report, tempBlocksWritten: 30, wal_bytes: 100 }, { ...lookup, tempBlocksWritten: 10, wal_bytes: 300 }] });
    expect(storeFacts(boundary, { trust: { factor: 0.9, notes: ['evicted'] }, window_seconds: 43_200, takenAt: TAKEN_AT })).toMatchObject({
      analytical_block_share: 0.75, analytical_time_share: 0.75, analytical_temp_share: 0.75, analytical_wal_share: 0.25, analytical_block_share_min: 0.75, unread_block_share: 0,
      analytical_statements: 1, window_days: 0.5, statistics_trust: 0.9, statistics_doubts: ['evicted'],
    });
  });

  test('where much could not be classified the share is not known, only what it is at least', () => {
    const boundary = boundaryOf({ statements: [report, seen('', 1_000_000, { role: 'case_app', text: null, textState: 'lost' })] });
    expect(storeFacts(boundary)).toMatchObject({ analytical_block_share: Number.NaN, analytical_block_share_min: 0.75, unread_block_share: 0.25, analytical_statements: Number.NaN });
    expect(storeWorkload({ boundary }).trust.notes).toContain('statements that could not be classified take 25 % of block reads: the analytical share is a lower bound');
  });
});
