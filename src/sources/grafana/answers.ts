import { Buffer } from 'node:buffer';
import { type ApiAnswer, type ApiClient, ApiRefused } from '../api/client.js';
import { isObject } from '../common/json.js';
import type { Credentials } from '../source.js';

const PAGE_SIZE = 1_000;
const PAGES_MAX = 100;

/** What the interface of Grafana (v9 to v12) says of its dashboards: `read` of a folder of these answers gives the same. */
export async function* answers(client: ApiClient, { token, username, password }: Credentials): AsyncIterable<ApiAnswer> {
  if (token !== null) client.headers['authorization'] = `Bearer ${token}`;
  else if (username !== null && password !== null) client.headers['authorization'] = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  else throw new ApiRefused('Grafana needs a service account token', 'give one as token, or username and password');
  // Only an administrator sees all data sources; without them connections keep their uid.
  const dataSources = await client.answer('api/datasources', { optional: true });
  if (dataSources !== null) yield dataSources;
  const library = await client.answer('api/library-elements', { query: { kind: 1, perPage: PAGE_SIZE }, optional: true });
  if (library !== null) yield library;
  for (let page = 1; page <= PAGES_MAX; page++) {
    const found = await client.json('api/search', { query: { type: 'dash-db', limit: PAGE_SIZE, page } });
    const uids = (Array.isArray(found) ? found : []).flatMap((item: unknown) => (isObject(item) && typeof item['uid'] === 'string' ? [item['uid']] : []));
    yield* client.answers(uids.map((uid) => `api/dashboards/uid/${encodeURIComponent(uid)}`));
    if (uids.length < PAGE_SIZE) break;
  }
  // Only the export tells how often a group of rules runs (v9.4 and later).
  const exported = await client.answer('api/v1/provisioning/alert-rules/export', { query: { format: 'json' }, optional: true });
  const rules = exported ?? (await client.answer('api/v1/provisioning/alert-rules', { optional: true }));
  if (rules !== null) yield rules;
}
