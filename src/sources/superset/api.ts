import { ApiRefused, fileName, type ApiAnswer, type ApiClient } from '../api/client.js';
import { isObject } from '../common/json.js';
import type { Credentials } from '../source.js';

const BASE = 'api/v1';
const PAGE_SIZE = 100;
const PAGES_MAX = 200;
/** Of a connection nothing else is kept: answers hold parameters and extras that may be secret. */
const DATABASE_FIELDS = ['id', 'uuid', 'database_name', 'backend', 'sqlalchemy_uri'];

/**
 * Every object of an instance that holds SQL, by `GET /api/v1/<kind>/` and `/<kind>/:id`, and the SQL of charts that
 * Superset writes without running it (`/chart/:id/data/?type=query`), versions 1 to 5. What needs other rights is left out.
 *
 * @throws ApiRefused where nothing can be read.
 */
export async function* fetchSuperset(client: ApiClient, credentials: Credentials): AsyncIterable<ApiAnswer> {
  await signIn(client, credentials);
  yield* listed(client, 'saved_query', true);
  yield* databases(client);
  for (const kind of ['dataset', 'dashboard', 'report'] as const) {
    const ids: number[] = [];
    yield* listed(client, kind, kind === 'report', ids);
    yield* client.answers(ids.map((id) => `${BASE}/${kind}/${id}`), { optional: kind === 'report' });
    if (kind === 'dashboard') yield* client.answers(ids.map((id) => `${BASE}/dashboard/${id}/embedded`), { optional: true });
  }
  const charts: number[] = [];
  yield* listed(client, 'chart', false, charts);
  for await (const answer of client.answers(charts.map((id) => `${BASE}/chart/${id}`))) {
    yield answer;
    const chart: unknown = JSON.parse(answer.text);
    const inner = isObject(chart) ? chart['result'] : null;
    if (!isObject(chart) || !isObject(inner) || !inner['query_context']) continue;
    const compiled = await client.answer(`${BASE}/chart/${String(chart['id'])}/data/`, { query: { type: 'query', format: 'json' }, optional: true });
    if (compiled !== null) yield { ...compiled, path: fileName(`${BASE}/chart/${String(chart['id'])}/data`) };
  }
}

async function signIn(client: ApiClient, { token, username, password }: Credentials): Promise<void> {
  if (token !== null) {
    client.headers['authorization'] = `Bearer ${token}`;
    return;
  }
  if (username === null || password === null) throw new ApiRefused('Superset is asked with a user name and password or an access token, and none is given', 'give one of them');
  const answer = await client.json(`${BASE}/security/login`, { method: 'POST', body: { username, password, provider: 'db', refresh: true } });
  const access = isObject(answer) ? answer['access_token'] : undefined;
  if (typeof access !== 'string') throw new ApiRefused('Superset gives no access token for the user name and password', 'check that the account signs in with a password, or give an access token');
  client.headers['authorization'] = `Bearer ${access}`;
}

/** The pages of a list; `ids` takes the numbers of what stands in it. */
async function* listed(client: ApiClient, kind: string, optional: boolean, ids: number[] = []): AsyncIterable<ApiAnswer> {
  let seen = 0;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await client.json(`${BASE}/${kind}/`, { query: { q: `(page:${page},page_size:${PAGE_SIZE})` }, optional });
    const items = isObject(answer) && Array.isArray(answer['result']) ? answer['result'] : [];
    if (!isObject(answer) || items.length === 0) return;
    seen += items.length;
    for (const item of items) if (isObject(item) && typeof item['id'] === 'number') ids.push(item['id']);
    yield { path: fileName(`${BASE}/${kind}/page_${page}`), text: JSON.stringify(answer) };
    if (typeof answer['count'] !== 'number' || seen >= answer['count']) return;
  }
}

/** Addresses need an administrator; names and engines do not. */
async function* databases(client: ApiClient): AsyncIterable<ApiAnswer> {
  const ids: number[] = [];
  for await (const answer of listed(client, 'database', true, ids)) {
    const page: unknown = JSON.parse(answer.text);
    const items: unknown[] = isObject(page) && Array.isArray(page['result']) ? page['result'] : [];
    yield { path: answer.path, text: JSON.stringify({ result: items.map(connectionFields) }) };
  }
  for (const id of ids) {
    const path = `${BASE}/database/${id}/connection`;
    const answer = await client.json(path, { optional: true });
    if (isObject(answer) && isObject(answer['result'])) yield { path: fileName(path), text: JSON.stringify({ result: connectionFields(answer['result']) }) };
  }
}

function connectionFields(item: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(isObject(item) ? item : {}).filter(([name]) => DATABASE_FIELDS.includes(name)));
}
