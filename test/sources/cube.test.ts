import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/cube.js';
import { RECOGNISED_MIN } from '../../src/sources/source.js';
import { alone, queriesOf } from './fixture.js';
import { expectTextsAtOrigins, refusedByPostgres } from './parses.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  queries = await queriesOf('cube');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`cube:${id}`);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

/** The first variant in one line. */
function sql(id: string): string | undefined {
  return query(id).variants[0]?.sql.replace(/\s+/g, ' ');
}

function read(text: string, path = 'model/cubes/orders.yml'): CollectedQuery[] {
  return source.read([new SourceFile(path, text)], { connection: null, gap: () => undefined });
}

describe('a Cube model', () => {
  test('gives every SQL text once, and what Cube runs of itself', () => {
    expect([...queries.keys()].map((id) => id.slice('cube:'.length)).filter((id) => id.startsWith('cases'))).toEqual([
      'cases:access_policy:regional',
      'cases:dimension:age_days',
      'cases:dimension:id',
      'cases:dimension:officer_id',
      'cases:dimension:officer_office',
      'cases:dimension:opened_at',
      'cases:dimension:place:latitude',
      'cases:dimension:place:longitude',
      'cases:dimension:reference_number',
      'cases:dimension:weight:when:heavy',
      'cases:dimension:weight:when:normal',
      'cases:join:decisions',
      'cases:join:officers',
      'cases:measure:count',
      'cases:measure:officers_involved',
      'cases:measure:open_count',
      'cases:measure:open_count:filter:1',
      'cases:measure:open_points',
      'cases:measure:open_points:filter:1',
      'cases:measure:open_points:filter:2',
      'cases:measure:points',
      'cases:measure:points_per_case',
      'cases:pre_aggregation:by_office',
      'cases:pre_aggregation:by_office:build_range_start',
      'cases:refresh_key:sql',
      'cases:segment:overdue',
      'cases:sql_table',
    ]);
  });

  test('says where each text stands, in YAML, JavaScript and answers of the interface', async () => {
    // 32 and 1 in YAML, 13 in JavaScript, 4 in answers.
    expect(await expectTextsAtOrigins(queries.values())).toBe(50);
    expect(query('cases:dimension:weight:when:normal').origin).toMatchObject({ file: 'cube/model/cubes/cases.yml', pointer: '/cubes/0/dimensions/5/case/when/1/sql', line: 45, column: 21 });
    expect(query('officers:dimension:joined').origin).toMatchObject({ file: 'cube/model/cubes/officers.js', pointer: 'officers/dimensions/joined/sql', line: 24, column: 31 });
  });

  test('gives statements that PostgreSQL parses', async () => {
    expect(await refusedByPostgres(queries.values())).toEqual([]);
  });

  test('tells what a text is for, who owns it and where it runs', () => {
    expect(query('cases:measure:open_points')).toMatchObject({
      kind: 'cube', role: 'metric', sqlKind: 'expression', title: 'Points of open cases', raw: '{CUBE}.points', reconstructed: false,
      container: { kind: 'model', id: 'cases', title: 'Case files' },
      owners: [{ name: 'casework-analytics', via: 'meta' }],
      connection: { id: 'casework', name: 'casework', engine: null, host: null, database: null },
      schedule: null, problems: [],
    });
    expect(query('cases:dimension:reference_number').owners).toEqual([
      { name: 'records@regulator.example', via: 'meta' },
      { name: 'casework-analytics', via: 'meta' },
    ]);
    expect(query('cases:dimension:age_days').description).toBe('Days since the case was opened.');
    expect(query('cases:sql_table')).toMatchObject({ role: 'relation', sqlKind: 'relation' });
    expect(query('decisions:sql')).toMatchObject({ role: 'relation', sqlKind: 'statement', connection: { name: 'default' } });
    expect(query('cases:join:officers')).toMatchObject({ role: 'join', sqlKind: 'predicate', title: 'cases to officers' });
    expect(query('cases:segment:overdue')).toMatchObject({ role: 'filter', sqlKind: 'predicate' });
    expect(query('cases:refresh_key:sql')).toMatchObject({ role: 'hook', schedule: '5 minutes' });
  });
});

