import { z } from 'zod';
import { isObject } from '../common/json.js';
import { ApiRefused, REQUESTS_AT_ONCE_MAX, fileName, type ApiAnswer, type ApiClient } from '../api/client.js';
import type { Credentials } from '../source.js';

const ROOT = 'api/4.0';
/** Looks and schedules come in pages; what is asked for ends with the first one that is not full. */
const PAGE = 500;
const PAGES_MAX = 200;

const tokenShape = z.object({ access_token: z.string().min(1) });
const id = z.union([z.string(), z.number()]).nullish().catch(null);
const queryShape = z.object({ id }).nullish().catch(null);
const elementShape = z.object({
  query: queryShape,
  query_id: id,
  look: z.object({ query: queryShape, query_id: id }).nullish().catch(null),
  merge_result_id: id,
  result_maker: z.object({ query: queryShape, query_id: id, sql_query_id: id, merge_result_id: id }).nullish().catch(null),
});
const lookShape = z.object({ query: queryShape, query_id: id });
const mergeShape = z.object({ source_queries: z.array(z.object({ query_id: id }).catch({ query_id: null })).nullish().catch(null) });

/** Ids of what dashboards and Looks name. */
interface Named {
  queries: Set<string>;
  runner: Set<string>;
  merges: Set<string>;
}

/**
 * The answers of Looker's interface 4.0: dashboards, Looks, connections, users, schedules and models; the SQL of each query
 * (`GET /queries/:id/run/sql`, which runs nothing) and the texts of SQL Runner that tiles show.
 *
 * @throws ApiRefused without credentials, and where the sign-in is refused.
 */
export async function* fetchAnswers(client: ApiClient, credentials: Credentials): AsyncIterable<ApiAnswer> {
  await signIn(client, credentials);
  // Connections and users need rights that an account for reading may lack.
  yield* client.answers(['connections', 'lookml_models', 'users'].map((name) => `${ROOT}/${name}`), { optional: true });
  yield* pages(client, 'scheduled_plans', { all_users: true });
  const named: Named = { queries: new Set(), runner: new Set(), merges: new Set() };
  for await (const answer of listed(client, 'dashboards', 'dashboards')) {
    collect(JSON.parse(answer.text), named);
    yield answer;
  }
  for await (const answer of listed(client, 'looks', 'looks')) {
    const look = lookShape.safeParse(JSON.parse(answer.text)).data;
    addId(named.queries, look?.query?.id ?? look?.query_id);
    yield answer;
  }
  yield* client.answers([...named.runner].map((slug) => `${ROOT}/sql_queries/${encodeURIComponent(slug)}`), { optional: true });
  const merged = new Set<string>();
  for await (const answer of client.answers([...named.merges].map((one) => `${ROOT}/merge_queries/${encodeURIComponent(one)}`), { optional: true })) {
    for (const { query_id } of mergeShape.safeParse(JSON.parse(answer.text)).data?.source_queries ?? []) addId(merged, query_id);
    yield answer;
  }
  yield* client.answers([...merged].map((one) => `${ROOT}/queries/${encodeURIComponent(one)}`), { optional: true });
  yield* runs(client, [...new Set([...named.queries, ...merged])]);
}

async function signIn(client: ApiClient, { token, username, password }: Credentials): Promise<void> {
  if (token === null && (username === null || password === null)) {
    throw new ApiRefused('Looker needs an API key', 'give its client id as the user name and its client secret as the password');
  }
  if (token !== null) {
    client.headers['authorization'] = `token ${token}`;
    return;
  }
  const body = new URLSearchParams({ client_id: username ?? '', client_secret: password ?? '' });
  const answer = tokenShape.safeParse(await client.json(`${ROOT}/login`, { method: 'POST', body }));
  if (!answer.success) throw new ApiRefused('Looker gives no access token for the API key', 'check the client id and the client secret');
  client.headers['authorization'] = `token ${answer.data.access_token}`;
}

async function* pages(client: ApiClient, name: string, query: Record<string, string | number | boolean>): AsyncIterable<ApiAnswer> {
  let previous = '';
  for (let page = 0; page < PAGES_MAX; page++) {
    const value = await client.json(`${ROOT}/${name}`, { query: { ...query, limit: PAGE, offset: page * PAGE }, optional: true });
    if (!Array.isArray(value)) return;
    const text = JSON.stringify(value);
    // A version that knows no pages answers the same list again.
    if (text === previous) return;
    previous = text;
    yield { path: fileName(`${ROOT}/${name}/page-${page + 1}`), text };
    if (value.length < PAGE) return;
  }
}

/** The objects behind a list: the list itself says less of each. */
async function* listed(client: ApiClient, list: string, name: string): AsyncIterable<ApiAnswer> {
  const ids = new Set<string>();
  for (let page = 0; page < PAGES_MAX; page++) {
    const value = await client.json(`${ROOT}/${list}`, { query: { fields: 'id', limit: PAGE, offset: page * PAGE } });
    if (!Array.isArray(value)) break;
    const before = ids.size;
    for (const item of value) if (isObject(item)) addId(ids, id.parse(item['id']));
    // A version that knows no pages answers the same list again.
    if (value.length < PAGE || ids.size === before) break;
  }
  yield* client.answers([...ids].map((one) => `${ROOT}/${name}/${encodeURIComponent(one)}`));
}

function addId(ids: Set<string>, value: string | number | null | undefined): void {
  if (value !== null && value !== undefined && value !== '') ids.add(String(value));
}

function collect(dashboard: unknown, { queries, runner, merges }: Named): void {
  const elements = isObject(dashboard) ? dashboard['dashboard_elements'] : null;
  if (!Array.isArray(elements)) return;
  for (const item of elements) {
    const { data } = elementShape.safeParse(item);
    if (data === undefined) continue;
    const { query, query_id, look, result_maker, merge_result_id } = data;
    addId(merges, merge_result_id ?? result_maker?.merge_result_id);
    addId(runner, result_maker?.sql_query_id);
    addId(queries, query?.id ?? query_id ?? result_maker?.query?.id ?? result_maker?.query_id ?? look?.query?.id ?? look?.query_id);
  }
}

/** The SQL of queries is plain text: it is kept with the query's id. */
async function* runs(client: ApiClient, ids: readonly string[]): AsyncIterable<ApiAnswer> {
  for (let at = 0; at < ids.length; at += REQUESTS_AT_ONCE_MAX) {
    const batch = ids.slice(at, at + REQUESTS_AT_ONCE_MAX);
    const texts = await Promise.all(batch.map((one) => client.text(`${ROOT}/queries/${encodeURIComponent(one)}/run/sql`, { optional: true })));
    for (const [index, sql] of texts.entries()) {
      const query = batch[index];
      if (sql === null || query === undefined || sql.trim() === '') continue;
      yield { path: fileName(`${ROOT}/queries/${query}/run/sql`), text: JSON.stringify({ run_sql_of_query: query, sql }) };
    }
  }
}
