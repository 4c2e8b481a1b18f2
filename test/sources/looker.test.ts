import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/looker.js';
import { alone, queriesOf, readValues } from './fixture.js';
import { expectTextsAtOrigins, refusedByPostgres } from './parses.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  queries = await queriesOf('looker');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`looker:${id}`);
  if (found === undefined) throw new Error(`${id} was not read; there are ${[...queries.keys()].join(', ')}`);
  return found;
}

/** The variants of a query on one line each, by their labels. */
function variants(id: string): Record<string, string> {
  return Object.fromEntries(query(id).variants.map(({ label, sql }) => [label, sql.replace(/\s+/g, ' ').trim()]));
}

function sqlOf(id: string): string | undefined {
  return variants(id)['default'];
}

const CONNECTION = { id: null, name: 'casework_db', engine: 'postgres', host: 'casework-db.internal', database: 'casework' };

describe('what a project holds', () => {
  test('every text is a record, once', () => {
    const view = (name: string, fields: string): string[] => fields.split(' ').map((field) => `looker:casework:view:${name}${field}`);
    expect([...queries.keys()].toSorted()).toEqual(
      [
        ...view('cases', ':sql_table_name .id .status .officer_id .is_open .opened .decided .waiting:sql_start .waiting:sql_end .opened_in_period .penalty_in_currency .size:case:1'),
        ...view('cases', '.count .open_count .total_penalty .high_penalties .total_documents .penalty_per_case .officers'),
        ...view('officers', ':sql_table_name .id .email .name'),
        ...view('retired_officers', ':sql_table_name .id .email .name'),
        ...view('decisions_by_day', ':derived_table .case_id .decided .amount'),
        ...view('case_facts', ':derived_table :derived_column:rank .rank'),
        ...view('backlog', ':create_process:1 :create_process:2 :sql_trigger_value .case_id'),
        ...view('busiest_days', ':derived_table .decisions'),
        ...['', ':sql_always_where', ':sql_always_having', ':join:officers:sql_on', ':join:decisions:sql_on', ':join:decisions:sql_where', ':aggregate_table:by_month'].map(
          (part) => `looker:casework:explore:cases${part}`,
        ),
        'looker:casework:datagroup:nightly',
        'looker:casework:test:every_case_has_an_officer',
        ...['penalties', 'decided', 'archive'].map((element) => `looker:casework:dashboard:operations:${element}`),
        ...['71', '72', '75', '77:901', '77:905'].map((element) => `looker:dashboard:7:${element}`),
        'looker:look:12',
        'looker:sql-runner:xyz',
      ].toSorted(),
    );
  });

  test('every text is where it says', async () => {
    expect(await expectTextsAtOrigins(queries.values())).toBeGreaterThan(40);
    expect(query('casework:view:cases.status').origin).toEqual({
      file: 'looker/casework/views/refinements.view.lkml',
      pointer: 'view:cases/dimension:status/sql',
      line: 6,
      column: 10,
    });
  });

  test('every variant is PostgreSQL', async () => {
    expect(await refusedByPostgres(queries.values())).toEqual([]);
  });

  test('the connection is that of the model, by its include', () => {
    const others = [...queries.values()].filter(({ connection }) => JSON.stringify(connection) !== JSON.stringify(CONNECTION));
    expect(others.map(({ id }) => id)).toEqual(['looker:casework:dashboard:operations:archive', 'looker:dashboard:7:75', 'looker:dashboard:7:77:901']);
  });

  test('a record says what is known of it', () => {
    expect(query('casework:view:cases.is_open')).toMatchObject({
      kind: 'looker',
      role: 'dimension',
      sqlKind: 'expression',
      title: 'cases.is_open',
      description: 'No decision was made yet.',
      container: { kind: 'model', id: 'casework', title: null },
      raw: "${status} <> 'closed' -- see the handbook",
      reconstructed: false,
      schedule: null,
    });
    expect(query('casework:explore:cases').container).toEqual({ kind: 'explore', id: 'cases', title: 'Cases' });
    const roles = ['cases.total_penalty', 'cases:sql_table_name', 'backlog:sql_trigger_value', 'decisions_by_day:derived_table'].map((id) => query(`casework:view:${id}`).role);
    expect(roles).toEqual(['metric', 'relation', 'hook', 'relation']);
  });

  test('titles tell the texts of one object apart', () => {
    expect(query('casework:view:cases.waiting:sql_start').title).toBe('cases.waiting sql_start');
    expect(query('casework:explore:cases:join:officers:sql_on').title).toBe('Cases: join officers sql_on');
    expect(query('casework:view:case_facts:derived_column:rank').title).toBe('case_facts.rank');
  });

  test('when derived tables are built', () => {
    const schedules = ['decisions_by_day:derived_table', 'case_facts:derived_table', 'backlog:create_process:1', 'busiest_days:derived_table'];
    expect(schedules.map((id) => query(`casework:view:${id}`).schedule)).toEqual(['datagroup nightly, max_cache_age 24 hours', 'persist_for 4 hours', 'sql_trigger_value', 'live']);
    expect(query('casework:explore:cases:aggregate_table:by_month').schedule).toBe('datagroup nightly, max_cache_age 24 hours');
    expect(query('casework:datagroup:nightly')).toMatchObject({ role: 'hook', raw: 'SELECT MAX(loaded_at) FROM casework.load_log' });
  });
});

