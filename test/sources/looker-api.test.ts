import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { ApiClient, type ApiAnswer } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import type { Credentials } from '../../src/sources/source.js';
import { source } from '../../src/sources/looker.js';
import { fetchAnswers } from '../../src/sources/looker/api.js';

const KEY = { token: null, username: 'client', password: 's3cr3t' };

/** What Looker 4.0 answers, as its reference documents it, for a small shop. */
const ANSWERS: Record<string, unknown> = {
  '/api/4.0/connections': [{ name: 'shop_db', host: 'db.shop.example', database: 'shop', dialect_name: 'postgres', username: 'looker', password: 's3cr3t' }],
  '/api/4.0/lookml_models': [{ name: 'shop', project_name: 'shop', allowed_db_connection_names: ['shop_db'], explores: [{ name: 'orders' }] }],
  '/api/4.0/users': [{ id: '3', display_name: 'Ines Vogt', email: 'ines@shop.example', is_disabled: false }],
  '/api/4.0/scheduled_plans': [{ id: '1', look_id: '5', dashboard_id: null, crontab: '0 5 * * *', enabled: true }],
  '/api/4.0/dashboards': [{ id: '9' }],
  '/api/4.0/dashboards/9': {
    id: '9',
    title: 'Shop',
    user_id: '3',
    dashboard_elements: [
      { id: '90', title: 'Orders', query: { id: '70', model: 'shop', view: 'orders', fields: ['orders.count'] } },
      { id: '91', title: 'By hand', result_maker: { sql_query_id: 'abc' } },
      { id: '92', title: 'Together', merge_result_id: 'm' },
    ],
  },
  '/api/4.0/looks': [{ id: '5' }],
  '/api/4.0/looks/5': { id: '5', title: 'Late orders', query_id: '71', query: { id: '71', model: 'shop', view: 'orders' }, user_id: '3' },
  '/api/4.0/merge_queries/m': { id: 'm', source_queries: [{ query_id: '72', name: 'Returns' }] },
  '/api/4.0/queries/72': { id: '72', slug: 's72', share_url: 'https://looker.shop.example/x/s72', model: 'shop', view: 'returns', fields: ['returns.count'] },
  '/api/4.0/sql_queries/abc': { slug: 'abc', sql: 'SELECT count(*) FROM orders', connection_name: 'shop_db', run_count: 1 },
};
const SQL: Record<string, string> = { '70': 'SELECT COUNT(*) FROM orders', '71': 'SELECT id FROM orders\nWHERE shipped_at IS NULL', '72': 'SELECT COUNT(*) FROM returns' };

type Handler = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

