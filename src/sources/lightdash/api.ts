import { ApiRefused, fileName, type ApiAnswer, type ApiClient } from '../api/client.js';
import { isObject } from '../common/json.js';
import type { Credentials } from '../source.js';

type Values = Record<string, unknown>;

/**
 * Projects with their explores, saved charts, dashboards and SQL charts, and for each chart the SQL that Lightdash compiles
 * of it without running it (Lightdash API v1: `/org/projects`, `/projects/:uuid`, `/projects/:uuid/explores/:name`,
 * `/projects/:uuid/charts`, `/saved/:uuid`, `/projects/:uuid/dashboards`, `/explores/:name/compileQuery`, `/projects/:uuid/sqlCharts/code`).
 *
 * @throws ApiRefused where nothing can be read.
 */
export async function* fetchLightdash(client: ApiClient, { token }: Credentials): AsyncIterable<ApiAnswer> {
  if (token === null) throw new ApiRefused('Lightdash is asked with a personal access token, and none is given', 'create one under Settings, Personal access tokens');
  client.headers['authorization'] = `ApiKey ${token}`;
  const projects = uuids(await client.json('api/v1/org/projects'), 'projectUuid');
  for (const project of projects) {
    const base = `api/v1/projects/${encodeURIComponent(project)}`;
    yield* client.answers([base]);
    const explores = listed(await client.json(`${base}/explores`)).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
    for await (const answer of client.answers(explores.map((name) => `${base}/explores/${encodeURIComponent(name)}`))) yield answer;
    const charts = uuids(await client.json(`${base}/charts`), 'uuid');
    for await (const answer of client.answers(charts.map((uuid) => `api/v1/saved/${encodeURIComponent(uuid)}`))) {
      yield answer;
      const compiled = await compiledSql(client, base, answer);
      if (compiled !== null) yield compiled;
    }
    const dashboards = uuids(await client.json(`${base}/dashboards`), 'uuid');
    yield* client.answers(dashboards.map((uuid) => `api/v1/dashboards/${encodeURIComponent(uuid)}`));
    const code = await client.answer(`${base}/sqlCharts/code`, { optional: true });
    if (code !== null) yield code;
  }
}

/** What Lightdash makes of the fields of a chart; older versions lack it. */
async function compiledSql(client: ApiClient, base: string, { text }: ApiAnswer): Promise<ApiAnswer | null> {
  const answer: unknown = JSON.parse(text);
  const chart = isObject(answer) && isObject(answer['results']) ? answer['results'] : null;
  const { uuid, tableName, metricQuery } = chart ?? {};
  if (typeof uuid !== 'string' || typeof tableName !== 'string' || !isObject(metricQuery)) return null;
  const path = `${base}/explores/${encodeURIComponent(tableName)}/compileQuery`;
  const compiled = await client.json(path, { method: 'POST', body: metricQuery, optional: true });
  const results: unknown = isObject(compiled) ? compiled['results'] : null;
  const sql = isObject(results) ? results['query'] : results;
  return typeof sql === 'string' ? { path: fileName(`api/v1/saved/${uuid}/compiled`), text: JSON.stringify({ chartUuid: uuid, compiledSql: sql }) } : null;
}

function listed(answer: unknown): Values[] {
  const results: unknown = isObject(answer) ? answer['results'] : null;
  const items: unknown[] = Array.isArray(results) ? results : [];
  return items.filter(isObject);
}

function uuids(answer: unknown, key: string): string[] {
  return listed(answer).flatMap((item) => (typeof item[key] === 'string' ? [item[key]] : []));
}