describe('references', () => {
  test('become the expression of the member, over the cubes that it reads', () => {
    expect(sql('cases:dimension:officer_office')).toBe('SELECT ( (officers.office) ) AS value FROM casework.case_files AS cases CROSS JOIN casework.officers AS officers');
    expect(sql('cases:join:decisions')).toContain('WHERE ( cases.id = decisions.case_id )');
    expect(sql('officers:join:teams')).toContain('officers.team_id = teams.id');
    expect(sql('officers:dimension:case_count')).toBe('SELECT ( count(*) ) AS value FROM casework.officers AS officers CROSS JOIN casework.case_files AS cases');
  });

  test('to measures become their aggregates, with filters', () => {
    expect(sql('cases:measure:points_per_case')).toBe('SELECT ( 1.0 * sum(cases.points) / nullif(count(*), 0) ) AS value FROM casework.case_files AS cases');
    expect(sql('cases:measure:open_points')).toBe(
      "SELECT ( sum(CASE WHEN (cases.closed_at IS NULL) AND ((CASE WHEN cases.points > 10 THEN 'heavy' WHEN cases.points > 3 THEN 'normal' END) <> 'light') THEN cases.points END) ) AS value FROM casework.case_files AS cases",
    );
    expect(sql('officers:measure:seniors')).toBe('SELECT ( count(CASE WHEN (officers.grade >= 7) THEN id END) ) AS value FROM casework.officers AS officers');
    expect(query('cases:measure:open_count')).toMatchObject({ raw: '', reconstructed: true });
    expect(sql('cases:measure:open_count')).toBe('SELECT ( count(CASE WHEN (cases.closed_at IS NULL) THEN 1 END) ) AS value FROM casework.case_files AS cases');
  });

  test('to a time with a granularity, to relations and to inherited members are followed', () => {
    expect(sql('decisions:dimension:decided_month')).toContain("date_trunc('month', (decisions.decided_at))");
    expect(sql('appeals:sql')).toContain('FROM ( SELECT d.id, d.case_id');
    expect(sql('appeals:measure:last_one')).toContain('max( (appeals.decided_at) )');
  });

  test('that lead nowhere or back are problems of their own text', () => {
    expect(query('appeals:measure:lost').problems).toEqual([{ code: 'missing-reference', message: 'the model has no cube or member cases.colour' }]);
    expect(query('appeals:measure:circular').problems).toEqual([{ code: 'cyclic-reference', message: 'the member appeals.circular is left out: it refers to itself' }]);
    expect([...queries.values()].filter(({ problems }) => problems.length > 0).length).toBe(7);
  });

  test('to something long, many times over, are cut', () => {
    const found = read(`cubes:\n  - name: fees\n    sql_table: casework.fees\n    dimensions:\n      - { name: long, type: number, sql: "concat(${'a, '.repeat(20_000)} b)" }\n      - { name: many, type: number, sql: "concat(${'{long}, '.repeat(2_000)} b)" }\n`);
    expect(found.find(({ id }) => id === 'cube:fees:dimension:many')?.problems).toEqual([{ code: 'too-large', message: 'what it refers to has more than 1000000 characters' }]);
  });

  test('that expand without end are cut', () => {
    const measures = Array.from({ length: 40 }, (_, index) => `      - { name: m${index}, type: number, sql: "${index === 0 ? 'sum(amount)' : `{m${index - 1}} + {m${index - 1}}`}" }`);
    const found = read(`cubes:\n  - name: fees\n    sql_table: casework.fees\n    measures:\n${measures.join('\n')}\n`);
    expect(found.length).toBe(41);
    expect(Math.max(...found.flatMap(({ variants }) => variants.map((variant) => variant.sql.length)))).toBeLessThan(500_000);
    expect(found.some(({ problems }) => problems.some(({ code }) => code === 'too-large'))).toBe(true);
  });
});

describe('context variables', () => {
  test('keep the columns that they filter', () => {
    expect(sql('decisions:sql')).toBe("SELECT d.id, d.case_id, d.outcome, d.decided_at FROM casework.decisions d WHERE (d.decided_at) IS NOT NULL AND (d.region) = 'x' AND d.tenant = NULL ");
    expect(query('decisions:sql').variants[0]?.assumptions).toEqual(['the query filter is set', 'the security context is set', 'the expression SECURITY_CONTEXT.tenant.unsafeValue() is NULL']);
    expect(sql('teams:sql')).toContain('WHERE TRUE AND ((t.lead) IS NOT NULL AND (t.name) IS NOT NULL)');
    expect(query('teams:sql').problems).toEqual([{ code: 'unsupported', message: 'a function builds the condition of a query filter; the columns that it reads are not known' }]);
    expect(sql('teams:dimension:created')).toContain('(teams.created_at)');
  });

  test('are not braces of other kinds', () => {
    expect(sql('cases:dimension:reference_number')).toContain("substring(cases.reference from '[A-Z]{2}-[0-9]+')");
    const [, found] = read("cubes:\n  - name: fees\n    sql_table: fees\n    dimensions:\n      - { name: code, sql: \"substring(code from '[0-9]{1,4}')\", type: string }\n");
    expect(found?.variants[0]?.sql).toContain("substring(code from '[0-9]{1,4}')");
    expect(found?.problems).toEqual([]);
  });
});

