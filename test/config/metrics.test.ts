import { describe, expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.js';
import { ConfigurationError } from '../../src/config/problem.js';

const stores = `
stores:
  - { name: production, role: operational, engine: postgres, url: postgresql://watch_ro@db.example/casework }
  - { name: warehouse, role: warehouse, engine: duckdb, url: warehouse.duckdb }
`;

function parse(text: string, before = stores) {
  return parseConfiguration(`${before}${text}`, '/srv/casework', { environment: {}, connects: true, displayName: 'tidemark.yaml' }).configuration;
}

function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('metrics in tidemark.yaml', () => {
  test('a metric says what it is, when, for whom and since when', () => {
    const { metrics } = parse(`
metrics:
  - name: open cases
    intent: How much work is waiting, for the weekly staffing round
    store: production
    relation: app.case_file
    eligibility: status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE')
    formula: count(*)
    time: { column: opened_at, zone: Europe/Berlin, grain: day, late: counted in the period in which it is registered }
    dimensions: [unit, case_type]
    owner: Case Operations
    version: 3
    changelog: https://wiki.casework.example/metrics/open-cases
    access: everyone
    pin: ["Backlog weekly", "Board pack / *"]
    split: ["Open cases (archive)"]
    aliases: [backlog]
  - name: open cases (old)
    store: warehouse
    sql: SELECT count(*) FROM analytics.dim_case WHERE closed_at IS NULL
    deprecated: { since: 2026-04-01, use: Open Cases }
  - name: revenue
    pin: ["Revenue*"]
`);
    expect(metrics).toEqual([
      {
        name: 'open cases', intent: 'How much work is waiting, for the weekly staffing round', store: 'production', relation: 'app.case_file',
        eligibility: "status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE')", formula: 'count(*)', sql: null,
        time: { column: 'opened_at', kind: 'event', zone: 'Europe/Berlin', grain: 'day', latePolicy: 'counted in the period in which it is registered' },
        dimensions: ['unit', 'case_type'], grain: null, owner: 'Case Operations', version: '3', deprecated: null, access: 'everyone',
        changelog: 'https://wiki.casework.example/metrics/open-cases', pin: ['Backlog weekly', 'Board pack / *'], split: ['Open cases (archive)'], aliases: ['backlog'],
      },
      {
        name: 'open cases (old)', intent: null, store: 'warehouse', relation: null, eligibility: null, formula: null,
        sql: 'SELECT count(*) FROM analytics.dim_case WHERE closed_at IS NULL', time: null, dimensions: null, grain: null, owner: null, version: null,
        deprecated: { since: '2026-04-01', use: 'Open Cases' }, access: null, changelog: null, pin: [], split: [], aliases: [],
      },
      {
        name: 'revenue', intent: null, store: null, relation: null, eligibility: null, formula: null, sql: null, time: null, dimensions: null, grain: null,
        owner: null, version: null, deprecated: null, access: null, changelog: null, pin: ['Revenue*'], split: [], aliases: [],
      },
    ]);
  });

  test('the only store of the file is where its metrics run', () => {
    const before = 'stores: [{ name: casework, role: operational, engine: postgres }]\n';
    const { metrics } = parse('metrics: [{ name: open cases, relation: app.case_file, formula: count(*) }]', before);
    expect(metrics?.map(({ store }) => store)).toEqual(['casework']);
  });

  test('without metrics there are none', () => {
    expect(parse('').metrics).toBeUndefined();
  });

  test('a statement may begin with a comment or a parenthesis', () => {
    const { metrics } = parse('metrics: [{ name: open cases, store: production, sql: "/* the backlog */ -- of today\\n (SELECT count(*) FROM app.case_file)" }]');
    expect(metrics).toHaveLength(1);
  });
});

describe('what is refused, with place and next step', () => {
  const one = (fields: string): string => refusal(`metrics:\n  - { name: open cases, store: production, ${fields} }\n`);

  test('a definition that is said twice or by half', () => {
    expect(one('formula: count(*), relation: app.case_file, sql: SELECT 1')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:93 metrics[0].sql says all, so there must be no formula beside it
         6 | roduction, formula: count(*), relation: app.case_file, sql: SELECT 1 }
           |                                                             ^"
    `);
    expect(one('sql: SELECT count(*) FROM app.case_file, relation: app.case_file')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:95 metrics[0].relation is for a formula; with sql it is part of the statement
         6 | duction, sql: SELECT count(*) FROM app.case_file, relation: app.case_file }
           |                                                             ^"
    `);
    expect(one('formula: count(*)')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:53 metrics[0].formula needs a relation whose rows it measures
         6 |   - { name: open cases, store: production, formula: count(*) }
           |                                                     ^"
    `);
    expect(one('relation: app.case_file')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:5 metrics[0] has rows but nothing to measure on them: add a formula such as count(*)
         6 |   - { name: open cases, store: production, relation: app.case_file }
           |     ^"
    `);
    expect(one('owner: Case Operations')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:5 metrics[0] says nothing: give it a formula with a relation, a sql, or patterns under pin or split
         6 |   - { name: open cases, store: production, owner: Case Operations }
           |     ^"
    `);
  });

  test('SQL in the wrong place', () => {
    expect(one('sql: count(*)')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:49 metrics[0].sql must be one statement that begins with SELECT or WITH; an aggregate alone goes under formula
         6 |   - { name: open cases, store: production, sql: count(*) }
           |                                                 ^"
    `);
    expect(one('relation: app.case_file, formula: SELECT count(*)')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:78 metrics[0].formula must be one aggregate such as count(*); a whole statement goes under sql
         6 | cases, store: production, relation: app.case_file, formula: SELECT count(*) }
           |                                                             ^"
    `);
    expect(one("relation: app.case_file, formula: count(*), eligibility: WHERE closed_at IS NULL")).toMatchInlineSnapshot(`
      "tidemark.yaml:6:101 metrics[0].eligibility must be the condition alone, without WHERE
         6 | n, relation: app.case_file, formula: count(*), eligibility: WHERE closed_at IS NULL }
           |                                                             ^"
    `);
    expect(one('relation: case_file, formula: count(*)')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:54 metrics[0].relation must be schema.name
         6 |   - { name: open cases, store: production, relation: case_file, formula: count(*) }
           |                                                      ^"
    `);
  });

  test('a clock that there is not', () => {
    expect(one('relation: app.case_file, formula: count(*), time: { column: opened_at, zone: Europe/Berlinn }')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:121 metrics[0].time.zone must be a time zone such as Europe/Berlin or UTC
         6 | e_file, formula: count(*), time: { column: opened_at, zone: Europe/Berlinn } }
           |                                                             ^"
    `);
    expect(one('relation: app.case_file, formula: count(*), time: { column: opened_at, kind: load }')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:121 metrics[0].time.kind must be one of event, ingestion, not 'load'
         6 | e_file, formula: count(*), time: { column: opened_at, kind: load } }
           |                                                             ^"
    `);
    expect(one('relation: app.case_file, formula: count(*), time: { zone: UTC }')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:94 metrics[0].time.column is missing
         6 | oduction, relation: app.case_file, formula: count(*), time: { zone: UTC } }
           |                                                             ^"
    `);
  });

  test('an unknown key, with the nearest one', () => {
    expect(one('relation: app.case_file, formla: count(*)')).toMatchInlineSnapshot(`
      "tidemark.yaml:6:69 unknown key 'formla' in metrics[0]; did you mean 'formula'?
         6 | me: open cases, store: production, relation: app.case_file, formla: count(*) }
           |                                                             ^"
    `);
  });

  test('a store that there is not, or none among several', () => {
    expect(refusal('metrics: [{ name: open cases, store: prodution, relation: app.case_file, formula: count(*) }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:5:38 there is no store 'prodution'; did you mean 'production'?
         5 | metrics: [{ name: open cases, store: prodution, relation: app.case_file, formula: count(*) }]
           |                                      ^"
    `);
    expect(refusal('metrics: [{ name: open cases, relation: app.case_file, formula: count(*) }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:5:11 metrics[0].store is missing: one of production, warehouse
         5 | metrics: [{ name: open cases, relation: app.case_file, formula: count(*) }]
           |           ^"
    `);
  });

  test('two metrics under one name, by alias too', () => {
    expect(refusal('metrics: [{ name: open cases, pin: [Backlog] }, { name: Open cases, pin: [Queue] }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:5:57 metrics[1].name is 'Open cases', which is a name of the metric 'open cases'
         5 | metrics: [{ name: open cases, pin: [Backlog] }, { name: Open cases, pin: [Queue] }]
           |                                                         ^"
    `);
    expect(refusal('metrics: [{ name: open cases, pin: [Backlog] }, { name: waiting cases, aliases: [open cases] }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:5:82 metrics[1].aliases[0] is 'open cases', which is a name of the metric 'open cases'
         5 | n cases, pin: [Backlog] }, { name: waiting cases, aliases: [open cases] }]
           |                                                             ^"
    `);
  });

  test('a metric that is replaced by none, or by itself', () => {
    expect(refusal('metrics: [{ name: open cases, pin: [Backlog] }, { name: backlog, deprecated: { use: opened cases } }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:5:85 there is no metric 'opened cases' under metrics; did you mean 'open cases'?
         5 | ases, pin: [Backlog] }, { name: backlog, deprecated: { use: opened cases } }]
           |                                                             ^"
    `);
    expect(refusal('metrics: [{ name: backlog, deprecated: { use: Backlog } }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:5:47 metrics[0] is to be replaced by itself
         5 | metrics: [{ name: backlog, deprecated: { use: Backlog } }]
           |                                               ^"
    `);
  });
});
