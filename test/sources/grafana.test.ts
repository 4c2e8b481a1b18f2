import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/grafana.js';
import { alone, fixtures, queriesOf, readValues, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = new Map([...(await queriesOf('grafana'))].filter(([, { origin }]) => !/provisioning|kubernetes/.test(origin.file)));
});

function query(id: string): CollectedQuery {
  const found = queries.get(`grafana:${id}`);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

const CASEWORK = {
  id: 'casework-pg',
  name: 'Casework (production)',
  engine: 'grafana-postgresql-datasource',
  host: 'casework-db.internal',
  database: 'casework',
};

describe('the dashboards of an export', () => {
  test('give every query that reaches a database, and no other', () => {
    expect([...queries.keys()].map((id) => id.slice('grafana:'.length))).toEqual([
      '3:panel:1:A',
      '3:panel:2:A',
      'alert:rule-overdue:A',
      'case-flow:annotation:Deployments',
      'case-flow:annotation:Holidays',
      'case-flow:panel:1:A',
      'case-flow:panel:3:A',
      'case-flow:panel:3:B',
      'case-flow:panel:4:A',
      'case-flow:panel:6:A',
      'case-flow:panel:7:library',
      'case-flow:panel:9:A',
      'case-flow:variable:team',
      'decisions:panel:1:A',
      'decisions:panel:1:B',
      'decisions:panel:2:library',
      'decisions:variable:office',
      'fees:panel:1:A',
      'fees:panel:2:A',
    ]);
  });

  test('carry what is known of them', () => {
    expect(query('case-flow:panel:1:A')).toMatchObject({
      kind: 'grafana',
      role: 'query',
      title: 'Cases opened',
      description: 'Every five minutes.',
      container: { kind: 'dashboard', id: 'case-flow', title: 'Case flow' },
      owners: [
        { name: 'ines.krall', via: 'author' },
        { name: 'admin', via: 'editor' },
      ],
      connection: CASEWORK,
      isPublic: true,
      lifecycle: 'active',
      schedule: '30s',
      problems: [],
    });
    expect(query('decisions:panel:1:A')).toMatchObject({ owners: [{ name: 'ines.krall' }], schedule: '1m', isPublic: false, title: 'Decisions by day' });
  });

  test('tell panels from variables, annotations and alerts', () => {
    expect(query('case-flow:variable:team')).toMatchObject({ role: 'variable', title: 'Team', schedule: '30s' });
    expect(query('case-flow:annotation:Deployments')).toMatchObject({ role: 'annotation', title: 'Deployments', lifecycle: 'active' });
    expect(query('alert:rule-overdue:A')).toMatchObject({
      role: 'alert',
      title: 'Overdue tasks pile up',
      container: null,
      owners: [{ name: 'casework-operations', via: 'owner-field' }],
    });
  });

  test('know what does not run as it stands', () => {
    expect(query('case-flow:panel:3:B').lifecycle).toBe('disabled');
    expect(query('decisions:panel:1:B').lifecycle).toBe('disabled');
    expect(query('case-flow:annotation:Holidays').lifecycle).toBe('disabled');
  });

  test('say where their SQL stands, to the character', async () => {
    for (const { id, raw, origin } of queries.values()) {
      if (raw === '') continue;
      const text = await readFile(join(fixtures, origin.file), 'utf8');
      expect(textAt(text, origin).startsWith(JSON.stringify(raw).slice(1, -1)), id).toBe(true);
    }
    expect(query('case-flow:panel:3:A').origin.pointer).toBe('/dashboard/panels/1/panels/0/targets/0/rawSql');
    expect(query('case-flow:panel:6:A').origin).toMatchObject({ file: 'grafana/library-elements.json', pointer: '/result/elements/0/model/targets/0/rawSql' });
    expect(query('fees:panel:1:A').origin.pointer).toBe('/__elements/lib-fees/model/targets/0/rawSql');
  });

  test('give SQL that PostgreSQL parses', () => {
    for (const { id, variants } of queries.values()) for (const { sql } of variants) expect(() => parseSync(sql), id).not.toThrow();
  });

  test('hold no secret of their data sources', () => {
    expect(JSON.stringify([...queries.values()])).not.toMatch(/s3cr3t|grafana_ro/);
  });
});

describe('data sources', () => {
  test('are found by uid, by name, as the default, and through a variable', () => {
    for (const id of ['case-flow:panel:1:A', '3:panel:1:A', '3:panel:2:A', 'case-flow:panel:3:A', 'decisions:panel:1:A']) {
      expect(query(id).connection, id).toEqual(CASEWORK);
    }
  });

  test('of a query count before those of its panel, and give their host without its password', () => {
    expect(query('case-flow:panel:4:A').connection).toEqual({ id: 'telemetry', name: 'Telemetry', engine: 'postgres', host: 'telemetry.internal', database: 'metrics' });
    expect(query('case-flow:panel:4:A').variants[0]?.sql).toContain(`time_bucket('60.000s',at) AS "time"`);
  });

  test('of a dashboard that was exported for sharing are its inputs', () => {
    expect(query('fees:panel:2:A').connection).toEqual({ id: null, name: 'Casework replica', engine: 'postgres', host: null, database: null });
  });

  test('that are not in the export are named all the same', () => {
    const panels = (datasource: unknown) => ({ title: 'D', uid: 'd', schemaVersion: 1, panels: [{ id: 1, title: 'P', datasource, targets: [{ refId: 'A', rawSql: 'select 1' }] }] });
    const connectionOf = (datasource: unknown) => readValues(source, { 'd.json': panels(datasource) })[0]?.connection;
    expect(connectionOf({ type: 'postgres', uid: 'P1A2' })).toEqual({ id: 'P1A2', name: null, engine: 'postgres', host: null, database: null });
    expect(connectionOf('Old name')).toEqual({ id: null, name: 'Old name', engine: null, host: null, database: null });
    expect(connectionOf(null)).toBeNull();
  });
});

describe('library panels', () => {
  test('that are not in the export are kept by name, with a problem', () => {
    expect(query('case-flow:panel:7:library')).toMatchObject({
      title: 'Fees today',
      raw: '',
      variants: [],
      problems: [{ code: 'missing-reference', message: 'the library panel lib-missing is not in the export; save GET /api/library-elements next to it' }],
    });
  });
});

describe('variables', () => {
  test('with defined values give a text for each', () => {
    expect(query('case-flow:panel:1:A').variants.map(({ label }) => label)).toEqual(['default', 'schema=archive']);
  });

  test('whose values are rows of a database are not copied', () => {
    expect(JSON.stringify([...queries.values()])).not.toMatch(/North|Bonn/);
  });

  test('of all kinds are understood', () => {
    const list = [
      { name: 'c', type: 'custom', query: 'one : 1, two : 2', current: {}, options: [] },
      { name: 'k', type: 'constant', query: "it's", current: {} },
      { name: 'i', type: 'interval', query: '1m,10m', current: { value: '$__auto_interval_i' }, options: [{ value: '$__auto_interval_i' }, { value: '1m' }] },
      { name: 't', type: 'textbox', query: 'free', current: { value: '' } },
      { name: 'm', type: 'custom', query: 'a,b', multi: true, includeAll: true, allValue: '.*', current: { value: ['$__all'] }, options: [{ value: '$__all' }, { value: 'a' }, { value: 'b' }] },
    ];
    const rawSql = "select $c, '$k', $__timeGroup(at,'$i'), '$t' from x where m ~ '$m'";
    const dashboard = { title: 'V', uid: 'v', schemaVersion: 1, templating: { list }, panels: [{ id: 1, title: 'P', targets: [{ refId: 'A', rawSql }] }] };
    expect(readValues(source, { 'v.json': dashboard })[0]?.variants[0]?.sql).toBe(
      `select 1, 'it''s', floor(extract(epoch from at)/60)*60 AS "time", 'free' from x where m ~ '.*'`,
    );
  });
});

describe('the query builder', () => {
  test('is read from its parts where it left no SQL', () => {
    expect(query('case-flow:panel:9:A')).toMatchObject({ reconstructed: true, raw: '' });
    expect(query('case-flow:panel:9:A').variants.map(({ sql, assumptions }) => [sql, assumptions[0]])).toEqual([
      ['SELECT COUNT(id), team FROM app.case_file WHERE closed_at IS NULL GROUP BY team LIMIT 50', "the SQL is rebuilt from the parts of Grafana's query builder"],
    ]);
  });
});

describe('files', () => {
  function certainty(value: unknown): number {
    return source.recognises(new SourceFile('x', JSON.stringify(value)), alone);
  }

  test('are recognised by what they hold, whatever they are called', () => {
    expect(certainty({ title: 'D', panels: [], schemaVersion: 39 })).toBeGreaterThan(0.9);
    expect(certainty({ dashboard: { title: 'D', rows: [], time: {} }, meta: {} })).toBeGreaterThan(0.9);
    expect(certainty({ apiVersion: 'dashboard.grafana.app/v1beta1', kind: 'Dashboard', spec: { title: 'D' } })).toBeGreaterThan(0.9);
    expect(certainty([{ uid: 'a', name: 'n', type: 'postgres', access: 'proxy' }])).toBeGreaterThan(0.5);
    expect(certainty({ result: { elements: [{ uid: 'a', name: 'n', kind: 1, model: {} }] } })).toBeGreaterThan(0.5);
    expect(certainty({ groups: [{ name: 'g', interval: '1m', rules: [] }] })).toBeGreaterThan(0.5);
    expect(certainty({ id: 1, name: 'A', dataset_query: {} })).toBe(0);
    expect(certainty({ title: 'a thing with panels', panels: [] })).toBe(0);
    expect(certainty(null)).toBe(0);
  });

  test('with the classic model as a resource are read like it', () => {
    const spec = { title: 'D', schemaVersion: 40, panels: [{ id: 1, title: 'P', targets: [{ refId: 'A', rawSql: 'select 1' }] }] };
    const [read] = readValues(source, { 'r.json': { apiVersion: 'dashboard.grafana.app/v1beta1', kind: 'Dashboard', metadata: { name: 'd-1' }, spec } });
    expect([read?.id, read?.origin.pointer]).toEqual(['grafana:d-1:panel:1:A', '/spec/panels/0/targets/0/rawSql']);
  });

  test('that hold the same dashboard twice count it once', () => {
    const dashboard = { title: 'D', uid: 'd', schemaVersion: 1, panels: [{ id: 1, title: 'P', targets: [{ refId: 'A', rawSql: 'select 1' }] }] };
    expect(readValues(source, { 'a.json': dashboard, 'b.json': { dashboard, meta: {} } }).map(({ id }) => id)).toEqual(['grafana:d:panel:1:A']);
  });

  test('of alert groups say how often their rules run', () => {
    const rule = { uid: 'r', title: 'R', condition: 'A', isPaused: true, data: [{ refId: 'A', datasourceUid: 'x', model: { rawSql: 'select 1' } }] };
    const [read] = readValues(source, { 'g.json': { apiVersion: 1, groups: [{ name: 'g', folder: 'f', interval: '1m', rules: [rule] }] } });
    expect(read).toMatchObject({ id: 'grafana:alert:r:A', schedule: '1m', lifecycle: 'disabled', origin: { pointer: '/groups/0/rules/0/data/0/model/rawSql' } });
  });

  test('of SQL plugins keep it under other names', () => {
    const target = (type: string, fields: object) => ({ id: 1, title: 'P', datasource: { type, uid: 'u' }, targets: [{ refId: 'A', ...fields }] });
    const sqlOf = (type: string, fields: object) =>
      readValues(source, { 'd.json': { title: 'D', uid: 'd', schemaVersion: 1, panels: [target(type, fields)] } }).map(({ raw }) => raw);
    expect(sqlOf('grafana-athena-datasource', { rawSQL: 'select 1' })).toEqual(['select 1']);
    expect(sqlOf('frser-sqlite-datasource', { queryText: 'select 2' })).toEqual(['select 2']);
    expect(sqlOf('some-new-datasource', { query: '-- yes\nwith a as (select 1) select 3 from a' })).toEqual(['-- yes\nwith a as (select 1) select 3 from a']);
    expect(sqlOf('some-new-datasource', { query: 'sum(rate(x[5m]))' })).toEqual([]);
    expect(sqlOf('prometheus', { rawSql: 'select 4' })).toEqual([]);
  });
});
