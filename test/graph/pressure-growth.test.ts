import { beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { DatabaseStatistics, RelationStatistics } from '../../src/model/pressure.js';
import type { Report } from '../../src/model/report.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics, StatementWindow } from '../../src/model/statement.js';
import { loadRules } from '../../src/rules/load.js';
import type { Rule } from '../../src/rules/rule.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, statistics, store } from '../support/estate.js';
import { snapshotOf } from '../support/snapshot.js';

let rules: Rule[];
let catalog: Catalog;

beforeAll(async () => {
  rules = (await loadRules()).filter(({ id }) => id === 'will-outgrow-its-bound');
  catalog = await catalogFromDdl(`
    CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text, region_code text, opened_at timestamptz, note text);
    CREATE INDEX case_file_opened ON app.case_file (opened_at);
    CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint, state text);
    CREATE VIEW app.recent_case AS SELECT case_id, status FROM app.case_file WHERE opened_at > now() - interval '30 days';
  `);
  catalog.roles = [role('case_app'), role('grafana_ro', { settings: { statement_timeout: '10s' } }), role('j.keller')];
});

const MIB = 2 ** 20;
const DAYS = 50;

const window: StatementWindow = { since: '2026-01-11T09:00:00.000Z', until: '2026-03-02T09:00:00.000Z', evictions: 0, entries: 3, entries_max: 5000, block_bytes: 8192 };
const database: DatabaseStatistics = { since: '2026-01-11T09:00:00.000Z', blocksHit: 0, blocksRead: 0, rowsReturned: 0, rowsFetched: 0, tempFiles: 0, temp_bytes: 0, deadlocks: 0, conflicts: null };

/** 32 MiB, of which 200 kB came with every day. */
const cases: RelationStatistics = {
  schema: 'app', name: 'case_file', sequentialScans: 500, rowsReadBySequentialScans: 0, indexScans: 0, rowsInserted: 128_000, rowsUpdated: 0, rowsUpdatedInPlace: 0, rowsDeleted: 3_000,
  rowsLive: 400_000, rowsDead: 0, lastVacuumAt: null, heap_bytes: 32 * MIB,
};

/** Reads the whole table, as the blocks say, in 200 ms a call. */
const whole = (sql: string, overrides: Partial<StatementStatistics> = {}): StatementStatistics =>
  statistics(sql, { role: 'case_app', calls: 500, execution_ms: 100_000, sharedBlocksHit: 500 * 4096, ...overrides });

const COUNT = 'SELECT count(*) FROM app.case_file WHERE status <> $1';

async function judged(statements: StatementStatistics[], overrides: Partial<StoreSnapshot> = {}, queries = [] as ReturnType<typeof card>[]): Promise<Report> {
  const own = { statements, statementWindow: window, relationStatistics: [cases], databaseStatistics: database, ...overrides };
  return audit(snapshotOf({ stores: [store(catalog, own)], queries, gaps: [] }), configuration(), rules, '0.0.0');
}

const said = ({ findings }: Report): string[] => findings.map(({ message }) => message);

describe('a statement that reads a growing table whole', () => {
  test('is told of with the day on which it passes the bound, and what that assumes', async () => {
    const { findings: [finding, ...more] } = await judged([whole(COUNT)]);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ ruleId: 'will-outgrow-its-bound', level: 'warning', consumer: 'role case_app', relation: 'app.case_file' });
    // 125,000 of 400,000 rows came in 50 days: 0.2 MiB a day. The other 32 MiB take 160 days.
    expect(finding?.message).toBe('role case_app reads all of app.case_file, and passes 64 MiB a call about 2026-08-09');
    expect(finding?.evidence).toEqual([
      'app.case_file has 400,000 rows and gained 2,500 a day since 2026-01-11',
      '32 MiB a call now, 205 KiB more with every day: in 160 days it passes 64 MiB a call',
      'assumed: rows keep coming and keep their size as in those 50 days, and the statement goes on reading all of it',
      '500 calls of 200 ms each',
      COUNT,
    ]);
  });

  test('meets the timeout of its role first, where it has one', async () => {
    const slow = whole(COUNT, { role: 'grafana_ro', execution_ms: 500 * 8_000 });
    // A quarter more than 8 s is 10 s: 8 MiB more, in 40 days.
    expect(said(await judged([slow]))).toEqual(['role grafana_ro reads all of app.case_file, and passes the 10 s of its statement_timeout about 2026-04-11']);
  });

  test('counts what is joined to it, as much as was measured', async () => {
    const joined = whole('SELECT count(*) FROM app.case_file c JOIN app.task t ON t.case_id = c.case_id WHERE t.state <> $1', { sharedBlocksHit: 500 * 6144 });
    const tasks = { ...cases, name: 'task', rowsInserted: 0, rowsDeleted: 0, heap_bytes: 16 * MIB };
    expect(said(await judged([joined], { relationStatistics: [cases, tasks] }))).toEqual(['role case_app reads all of app.case_file, and passes 64 MiB a call about 2026-05-21']);
  });

  test('from a fixed day on grows as the table does, by the text of its card', async () => {
    const sql = "SELECT count(*) FROM app.case_file WHERE opened_at >= '2020-01-01'";
    const seen = whole('SELECT count(*) FROM app.case_file WHERE opened_at >= $1', { role: 'grafana_ro' });
    expect(said(await judged([seen], {}, [card(sql)]))).toEqual(['metabase card 118 Open cases reads all but a fixed part of app.case_file, and passes 64 MiB a call about 2026-08-09']);
  });
});

