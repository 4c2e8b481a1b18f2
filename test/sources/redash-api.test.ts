import { expect, test } from 'vitest';
import type { Gap } from '../../src/model/snapshot.js';
import { ApiClient, ApiRefused } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/redash.js';
import { serve, type Served } from './api/server.js';

const query = (id: number, more: object = {}) => ({ id, name: `Query ${id}`, query: `select ${id}`, query_hash: 'h', is_draft: false, is_archived: false, data_source_id: 3, api_key: 's3cr3t', ...more });
const paged = (results: unknown[]) => ({ count: results.length, page: 1, page_size: 250, results });
const board = { id: 2, slug: 'board', name: 'Board', widgets: [{ id: 1, visualization: { query: query(1, { query: 'select cut' }) } }] };

async function ask({ base }: Served, token: string | null = 'k') {
  const gaps: Gap[] = [];
  const client = new ApiClient({ base, report: (gap) => gaps.push(gap), sleep: async () => undefined, silence_ms_max: 300 });
  const files: SourceFile[] = [];
  for await (const { path, text } of source.api?.fetch(client, { token, username: null, password: null }) ?? []) files.push(new SourceFile(path, text));
  return { files: files.map(({ path }) => path), gaps, queries: source.read(files, { connection: null, gap: () => undefined }) };
}

test('Redash that is asked itself gives its queries, archived ones, data sources and dashboards', async () => {
  const { files, gaps, queries } = await ask(await serve({
    '/api/queries': (request) => (request.headers.authorization === 'Key k' ? paged([query(1)]) : {}),
    '/api/queries/archive': paged([query(4, { is_archived: true })]),
    '/api/data_sources': [{ id: 3, name: 'Casework', type: 'pg', syntax: 'sql' }],
    '/api/data_sources/3': { id: 3, name: 'Casework', type: 'pg', syntax: 'sql', options: { host: 'db.example', dbname: 'casework', password: 's3cr3t' } },
    '/api/dashboards': paged([{ id: 2, slug: 'board', name: 'Board' }]),
    '/api/dashboards/2': board,
  }));
  expect(files).toEqual(['api/queries_page_1.json', 'api/queries/archive_page_1.json', 'api/data_sources.json', 'api/data_sources/3.json', 'api/dashboards/2.json']);
  expect(gaps).toEqual([]);
  expect(queries).toMatchObject([
    { id: 'redash:query:1', raw: 'select 1', container: { title: 'Board' }, connection: { host: 'db.example', database: 'casework' } },
    { id: 'redash:query:4', lifecycle: 'archived' },
  ]);
  expect(JSON.stringify(queries)).not.toContain('s3cr3t');
});

test('releases up to v9 know dashboards by their slug only', async () => {
  const served = await serve({
    '/api/queries': paged([query(1), query(5)]),
    '/api/dashboards': paged([{ id: 2, slug: 'board' }, { id: 6, slug: 'late cases' }]),
    '/api/dashboards/board': board,
    '/api/dashboards/late%20cases': { id: 6, slug: 'late cases', name: 'Late cases', widgets: [[{ id: 9, visualization: { query: query(5) } }]] },
  });
  const { gaps, queries } = await ask(served);
  expect(queries.map(({ container }) => container?.title)).toEqual(['Board', 'Late cases']);
  expect(gaps).toEqual([]);
  expect(served.requests.filter((request) => request.includes('/dashboards/'))).toEqual(['GET /api/dashboards/2', 'GET /api/dashboards/board', 'GET /api/dashboards/late%20cases']);
});

test('pages are asked for to the last one; one that fails costs itself and what comes after, and says so', async () => {
  const served = await serve({
    '/api/queries': (request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      if (page === 3) return void response.writeHead(500).end();
      return { count: 1000, page, page_size: 250, results: [query(page)] };
    },
  });
  const { gaps, queries } = await ask(served);
  expect(queries.map(({ id }) => id)).toEqual(['redash:query:1', 'redash:query:2']);
  expect(gaps).toMatchObject([{ severity: 'partial', subject: expect.stringMatching(/\/api\/queries$/) }]);
});

test('half an answer, silence and a refusal are told apart', async () => {
  const half = await ask(await serve({ '/api/queries': (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"count": 1, "results": [{"id": 1') }));
  expect([half.queries, half.gaps[0]?.cause]).toEqual([[], 'the answer is no JSON, or was cut short']);
  const silent = await ask(await serve({ '/api/queries': () => undefined, '/api/queries/archive': paged([query(4)]) }));
  expect([silent.queries.length, silent.gaps[0]?.cause]).toEqual([1, 'nothing came for 0.3 seconds']);
  const refusing = await serve({ '/api/queries': (_, response) => void response.writeHead(401).end() });
  await expect(ask(refusing)).rejects.toThrow(ApiRefused);
  await expect(ask(refusing, null)).rejects.toThrow('Redash needs an API key; give one as token');
});