/** A server that answers as Looker does; `first` may answer otherwise. */
async function server(first: Handler = () => false): Promise<{ base: URL; seen: string[] }> {
  const seen: string[] = [];
  const http = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    seen.push(`${request.method ?? ''} ${path}`);
    if (first(request, response, path)) return;
    if (path === '/api/4.0/login') {
      response.end(JSON.stringify({ access_token: 'temporary', token_type: 'Bearer', expires_in: 3600 }));
      return;
    }
    if (request.headers.authorization !== 'token temporary') {
      response.writeHead(401).end();
      return;
    }
    const run = /^\/api\/4\.0\/queries\/(\d+)\/run\/sql$/.exec(path)?.[1];
    const answer = run === undefined ? ANSWERS[path] : undefined;
    if (run !== undefined && SQL[run] !== undefined) response.writeHead(200, { 'content-type': 'text/plain' }).end(SQL[run]);
    else if (answer === undefined) response.writeHead(404).end('{"message":"Not found"}');
    else response.end(JSON.stringify(answer));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const address = http.address();
  return { base: new URL(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`), seen };
}

async function collect(base: URL, credentials: Credentials = KEY, silence_ms_max = 5_000): Promise<{ answers: ApiAnswer[]; gaps: Gap[]; queries: CollectedQuery[] }> {
  const gaps: Gap[] = [];
  const client = new ApiClient({ base, report: (gap) => void gaps.push(gap), sleep: async () => undefined, silence_ms_max });
  const answers: ApiAnswer[] = [];
  for await (const answer of fetchAnswers(client, credentials)) answers.push(answer);
  const files = answers.map(({ path, text }) => new SourceFile(path, text));
  return { answers, gaps, queries: source.read(files, { connection: null, gap: () => undefined }) };
}

describe("Looker's interface", () => {
  test('gives every query with its SQL, its owner and its connection, and runs none', async () => {
    const { base, seen } = await server();
    const { queries, gaps, answers } = await collect(base);
    expect(gaps).toEqual([]);
    expect(queries.map(({ id, raw, connection, owners, schedule }) => [id, raw, connection?.host, owners[0]?.name, schedule])).toEqual([
      ['looker:look:5', SQL['71'], 'db.shop.example', 'Ines Vogt', '0 5 * * *'],
      ['looker:dashboard:9:90', SQL['70'], 'db.shop.example', 'Ines Vogt', null],
      ['looker:dashboard:9:92:72', SQL['72'], 'db.shop.example', 'Ines Vogt', null],
      ['looker:sql-runner:abc', 'SELECT count(*) FROM orders', 'db.shop.example', 'Ines Vogt', null],
    ]);
    expect(answers.map(({ path }) => path)).toContain('api/4.0/queries/70/run/sql.json');
    expect(seen.filter((request) => !request.startsWith('GET '))).toEqual(['POST /api/4.0/login']);
    expect(JSON.stringify(queries)).not.toContain('s3cr3t');
  });

  test('takes an access token in place of a key', async () => {
    const { base, seen } = await server();
    const { queries } = await collect(base, { token: 'temporary', username: null, password: null });
    expect(queries).toHaveLength(4);
    expect(seen).not.toContain('POST /api/4.0/login');
  });

  test('without credentials, or with wrong ones, says so', async () => {
    const { base } = await server();
    await expect(collect(base, { token: null, username: 'client', password: null })).rejects.toThrow(
      'Looker needs an API key; give its client id as the user name and its client secret as the password',
    );
    await expect(collect(base, { token: 'wrong', username: null, password: null })).rejects.toThrow(
      'the tool refuses the credentials (401); check the token, or the user name and password',
    );
    const other = await server((_request, response, path) => path === '/api/4.0/login' && response.end('{}') !== undefined);
    await expect(collect(other.base)).rejects.toThrow('Looker gives no access token for the API key; check the client id and the client secret');
  });

  test('waits where it is told to, and tries again', async () => {
    let refusals = 0;
    const { base } = await server((_request, response, path) => {
      if (path !== '/api/4.0/looks/5' || refusals++ > 0) return false;
      response.writeHead(429, { 'retry-after': '2' }).end();
      return true;
    });
    const { queries, gaps } = await collect(base);
    expect([queries.length, gaps, refusals]).toEqual([4, [], 2]);
  });

  test('a broken part costs that part', async () => {
    const { base } = await server((_request, response, path) => {
      if (path === '/api/4.0/looks/5') response.writeHead(500).end();
      else if (path === '/api/4.0/users') response.end('[{"id":"3","display_na');
      else if (path === '/api/4.0/connections') response.writeHead(403).end();
      else return false;
      return true;
    });
    const { queries, gaps } = await collect(base);
    expect(queries.map(({ id }) => id)).toEqual(['looker:dashboard:9:90', 'looker:dashboard:9:92:72', 'looker:sql-runner:abc']);
    expect(gaps.map(({ subject, cause }) => [subject.replace(base.origin, ''), cause])).toEqual([
      ['/api/4.0/users', 'the answer is no JSON, or was cut short'],
      ['/api/4.0/looks/5', 'the tool answers 500'],
    ]);
  });

  test('a server that falls silent is not waited for', async () => {
    const { base } = await server((_request, _response, path) => path === '/api/4.0/dashboards/9');
    const { queries, gaps } = await collect(base, KEY, 100);
    expect(queries.map(({ id }) => id)).toEqual(['looker:look:5']);
    expect(gaps.map(({ subject }) => subject.replace(base.origin, ''))).toEqual(['/api/4.0/dashboards/9']);
  });
});