describe('views', () => {
  test('a constant, a refinement, an extension and what it replaced', () => {
    expect(sqlOf('casework:view:cases:sql_table_name')).toBe('SELECT * FROM casework.cases AS cases');
    expect(sqlOf('casework:view:cases.status')).toBe('SELECT ( LOWER(cases.status) ) AS value FROM casework.cases AS cases');
    expect(sqlOf('casework:view:retired_officers.email')).toBe('SELECT ( retired_officers.email ) AS value FROM casework.retired_officers AS retired_officers');
    expect(sqlOf('casework:view:retired_officers.name')).toBe(
      "SELECT ( INITCAP(retired_officers.name) || ' (retired)' ) AS value FROM casework.retired_officers AS retired_officers",
    );
  });

  test('of the lines of an environment those of production are sent', () => {
    expect(sqlOf('casework:view:officers:sql_table_name')).toBe('SELECT * FROM casework.officers AS officers');
  });

  test('references to other fields stand in parentheses, timeframes as functions', () => {
    expect(sqlOf('casework:view:cases.is_open')).toBe("SELECT ( (LOWER(cases.status)) <> 'closed' -- see the handbook ) AS value FROM casework.cases AS cases");
    expect(sqlOf('casework:view:cases.waiting:sql_end')).toBe('SELECT ( COALESCE(cases.decided_at, CURRENT_TIMESTAMP) ) AS value FROM casework.cases AS cases');
  });

  test('measures are the aggregates that Looker sends', () => {
    expect(sqlOf('casework:view:cases.total_penalty')).toBe('SELECT ( SUM(cases.penalty_eur) ) AS value FROM casework.cases AS cases');
    expect(sqlOf('casework:view:cases.penalty_per_case')).toBe('SELECT ( 1.0 * (SUM(cases.penalty_eur)) / NULLIF((COUNT(*)), 0) ) AS value FROM casework.cases AS cases');
    expect(sqlOf('casework:view:cases.high_penalties')).toBe('SELECT ( SUM(CASE WHEN cases.documents >= 100 THEN cases.penalty_eur END) ) AS value FROM casework.cases AS cases');
    expect(sqlOf('casework:view:cases.open_count')).toBe(
      "SELECT COUNT(CASE WHEN ((LOWER(cases.status)) <> 'closed' -- see the handbook ) AND (LOWER(cases.status)) <> 'draft' THEN 1 END) AS value FROM casework.cases AS cases",
    );
  });

  test('a field of another view brings the view along', () => {
    expect(sqlOf('casework:view:cases.officers')).toBe(
      'SELECT ( COUNT(DISTINCT officers.email) ) AS value FROM casework.cases AS cases LEFT JOIN casework.officers AS officers ON TRUE',
    );
  });

  test('a parameter gives a variant for each value that makes another text', () => {
    expect(variants('casework:view:cases.opened_in_period')).toEqual({
      default: "SELECT ( DATE_TRUNC('month', cases.opened_at) ) AS value FROM casework.cases AS cases",
      'period = quarter': "SELECT ( DATE_TRUNC('quarter', cases.opened_at) ) AS value FROM casework.cases AS cases",
    });
    expect(variants('casework:view:cases.penalty_in_currency')).toEqual({
      default: 'SELECT ( cases.penalty_eur ) AS value FROM casework.cases AS cases',
      'currency = SEK': 'SELECT ( cases.penalty_sek ) AS value FROM casework.cases AS cases',
    });
  });

  test('a derived table is a statement for each branch, with its conditions as reads', () => {
    const statement = (table: string): string =>
      `SELECT d.decided_on, d.case_id, SUM(d.amount) AS amount FROM casework.${table} AS d WHERE ( d.decided_on ) IS NOT NULL AND d.created_at >= TIMESTAMP '2024-01-01 00:00:00' AND d.region = '1' GROUP BY 1, 2`;
    expect(variants('casework:view:decisions_by_day:derived_table')).toEqual({
      default: statement('decisions'),
      maximal: statement('decisions_monthly'),
      'elsif decided_week._in_query': statement('decisions_weekly'),
    });
    expect(sqlOf('casework:view:busiest_days:derived_table')).toBe(
      `SELECT decided_on, COUNT(*) AS decisions FROM ( ${statement('decisions')} ) AS decisions_by_day GROUP BY 1`,
    );
  });

  test('a derived table of an explore is built of it', () => {
    expect(query('casework:view:case_facts:derived_table')).toMatchObject({ raw: '', reconstructed: true, problems: [] });
    expect(sqlOf('casework:view:case_facts:derived_table')).toBe(
      'SELECT *, (RANK() OVER (PARTITION BY officer ORDER BY penalty DESC)) AS rank FROM ( SELECT cases.id AS case_id, officers.email AS officer, SUM(cases.penalty_eur) AS penalty ' +
        "FROM casework.cases AS cases LEFT JOIN casework.officers AS officers ON (cases.officer_id = officers.id ) WHERE ((LOWER(cases.status)) = 'closed' OR (LOWER(cases.status)) = 'appealed') " +
        "AND officers.email = 'x' AND (cases.id > 0 ) GROUP BY 1, 2 HAVING ((COUNT(*)) > 1 ) ) AS case_facts",
    );
  });

  test('the steps that make a table are statements', () => {
    expect(sqlOf('casework:view:backlog:create_process:1')).toBe('CREATE TABLE backlog AS SELECT case_id FROM casework.backlog');
    expect(sqlOf('casework:view:backlog:create_process:2')).toBe('CREATE INDEX ON backlog (case_id)');
  });
});

