import { beforeAll, describe, expect, test } from 'vitest';
import { attributedBlocks } from '../../../src/graph/attributed.js';
import { type StoreBoundary, buildBoundary } from '../../../src/graph/boundary.js';
import type { Catalog } from '../../../src/model/catalog.js';
import type { CollectedQuery } from '../../../src/model/query.js';
import type { StoreSnapshot } from '../../../src/model/snapshot.js';
import type { StatementStatistics } from '../../../src/model/statement.js';
import type { Parse } from '../../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, statistics, store } from '../../support/estate.js';

let parse: Parse;
let catalog: Catalog;

beforeAll(async () => {
  parse = await createPostgresParser();
  catalog = await catalogFromDdl(`
    CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text, region_code text, opened_at timestamptz);
  `);
  catalog.roles = ['case_app', 'metabase_ro', 'grafana_ro', 'bi_readonly', 'reporting', 'dbt_loader'].map((name) => role(name));
});

function boundary(queries: CollectedQuery[], statements: StatementStatistics[], overrides: Partial<StoreSnapshot> = {}): StoreBoundary {
  return buildBoundary(store(catalog, { statements, ...overrides }), queries, configuration(), parse);
}

/** Who has which entries, and why, strongest first. */
function joined({ accesses }: StoreBoundary): string[] {
  return accesses.filter(({ rows }) => rows.length > 0).map(({ consumer, rows, links }) => `${consumer.name} ← ${rows.map((row) => row.role).join()}: ${links.map(({ by, confidence }) => `${by} ${confidence}`).join(', ') || 'nobody'}`);
}

const HASH = '5f0c1e7a9b2d4c6e8f00112233445566778899aabbccddeeff00112233445566';
const COUNT = "SELECT region_code, count(*) FROM app.case_file WHERE status <> 'CLOSED' GROUP BY region_code";
const SEEN = 'SELECT region_code, count(*) FROM app.case_file WHERE status <> $1 GROUP BY region_code';
const CARD = 'metabase card 118 Open cases';
const PANEL = 'grafana panel Case operations / Backlog';

const panel = (sql = COUNT): CollectedQuery => card(sql, { id: 'grafana:casework:panel-4:A', kind: 'grafana', title: 'Backlog', container: { kind: 'dashboard', id: 'casework', title: 'Case operations' } });
const other = (sql = COUNT): CollectedQuery => card(sql, { id: 'metabase:casework:card:131', title: 'Backlog by region', signatures: [HASH] });
const code = (sql = COUNT): CollectedQuery => card(sql, { id: 'appcode:app/reports.py:open_cases', kind: 'appcode', title: 'open_cases', container: null, origin: { file: 'app/reports.py', pointer: '', line: 40, column: 8 } });
const redash = (sql = COUNT): CollectedQuery => card(sql, { id: 'redash:bi.regulator.example:query:12', kind: 'redash', title: 'Open cases' });
const model = (sql = COUNT): CollectedQuery => card(sql, { id: 'dbt:model.casework.case_monthly', kind: 'dbt', title: 'case_monthly', role: 'relation' });

describe('a text that cards of two tools send', () => {
  test('is told apart by roles that are named after the tools', () => {
    expect(joined(boundary([card(COUNT), panel()], [statistics(SEEN), statistics(SEEN, { role: 'grafana_ro' })]))).toEqual([
      `${CARD} ← metabase_ro: fingerprint 0.9, role 0.85`,
      `${PANEL} ← grafana_ro: fingerprint 0.9, role 0.85`,
    ]);
  });

  test('is told apart by the signature of one of them', () => {
    const signed = `-- Metabase:: userID: 12 queryType: native queryHash: 00ff\n${SEEN}`;
    expect(joined(boundary([card(COUNT), panel()], [statistics(signed, { role: 'bi_readonly' })]))).toEqual([`${CARD} ← bi_readonly: comment 0.9, fingerprint 0.9, role 0.8`]);
  });

  test('is told apart by the application that was seen running it', () => {
    const row = statistics(SEEN, { role: 'bi_readonly', queryId: '-4417' });
    const activity = [{ queryId: '-4417', role: 'bi_readonly', application: 'Grafana', seen: 9 }];
    const found = boundary([card(COUNT), panel()], [row], { activity });
    expect(joined(found)).toEqual([`${PANEL} ← bi_readonly: fingerprint 0.9, sample 0.9, role 0.8`]);
    expect(found.accesses.find(({ rows }) => rows.length > 0)?.links.map(({ evidence }) => evidence)).toEqual([
      'the same text, its literals aside', 'seen running as application Grafana in 9 samples', 'run by role bi_readonly, which serves reports',
    ]);
  });

  test('is both their own where nothing tells them apart, and its cost is counted once', () => {
    const found = boundary([card(COUNT), panel()], [statistics(SEEN, { role: 'bi_readonly' })]);
    expect(joined(found)).toEqual([`${CARD} ← bi_readonly: fingerprint 0.5, role 0.5`, `${PANEL} ← bi_readonly: fingerprint 0.5, role 0.5`]);
    expect(found.accesses[0]?.links[0]?.evidence).toBe(`the same text as ${PANEL}: nothing tells them apart, and the cost is that of all of them together`);
    expect(attributedBlocks(found)).toBe(100_000);
  });

  test('under a login of nobody in particular belongs to the tool that has none of its own', () => {
    const statements = [statistics(SEEN), statistics(SEEN, { role: 'bi_readonly' })];
    expect(joined(boundary([card(COUNT), panel()], statements))).toEqual([`${CARD} ← metabase_ro: fingerprint 0.9, role 0.85`, `${PANEL} ← bi_readonly: fingerprint 0.9, role 0.8`]);
  });
});

