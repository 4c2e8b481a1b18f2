import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { SourceFile } from '../../src/sources/common/source-file.js';
import type { Credentials } from '../../src/sources/source.js';
import { source } from '../../src/sources/superset.js';
import { askTool } from './api/ask.js';

const PERSON: Credentials = { token: null, username: 'auditor', password: 's3cr3t' };
const TOKEN: Credentials = { token: 's3cr3t-token', username: null, password: null };

const ask = (answer: (request: IncomingMessage, response: ServerResponse) => void, credentials = TOKEN, silence_ms_max = 2_000): ReturnType<typeof askTool> => askTool(source, answer, { credentials, silence_ms_max });

function send(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

const DATABASE = { id: 2, database_name: 'Shop' };
const DATASET = { id: 9, uuid: 'd9', table_name: 'refund', schema: 'shop', sql: null, database: DATABASE, columns: [], metrics: [{ metric_name: 'refunded', expression: 'SUM(amount)' }] };
const OTHER_CHART = { id: 6, uuid: 'c6', slice_name: 'Refunds by reason', viz_type: 'table', datasource_id: 9, datasource_type: 'table', params: '{"metrics": ["refunded"], "groupby": ["reason"]}', query_context: null };
const CHART = { ...OTHER_CHART, id: 5, uuid: 'c5', slice_name: 'Refunds', query_context: '{"queries": [{"metrics": ["refunded"], "columns": []}]}' };

/** The documented answers of a small instance; 150 dashboards fill two pages. */
const ANSWERS: Record<string, unknown> = {
  '/api/v1/saved_query/': { count: 1, result: [{ id: 3, label: 'Who waits', sql: 'SELECT 1 FROM app.case_file', schema: 'app', database: DATABASE }] },
  '/api/v1/database/': { count: 1, result: [{ ...DATABASE, backend: 'postgresql', expose_in_sqllab: true, extra: '{"password": "s3cr3t"}' }] },
  '/api/v1/database/2/connection': { id: 2, result: { ...DATABASE, backend: 'postgresql', sqlalchemy_uri: 'postgresql://reader:XXXXXXXXXX@shop-db.internal/shop', parameters: { password: 's3cr3t' } } },
  '/api/v1/dataset/': { count: 1, result: [{ id: 9, table_name: 'refund', sql: null, database: DATABASE }] },
  '/api/v1/dataset/9': { id: 9, result: DATASET },
  '/api/v1/report/': { count: 1, result: [{ id: 4, name: 'Too many', type: 'Alert', crontab: '0 6 * * *', active: true }] },
  '/api/v1/report/4': { id: 4, result: { id: 4, name: 'Too many', type: 'Alert', crontab: '0 6 * * *', active: true, sql: 'SELECT count(*) FROM shop.refund', database: DATABASE } },
  '/api/v1/chart/': { count: 2, result: [{ id: 5, slice_name: 'Refunds', viz_type: 'table' }, { id: 6, slice_name: 'Refunds by reason', viz_type: 'table' }] },
  '/api/v1/chart/5': { id: 5, result: CHART },
  '/api/v1/chart/6': { id: 6, result: OTHER_CHART },
  '/api/v1/chart/5/data/': { result: [{ query: 'SELECT SUM(amount) AS refunded\nFROM shop.refund\nLIMIT 1000', language: 'sql' }] },
};

function instance(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'http://superset');
  if (url.pathname === '/api/v1/security/login') return send(response, { access_token: 's3cr3t-token' });
  if (request.headers.authorization !== 'Bearer s3cr3t-token') return send(response, { msg: 'Missing Authorization Header' }, 401);
  if (url.pathname === '/api/v1/dashboard/') {
    const first = url.searchParams.get('q') === '(page:0,page_size:100)' ? 0 : 100;
    return send(response, { count: 150, result: Array.from({ length: first === 0 ? 100 : 50 }, (_, index) => ({ id: first + index + 1, dashboard_title: `Round ${first + index + 1}`, published: true })) });
  }
  const dashboard = /^\/api\/v1\/dashboard\/(\d+)$/.exec(url.pathname);
  if (dashboard !== null) {
    const position = dashboard[1] === '101' ? '{"CHART-1": {"meta": {"chartId": 6}}}' : '{}';
    return send(response, { result: { id: Number(dashboard[1]), dashboard_title: `Round ${dashboard[1]}`, published: true, position_json: position, json_metadata: '{}' } });
  }
  const answer = ANSWERS[url.pathname];
  send(response, answer ?? { message: 'Not found' }, answer === undefined ? 404 : 200);
}

