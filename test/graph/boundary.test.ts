import { beforeAll, describe, expect, test } from 'vitest';
import { type StoreBoundary, buildBoundary } from '../../src/graph/boundary.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, statistics, store } from '../support/estate.js';

let parse: Parse;
let catalog: Catalog;

beforeAll(async () => {
  parse = await createPostgresParser();
  catalog = await catalogFromDdl(`
    CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text, region_code text, opened_at timestamptz);
    CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint, state text);
  `);
  catalog.roles = [role('case_app'), role('metabase_ro'), role('analyst'), role('svc_x'), role('postgres', { superuser: true })];
});

function boundary(queries: CollectedQuery[], statements: StatementStatistics[], consumers = configuration().consumers): StoreBoundary {
  return buildBoundary(store(catalog, { statements }), queries, configuration({ consumers }), parse);
}

/** Who sends what, with what it costs, one line each. */
function lines({ accesses }: StoreBoundary): string[] {
  return accesses.map(({ consumer, statement, cost }) => `${consumer.name} | ${consumer.role} | ${statement.class} | ${cost.known ? cost.calls : 'no statistics'}`);
}

const COUNT = "SELECT region_code, count(*) FROM app.case_file WHERE status <> 'CLOSED' GROUP BY region_code";
const COUNT_SEEN = 'SELECT region_code, count(*) FROM app.case_file WHERE status <> $1 GROUP BY region_code';
const BY_KEY = 'SELECT * FROM app.case_file WHERE case_id = $1';
const UPDATE = 'UPDATE app.case_file SET status = $1 WHERE case_id = $2';

describe('the boundary join', () => {
  test('a card and its entry in the statistics are one access', () => {
    expect(lines(boundary([card(COUNT)], [statistics(COUNT_SEEN), statistics(BY_KEY, { role: 'case_app', sharedBlocksHit: 40 })]))).toEqual([
      'metabase card 118 Open cases | metabase_ro | analytical | 10',
      'role case_app | case_app | operational | 10',
    ]);
  });

  test('a card that nobody ran in the window is kept, without a cost', () => {
    expect(lines(boundary([card(COUNT)], []))).toEqual(['metabase card 118 Open cases |  | analytical | no statistics']);
  });

  test('analytical work that no card explains stays with its role', () => {
    expect(lines(boundary([], [statistics(COUNT_SEEN, { role: 'analyst' })]))).toEqual(['role analyst | analyst | analytical | 10']);
  });

  test('an application that sends the same text by key keeps its entries', () => {
    const statements = [statistics(BY_KEY, { role: 'case_app', sharedBlocksHit: 40 }), statistics(UPDATE, { role: 'case_app', sharedBlocksHit: 40 })];
    expect(lines(boundary([card('SELECT * FROM app.case_file WHERE case_id = 5')], statements))).toEqual([
      'metabase card 118 Open cases |  | operational | no statistics',
      'role case_app | case_app | operational | 10',
      'role case_app | case_app | operational | 10',
    ]);
  });

  test('a dashboard that logs in as the superuser is found all the same', () => {
    expect(lines(boundary([card(COUNT)], [statistics(COUNT_SEEN, { role: 'postgres' })]))).toEqual(['metabase card 118 Open cases | postgres | analytical | 10']);
  });

  test('variants of one card are accesses of one consumer', () => {
    const variants = [
      { label: 'default', sql: COUNT, map: [], assumptions: [] },
      { label: 'maximal', sql: `${COUNT.replace(' GROUP', " AND opened_at > '2026-01-01' GROUP")}`, map: [], assumptions: [] },
    ];
    expect(lines(boundary([card(COUNT, { variants })], [statistics(COUNT_SEEN)]))).toEqual([
      'metabase card 118 Open cases | metabase_ro | analytical | 10',
      'metabase card 118 Open cases |  | analytical | no statistics',
    ]);
  });

  test('a text that cannot be read is counted, and one that is cut off is judged by its cost alone', () => {
    const { accesses, readRows } = boundary([card('SELECT FROM WHERE')], [statistics('SELECT a FROM', { textState: 'truncated' }), { ...statistics(''), text: null, textState: 'hidden' }]);
    expect(accesses.map(({ statement }) => `${statement.kind} ${statement.class}`)).toEqual(['unparsed unknown', 'utility analytical', 'unparsed unknown']);
    expect(readRows.map(({ read }) => read?.status ?? 'not seen')).toEqual(['partial', 'not seen']);
  });
});

describe('what a role is for', () => {
  test('as configured, else by what it does, else by its name, else unknown', () => {
    const { roles } = boundary([card(COUNT)], [
      statistics(COUNT_SEEN, { role: 'svc_x' }),
      statistics(UPDATE, { role: 'case_app', sharedBlocksHit: 40 }),
      statistics(COUNT_SEEN.replace('<>', '='), { role: 'analyst' }),
    ], [{ match: { role: 'analyst' }, owner: 'Data office', purpose: 'person' }]);
    expect(Object.fromEntries(roles)).toEqual({
      analyst: { purpose: 'person', reason: 'configured', owner: 'Data office' },
      case_app: { purpose: 'application', reason: 'guessed from "app" in its name', owner: null },
      postgres: { purpose: 'administration', reason: 'guessed from "postgres" in its name', owner: null },
      metabase_ro: { purpose: 'reporting', reason: 'guessed from "metabase" in its name', owner: null },
      svc_x: { purpose: 'reporting', reason: 'guessed: it runs a statement of dashboards and writes nothing by key', owner: null },
    });
  });

  test('one login for everything is an application that also serves dashboards', () => {
    const { roles } = boundary([card(COUNT)], [statistics(COUNT_SEEN, { role: 'postgres' }), statistics(UPDATE, { role: 'postgres', sharedBlocksHit: 40 })]);
    expect(roles.get('postgres')).toEqual({ purpose: 'application', reason: 'guessed: it writes by key', owner: null });
  });
});
