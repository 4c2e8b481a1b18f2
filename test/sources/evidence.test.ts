import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/evidence.js';
import { FileSet } from '../../src/sources/reading/surroundings.js';
import { RECOGNISED_MIN } from '../../src/sources/source.js';
import { alone, queriesOf } from './fixture.js';
import { expectTextsAtOrigins, refusedByPostgres } from './parses.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  queries = await queriesOf('evidence');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`evidence:evidence/${id}`);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

function sql(id: string, variant = 0): string | undefined {
  return query(id).variants[variant]?.sql.replace(/\s+/g, ' ');
}

function read(files: Record<string, string>): CollectedQuery[] {
  return source.read(Object.entries(files).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
}

const OFFICES = 'studio/pages/offices.md';

describe('all projects', () => {
  test('give their queries and nothing that only looks like one', () => {
    expect([...queries.keys()].map((id) => id.slice('evidence:evidence/'.length))).toEqual([
      'shop/pages/index.md:broken',
      'shop/pages/index.md:growth',
      'shop/pages/index.md:nothing_missing',
      'shop/pages/index.md:orders_by_region',
      'shop/pages/regions/[region].md:one_region',
      'shop/queries/all_orders.sql',
      'shop/queries/team/by_month.sql',
      'shop/sources/orders_db/orders.sql',
      'shop/sources/orders_db/reports/returns.sql',
      'studio/metrics/casework.yaml:base',
      'studio/metrics/casework.yaml:dimension:half_year',
      'studio/metrics/casework.yaml:dimension:office',
      'studio/metrics/casework.yaml:metric:granted',
      'studio/metrics/casework.yaml:metric:granted:filter',
      'studio/metrics/casework.yaml:metric:granted_share',
      'studio/metrics/casework.yaml:metric:looping',
      'studio/metrics/casework.yaml:metric:opened',
      'studio/metrics/fees.yaml:base_sql',
      'studio/metrics/fees.yaml:metric:fees_paid',
      `${OFFICES}:busiest`,
      `${OFFICES}:by_office`,
      `${OFFICES}:component:Cases by office`,
      `${OFFICES}:component:Opened`,
      `${OFFICES}:component:big_value`,
      `${OFFICES}:component:line_chart`,
      `${OFFICES}:component:lost`,
      `${OFFICES}:component:office_filter`,
      `${OFFICES}:component:offices`,
      `${OFFICES}:component:period`,
      `${OFFICES}:filtered`,
      'studio/queries/open_cases.sql',
    ]);
  });

  test('have their texts where they say', async () => {
    // 9 of the older project; 10 of metrics, 3 fences and a shared query of the other.
    expect(await expectTextsAtOrigins(queries.values())).toBe(23);
    expect(query('shop/pages/index.md:orders_by_region').origin).toEqual({ file: 'evidence/shop/pages/index.md', pointer: 'query orders_by_region', line: 11, column: 1 });
    expect(query('shop/pages/regions/[region].md:one_region').origin).toMatchObject({ line: 4, column: 1 });
    expect(query(`${OFFICES}:component:Cases by office`).origin).toMatchObject({ line: 32, column: 1 });
    expect(query('studio/metrics/casework.yaml:metric:granted:filter').origin).toMatchObject({ pointer: '/metrics/granted/filter', line: 16, column: 13 });
  });

  test('give statements that PostgreSQL parses', async () => {
    expect(await refusedByPostgres(queries.values())).toEqual([]);
  });
});

describe('a project of the older tool', () => {
  test('asks its database when it is built', () => {
    expect(query('shop/sources/orders_db/orders.sql')).toMatchObject({
      role: 'query', sqlKind: 'statement', title: 'orders_db.orders', schedule: 'on build', problems: [],
      connection: { id: 'orders_db', name: 'orders_db', engine: 'postgres', host: 'orders-db.internal', database: 'orders' },
      container: { kind: 'folder', id: 'evidence/shop/sources/orders_db' },
    });
    expect(sql('shop/sources/orders_db/orders.sql')).toContain("where o.placed_at >= '2024-01-01' and o.tenant_id = NULL;");
    expect(query('shop/sources/orders_db/orders.sql').variants[0]?.assumptions).toEqual(['EVIDENCE_VAR__since is set when it is built', 'EVIDENCE_VAR__tenant is set when it is built']);
    expect(query('shop/sources/orders_db/reports/returns.sql').connection?.name).toBe('orders_db');
  });

  test('asks the extract from its pages', () => {
    const page = query('shop/pages/index.md:orders_by_region');
    expect(page).toMatchObject({ title: 'orders_by_region', schedule: null, connection: { engine: 'duckdb-extract' }, container: { kind: 'dashboard', id: 'evidence/shop/pages/index.md', title: 'The shop today' } });
    expect(sql('shop/pages/index.md:orders_by_region')).toBe("select region, sum(total_cents) / 100.0 as revenue from (select * from orders_db.orders ) where region like '1' and placed_at >= NULL group by 1");
  });

  test('inlines queries of the page and of its queries folder', () => {
    expect(sql('shop/pages/index.md:growth')).toContain("from (select date_trunc('month', placed_at) as month");
    expect(sql('shop/pages/index.md:nothing_missing')).toContain('from (select region, sum(total_cents) / 100.0 as revenue from (select * from orders_db.orders )');
    expect(query('shop/pages/index.md:broken').problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'missing-reference: the query never_defined is not on the page',
      'cyclic-reference: the query broken contains itself',
    ]);
  });
});