describe('the interface of Superset', () => {
  test('gives every object, page by page, read as files are', async () => {
    const { answers, gaps } = await ask(instance, PERSON);
    expect(gaps).toEqual([]);
    expect(answers.filter(({ path }) => !/dashboard\/\d/.test(path)).map(({ path }) => path)).toEqual([
      'api/v1/saved_query/page_0.json', 'api/v1/database/page_0.json', 'api/v1/database/2/connection.json', 'api/v1/dataset/page_0.json', 'api/v1/dataset/9.json',
      'api/v1/dashboard/page_0.json', 'api/v1/dashboard/page_1.json', 'api/v1/report/page_0.json', 'api/v1/report/4.json', 'api/v1/chart/page_0.json', 'api/v1/chart/5.json',
      'api/v1/chart/5/data.json', 'api/v1/chart/6.json',
    ]);
    expect(answers.filter(({ path }) => /dashboard\/\d/.test(path))).toHaveLength(150);
    expect(JSON.stringify(answers)).not.toContain('s3cr3t');
    const queries = source.read(answers.map(({ path, text }) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
    expect(queries.map(({ id, title, container, reconstructed, variants }) => [id, title, container?.title ?? null, reconstructed, variants[0]?.sql])).toEqual([
      ['superset:dataset:d9:metric:refunded', 'refunded', null, false, 'SELECT (\nSUM(amount)\n) AS value FROM shop.refund AS refund'],
      ['superset:chart:c5', 'Refunds', null, false, 'SELECT SUM(amount) AS refunded\nFROM shop.refund\nLIMIT 1000'],
      ['superset:chart:c6', 'Refunds by reason', 'Round 101', true, 'SELECT reason AS reason, SUM(amount) AS refunded FROM shop.refund GROUP BY reason ORDER BY refunded DESC LIMIT 50000'],
      ['superset:saved_query:3', 'Who waits', null, false, 'SELECT 1 FROM app.case_file'],
      ['superset:report:4', 'Too many', null, false, 'SELECT count(*) FROM shop.refund'],
    ]);
    expect(new Set(queries.map(({ connection }) => connection?.host))).toEqual(new Set(['shop-db.internal']));
  });

  test('is told where it lets nobody in', async () => {
    await expect(ask((_, response) => send(response, {}, 401))).rejects.toThrow('the tool refuses the credentials (401); check the token, or the user name and password');
    await expect(ask(instance, { token: null, username: 'auditor', password: null })).rejects.toThrow('Superset is asked with a user name and password or an access token, and none is given');
    await expect(ask((_, response) => send(response, { message: 'no' }), PERSON)).rejects.toThrow('Superset gives no access token for the user name and password');
  });

  test('may be busy for a while, and may refuse what needs an administrator', async () => {
    let count = 0;
    const { answers, gaps } = await ask((request, response) => {
      if (count++ === 0) response.writeHead(429, { 'retry-after': '1' }).end();
      else if (/database|report/.test(request.url ?? '')) send(response, { message: 'Forbidden' }, 403);
      else instance(request, response);
    });
    expect(gaps).toEqual([]);
    expect(answers.filter(({ path }) => /database|report/.test(path))).toEqual([]);
    expect(answers.map(({ path }) => path)).toContain('api/v1/chart/5.json');
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['500', (response) => send(response, {}, 500)],
    ['half a page', (response) => response.writeHead(200).end('{"id": 5, "result": {"sli')],
    ['never', () => undefined],
  ])('costs one chart where its answer is: %s', async (_, broken) => {
    const { answers, gaps } = await ask((request, response) => (request.url === '/api/v1/chart/5' ? broken(response) : instance(request, response)), TOKEN, 200);
    expect(gaps.map(({ subject }) => subject.replace(/^.*\d+\/api/, 'api'))).toEqual(['api/v1/chart/5']);
    expect(answers.map(({ path }) => path)).toContain('api/v1/chart/6.json');
  });
});
