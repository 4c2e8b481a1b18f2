import { describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/grafana.js';
import { alone, readValues, textAt } from './fixture.js';

function read(files: Record<string, string>): CollectedQuery[] {
  return source.read(Object.entries(files).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
}

const target = (fields: object = {}) => ({ refId: 'A', rawSql: 'select 1', ...fields });
const panel = (fields: object = {}) => ({ id: 1, title: 'Open cases', targets: [target()], ...fields });
const dashboard = (fields: object = {}) => ({ title: 'Casework', uid: 'cw', schemaVersion: 39, panels: [panel()], ...fields });

describe('data sources', () => {
  test('of provisioning need neither a uid nor more than name and type', () => {
    const provisioned = `apiVersion: 1
datasources:
  - name: Hearings
    type: mysql
    url: mysql-01.court.example:3306
    database: hearings
    password: s3cr3t
  - {name: Finance, uid: fin, type: mssql, url: "fin-sql.court.example,1433", database: Finance, secureJsonData: {password: s3cr3t}}
  - name: Events
    uid: ch
    type: grafana-clickhouse-datasource
    jsonData: {host: ch.court.example, port: 9000, defaultDatabase: events}
  - name: Open data
    uid: bq
    type: grafana-bigquery-datasource
    jsonData: {defaultProject: court-stats}
`;
    const panels = [['Hearings'], [{ type: 'mssql', uid: 'fin' }], [{ uid: 'ch' }], [{ uid: 'bq' }]].map(([datasource], id) => panel({ id, datasource }));
    const queries = read({ 'p/datasources/all.yaml': provisioned, 'd.json': JSON.stringify(dashboard({ panels })) });
    expect(queries.map(({ connection }) => [connection?.engine, connection?.host, connection?.database])).toEqual([
      ['mysql', 'mysql-01.court.example', 'hearings'],
      ['mssql', 'fin-sql.court.example', 'Finance'],
      ['grafana-clickhouse-datasource', 'ch.court.example', 'events'],
      ['grafana-bigquery-datasource', null, 'court-stats'],
    ]);
    expect(JSON.stringify(queries)).not.toContain('s3cr3t');
  });

  test('of two installations in one folder count for the dashboards next to them', () => {
    const listed = (host: string) => [{ uid: 'pg', name: 'PostgreSQL', type: 'postgres', access: 'proxy', url: `${host}:5432`, isDefault: true }];
    const queries = readValues(source, {
      'eu/datasources.json': listed('eu-db'),
      'us/datasources.json': listed('us-db'),
      'eu/d/one.json': dashboard({ uid: 'one', panels: [panel({ datasource: null }), panel({ id: 2, datasource: { uid: 'pg' } })] }),
      'us/d/two.json': dashboard({ uid: 'two', panels: [panel({ datasource: null, targets: [target({ rawSql: 'select 2' })] })] }),
    });
    expect(queries.map(({ id, connection }) => [id, connection?.host])).toEqual([
      ['grafana:one:panel:1:A', 'eu-db'],
      ['grafana:one:panel:2:A', 'eu-db'],
      ['grafana:two:panel:1:A', 'us-db'],
    ]);
  });

  test('of expressions reach no database: SQL over the panel is kept with its engine, other kinds are no query', () => {
    const expression = (fields: object) => ({ datasource: { type: '__expr__', uid: '__expr__' }, ...fields });
    const targets = [target({ hide: true }), expression({ refId: 'B', type: 'sql', expression: 'select count(*) from A' }), expression({ refId: 'C', type: 'math', expression: '$A / 60' }), target({ refId: 'D', hide: true })];
    expect(readValues(source, { 'd.json': dashboard({ panels: [panel({ targets })] }) })).toMatchObject([
      // Hidden, and asked all the same: the expression computes with it.
      { id: 'grafana:cw:panel:1:A', lifecycle: 'active' },
      { id: 'grafana:cw:panel:1:B', raw: 'select count(*) from A', connection: { id: '__expr__', engine: '__expr__' }, origin: { pointer: '/panels/0/targets/1/expression' } },
      { id: 'grafana:cw:panel:1:D', lifecycle: 'disabled' },
    ]);
  });
});

describe('what runs', () => {
  test('as often as the alert of a panel says, hidden or not', () => {
    const alert = { frequency: '60s', conditions: [{ query: { params: ['B', '5m', 'now'] } }] };
    const targets = [target(), target({ refId: 'B', hide: true })];
    expect(readValues(source, { 'd.json': dashboard({ refresh: '5m', panels: [panel({ alert, targets })] }) }).map(({ lifecycle, schedule }) => [lifecycle, schedule])).toEqual([
      ['active', '5m'],
      ['active', '60s'],
    ]);
  });

  test('in an alert rule of provisioning has its dollars doubled, as Grafana exports it', () => {
    const sql = "select count(*) from casework.appeal a where $$__timeFilter(a.lodged_at) and $$__unixEpochFilter(a.epoch) and a.note <> '5 $$'";
    const rule = { uid: 'r', title: 'R', condition: 'A', data: [{ refId: 'A', datasourceUid: 'x', model: { rawSql: sql } }] };
    const [query] = readValues(source, { 'g.json': { apiVersion: 1, groups: [{ name: 'g', folder: 'f', interval: '1m', rules: [rule] }] } });
    expect(query?.variants.map((variant) => variant.sql)).toEqual([
      "select count(*) from casework.appeal a where a.lodged_at BETWEEN '2024-01-01T00:00:00Z' AND '2024-01-02T00:00:00Z' and a.epoch >= 1704067200 AND a.epoch <= 1704153600 and a.note <> '5 $$'",
    ]);
    // The interface gives the text itself, in which they are a quote.
    const [asked] = readValues(source, { 'r.json': [{ ...rule, data: [{ refId: 'A', datasourceUid: 'x', model: { rawSql: 'select $$late$$' } }] }] });
    expect(asked?.variants[0]?.sql).toBe('select $$late$$');
  });

  test('in a dashboard that was exported for sharing has the constants of its inputs', () => {
    const __inputs = [{ name: 'VAR_COURT', type: 'constant', value: 'north', description: '' }];
    const targets = [target({ rawSql: "select 1 from ${VAR_COURT}.hearing where court = '${VAR_COURT}'" })];
    const [query] = readValues(source, { 'd.json': dashboard({ __inputs, panels: [panel({ targets })] }) });
    expect([query?.variants[0]?.sql, query?.problems]).toEqual(["select 1 from north.hearing where court = 'north'", []]);
  });
});

describe('resources', () => {
  const metadata = { name: 'd-1', annotations: { 'grafana.app/createdBy': 'user:ines', 'grafana.app/updatedBy': 'user:tom' } };

  test('of the classic model have owners too, the editor after the author', () => {
    const [query] = readValues(source, { 'r.json': { apiVersion: 'dashboard.grafana.app/v1beta1', kind: 'Dashboard', metadata, spec: dashboard() } });
    expect(query?.owners).toEqual([{ name: 'ines', via: 'author' }, { name: 'tom', via: 'editor' }]);
  });

  test('of the model v2 show library panels, whose query stands in a file of its own', () => {
    const elements = {
      'panel-1': { kind: 'LibraryPanel', spec: { id: 1, title: 'Refund rate', libraryPanel: { uid: 'lib-1', name: 'Refund rate' } } },
      'panel-2': { kind: 'LibraryPanel', spec: { id: 2, title: 'Gone', libraryPanel: { uid: 'lib-2', name: 'Gone' } } },
    };
    const library = { result: { elements: [{ uid: 'lib-1', name: 'Refund rate', kind: 1, model: { datasource: { type: 'postgres', uid: 'pg' }, targets: [target({ rawSql: 'select count(*) from refund' })] } }] } };
    expect(readValues(source, { 'a.json': { apiVersion: 'dashboard.grafana.app/v2', kind: 'Dashboard', metadata, spec: { title: 'Shop', elements } }, 'l.json': library })).toMatchObject([
      { id: 'grafana:d-1:panel:1:A', title: 'Refund rate', raw: 'select count(*) from refund', connection: { id: 'pg', engine: 'postgres' }, origin: { file: 'l.json', pointer: '/result/elements/0/model/targets/0/rawSql' } },
      { id: 'grafana:d-1:panel:2:library', title: 'Gone', problems: [{ code: 'missing-reference' }] },
    ]);
  });

  test('in one YAML of several documents are all found, to the letter', () => {
    const inner = (uid: string, sql: string) => JSON.stringify(dashboard({ uid, panels: [panel({ targets: [target({ rawSql: sql })] })] }));
    const text = `kind: ConfigMap
data:
  stock.json: |-
    ${inner('stock', 'select sku\nfrom stock.item')}
---
kind: GrafanaDashboard
spec:
  json: >
    ${inner('carriers', 'select "name" from ship.carrier')}
`;
    const queries = read({ 'chart/all.yaml': text });
    expect(queries.map(({ id }) => id)).toEqual(['grafana:stock:panel:1:A', 'grafana:carriers:panel:1:A']);
    expect(queries.map(({ origin }) => textAt(text, origin).slice(0, 12))).toEqual(['select sku\\n', 'select \\"nam']);
  });
});

describe('queries that are almost SQL', () => {
  const rawOf = (datasource: unknown, fields: object) => readValues(source, { 'd.json': dashboard({ panels: [panel({ datasource, targets: [{ refId: 'A', ...fields }] })] }) }).map(({ raw }) => raw);
  const influx = 'SELECT mean("value") FROM "cpu" WHERE $timeFilter GROUP BY time($__interval) fill(null)';

  test('InfluxQL is none, by its type, by the name of its source and by its words; SQL of the same plugin is', () => {
    expect(rawOf({ type: 'influxdb', uid: 'i' }, { query: influx, rawQuery: true })).toEqual([]);
    expect(rawOf('InfluxDB', { query: influx })).toEqual([]);
    expect(rawOf('Weather', { query: influx })).toEqual([]);
    expect(rawOf('Weather', { query: 'SHOW TAG VALUES WITH KEY = "host"' })).toEqual([]);
    expect(rawOf({ type: 'influxdb', uid: 'i' }, { rawSql: 'select * from cpu', query: '' })).toEqual(['select * from cpu']);
    expect(rawOf('Weather', { query: 'show tables' })).toEqual(['show tables']);
  });

  test("of Altinity's plugin have the table and the time column of the fields beside them", () => {
    const fields = { query: 'SELECT $timeSeries as t, count() FROM $table WHERE $timeFilter GROUP BY t ORDER BY t', database: 'logs', table: 'app_log', dateTimeColDataType: 'ts', rawQuery: true };
    const [query] = readValues(source, { 'd.json': dashboard({ panels: [panel({ datasource: { type: 'vertamedia-clickhouse-datasource', uid: 'c' }, targets: [{ refId: 'A', ...fields }] })] }) });
    expect([query?.variants.map(({ sql }) => sql), query?.problems]).toEqual([
      ['SELECT (intDiv(toUInt32(ts), 60) * 60) * 1000 as t, count() FROM logs.app_log WHERE ts >= toDateTime(1704067200) AND ts <= toDateTime(1704153600) GROUP BY t ORDER BY t'],
      [],
    ]);
  });
});

test('a list of resources gives its version to its items', () => {
  const list = { kind: 'DashboardList', apiVersion: 'dashboard.grafana.app/v1beta1', metadata: {}, items: [{ metadata: { name: 'n-1' }, spec: dashboard({ uid: undefined }) }, 3] };
  expect(source.recognises(new SourceFile('l.json', JSON.stringify(list)), alone)).toBeGreaterThan(0.9);
  expect(readValues(source, { 'l.json': list })).toMatchObject([{ id: 'grafana:n-1:panel:1:A', origin: { pointer: '/items/0/spec/panels/0/targets/0/rawSql' } }]);
});

describe('hostile files', () => {
  test('with panels that share their id are read in one go, each under an id of its own', () => {
    const queries = readValues(source, { 'd.json': dashboard({ panels: Array.from({ length: 10_000 }, () => panel()) }) });
    expect(new Set(queries.map(({ id }) => id)).size).toBe(10_000);
  });

  test('with wrong types everywhere throw nothing', () => {
    for (const wrong of [null, 0, 'x', [], {}, [[]], [null], true]) {
      const parts = { alert: wrong, libraryPanel: wrong, targets: [{ refId: wrong, hide: wrong, datasource: wrong, rawSql: 'select 1', conditions: wrong, expression: wrong, type: wrong }] };
      const files = {
        'd.json': dashboard({ __inputs: [wrong, { name: wrong, type: 'constant', value: wrong }], refresh: wrong, panels: [panel(parts)], templating: { list: [wrong, { type: 'query', query: wrong }] }, annotations: { list: [wrong] } }),
        'r.json': { apiVersion: 'dashboard.grafana.app/v1', metadata: wrong, spec: dashboard({ uid: 'r' }) },
        'v.json': { apiVersion: 'dashboard.grafana.app/v2', metadata: { name: 'v', annotations: wrong }, spec: { elements: { a: { kind: 'LibraryPanel', spec: { libraryPanel: wrong } }, b: { kind: 'Panel', spec: { data: { spec: { queries: [wrong, { spec: { query: wrong } }] } } } }, c: wrong } } },
        's.json': { apiVersion: 1, datasources: [wrong, { name: 'x', type: 'postgres', url: wrong, jsonData: wrong }] },
        'g.json': { apiVersion: wrong, groups: [{ name: 'g', interval: wrong, rules: [wrong, { title: 't', condition: 'A', data: [wrong] }] }] },
      };
      expect(readValues(source, files).length).toBeGreaterThan(0);
    }
  });
});