describe('a project of Evidence Studio', () => {
  test('asks the warehouse live', () => {
    expect(query(`${OFFICES}:by_office`)).toMatchObject({
      role: 'query', schedule: 'live', reconstructed: false, container: { kind: 'dashboard', title: 'Offices' },
      connection: { id: null, name: 'snowflake', engine: 'snowflake', host: 'xy12345.eu-central-1', database: 'ANALYTICS' },
    });
    expect(query('studio/queries/open_cases.sql')).toMatchObject({ schedule: 'live', connection: { engine: 'snowflake' } });
  });

  test('fills variables by their slot and leaves optional parts out by default', () => {
    expect(query(`${OFFICES}:by_office`).variants.map(({ label }) => label)).toEqual(['default', 'maximal']);
    expect(sql(`${OFFICES}:by_office`)).toBe("select office, count(*) as cases from casework.case_files where country = 'DE' and office = 'x' and status = 'open' group by office limit 50");
    expect(sql(`${OFFICES}:by_office`, 1)).toContain("and team = 'x'");
    expect(sql(`${OFFICES}:filtered`)).toBe('select * from ( select case_id, office, opened_on from casework.case_files where closed_on is null ) as open where (office) IS NOT NULL');
    expect(sql(`${OFFICES}:busiest`)).toMatch(/^WITH by_office AS \( select office, count\(\*\) as cases from casework\.case_files .*\) select office from by_office order by cases desc$/);
  });

  test('has components that ask by themselves', () => {
    const chart = query(`${OFFICES}:component:Cases by office`);
    expect(chart).toMatchObject({ raw: '', reconstructed: true, title: 'Cases by office', schedule: 'live' });
    expect(sql(`${OFFICES}:component:Cases by office`)).toMatch(/^SELECT office, sum\(cases\) FROM \( select office, count\(\*\) .*\) AS t GROUP BY 1$/);
    expect(sql(`${OFFICES}:component:line_chart`)).toBe(
      "SELECT decided_on, count(*), avg(days_taken) FROM casework.decisions AS t WHERE ( office = 'x' and days_taken > 0 ) AND (office) IS NOT NULL AND (opened_on) IS NOT NULL GROUP BY 1",
    );
    expect(sql(`${OFFICES}:component:offices`)).toBe('SELECT region, count(distinct officer_id) FROM casework.offices AS t GROUP BY 1');
    expect(sql(`${OFFICES}:component:office_filter`)).toBe('SELECT office FROM casework.case_files AS t');
  });

  test('has components that ask for metrics', () => {
    expect(sql(`${OFFICES}:component:Opened`)).toBe("SELECT date_trunc('month', opened_on), (count(distinct case_id)) FROM casework.case_files AS t GROUP BY 1");
    expect(query(`${OFFICES}:component:lost`)).toMatchObject({ variants: [], problems: [{ code: 'missing-reference', message: 'no file of metrics defines unknown_metric' }] });
  });

  test('has metrics over a base, with filters of their own', () => {
    expect(query('studio/metrics/casework.yaml:metric:opened')).toMatchObject({ role: 'metric', sqlKind: 'expression', title: 'Cases opened', description: 'Each case once.', raw: 'count(distinct case_id)' });
    expect(sql('studio/metrics/casework.yaml:metric:granted')).toContain('FROM ( SELECT * FROM casework.case_files AS base WHERE ( decided_on is not null ) ) AS t');
    expect(sql('studio/metrics/casework.yaml:metric:granted_share')).toContain(
      "(sum(case when outcome = 'granted' then 1 else 0 end) FILTER (WHERE decided_on is not null )) / nullif((count(distinct case_id)), 0)",
    );
    expect(query('studio/metrics/casework.yaml:metric:looping').problems.map(({ code }) => code)).toEqual(['cyclic-reference', 'missing-reference']);
    expect(sql('studio/metrics/fees.yaml:metric:fees_paid')).toContain('FROM ( select f.case_id, f.amount, f.paid_on from casework.fees f where f.voided_on is null ) AS t');
    expect(query('studio/metrics/fees.yaml:base_sql').role).toBe('relation');
  });
});