describe('explores and dashboards', () => {
  test('a join is a predicate over what it joins', () => {
    expect(sqlOf('casework:explore:cases:join:officers:sql_on')).toBe(
      'SELECT 1 FROM casework.officers AS officers LEFT JOIN casework.cases AS cases ON TRUE WHERE ( cases.officer_id = officers.id )',
    );
    expect(sqlOf('casework:explore:cases:sql_always_having')).toBe('SELECT 1 FROM casework.cases AS cases HAVING ( (COUNT(*)) > 1 )');
  });

  test('an explore is all of its joins, by key where they name one', () => {
    const sql = sqlOf('casework:explore:cases') ?? '';
    expect(sql).toMatch(/^SELECT COUNT\(\*\) FROM casework\.cases AS cases LEFT JOIN casework\.officers AS officers ON \(cases\.officer_id = officers\.id \) INNER JOIN \( SELECT d\.decided_on/);
    expect(sql).toContain(') AS case_facts ON cases.id = case_facts.case_id WHERE');
    expect(sql).toContain("WHERE (LOWER(cases.status)) <> 'test' AND officers.email = 'x' AND (cases.id > 0 ) AND (decisions.case_id IS NOT NULL )");
  });

  test('an element asks only for the joins of its fields, with the filters that it listens to', () => {
    expect(query('casework:dashboard:operations:penalties')).toMatchObject({
      role: 'query',
      raw: '',
      reconstructed: true,
      title: 'Penalties by week',
      container: { kind: 'dashboard', id: 'operations', title: 'Operations' },
      schedule: '5 minutes',
      origin: { line: 14, column: 5 },
    });
    expect(sqlOf('casework:dashboard:operations:penalties')).toBe(
      `SELECT DATE_TRUNC('week', cases.opened_at) AS "cases.opened_week", SUM(cases.penalty_eur) AS "cases.total_penalty", ` +
        `SUM(CASE WHEN (LOWER(cases.status)) = 'closed' THEN cases.penalty_eur END) AS "closed_penalty" ` +
        "FROM casework.cases AS cases LEFT JOIN casework.officers AS officers ON (cases.officer_id = officers.id ) WHERE (LOWER(cases.status)) = 'open' AND officers.email = 'x' " +
        'AND (cases.id > 0 ) GROUP BY 1 HAVING ((COUNT(*)) > 1 ) ORDER BY 1 DESC LIMIT 100',
    );
  });

  test('rows that a join repeats are counted by their key', () => {
    expect(sqlOf('casework:dashboard:operations:decided')).toMatch(/^SELECT COUNT\(DISTINCT cases\.id\) AS "cases\.count", SUM\(decisions\.amount\) AS "decisions\.amount" FROM/);
  });

  test('a model that is not there is a problem of the element', () => {
    expect(query('casework:dashboard:operations:archive').problems).toEqual([{ code: 'missing-reference', message: 'the model archive is not among the files' }]);
  });
});

describe('answers of the interface', () => {
  test('the SQL that Looker made is taken as it is', () => {
    expect(query('dashboard:7:71')).toMatchObject({
      raw: 'SELECT\n    COUNT(*) AS "cases.count"\nFROM casework.cases AS cases\nLIMIT 500',
      reconstructed: false,
      title: 'Answered by Looker',
      container: { kind: 'dashboard', id: '7', title: 'Supervision' },
      owners: [
        { name: 'Maren Holt', via: 'author' },
        { name: 'Jonas Brandt', via: 'editor' },
      ],
      usage: { views: 8, lastUsedAt: null },
      schedule: '1 hour',
    });
  });

  test('without it the query is rebuilt from LookML', () => {
    expect(query('look:12')).toMatchObject({
      reconstructed: true,
      owners: [{ name: 'Jonas Brandt', via: 'author', inactive: true }],
      isPublic: true,
      usage: { views: 31, lastUsedAt: '2026-03-02T08:15:30Z' },
      schedule: '0 6 * * 1',
      container: { kind: 'folder', id: '3', title: 'Supervision' },
    });
    expect(sqlOf('look:12')).toMatch(/^SELECT LOWER\(cases\.status\) AS "cases\.status", COUNT\(\*\) AS "cases\.count" FROM casework\.cases AS cases .* LIMIT 50$/);
    expect(sqlOf('dashboard:7:72')).toMatch(/ORDER BY 2 DESC LIMIT 500$/);
  });

  test('a tile that merges results is all of their queries', () => {
    expect(query('dashboard:7:77:901')).toMatchObject({ title: 'All cases', raw: query('dashboard:7:71').raw });
    expect(query('dashboard:7:77:905')).toMatchObject({ title: 'Officers', reconstructed: true, connection: CONNECTION });
    expect(sqlOf('dashboard:7:77:905')).toMatch(/^SELECT COUNT\(DISTINCT officers\.email\) AS "cases\.officers" FROM casework\.cases AS cases LEFT JOIN casework\.officers/);
  });

  test('what somebody wrote into SQL Runner, and what the answers lack', () => {
    // A tile of the dashboard shows it.
    expect(query('sql-runner:xyz')).toMatchObject({ title: 'Written by hand', container: { kind: 'dashboard', id: '7', title: 'Supervision' }, schedule: query('dashboard:7:71').schedule, raw: 'SELECT region, COUNT(*)\nFROM casework.cases\nGROUP BY 1', owners: [{ name: 'Maren Holt', via: 'author' }] });
    expect(query('dashboard:7:75').problems).toEqual([{ code: 'unsupported', message: 'the tile merges the results of several queries, which the answer does not hold' }]);
  });
});

describe('recognition', () => {
  const sure = (path: string, text: string): boolean => source.recognises(new SourceFile(path, text), alone) >= 0.5;

  test('is by content', () => {
    expect(sure('orders.view.lkml', 'view: orders { dimension: id {} }')).toBe(true);
    expect(sure('manifest.lkml', 'project_name: "shop"')).toBe(true);
    expect(sure('a.dashboard.lookml', '- dashboard: a\n  elements:\n  - name: b\n')).toBe(true);
    expect(sure('orders.view.lkml', '')).toBe(false);
    expect(sure('orders.view.lkml', 'plain words')).toBe(false);
    expect(sure('dashboard.yaml', 'dashboard: a\nelements: []\n')).toBe(false);
    expect(sure('users.json', '[{"id":1,"display_name":"A","email":"a@b.example"}]')).toBe(false);
  });
});

describe('several instances', () => {
  const answers = (name: string, title: string): Record<string, unknown> => ({
    [`${name}/api/4.0/connections.json`]: [{ name: 'main', host: `${name}-db.internal`, database: name, dialect_name: 'postgres', username: 'looker', password: 's3cr3t' }],
    [`${name}/api/4.0/users.json`]: [{ id: '3', display_name: `Analyst of ${name}`, email: `analyst@${name}.example`, is_disabled: true }],
    [`${name}/api/4.0/dashboards/7.json`]: { id: '7', title, user_id: '3', refresh_interval: '5 minutes', dashboard_elements: [{ id: '1', title: 'Stock', type: 'vis', result_maker: { sql_query_id: 'stk' } }] },
    [`${name}/api/4.0/sql_queries/stk.json`]: { slug: 'stk', run_count: 2, connection_name: 'main', creator: { id: '3', display_name: `Analyst of ${name}` }, sql: "SELECT sku FROM shop.stock WHERE on_hand < {{ _user_attributes['threshold'] }} AND site = '{{ _user_attributes['site'] }}'" },
  });

  test('keep their numbers apart; SQL Runner reads attributes of the user, and its tile says what it is', () => {
    const found = readValues(source, { ...answers('north', 'North floor'), ...answers('south', 'South floor') });
    expect(found.map(({ title, container, connection, owners, schedule, variants }) => [title, container?.title, connection?.host, owners, schedule, variants.map(({ sql }) => sql)])).toEqual(
      ['north', 'south'].map((name) => [
        'Stock',
        name === 'north' ? 'North floor' : 'South floor',
        `${name}-db.internal`,
        [{ name: `Analyst of ${name}`, via: 'author', inactive: true }],
        '5 minutes',
        ["SELECT sku FROM shop.stock WHERE on_hand < NULL AND site = '1'"],
      ]),
    );
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
    expect(JSON.stringify(found)).not.toContain('s3cr3t');
  });
});
