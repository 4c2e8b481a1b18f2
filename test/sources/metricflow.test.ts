import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/metricflow.js';
import { alone, fixtures, queriesOf, readValues, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = await queriesOf('metricflow');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`metricflow:${id}`);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

const sqlOf = (id: string): (string | undefined)[] => query(id).variants.map(({ sql }) => sql);
const DECISIONS = 'analytics.fct_decisions AS t';

describe('the documents of MetricFlow', () => {
  test('give every measure, metric, saved query, filter and expression of a dimension', () => {
    const roles = [...queries.values()].map(({ role }) => role);
    const count = (role: string): number => roles.filter((one) => one === role).length;
    // 7 measures and 14 metrics; 5 filters; 2 dimensions and 7 entities with an expression; 1 saved query.
    expect({ metric: count('metric'), filter: count('filter'), dimension: count('dimension'), query: count('query') }).toEqual({ metric: 21, filter: 5, dimension: 9, query: 1 });
  });

  test('keep an expression as it stands, at its place', async () => {
    for (const found of queries.values()) {
      if (found.raw === '') continue;
      const text = await readFile(join(fixtures, found.origin.file), 'utf8');
      const [first = ''] = found.raw.split('\n');
      expect(textAt(text, found.origin).startsWith(first), found.id).toBe(true);
    }
    expect(query('semantic_model.decisions:measure:officers')).toMatchObject({ raw: 'officer_id', sqlKind: 'expression', reconstructed: false });
    expect(query('metric.decisions')).toMatchObject({ raw: '', sqlKind: 'statement', reconstructed: true, description: 'Decisions of any kind.' });
  });

  test('give statements that PostgreSQL parses', () => {
    for (const { id, variants } of queries.values()) for (const { sql } of variants) expect(() => parseSync(sql), `${id}: ${sql}`).not.toThrow();
  });
});

describe('measures', () => {
  test.each([
    ['decisions', `SELECT COUNT(*) AS value FROM ${DECISIONS}`],
    ['fees', `SELECT SUM(fees) AS value FROM ${DECISIONS}`],
    ['officers', `SELECT COUNT(DISTINCT officer_id) AS value FROM ${DECISIONS}`],
    ['median_days', `SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days_open) AS value FROM ${DECISIONS}`],
    ['slow_tail', `SELECT PERCENTILE_DISC(0.95) WITHIN GROUP (ORDER BY days_open) AS value FROM ${DECISIONS}`],
    ['late', `SELECT SUM(CASE WHEN days_open > 42 THEN 1 ELSE 0 END) AS value FROM ${DECISIONS}`],
  ])('%s', (name, sql) => {
    expect(sqlOf(`semantic_model.decisions:measure:${name}`)).toEqual([sql]);
  });

  test('with an aggregation that nobody knows are kept with a problem', () => {
    const [measure] = readValues(source, { 'semantic_manifest.json': { semantic_models: [{ name: 'cases', measures: [{ name: 'spread', agg: 'kurtosis', expr: 'days' }] }], metrics: [] } });
    expect(measure).toMatchObject({ raw: 'days', variants: [], problems: [{ code: 'unsupported', message: 'the aggregation kurtosis of spread is not known' }] });
  });
});