describe('what Cube runs of itself', () => {
  test('is rebuilt from the members of a pre-aggregation, with how often', () => {
    expect(query('cases:pre_aggregation:by_office')).toMatchObject({ role: 'query', raw: '', reconstructed: true, schedule: '30 minutes', problems: [] });
    expect(sql('cases:pre_aggregation:by_office')).toMatch(/^SELECT \(officers\.office\), date_trunc\('month', \(cases\.opened_at\)\), count\(\*\), sum\(CASE .* END\) FROM casework\.case_files AS cases CROSS JOIN casework\.officers AS officers GROUP BY 1, 2$/);
    expect(query('cases:pre_aggregation:by_office:build_range_start')).toMatchObject({ role: 'hook', schedule: '30 minutes' });
    expect(sql('officers:pre_aggregation:byOffice')).toBe('SELECT (officers.office), count(*) FROM casework.officers AS officers GROUP BY 1');
    expect(query('officers:pre_aggregation:byOffice').schedule).toBe('1 hour');
  });

  test('has the conditions of access policies', () => {
    expect(sql('cases:access_policy:regional')).toContain('((officers.office)) IS NOT NULL');
  });
});

describe('what a program computes', () => {
  test('is counted, named and never run', () => {
    expect(query('officers:dimension:shift').problems).toEqual([{ code: 'dynamic-sql', message: 'a program computes the SQL of dimension shift in the cube officers' }]);
    expect(query('teams:definition').problems).toEqual([{ code: 'dynamic-sql', message: 'a program computes a part of the cube teams' }]);
    expect(query('teams:dimension:region').problems).toEqual([{ code: 'dynamic-sql', message: 'a program computes regionSql(CUBE)' }]);
    expect(query('cube/model/cubes/officers.js:generated:1')).toMatchObject({ variants: [], problems: [{ code: 'dynamic-sql', message: 'a program computes the names and SQL of cubes' }] });
  });

  test('is Jinja in YAML, too', () => {
    expect(sql('archive:sql')).toBe("SELECT * FROM casework.archive WHERE office = '1' AND closed_at < now()");
    const found = read('cubes:\n{% for t in tables %}\n  - name: "{{ t }}"\n    sql_table: "app.{{ t }}"\n{% endfor %}\n');
    expect(found.map(({ problems }) => problems[0]?.code)).toEqual(['dynamic-sql']);
  });
});

describe('what the interface answers', () => {
  test('adds the cubes that no file has, and the SQL that Cube makes', () => {
    expect(sql('fees:measure:total')).toBe('SELECT ( sum( fees.amount ) ) AS value FROM ( SELECT * FROM casework.fees WHERE voided_at IS NULL ) AS fees');
    expect(query('fees:measure:total').origin).toMatchObject({ file: 'cube/answers/meta.json', pointer: '/cubes/0/measures/0/sql' });
    expect(query('fees:generated')).toMatchObject({ title: 'fees, its measures', connection: { name: 'casework' } });
    expect([...queries.keys()].filter((id) => id.includes('cases') && id.includes('meta.json'))).toEqual([]);
  });
});

