import { type ApiAnswer, type ApiClient, ApiRefused } from '../api/client.js';
import { isObject } from '../common/json.js';
import type { Credentials } from '../source.js';

const PAGE_SIZE = 250;
const PAGES_MAX = 400;

/** What the interface of Redash (v5 to v25) says of its queries and dashboards: `read` of a folder of these answers gives the same. */
export async function* answers(client: ApiClient, { token }: Credentials): AsyncIterable<ApiAnswer> {
  if (token === null) throw new ApiRefused('Redash needs an API key', 'give one as token');
  client.headers['authorization'] = `Key ${token}`;
  yield* pages(client, 'api/queries');
  yield* pages(client, 'api/queries/archive', true);
  const dataSources = await client.answer('api/data_sources', { optional: true });
  if (dataSources !== null) {
    yield dataSources;
    yield* client.answers(idsIn(dataSources.text).map((id) => `api/data_sources/${id}`), { optional: true });
  }
  for await (const page of pages(client, 'api/dashboards', true)) {
    const found = dashboardsIn(page.text);
    const [first] = found;
    if (first === undefined) continue;
    // Up to v9 a dashboard is asked for by its slug: its number is not found there.
    const whole = await client.answer(`api/dashboards/${first.id}`, { optional: true });
    if (whole !== null) yield whole;
    const names = whole === null ? found.map(({ slug }) => encodeURIComponent(slug)) : found.slice(1).map(({ id }) => id);
    yield* client.answers(names.map((name) => `api/dashboards/${name}`));
  }
}

async function* pages(client: ApiClient, path: string, optional = false): AsyncIterable<ApiAnswer> {
  for (let page = 1; page <= PAGES_MAX; page++) {
    const answer = await client.answer(path, { query: { page, page_size: PAGE_SIZE }, optional });
    if (answer === null) return;
    yield { ...answer, path: answer.path.replace(/\.json$/, `_page_${page}.json`) };
    const value: unknown = JSON.parse(answer.text);
    const total = isObject(value) && typeof value['count'] === 'number' ? value['count'] : 0;
    if (page * PAGE_SIZE >= total) return;
  }
}

function dashboardsIn(text: string): { id: string; slug: string }[] {
  return listIn(text).flatMap((item) => (isObject(item) && typeof item['id'] === 'number' ? [{ id: String(item['id']), slug: typeof item['slug'] === 'string' ? item['slug'] : String(item['id']) }] : []));
}

function idsIn(text: string): string[] {
  return listIn(text).flatMap((item) => (isObject(item) && typeof item['id'] === 'number' ? [String(item['id'])] : []));
}

function listIn(text: string): unknown[] {
  const value: unknown = JSON.parse(text);
  const list: unknown = isObject(value) ? value['results'] : value;
  return Array.isArray(list) ? list : [];
}
