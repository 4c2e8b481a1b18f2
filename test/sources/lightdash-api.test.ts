import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ApiClient } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/lightdash.js';
import { askTool } from './api/ask.js';

const CHART = { uuid: 'c-1', slug: 'orders-by-day', projectUuid: 'p-1', name: 'Orders by day', tableName: 'orders', spaceUuid: 's-1', spaceName: 'Sales', metricQuery: { exploreName: 'orders', dimensions: [], metrics: ['orders_count'], filters: {}, tableCalculations: [] } };

const ANSWERS: Record<string, unknown> = {
  'GET /api/v1/org/projects': [{ projectUuid: 'p-1', name: 'Shop' }],
  'GET /api/v1/projects/p-1': { projectUuid: 'p-1', name: 'Shop', warehouseConnection: { type: 'postgres', host: 'shop-db.internal', dbname: 'shop', password: 'hunter2' } },
  'GET /api/v1/projects/p-1/explores': [{ name: 'orders', label: 'Orders' }],
  'GET /api/v1/projects/p-1/explores/orders': { name: 'orders', baseTable: 'orders', joinedTables: [], tables: { orders: { name: 'orders', sqlTable: 'shop.orders', dimensions: {}, metrics: { count: { name: 'count', type: 'count', sql: '${TABLE}.id' } } } } },
  'GET /api/v1/projects/p-1/charts': [{ uuid: 'c-1', name: 'Orders by day' }, { uuid: 'c-2', name: 'Gone' }],
  'GET /api/v1/saved/c-1': CHART,
  'GET /api/v1/projects/p-1/dashboards': [{ uuid: 'd-1', name: 'Shop today' }],
  'GET /api/v1/dashboards/d-1': { uuid: 'd-1', slug: 'shop-today', name: 'Shop today', dashboardVersionId: 3, tiles: [{ type: 'saved_chart', properties: { savedChartUuid: 'c-1' } }] },
  'POST /api/v1/projects/p-1/explores/orders/compileQuery': { query: 'SELECT COUNT("orders".id) FROM shop.orders AS "orders"', parameterReferences: [] },
  'GET /api/v1/projects/p-1/sqlCharts/code': { sqlCharts: [{ slug: 'stock', name: 'Stock', chartKind: 'table', sql: 'SELECT sku, quantity FROM shop.stock', spaceSlug: 'sales' }] },
};

const ask = (answer: (request: IncomingMessage, response: ServerResponse) => void, silence_ms_max = 2_000): ReturnType<typeof askTool> => askTool(source, answer, { silence_ms_max });

function replay(request: IncomingMessage, response: ServerResponse): void {
  const results = ANSWERS[`${request.method} ${request.url}`];
  response.writeHead(results === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(results === undefined ? { status: 'error' } : { status: 'ok', results }));
}

describe('the interface of Lightdash', () => {
  test('gives projects, explores, charts, dashboards and compiled SQL, read as files are', async () => {
    const tokens = new Set<string | undefined>();
    const { answers, gaps } = await ask((request, response) => {
      tokens.add(request.headers.authorization);
      replay(request, response);
    });
    expect([...tokens]).toEqual(['ApiKey s3cr3t']);
    expect(answers.map(({ path }) => path)).toEqual([
      'api/v1/projects/p-1.json',
      'api/v1/projects/p-1/explores/orders.json',
      'api/v1/saved/c-1.json',
      'api/v1/saved/c-1/compiled.json',
      'api/v1/dashboards/d-1.json',
      'api/v1/projects/p-1/sqlCharts/code.json',
    ]);
    expect(gaps.map(({ subject, cause }) => `${subject.replace(/^.*(?=api)/, '')}: ${cause}`)).toEqual(['api/v1/saved/c-2: the tool answers 404']);
    const queries = source.read(answers.map(({ path, text }) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
    expect(queries.map(({ id }) => id)).toEqual(['lightdash:p-1:orders:metric:count', 'lightdash:p-1:chart:orders-by-day', 'lightdash:p-1:chart:stock']);
    expect(queries[1]).toMatchObject({ raw: 'SELECT COUNT("orders".id) FROM shop.orders AS "orders"', container: { kind: 'dashboard', id: 'shop-today', title: 'Shop today' }, connection: { name: 'Shop', engine: 'postgres', host: 'shop-db.internal', database: 'shop' } });
    expect(queries[2]).toMatchObject({ raw: 'SELECT sku, quantity FROM shop.stock', connection: { name: 'Shop' } });
    expect(JSON.stringify(queries)).not.toContain('hunter2');
  });

  test('is told where it refuses the token or has none', async () => {
    await expect(ask((_, response) => response.writeHead(401).end('{}'))).rejects.toThrow('the tool refuses the credentials (401)');
    const client = new ApiClient({ base: new URL('http://127.0.0.1:1/'), report: () => undefined });
    await expect(source.api?.fetch(client, { token: null, username: 'a', password: 'b' })[Symbol.asyncIterator]().next()).rejects.toThrow('Lightdash is asked with a personal access token, and none is given; create one under Settings');
  });

  test('may be busy, and older versions may lack a part', async () => {
    let count = 0;
    const { answers, gaps } = await ask((request, response) => {
      if (count++ === 0) response.writeHead(429, { 'retry-after': '2' }).end();
      else if (request.method === 'POST' || request.url?.endsWith('/code') === true) response.writeHead(404).end('{}');
      else if (request.url?.endsWith('/charts') === true) response.writeHead(200).end(JSON.stringify({ status: 'ok', results: [{ uuid: 'c-1' }] }));
      else replay(request, response);
    });
    expect(answers.map(({ path }) => path)).toEqual(['api/v1/projects/p-1.json', 'api/v1/projects/p-1/explores/orders.json', 'api/v1/saved/c-1.json', 'api/v1/dashboards/d-1.json']);
    expect(gaps).toEqual([]);
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['500', (_, response) => response.writeHead(500).end()],
    ['half a page', (_, response) => response.writeHead(200).end('{"status":"ok","resu')],
    ['never', () => undefined],
  ])('that answers with %s is a gap', async (_, answer) => {
    const { answers, gaps } = await ask(answer, 100);
    expect(answers).toEqual([]);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.subject).toContain('api/v1/org/projects');
  });
});
