import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { source } from '../../src/sources/grafana.js';
import { ApiClient } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { serve } from './api/server.js';
import { fixtures, queriesOf, textAt } from './fixture.js';

const queries = await queriesOf('grafana');

describe('dashboards that stand in files of other tools', () => {
  test('a ConfigMap: the place is that in the YAML, and the data source is one that was provisioned', async () => {
    const query = queries.get('grafana:appeals:panel:1:A');
    expect(query).toMatchObject({
      title: 'Lodged by hour',
      container: { id: 'appeals', title: 'Appeals' },
      connection: { id: null, name: 'Appeals archive', engine: 'mysql', host: 'archive.authority.example', database: 'appeals' },
      origin: { file: 'grafana/kubernetes/config-map.yaml', pointer: '/data/appeals.json/panels/0/targets/0/rawSql' },
    });
    expect(query?.variants[0]?.sql).toBe(
      'SELECT UNIX_TIMESTAMP(lodged_at) DIV 3600 * 3600 AS "time", count(*) FROM appeal WHERE lodged_at BETWEEN FROM_UNIXTIME(1704067200) AND FROM_UNIXTIME(1704153600) GROUP BY 1',
    );
    const text = await readFile(join(fixtures, query?.origin.file ?? ''), 'utf8');
    expect(textAt(text, query?.origin ?? { line: 0, column: 0 })).toMatch(/^SELECT \$__timeGroupAlias\(lodged_at/);
  });

  test('an alert rule of a provisioning file', async () => {
    const query = queries.get('grafana:alert:intake-stalls:A');
    expect(query).toMatchObject({ role: 'alert', schedule: '5m', owners: [{ name: 'Intake' }], raw: 'SELECT count(*) FROM app.case_file WHERE $__timeFilter(opened_at)' });
    expect(textAt(await readFile(join(fixtures, query?.origin.file ?? ''), 'utf8'), query?.origin ?? { line: 0, column: 0 })).toMatch(/^SELECT count\(\*\)\n/);
  });

  test('a heredoc of Terraform', async () => {
    const query = queries.get('grafana:fees:panel:7:A');
    expect(query?.raw).toBe('SELECT sum(amount) FROM app.fee');
    expect(textAt(await readFile(join(fixtures, query?.origin.file ?? ''), 'utf8'), query?.origin ?? { line: 0, column: 0 })).toMatch(/^SELECT sum\(amount\)/);
  });

  test('a program is kept with its problem, not passed over', () => {
    expect(queries.get('grafana:grafana/kubernetes/hearings.jsonnet')?.problems).toEqual([
      { code: 'dynamic-sql', message: 'the dashboard is a Jsonnet program; compile it, and name the JSON as a source' },
    ]);
    const made = new SourceFile('d.tf', 'resource "grafana_dashboard" "x" {\n  config_json = jsonencode({ title = "X" })\n}\n');
    expect(source.read([made], { connection: null, gap: () => undefined })[0]?.problems[0]?.message).toBe('the dashboard is made by functions of Terraform; export it from Grafana');
  });
});

test('Grafana that is asked itself gives what a folder of its answers gives', async () => {
  const dashboard = {
    dashboard: { uid: 'd1', title: 'Intake', schemaVersion: 39, panels: [{ id: 2, title: 'Backlog', datasource: { uid: 'pg' }, targets: [{ refId: 'A', rawSql: 'SELECT count(*) FROM app.case_file' }] }] },
    meta: { createdBy: 'ines.krall', folderTitle: 'Operations' },
  };
  const { base, requests } = await serve({
    '/grafana/api/datasources': [{ uid: 'pg', name: 'Casework', type: 'grafana-postgresql-datasource', access: 'proxy', url: 'db.example:5432', database: 'casework', isDefault: true, secureJsonData: { password: 's3cr3t' } }],
    '/grafana/api/search': [{ uid: 'd1', title: 'Intake', type: 'dash-db' }],
    '/grafana/api/dashboards/uid/d1': (request) => (request.headers.authorization === 'Bearer glsa_1' ? dashboard : {}),
  });
  const client = new ApiClient({ base: new URL('grafana', base), report: (gap) => expect.unreachable(gap.cause) });
  const files: SourceFile[] = [];
  for await (const { path, text } of source.api?.fetch(client, { token: 'glsa_1', username: null, password: null }) ?? []) files.push(new SourceFile(path, text));
  expect(files.map(({ path }) => path)).toEqual(['api/datasources.json', 'api/dashboards/uid/d1.json']);
  expect(requests).toContain('GET /grafana/api/search?type=dash-db&limit=1000&page=1');
  expect(source.read(files, { connection: null, gap: () => undefined })).toMatchObject([
    { id: 'grafana:d1:panel:2:A', container: { id: 'd1', within: { kind: 'folder', id: 'Operations', title: 'Operations' } }, owners: [{ name: 'ines.krall' }], connection: { name: 'Casework', host: 'db.example', database: 'casework' }, origin: { file: 'api/dashboards/uid/d1.json' } },
  ]);
});

test('alert rules come with the interval of their group where Grafana exports them, and without it where it does not', async () => {
  const rule = { uid: 'r', title: 'Late cases', condition: 'A', data: [{ refId: 'A', datasourceUid: 'pg', model: { rawSql: 'select 1 where $$__timeFilter(now())' } }] };
  const ask = async (routes: Parameters<typeof serve>[0]) => {
    const { base } = await serve({ '/api/search': [], ...routes });
    const client = new ApiClient({ base, report: (gap) => expect.unreachable(gap.cause) });
    const files: SourceFile[] = [];
    for await (const { path, text } of source.api?.fetch(client, { token: 'glsa_1', username: null, password: null }) ?? []) files.push(new SourceFile(path, text));
    return source.read(files, { connection: null, gap: () => undefined }).map(({ id, schedule }) => [id, schedule]);
  };
  const exported = { apiVersion: 1, groups: [{ orgId: 1, name: 'clocks', folder: 'Casework', interval: '2m', rules: [rule] }] };
  expect(await ask({ '/api/v1/provisioning/alert-rules/export': exported, '/api/v1/provisioning/alert-rules': [rule] })).toEqual([['grafana:alert:r:A', '2m']]);
  expect(await ask({ '/api/v1/provisioning/alert-rules': [rule] })).toEqual([['grafana:alert:r:A', null]]);
});