describe('bad input', () => {
  const page = (text: string): CollectedQuery[] => read({ 'pages/a.md': text });

  test('a page without end, with endless references or without sense costs itself only', () => {
    expect(page('```sql open\nselect 1').map(({ raw }) => raw)).toEqual(['select 1']);
    expect(page('```sql empty\n```\n\n```sql good\nselect 1\n```').map(({ problems }) => problems.map(({ message }) => message))).toEqual([['the text is empty'], []]);
    expect(page('---\nqueries: {a: 1}\ntitle: [1]\n---\n```sql a\nselect 1\n```')).toHaveLength(1);
    expect(page('---\na: &a [*a, *a]\n---\n```sql a\nselect {{ $a[0][0] }}\n```')).toHaveLength(1);
    expect(page('```sql a\nselect ${b}\n```\n```sql b\nselect ${a}\n```').map(({ problems }) => problems.some(({ code }) => code === 'cyclic-reference'))).toEqual([true, true]);
    expect(page('{% bar_chart data=$table x="a" /%}').map(({ problems }) => problems[0]?.code)).toEqual(['dynamic-relation']);
    expect(page('{% '.repeat(20_000) + '```sql a\nselect 1\n```')).toEqual([]);
    expect(page(`\`\`\`sql a\nselect ${'${'.repeat(20_000)}\n\`\`\``)).toHaveLength(1);
    expect(page(`\`\`\`sql a\nselect ${'[[ {{ b }} ]]'.repeat(2_000)} 1\n\`\`\``)).toHaveLength(1);
  });

  test('queries that contain each other many times over are cut', () => {
    const fences = Array.from({ length: 40 }, (_, index) => `\`\`\`sql q${index}\nselect * from ${index === 0 ? 'orders' : `\${q${index - 1}}, \${q${index - 1}}`}\n\`\`\``);
    const found = page(fences.join('\n'));
    expect(found).toHaveLength(40);
    expect(found.some(({ problems }) => problems.some(({ code }) => code === 'too-large'))).toBe(true);
  });

  test('so are live queries and metrics that do', () => {
    const fences = Array.from({ length: 40 }, (_, index) => `\`\`\`sql q${index}\nselect * from ${index === 0 ? 'orders' : Array.from({ length: Math.min(index, 12) }, (__, back) => `q${index - 1 - back}`).join(' join ')} where x = {{ a }}\n\`\`\``);
    expect(page(fences.join('\n'))).toHaveLength(40);
    const metrics = Array.from({ length: 40 }, (_, index) => `  m${index}:\n    sql: '${index === 0 ? 'sum(a)' : `{m${index - 1}} + {m${index - 1}}`}'\n`);
    const found = read({ 'metrics/a.yaml': `base: orders\nmetrics:\n${metrics.join('')}` });
    expect(found).toHaveLength(41);
    expect(found.some(({ problems }) => problems.some(({ code }) => code === 'too-large'))).toBe(true);
    const big = `select ${'a, '.repeat(20_000)} b from orders`;
    expect(page(`\`\`\`sql big\n${big}\n\`\`\`\n\`\`\`sql many\nselect ${'${big}, '.repeat(2_000)} 1\n\`\`\``).at(1)?.problems.map(({ code }) => code)).toEqual(['too-large']);
  });

  test('two queries of one name are both kept', () => {
    expect(page('```sql a\nselect 1\n```\n```sql a\nselect 2\n```').map(({ id }) => id)).toEqual(['evidence:pages/a.md:a', 'evidence:pages/a.md:a#2']);
  });
});

