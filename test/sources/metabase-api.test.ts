import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Gap } from '../../src/model/snapshot.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { ApiClient, type ApiAnswer } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/metabase.js';
import type { Credentials } from '../../src/sources/source.js';

const CARD = { id: 12, name: 'Late orders', display: 'table', archived: false, database_id: 2, collection_id: 1, creator_id: 1, view_count: 7 };
const NATIVE = { type: 'native', database: 2, native: { query: "select id from public.orders where status = 'OPEN'" } };
const REVENUE = { type: 'query', database: 2, query: { 'source-table': 10, aggregation: [['sum', ['field', 101, null]]] } };

/** What an instance answers, by path and query. */
const ANSWERS: Record<string, unknown> = {
  '/api/database': { data: [{ id: 2, name: 'Shop', engine: 'postgres', details: { host: 'shop-db.internal', dbname: 'shop', password: 's3cr3t' } }], total: 1 },
  '/api/database/2/metadata?include_hidden=true': {
    id: 2, name: 'Shop', engine: 'postgres', features: [],
    tables: [{ id: 10, db_id: 2, schema: 'public', name: 'orders', fields: [{ id: 101, table_id: 10, name: 'total', base_type: 'type/Decimal' }] }],
  },
  '/api/collection?exclude-other-user-collections=false': [{ id: 1, name: 'Sales', location: '/', authority_level: null }],
  '/api/native-query-snippet': [],
  '/api/user?status=all': { data: [{ id: 1, email: 'tom.reuter@shop.example', common_name: 'Tom Reuter', is_active: false }] },
  '/api/dashboard?f=all': [{ id: 3, name: 'Sales at a glance' }],
  '/api/dashboard/3': { id: 3, name: 'Sales at a glance', dashcards: [{ card_id: 13, card: null }] },
  '/api/card?f=all': [{ ...CARD, dataset_query: NATIVE }, { ...CARD, id: 13, name: 'Revenue' }],
  '/api/card/13': { ...CARD, id: 13, name: 'Revenue', dataset_query: REVENUE },
  '/api/card?f=archived': [{ ...CARD, id: 14, name: 'Old', archived: true, dataset_query: NATIVE }],
  '/api/alert': [{ id: 1, card: { id: 12 }, channels: [{ enabled: true, schedule_type: 'daily', schedule_hour: 6 }] }],
  '/api/notification': [{ payload_type: 'notification/card', active: true, payload: { card_id: 13 }, subscriptions: [{ type: 'notification-subscription/cron', cron_schedule: '0 0 7 * * ? *' }] }],
};

