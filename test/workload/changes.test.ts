import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/model/workload.js';
import { storeWorkload } from '../../src/workload/store-workload.js';
import { type Estate, SQL, boundaryOf, metabase, panel, seen } from './estate.js';

const changesOf = (estate: Estate): Change[] => storeWorkload({ boundary: boundaryOf(estate), thresholds: { unused_days: 90 } }).changes;
const percent = (share: number | null): string => (share === null ? '-' : `${Math.round(share * 1000) / 10} %`);
const lines = (changes: readonly Change[]): string[] => changes.map(({ change, frees, confidence }) => `${percent(frees.blocks)} blocks, ${percent(frees.time)} time (${confidence}): ${change}`);

const application = (blocks: number): Estate['statements'][number] => seen(SQL.byKey, blocks, { role: 'case_app', calls: blocks / 4 });
const alone = { container: null };
const dashboard = (title: string): { container: { kind: 'dashboard'; id: string; title: string } } => ({ container: { kind: 'dashboard', id: title, title } });

describe('what would free most', () => {
  test('a card to the warehouse, an unclaimed role bounded, an export from a replica', () => {
    const changes = changesOf({
      queries: [metabase(104, 'Case volume by month', SQL.byMonth, alone)],
      statements: [seen(SQL.byMonthSeen, 5_000_000), seen(SQL.byRegionSeen, 3_000_000, { role: 'analyst' }), seen(SQL.export, 1_000_000, { role: 'analyst' }), application(1_000_000)],
    });
    expect(lines(changes)).toMatchInlineSnapshot(`
      [
        "50 % blocks, 50 % time (0.76): Move metabase card 104 Case volume by month to the warehouse",
        "30 % blocks, 30 % time (0.63): Move 1 analytical statement of role analyst to the warehouse, and bound the role until then",
        "10 % blocks, 10 % time (0.62): Take the export of role analyst from a replica, or only what changed since the last one",
      ]
    `);
    expect(changes.map(({ sql }) => sql)).toEqual([null, `ALTER ROLE analyst SET statement_timeout = '30s';`, null]);
    expect(changes[0]).toMatchObject({ consumer: 'metabase card 104 Case volume by month', owner: 'Mara Lindqvist', relations: ['app.case_file'], statements: 1 });
  });

  test('a refresh of every 30 seconds is slowed down first: that frees 97 % without moving anything', () => {
    // 28 days, round the clock.
    const refreshed = { role: 'grafana_ro', calls: 80_640 };
    const changes = changesOf({
      queries: [panel('Backlog', SQL.byRegion), panel('Case volume', SQL.byMonth), metabase(107, 'Tasks by region', SQL.tasks, { ...alone, schedule: '10m' })],
      statements: [seen(SQL.byRegionSeen, 6_000_000_000, refreshed), seen(SQL.byMonthSeen, 2_000_000_000, refreshed), seen(SQL.tasks, 1_000_000_000), application(1_000_000_000)],
    });
    expect(lines(changes)).toMatchInlineSnapshot(`
      [
        "77.3 % blocks, 77.3 % time (0.62): Refresh grafana dashboard Operations floor (2 cards) every 15 min instead of every 30 s",
        "10 % blocks, 10 % time (0.76): Move metabase card 107 Tasks by region to the warehouse",
      ]
    `);
  });

  test('a refresh that hardly ever runs frees little by being slower: who opens the dashboard runs it', () => {
    const opened = (calls: number): string[] =>
      lines(changesOf({ queries: [panel('Backlog', SQL.byRegion)], statements: [seen(SQL.byRegionSeen, 6_000_000_000, { role: 'grafana_ro', calls }), application(2_000_000_000)] })).map((line) => line.replace(/ \(.*?\)/, ''));
    expect(opened(100)).toEqual(['75 % blocks, 75 % time: Move grafana panel Operations floor / Backlog to the warehouse']);
    // 2,688 runs are left of 5,376 at the least.
    expect(opened(5376)).toEqual(['75 % blocks, 75 % time: Move grafana panel Operations floor / Backlog to the warehouse']);
    expect(opened(53_760)).toEqual(['71.3 % blocks, 71.3 % time: Refresh grafana panel Operations floor / Backlog every 15 min instead of every 30 s']);
  });

  test('a card that nobody opens is retired, whatever it costs to move', () => {
    const unused = { ...alone, usage: { views: 3, lastUsedAt: '2025-08-10T08:00:00Z' } };
    const changes = changesOf({ queries: [metabase(104, 'Case volume', SQL.byMonth, unused)], statements: [seen(SQL.byMonthSeen, 5_000_000), application(1_000_000)] });
    expect(lines(changes)).toMatchInlineSnapshot(`
      [
        "83.3 % blocks, 83.3 % time (0.8): Retire metabase card 104 Case volume: it still runs, and nobody has opened it for 204 days",
      ]
    `);
  });

  test('cards of one definition: one table, which holds what they ask; never freed twice', () => {
    const changes = changesOf({
      queries: [metabase(101, 'Open cases by region', SQL.byRegion, alone), metabase(102, 'Backlog', SQL.byRegion, alone), panel('Backlog', SQL.byRegion, { ...alone, schedule: null })],
      statements: [seen(SQL.byRegionSeen, 3_000_000), seen(SQL.byRegionSeen, 2_000_000, { role: 'grafana_ro' }), application(5_000_000)],
    });
    expect(lines(changes)).toMatchInlineSnapshot(`
      [
        "50 % blocks, 50 % time (0.53): Build one table in the warehouse for 3 cards with the same definition: grafana panel Backlog, metabase card 101 Open cases by region and 1 other",
      ]
    `);
    expect(changes[0]?.sql).toMatchInlineSnapshot(`
      "-- in the warehouse, over the loaded tables
      CREATE MATERIALIZED VIEW open_cases_by_region AS
      SELECT region_code, count(*) FROM app.case_file WHERE status <> 'CLOSED' GROUP BY region_code;"
    `);
  });

  test('the cards of one dashboard that read one relation move together', () => {
    const changes = changesOf({
      queries: [metabase(104, 'Case volume', SQL.byMonth, dashboard('Board pack')), metabase(101, 'By region', SQL.byRegion, dashboard('Board pack')), metabase(107, 'Tasks', SQL.tasks, dashboard('Tasks'))],
      statements: [seen(SQL.byMonthSeen, 2_000_000), seen(SQL.byRegionSeen, 3_000_000), seen(SQL.tasks, 4_000_000), application(1_000_000)],
    });
    expect(lines(changes)).toMatchInlineSnapshot(`
      [
        "50 % blocks, 50 % time (0.76): Move the 2 analytical cards of metabase dashboard Board pack to the warehouse",
        "40 % blocks, 40 % time (0.76): Move metabase card 107 Tasks to the warehouse",
      ]
    `);
  });

  test('of a dashboard that reads several relations, the cards of one of them', () => {
    const changes = changesOf({
      queries: [
        metabase(104, 'Case volume', SQL.byMonth, dashboard('Board pack')), metabase(101, 'By region', SQL.byRegion, { ...dashboard('Board pack'), owners: [{ name: 'Jonas Weber', via: 'author' }] }),
        metabase(105, 'Task states', 'SELECT state, count(*) FROM app.task GROUP BY 1', dashboard('Board pack')),
      ],
      statements: [seen(SQL.byMonthSeen, 2_000_000), seen(SQL.byRegionSeen, 3_000_000), seen('SELECT state, count(*) FROM app.task GROUP BY 1', 4_000_000), application(1_000_000)],
    });
    expect(changes.map(({ change, statements }) => `${change}: ${statements}`)).toEqual([
      'Move the 2 cards of metabase dashboard Board pack that read app.case_file to the warehouse: 2',
      'Move metabase card 105 Task states to the warehouse: 1',
    ]);
    expect(changes.map(({ owner }) => owner)).toEqual(['Jonas Weber, Mara Lindqvist', 'Mara Lindqvist']);
  });

  test('an index only where the statistics show a table read for a few of its rows', () => {
    const scan = { role: 'case_app', calls: 1000, rows: 5000, execution_ms: 90_000 };
    const found = changesOf({ statements: [seen(SQL.assigned, 12_000_000, scan), application(1_000_000)] });
    expect(found.map(({ change, sql }) => `${change} | ${sql}`)).toMatchInlineSnapshot(`
      [
        "Add an index on app.task (assigned_to): role case_app reads 94 MiB for 5 rows a call | CREATE INDEX CONCURRENTLY ON app.task (assigned_to);",
      ]
    `);
    expect(changesOf({ statements: [seen(SQL.assigned, 12_000_000, { ...scan, rows: 400_000_000 }), application(1_000_000)] }).filter(({ sql }) => sql?.includes('INDEX'))).toEqual([]);
    expect(changesOf({ statements: [seen(SQL.assigned, 40_000, scan), application(1_000_000)] })).toEqual([]);
  });

  test('an index on all columns that tell the rows, and none where something else has a part in it', () => {
    const indexes = (sql: string): (string | null)[] => changesOf({ statements: [seen(sql, 12_000_000, { role: 'case_app', calls: 1000, rows: 5000, execution_ms: 90_000 }), application(1_000_000)] }).map((change) => change.sql).filter((text) => text?.includes('INDEX'));
    expect(indexes('SELECT task_id FROM app.task WHERE state = $1 AND assigned_to = $2')).toEqual(['CREATE INDEX CONCURRENTLY ON app.task (state, assigned_to);']);
    expect(indexes('UPDATE app.task SET state = $1 WHERE assigned_to = ANY($2)')).toEqual(['CREATE INDEX CONCURRENTLY ON app.task (assigned_to);']);
    // How many rows have one state, nobody knows: few are found because of the other condition, perhaps.
    expect(indexes("SELECT task_id FROM app.task WHERE state = $1 AND assigned_to LIKE $2 || '%'")).toEqual([]);
    expect(indexes('SELECT task_id FROM app.task WHERE state = $1 AND lower(assigned_to) = $2')).toEqual([]);
    expect(indexes('SELECT task_id FROM app.task WHERE state = $1 AND case_id > $2')).toEqual([]);
  });

  test('a table with many indexes is scanned whole without touching half of all that it takes', () => {
    const statistics = { schema: 'app', name: 'task', sequentialScans: 1000, rowsReadBySequentialScans: 4e9, indexScans: 0, rowsInserted: 0, rowsUpdated: 0, rowsUpdatedInPlace: 0, rowsDeleted: 0, rowsLive: 4_000_000, rowsDead: 0, lastVacuumAt: null, heap_bytes: 40_000_000 };
    const scan = seen(SQL.assigned, 4_900_000, { role: 'case_app', calls: 1000, rows: 5000, execution_ms: 90_000 });
    const indexes = (overrides: Estate['store']): number => changesOf({ statements: [scan, application(1_000_000)], store: overrides ?? {} }).filter(({ sql }) => sql?.includes('INDEX')).length;
    expect(indexes({})).toBe(0);
    expect(indexes({ relationStatistics: [statistics] })).toBe(1);
  });

  test('at most five, each of what the ones before have left', () => {
    const numbers = Array.from({ length: 8 }, (_, index) => index);
    const sql = (number: number): string => `SELECT status, count(*) AS n${number}, max(opened_at) FROM app.case_file WHERE region_code <> '${number}' GROUP BY 1 HAVING count(*) > ${'1 + '.repeat(number)}1`;
    const changes = changesOf({
      queries: numbers.map((number) => metabase(200 + number, `Report ${number}`, sql(number), alone)),
      statements: [...numbers.map((number) => seen(sql(number), (number + 1) * 1_000_000)), application(4_000_000)],
    });
    expect(changes).toHaveLength(5);
    const freed = changes.map(({ frees }) => frees.blocks ?? 0);
    expect(freed).toEqual([...freed].sort((a, b) => b - a));
    expect(freed.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(0.9);
  });

  test('nothing for a warehouse, without statistics, or for what nobody would notice', () => {
    const statements = [seen(SQL.byMonthSeen, 5_000_000, { role: 'analyst' })];
    expect(changesOf({ statements, store: { role: 'warehouse' } })).toEqual([]);
    expect(changesOf({ statements: [], store: { statementWindow: null } })).toEqual([]);
    expect(changesOf({ statements: [seen(SQL.byMonthSeen, 1000, { role: 'analyst', calls: 1, execution_ms: 0.1 }), application(900_000_000)] })).toEqual([]);
  });
});