describe('recognition', () => {
  const certainty = (path: string, text: string, others: string[] = []): number => source.recognises(new SourceFile(path, text), others.length === 0 ? alone : new FileSet([path, ...others]));

  test('takes scripts of a project before they are taken for plain ones', () => {
    expect(certainty('shop/sources/db/orders.sql', 'select 1', ['shop/evidence.config.yaml'])).toBeGreaterThan(0.9);
    expect(certainty('shop/sources/db/orders.sql', 'select 1', ['shop/sources/db/connection.yaml'])).toBeGreaterThan(0.9);
    expect(certainty('shop/sources/db/orders.sql', 'select 1')).toBe(0);
    expect(certainty('shop/migrations/001.sql', 'select 1', ['shop/evidence.config.yaml'])).toBe(0);
  });

  test('knows the folders of a project, whatever the folders above it are called', () => {
    const files = { 'sources/clinic/evidence.config.yaml': 'plugins: {}', 'sources/clinic/sources/ehr/connection.yaml': 'name: ehr\ntype: postgres\noptions: {host: db}', 'sources/clinic/sources/ehr/visits.sql': 'select 1', 'sources/clinic/queries/seen.sql': 'select 2', 'sources/clinic/scripts/fix.sql': 'select 3' };
    expect(read(files).map(({ raw, connection, schedule }) => [raw, connection?.engine, schedule])).toEqual([
      ['select 1', 'postgres', 'on build'],
      ['select 2', 'duckdb-extract', null],
    ]);
    expect(certainty('sources/clinic/scripts/fix.sql', 'select 3', ['sources/clinic/evidence.config.yaml'])).toBe(0);
  });

  test('takes the shared queries of the page\'s own project, and leaves files of comments out', () => {
    const project = (name: string, column: string): Record<string, string> => ({
      [`${name}/evidence.config.yaml`]: 'plugins: {}',
      [`${name}/sources/db/todo.sql`]: '-- nothing yet\n',
      [`${name}/queries/seen.sql`]: `select ${column}`,
      [`${name}/pages/index.md`]: '---\nqueries: [seen.sql]\n---\n```sql all_seen\nselect * from ${seen}\n```\n',
    });
    const found = read({ ...project('clinic', 'ward'), ...project('court', 'hearing') });
    expect(found.map(({ variants }) => variants[0]?.sql.replace(/\s+/g, ' '))).toEqual(['select ward', 'select hearing', 'select * from (select ward )', 'select * from (select hearing )']);
  });

  test('leaves documents and foreign configuration alone', () => {
    expect(certainty('README.md', '# Use\n```sql\nselect 1\n```\n')).toBeLessThan(RECOGNISED_MIN);
    expect(certainty('docs/table.md', '````liquid\n{% table data="a.b" /%}\n```sql x\nselect 1\n```\n````\n')).toBeLessThan(RECOGNISED_MIN);
    expect(certainty('connection.yaml', 'type: ssh\nhost: example\n')).toBeLessThan(RECOGNISED_MIN);
    expect(certainty('evidence.config.yaml', 'hello: world\n')).toBeLessThan(RECOGNISED_MIN);
    expect(certainty('metrics/a.yaml', 'metrics:\n  - name: x\n    type: simple\n')).toBeLessThan(RECOGNISED_MIN);
  });
});