type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** An instance of Metabase; `handler` answers first, and returns whether it did. */
async function instance(handler: Handler = () => false): Promise<{ base: URL; requests: string[]; headers: Record<string, unknown>[] }> {
  const requests: string[] = [];
  const headers: Record<string, unknown>[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    headers.push(request.headers);
    if (handler(request, response)) return;
    const answer = ANSWERS[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? 'Not found.'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { base: new URL(`http://127.0.0.1:${address.port}/`), requests, headers };
}

const KEY: Credentials = { token: 'mb_k3y', username: null, password: null };

async function ask(base: URL, credentials: Credentials = KEY): Promise<{ answers: ApiAnswer[]; gaps: Gap[]; queries: CollectedQuery[] }> {
  const gaps: Gap[] = [];
  const client = new ApiClient({ base, report: (gap) => gaps.push(gap), sleep: () => Promise.resolve(), silence_ms_max: 500 });
  const answers: ApiAnswer[] = [];
  for await (const answer of source.api?.fetch(client, credentials) ?? []) answers.push(answer);
  const files = answers.map(({ path, text }) => new SourceFile(path, text));
  return { answers, gaps, queries: source.read(files, { connection: null, gap: (gap) => gaps.push(gap) }) };
}

describe('the interface', () => {
  test('gives every card, with its dashboard, owner and schedule; parts that an instance lacks are no gap', async () => {
    const { base } = await instance();
    const { queries, gaps } = await ask(base);
    expect(gaps).toEqual([]);
    expect(queries.map(({ id, lifecycle, schedule }) => [id, lifecycle, schedule])).toEqual([
      ['metabase:Shop:card:12', 'active', 'daily at 6:00'],
      ['metabase:Shop:card:13', 'active', '0 0 7 * * ? *'],
      ['metabase:Shop:card:14', 'archived', null],
    ]);
    expect(queries[1]).toMatchObject({
      container: { kind: 'dashboard', id: '3', title: 'Sales at a glance' },
      owners: [{ name: 'Tom Reuter', via: 'author', inactive: true }],
      variants: [{ sql: 'SELECT SUM("public"."orders"."total") AS "sum" FROM "public"."orders"' }],
      connection: { host: 'shop-db.internal', database: 'shop' },
      usage: { views: 7 },
    });
    expect(JSON.stringify(queries)).not.toContain('s3cr3t');
  });

  test('is asked for single cards only where the list leaves something out, with the key', async () => {
    const { base, requests, headers } = await instance();
    await ask(base);
    expect(requests.filter((request) => request.includes('/api/card'))).toEqual(['GET /api/card?f=all', 'GET /api/card/13', 'GET /api/card?f=archived']);
    expect(headers.every((header) => header['x-api-key'] === 'mb_k3y')).toBe(true);
  });

  test('keeps its answers under the paths that a folder of them has', async () => {
    const { base } = await instance();
    const { answers } = await ask(base);
    expect(answers.map(({ path }) => path)).toEqual([
      'api/database.json', 'api/database/2/metadata.json', 'api/collection.json', 'api/native-query-snippet.json', 'api/user.json', 'api/alert.json',
      'api/notification.json', 'api/dashboard/3.json', 'api/card.json', 'api/card/13.json', 'api/card/archived.json',
    ]);
  });

  test('lets a person sign in for a session', async () => {
    const { base, headers } = await instance((request, response) => {
      if (request.url !== '/api/session') return false;
      response.end(JSON.stringify({ id: 'session-1' }));
      return true;
    });
    const { queries } = await ask(base, { token: null, username: 'tom', password: 's3cr3t' });
    expect(queries).toHaveLength(3);
    expect(headers.slice(1).every((header) => header['x-metabase-session'] === 'session-1')).toBe(true);
  });

  test('asks for the view counts of releases that only tell them card by card', async () => {
    const { base, requests } = await instance((request, response) => {
      const { view_count: _, ...bare } = CARD;
      if (request.url === '/api/card?f=all') response.end(JSON.stringify([1, 2, 3].map((id) => ({ ...bare, id, dataset_query: NATIVE }))));
      else if (/^\/api\/card\/\d$/.test(request.url ?? '')) response.end(JSON.stringify({ ...CARD, id: Number(request.url?.slice(-1)), dataset_query: NATIVE }));
      else return false;
      return true;
    });
    const { queries } = await ask(base);
    expect(queries.filter(({ lifecycle, raw }) => lifecycle === 'active' && raw !== '').map(({ usage }) => usage?.views)).toEqual([7, 7, 7]);
    expect(requests.filter((request) => /card\/\d/.test(request))).toHaveLength(3);
  });
});

describe('an interface that refuses', () => {
  test('without credentials is not asked', async () => {
    const { base, requests } = await instance();
    await expect(ask(base, { token: null, username: 'tom', password: null })).rejects.toThrow(
      'Metabase lets nobody in without credentials; give an API key (token), or username and password',
    );
    expect(requests).toEqual([]);
  });

  test('the key says so', async () => {
    const { base } = await instance((_, response) => {
      response.writeHead(401).end('Unauthenticated');
      return true;
    });
    await expect(ask(base)).rejects.toThrow('the tool refuses the credentials (401); check the token, or the user name and password');
  });

  test('the password says so', async () => {
    const { base } = await instance((request, response) => {
      if (request.url !== '/api/session') return false;
      response.writeHead(400).end(JSON.stringify({ errors: { password: 'did not match stored password' } }));
      return true;
    });
    await expect(ask(base, { token: null, username: 'tom', password: 's3cr3t' })).rejects.toThrow(
      'Metabase gives no session for this user name and password; check them, or give an API key',
    );
  });

  test('for a while is asked again', async () => {
    let refused = 0;
    const { base } = await instance((request, response) => {
      if (request.url !== '/api/card?f=all' || refused++ > 1) return false;
      response.writeHead(refused === 1 ? 429 : 500, { 'retry-after': '1' }).end();
      return true;
    });
    const { queries, gaps } = await ask(base);
    expect([queries.length, gaps]).toEqual([3, []]);
  });

  test('half an answer, or none at all, costs that answer', async () => {
    const { base } = await instance((request, response) => {
      if (request.url === '/api/card?f=archived') response.end('[{"id":14,"name":"Ol');
      else if (request.url !== '/api/dashboard/3') return false;
      return true;
    });
    const { queries, gaps } = await ask(base);
    expect(queries.map(({ id }) => id)).toEqual(['metabase:Shop:card:12', 'metabase:Shop:card:13']);
    expect(gaps.map(({ subject, cause }) => [subject.replace(/:\d+/, ''), cause])).toEqual([
      ['http://127.0.0.1/api/dashboard/3', 'nothing came for 0.5 seconds'],
      ['http://127.0.0.1/api/card', 'the answer is no JSON, or was cut short'],
    ]);
  });

  test('the list of cards gives them one by one through its search', async () => {
    const { base } = await instance((request, response) => {
      if (request.url === '/api/card?f=all') response.writeHead(500).end();
      else if (request.url === '/api/search?models=card&limit=1000&offset=0') response.end(JSON.stringify({ data: [{ id: 13, model: 'card' }], total: 1 }));
      else return false;
      return true;
    });
    const { queries } = await ask(base);
    expect(queries.map(({ id }) => id)).toEqual(['metabase:Shop:card:13', 'metabase:Shop:card:14']);
  });
});