describe('what does not grow with the table', () => {
  test.each([
    ['the last so many days', "SELECT count(*) FROM app.case_file WHERE opened_at > now() - interval $1"],
    ['a range that nobody knows', 'SELECT count(*) FROM app.case_file WHERE opened_at >= $1'],
    ['what lies before a fixed day', "SELECT count(*) FROM app.case_file WHERE opened_at < '2024-01-01'"],
    ['the last days, behind a view', 'SELECT count(*) FROM app.recent_case'],
    ['by key', 'SELECT note FROM app.case_file WHERE case_id = $1'],
    ['a page', 'SELECT note FROM app.case_file WHERE note LIKE $1 LIMIT $2'],
  ])('%s', async (_, sql) => {
    expect(said(await judged([whole(sql)]))).toEqual([]);
  });

  test('what the blocks say was not read whole', async () => {
    expect(said(await judged([whole(COUNT, { sharedBlocksHit: 500 * 900 })]))).toEqual([]);
  });

  test.each<[string, Partial<RelationStatistics>]>([
    ['keeps its size', { rowsDeleted: 128_000 }],
    ['shrinks', { rowsDeleted: 300_000 }],
    ['is emptied and filled again', { rowsInserted: 2_000_000 }],
    ['is small', { rowsLive: 400, rowsInserted: 150, rowsDeleted: 0, heap_bytes: 32_768 }],
    ['was never analysed', { heap_bytes: null }],
  ])('a table that %s', async (_, overrides) => {
    expect(said(await judged([whole(COUNT)], { relationStatistics: [{ ...cases, ...overrides }] }))).toEqual([]);
  });

  test('what is too much already, which is no matter of growth', async () => {
    expect(said(await judged([whole(COUNT, { sharedBlocksHit: 500 * 9000 })], { relationStatistics: [{ ...cases, heap_bytes: 70 * MIB }] }))).toEqual([]);
  });

  test('what takes longer than anybody plans', async () => {
    expect(said(await judged([whole(COUNT)], { relationStatistics: [{ ...cases, rowsInserted: 13_000 }] }))).toEqual([]);
  });

  test('what ran once, and what it writes besides', async () => {
    expect(said(await judged([whole(COUNT, { calls: 1, sharedBlocksHit: 4096 })]))).toEqual([]);
    // 60 MiB a call are mostly the target's: by the 32 MiB that it reads, it has 160 days.
    const copies = whole("INSERT INTO app.task (task_id, case_id, state) SELECT row_number() OVER (), count(*), status FROM app.case_file GROUP BY status", { sharedBlocksHit: 500 * 7680 });
    expect(said(await judged([copies]))).toEqual(['role case_app reads all of app.case_file, and passes 64 MiB a call about 2026-08-09']);
  });

  test('what a person asked once', async () => {
    expect(said(await judged([whole(COUNT, { role: 'j.keller' })]))).toEqual([]);
  });
});

describe('how long it was watched', () => {
  const since = (days: number): Partial<StoreSnapshot> => ({ databaseStatistics: { ...database, since: new Date(Date.parse(window.until ?? '') - days * 86_400_000).toISOString() } });

  test.each<[string, Partial<StoreSnapshot>]>([
    ['for a day', since(1)],
    ['since nobody knows when', { databaseStatistics: { ...database, since: null } }],
    ['for half a year, in which every row came: it may have been restored in one go', { ...since(180), relationStatistics: [{ ...cases, rowsInserted: 400_000, rowsDeleted: 0 }] }],
    ['for a week, in which it more than doubled: it may have been filled in one go', { ...since(7), relationStatistics: [{ ...cases, rowsInserted: 250_000 }] }],
  ])('%s tells nothing, and the verdict says so', async (_, overrides) => {
    const report = await judged([whole(COUNT)], overrides);
    expect(report.findings).toEqual([]);
    expect(report.verdicts.find(({ area }) => area === 'workload')?.outcome).toBe('undetermined');
  });

  test('a store that counts nothing of its tables is judged without', async () => {
    const { relationStatistics: _, databaseStatistics: __, ...rest } = { ...store(catalog), statements: [whole(COUNT)], statementWindow: window };
    expect(said(await audit(snapshotOf({ stores: [rest], queries: [], gaps: [] }), configuration(), rules, '0.0.0'))).toEqual([]);
  });
});

test('days and dates agree', () => {
  expect(Date.parse(window.until ?? '') - Date.parse(database.since ?? '')).toBe(DAYS * 86_400_000);
});