describe('a comment', () => {
  test('that names another card beats the same text', () => {
    const signed = `-- Metabase:: userID: 12 queryType: native queryHash: ${HASH}\n${SEEN}`;
    expect(joined(boundary([card(COUNT), other()], [statistics(signed)]))).toEqual(['metabase card 131 Backlog by region ← metabase_ro: comment 0.99, fingerprint 0.9, role 0.85']);
  });

  test('names a card whose text is another one by now', () => {
    const found = boundary([redash("SELECT count(*) FROM app.case_file WHERE status = 'OPEN'")], [statistics(`/* Username: [user], query_id: 12, Queue: queries */ ${SEEN}`, { role: 'bi_readonly' })]);
    expect(joined(found)).toEqual(['redash query 12 Open cases ← bi_readonly: role 0.8, comment 0.7']);
    expect(found.accesses.map(({ statement, cost }) => `${statement.relations.join()} ${cost.known}`)).toEqual(['app.case_file false', 'app.case_file true']);
  });

  test('names the model that a table is built from', () => {
    const built = `/* {"app": "dbt", "node_id": "model.casework.case_monthly"} */ CREATE TABLE mart.case_monthly AS ${SEEN}`;
    expect(joined(boundary([model()], [statistics(built, { role: 'dbt_loader' })]))).toEqual(['dbt model case_monthly ← dbt_loader: comment 0.99, fingerprint 0.85, role 0.85']);
  });

  test('of a tool whose cards do not have this text leaves it to nobody, and says who sends it', () => {
    const { accesses } = boundary([panel()], [statistics(`-- Looker Query Context '{"history_slug":"b7c9d1e2"}'\n${SEEN}`, { role: 'bi_readonly' })]);
    expect(accesses.map(({ consumer }) => [consumer.name, consumer.senders])).toEqual([[PANEL, []], ['role bi_readonly', ['Looker']]]);
  });

  test('of an application leaves it to the application', () => {
    const signed = `${SEEN} /*application='casework-web',controller='start',action='index'*/`;
    const { accesses } = boundary([card(COUNT)], [statistics(signed, { role: 'bi_readonly' })]);
    expect(accesses[1]?.consumer.senders).toEqual(['the application casework-web, controller start, action index']);
  });
});

describe('code of an application', () => {
  test('claims what its role sends, as code and not as a dashboard', () => {
    const found = boundary([code(), card(COUNT)], [statistics(SEEN, { role: 'case_app' }), statistics(SEEN)]);
    expect(joined(found)).toEqual(['app/reports.py open_cases ← case_app: fingerprint 0.9, role 0.8', `${CARD} ← metabase_ro: fingerprint 0.9, role 0.85`]);
    expect(found.accesses.map(({ consumer }) => consumer.kind)).toEqual(['code', 'card']);
    expect(found.roles.get('case_app')?.purpose).toBe('application');
    expect(attributedBlocks(found)).toBe(200_000);
  });

  test('that signs in with a role of reports is a report', () => {
    expect(boundary([code()], [statistics(SEEN, { role: 'reporting' })]).accesses.map(({ consumer }) => consumer.kind)).toEqual(['card']);
  });

  test('makes no role one of reports', () => {
    catalog.roles.push(role('svc_x'));
    expect(boundary([code()], [statistics(SEEN, { role: 'svc_x' })]).roles.get('svc_x')).toMatchObject({ purpose: 'application', reason: 'guessed from "svc" in its name' });
  });
});