describe('metrics', () => {
  test('divide measures of one model in one statement', () => {
    expect(sqlOf('metric.late_rate')).toEqual([
      `SELECT CAST(SUM(CASE WHEN days_open > 42 THEN 1 ELSE 0 END) AS DOUBLE PRECISION) / CAST(NULLIF(COUNT(*), 0) AS DOUBLE PRECISION) AS value FROM ${DECISIONS}`,
    ]);
  });

  test('put the metrics that an expression names in their places, and leave texts and comments alone', () => {
    const found = query('metric.fee_per_decision');
    expect(found.raw).toBe("all_fees / NULLIF(decisions, 0) -- 'decisions' stays");
    expect(sqlOf('metric.fee_per_decision')).toEqual([`SELECT (\nSUM(fees) / NULLIF(COUNT(*), 0) -- 'decisions' stays\n) AS value FROM ${DECISIONS}`]);
  });

  test('resolve the dimensions of filters to columns, their own or through entities', () => {
    const grade = '(SELECT (upper(grade_code)) FROM dim_officers AS t_1 WHERE t_1.id = t.officer_id)';
    const month = "DATE_TRUNC('month', t.decided_at)";
    expect(sqlOf('metric.late_decisions')).toEqual([
      `SELECT SUM(CASE WHEN days_open > 42 THEN 1 ELSE 0 END) AS value FROM ${DECISIONS} WHERE (${grade} = 'SENIOR'\nAND ${month} >= '2024-01-01') AND (t.outcome <> 'WITHDRAWN')`,
    ]);
    expect(query('metric.late_decisions:measure:filter')).toMatchObject({ role: 'filter', sqlKind: 'predicate', raw: "{{ Dimension('decision__outcome') }} <> 'WITHDRAWN'" });
  });

  test('under different conditions, or of several models, stand side by side', () => {
    const region = '(SELECT (SELECT t_1_2.region FROM dim_offices AS t_1_2 WHERE t_1_2.office_code = t_1.office_id) FROM dim_officers AS t_1 WHERE t_1.id = t.officer_id)';
    expect(sqlOf('metric.north_share')).toEqual([
      `SELECT CAST((SELECT COUNT(*) FROM ${DECISIONS} WHERE ${region} = 'NORTH') AS DOUBLE PRECISION) / CAST(NULLIF((SELECT COUNT(*) FROM ${DECISIONS}), 0) AS DOUBLE PRECISION) AS value`,
    ]);
  });

  test('of a conversion join base and conversion by their entity', () => {
    const [sql] = sqlOf('metric.decided_after_visit');
    expect(sql).toContain(`COUNT(*) FROM ${DECISIONS} WHERE t.case_id IN (SELECT t.case_ref FROM analytics.portal_visits AS t)`);
    expect(sql).toContain('COUNT(id) FROM analytics.portal_visits AS t');
  });

  test('whose window or offset is no part of the SQL say so', () => {
    expect(query('metric.fees_quarter').problems).toEqual([{ code: 'unsupported', message: 'the window of fees_quarter (3 months) is left out of the SQL' }]);
    expect(query('metric.decisions_growth').problems).toEqual([{ code: 'unsupported', message: 'the offset of decisions (1 month) is left out of the SQL' }]);
  });

  test('that cannot be built are kept with their problem', () => {
    expect(query('metric.round_a')).toMatchObject({ raw: 'round_b + 1', variants: [], problems: [{ code: 'cyclic-reference', message: 'the metric round_a is made of itself' }] });
    expect(query('metric.lost')).toMatchObject({ variants: [], problems: [{ code: 'missing-reference', message: 'no_such_measure, which the metric lost is made of, is not in these files' }] });
  });

  test('of a semantic manifest have their aggregation in metric_aggregation_params', () => {
    expect(query('metric.shipped_revenue')).toMatchObject({ raw: 'amount - rebate', origin: { pointer: '/metrics/0/type_params/expr' } });
    expect(sqlOf('metric.shipped_revenue')).toEqual([`SELECT SUM(amount - rebate) AS value FROM "main"."orders" AS t WHERE t.status = 'SHIPPED'`]);
  });

  test('that double at every level end in a problem, not in a long wait', () => {
    const metrics = Array.from({ length: 18 }, (_, level) => ({
      name: `m${level}`,
      type: 'derived',
      type_params: { expr: `m${level + 1} + twin`, metrics: [`m${level + 1}`, { name: `m${level + 1}`, alias: 'twin' }] },
    }));
    const semantic_models = [{ name: 'cases', measures: [{ name: 'm18', agg: 'count', expr: 'id' }] }];
    const found = new Map(readValues(source, { 'semantic_manifest.json': { semantic_models, metrics } }).map((one) => [one.id, one]));
    expect(found.get('metricflow:metric.m0')).toMatchObject({ variants: [], problems: [{ code: 'too-large', message: 'the metric is made of more than 500 others' }] });
    expect(found.get('metricflow:metric.m16')?.variants[0]?.sql).toBe('SELECT (\n(COUNT(id) + COUNT(id)) + (COUNT(id) + COUNT(id))\n) AS value FROM cases AS t');
  });
});

describe('saved queries', () => {
  test('give one variant for each metric, by their dimensions', () => {
    const found = query('saved_query.by_region');
    expect(found.variants.map(({ label }) => label)).toEqual(['decisions', 'fee_total']);
    expect(found.variants[1]?.sql).toMatch(/^SELECT \(SELECT \(SELECT t_1_2\.region .*, DATE_TRUNC\('month', t\.decided_at\), SUM\(fees\) AS value FROM analytics\.fct_decisions AS t WHERE t\.case_id IS NOT NULL GROUP BY 1, 2$/);
  });
});

describe('other files', () => {
  test('are left alone', () => {
    for (const [path, text] of [
      ['a.yaml', 'metric: 12\n'],
      ['a.yaml', 'metrics:\n  - name: x\n'],
      ['a.json', '{"semantic_models": 1, "metrics": []}'],
      ['a.json', '{"nodes": {}, "semantic_models": [], "metrics": []}'],
    ] as const) expect(source.recognises(new SourceFile(path, text), alone), text).toBe(0);
  });

  test('of two projects may share names: nothing is lost', () => {
    const project = (agg: string): unknown => ({ semantic_models: [{ name: 'cases', measures: [{ name: 'days', agg }] }], metrics: [{ name: 'days', type: 'simple', type_params: { measure: 'days' } }] });
    const found = readValues(source, { 'a/semantic_manifest.json': project('sum'), 'b/semantic_manifest.json': project('max') });
    expect(found.map(({ id, variants }) => [id, variants[0]?.sql])).toEqual([
      ['metricflow:semantic_model.cases:measure:days', 'SELECT SUM(days) AS value FROM cases AS t'],
      ['metricflow:metric.days', 'SELECT SUM(days) AS value FROM cases AS t'],
      ['metricflow:semantic_model.cases:measure:days#2', 'SELECT MAX(days) AS value FROM cases AS t'],
      ['metricflow:metric.days#2', 'SELECT MAX(days) AS value FROM cases AS t'],
    ]);
  });

  test('that are broken cost their part only', () => {
    const odd = [null, 7, 'x', [], [null], {}, { name: 7 }, { name: 'a', type_params: 'x', filter: { where_filters: 'x' } }, { name: '\u001b[31m', measures: [{ name: 'n', agg: 7, expr: [] }], entities: 'x', dimensions: [1] }];
    for (const value of odd) {
      const found = readValues(source, { 'semantic_manifest.json': { semantic_models: [value], metrics: [value, { name: 'kept', type: 'simple' }], saved_queries: [value] } });
      expect(found.map(({ id }) => id)).toContain('metricflow:metric.kept');
    }
  });
});