describe('bad input', () => {
  test.each([
    ['a cube without anything', 'cubes:\n  - name: empty\n', 0],
    ['wrong types everywhere', 'cubes:\n  - name: odd\n    sql: [1]\n    measures: 7\n    dimensions: [1, null, {name: 3}]\n    joins: text\n    refresh_key: x\n    meta: 4\n', 1],
    ['numbers for SQL', 'cubes:\n  - name: odd\n    sql_table: t\n    measures:\n      - { name: one, sql: 1, type: sum }\n', 2],
    ['a cube that extends itself', 'cubes:\n  - { name: a, extends: a, dimensions: [{ name: x, sql: "{CUBE.y}", type: string }] }\n', 1],
    ['two that extend each other', 'cubes:\n  - { name: a, extends: b, sql: "SELECT * FROM {b.sql()}" }\n  - { name: b, extends: a, sql: "SELECT * FROM {a.sql()}" }\n', 2],
    ['control characters', 'cubes:\n  - name: "a\\u0000b"\n    sql_table: "t\\u001b[31m"\n', 1],
    ['open braces', `cubes:\n  - name: a\n    sql: "${'{'.repeat(5_000)}"\n`, 1],
  ])('%s costs its part only', (_, text, count) => {
    const found = read(text);
    expect(found.length).toBe(count);
    for (const { variants, problems } of found) expect(variants.length + problems.length).toBeGreaterThan(0);
  });

  test.each([
    ['half a program', 'cube(`a`, { sql: `SELECT 1'],
    ['deep nesting', `cube(\`a\`, ${'{ x: '.repeat(500)}1${' }'.repeat(500)})`],
    ['deep calls', `${'f('.repeat(5_000)}cube(\`a\`, {})${')'.repeat(5_000)}`],
    ['a bundle', `cube(\`a\`, {});${'f(1);'.repeat(500_000)}`],
    ['a prototype', 'cube(`__proto__`, { sql: `SELECT ${constructor.constructor("return process")()}` , __proto__: { sql: `x` } })'],
  ])('%s in JavaScript is survived', (_, text) => {
    expect(() => read(text, 'model/a.js')).not.toThrow();
  });

  test('a text that is too long is a problem', () => {
    const [found] = read(`cubes:\n  - name: big\n    sql: "SELECT ${'{CUBE}.x, '.repeat(110_000)}1"\n`);
    expect(found).toMatchObject({ raw: '', variants: [], problems: [{ code: 'too-large' }] });
  });

  test('foreign files are left alone', () => {
    const certainty = (path: string, text: string): number => source.recognises(new SourceFile(path, text), alone);
    expect(certainty('cube.js', 'export function cube(x) { return x ** 3; }')).toBeLessThan(RECOGNISED_MIN);
    expect(certainty('geometry.ts', 'const volume = cube(side);')).toBeLessThan(RECOGNISED_MIN);
    expect(certainty('cubes.yml', 'cubes: 3\n')).toBeLessThan(RECOGNISED_MIN);
    expect(certainty('model.yml', 'models:\n  - name: orders\n    description: cubes and views\n')).toBe(0);
    expect(certainty('views.yml', 'views:\n  - name: overview\n    cubes: [{ join_path: cases }]\n')).toBeGreaterThanOrEqual(RECOGNISED_MIN);
  });
});

describe('a YAML model that is a template of Jinja', () => {
  const TEXT = `{%- set zone = 'Europe/Vienna' -%}
cubes:
  - name: orders
    sql_table: shop.orders
    dimensions:
      - name: created_at
        sql: "{CUBE}.created_at AT TIME ZONE '{{ zone }}'"
        type: time
    measures:
      {%- for state in ['PAID', 'REFUNDED'] %}
      - name: {{ state | lower }}_revenue
        sql: total
        type: sum
        filters:
          - sql: "{CUBE}.state = '{{ state }}'"
      {%- endfor %}
      - name: refund_rate
        type: number
        sql: "{refunded_revenue} / NULLIF({paid_revenue}, 0)"
`;
  const found = new Map(read(TEXT).map((one) => [one.id, one]));
  const shown = (id: string, at = 0): string | undefined => found.get(id)?.variants[at]?.sql.replace(/\s+/g, ' ');

  test('has the variables that it sets', () => {
    expect(shown('cube:orders:dimension:created_at')).toBe("SELECT ( orders.created_at AT TIME ZONE 'Europe/Vienna' ) AS value FROM shop.orders AS orders");
  });

  test('gives a variant for each turn of a loop, and the one that a reference means', () => {
    const filter = [...found.values()].find(({ role }) => role === 'filter');
    expect(filter?.variants.map(({ label, sql: text }) => [label, text.replace(/\s+/g, ' ')])).toEqual([
      ['default', "SELECT 1 FROM shop.orders AS orders WHERE ( orders.state = 'PAID' )"],
      ['turn 2', "SELECT 1 FROM shop.orders AS orders WHERE ( orders.state = 'REFUNDED' )"],
    ]);
    expect(found.get('cube:orders:measure:refund_rate')?.problems).toEqual([]);
    expect(shown('cube:orders:measure:refund_rate')).toBe(
      "SELECT ( sum(CASE WHEN (orders.state = 'REFUNDED') THEN orders.total END) / NULLIF(sum(CASE WHEN (orders.state = 'PAID') THEN orders.total END), 0) ) AS value FROM shop.orders AS orders",
    );
  });

  test('keeps the read of a column that is written as a member', () => {
    const [, dimension] = read('cubes: [{name: trips, sql_table: fleet.trip, dimensions: [{name: plate, sql: "upper({CUBE.plate_no})", type: string}]}]');
    expect(dimension).toMatchObject({ problems: [{ code: 'missing-reference', message: 'the model has no cube or member CUBE.plate_no' }] });
    expect(dimension?.variants[0]?.sql).toContain('upper(trips.plate_no)');
  });
});