test('what nobody claims names the applications that were seen running it', () => {
  const row = statistics(SEEN, { role: 'bi_readonly', queryId: '88' });
  const activity = [{ queryId: '88', role: 'bi_readonly', application: 'DBeaver 25.1', seen: 1 }, { queryId: '88', role: 'bi_readonly', application: 'Tableau', seen: 7 }, { queryId: '88', role: 'case_app', application: 'case-api', seen: 3 }];
  expect(boundary([], [row], { activity }).accesses[0]?.consumer.applications).toEqual(['Tableau', 'DBeaver 25.1']);
});

const NOBODY = 'role bi_readonly ← bi_readonly: nobody';

describe('samples', () => {
  const seenAs = (...applications: [name: string, seen: number][]): StoreBoundary => {
    const row = statistics(SEEN, { role: 'bi_readonly', queryId: '77' });
    return boundary([card(COUNT)], [row], { activity: applications.map(([application, seen]) => ({ queryId: '77', role: 'bi_readonly', application, seen })) });
  };

  test.each<[string, [string, number][], string[]]>([
    ['of an application leave the text to it', [['case-api', 50]], [NOBODY]],
    ['of another tool leave it to that one', [['Grafana', 50]], [NOBODY]],
    ['of a person at a client leave it to the person', [['psql', 5]], [NOBODY]],
    ['of a single moment are a doubt and no proof', [['psql', 1]], [`${CARD} ← bi_readonly: fingerprint 0.5, role 0.5`]],
    ['of a driver say nothing', [['PostgreSQL JDBC Driver', 40]], [`${CARD} ← bi_readonly: fingerprint 0.9, role 0.8`]],
    ['of nearly only the tool make it the tool', [['Metabase v0.57.4', 49], ['case-api', 4]], [`${CARD} ← bi_readonly: fingerprint 0.9, sample 0.9, role 0.8`]],
    ['of mostly others leave the card in doubt', [['Metabase v0.57.4', 4], ['case-api', 49]], [`${CARD} ← bi_readonly: fingerprint 0.5, sample 0.5, role 0.5`]],
  ])('%s', (_, applications, expected) => {
    expect(joined(seenAs(...applications))).toEqual(expected);
  });

  test('say in how many of all', () => {
    const [access] = seenAs(['Metabase v0.57.4', 4], ['case-api', 49]).accesses;
    expect(access?.links.map(({ evidence }) => evidence)).toEqual([
      'the same text, its literals aside, which case-api sends too: the cost is that of both together', 'seen running as application Metabase v0.57.4 in 4 of 53 samples', 'run by role bi_readonly, which serves reports',
    ]);
  });

  test('that leave a card in doubt attribute nothing to it', () => {
    expect(attributedBlocks(seenAs(['Metabase v0.57.4', 4], ['case-api', 49]))).toBe(0);
    expect(attributedBlocks(seenAs(['Metabase v0.57.4', 49], ['case-api', 4]))).toBe(100_000);
  });
});

test('a card that others may be as well is not said to run', () => {
  const seenIn = ({ accesses }: StoreBoundary): boolean[] => accesses.filter(({ query }) => query !== null).map(({ consumer }) => consumer.seen);
  expect(seenIn(boundary([card(COUNT)], [statistics(SEEN)]))).toEqual([true]);
  expect(seenIn(boundary([card(COUNT), panel()], [statistics(SEEN, { role: 'bi_readonly' })]))).toEqual([false, false]);
  expect(seenIn(boundary([card(COUNT)], [statistics(SEEN, { role: 'analyst' })]))).toEqual([false]);
});

test('two cards of one name on two instances are two', () => {
  const own = (instance: string, sql: string): CollectedQuery => card(sql, { id: `redash:${instance}:query:12`, kind: 'redash', container: null });
  const signed = statistics(`/* Username: [user], query_id: 12, Queue: queries */ ${SEEN}`, { role: 'bi_readonly' });
  const text = "SELECT count(*) FROM app.case_file WHERE status = 'OPEN'";
  expect(joined(boundary([own('one.example', text), own('two.example', text.replace('OPEN', 'CLOSED').replace('count(*)', 'max(case_id)'))], [signed]))).toEqual([NOBODY]);
  expect(joined(boundary([own('one.example', COUNT), own('two.example', text)], [signed]))).toEqual(['redash query 12 Open cases ← bi_readonly: comment 0.99, fingerprint 0.9, role 0.8']);
});
