import { z } from 'zod';
import { ApiRefused, fileName, type ApiAnswer, type ApiClient } from '../api/client.js';
import { isObject } from '../common/json.js';
import type { Credentials } from '../source.js';
import { idKey } from './field-catalog.js';

export const CREDENTIALS = 'an API key (token), or username and password';

const session = z.object({ id: z.string().min(1) });
/** A page of the search, and how many pages are asked for at most. */
const PAGE_ROWS = 1_000;
const PAGES_MAX = 50;

/** What only administrators see, or only some editions and releases have. */
const OPTIONAL: readonly (readonly [string, Record<string, string>])[] = [
  ['api/user', { status: 'all' }],
  ['api/segment', {}],
  ['api/measure', {}],
  ['api/legacy-metric', {}],
  ['api/action', {}],
  ['api/document', {}],
  ['api/transform', {}],
  ['api/transform-job', {}],
  ['api/pulse', {}],
  ['api/alert', {}],
  ['api/notification', {}],
];

/** Metabase over HTTP (v0.49 and later with an API key, earlier with a session). */
export async function* fetchAnswers(client: ApiClient, credentials: Credentials): AsyncIterable<ApiAnswer> {
  await signIn(client, credentials);
  yield* databases(client);
  yield* lists(client);
  yield* dashboards(client);
  yield* cards(client, 'all');
  yield* cards(client, 'archived');
}

async function signIn(client: ApiClient, { token, username, password }: Credentials): Promise<void> {
  if (token !== null) {
    client.headers['x-api-key'] = token;
    return;
  }
  if (username === null || password === null) throw new ApiRefused('Metabase lets nobody in without credentials', `give ${CREDENTIALS}`);
  const answer = session.safeParse(await client.json('api/session', { method: 'POST', body: { username, password } }));
  if (!answer.success) throw new ApiRefused('Metabase gives no session for this user name and password', 'check them, or give an API key');
  client.headers['x-metabase-session'] = answer.data.id;
}

/** The items of a list, which some releases wrap in `data`. */
function itemsOf(value: unknown): Record<string, unknown>[] {
  const list: unknown = isObject(value) ? value['data'] : value;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function idsOf(value: unknown): string[] {
  return [...new Set(itemsOf(value).flatMap(({ id }) => (typeof id === 'number' ? (idKey(id) ?? []) : [])))];
}

function answerOf(path: string, value: unknown): ApiAnswer {
  return { path: fileName(path), text: JSON.stringify(value) };
}

async function* databases(client: ApiClient): AsyncIterable<ApiAnswer> {
  const list = await client.json('api/database');
  if (list === undefined) return;
  yield answerOf('api/database', list);
  yield* client.answers(idsOf(list).map((id) => `api/database/${id}/metadata`), { query: { include_hidden: true } });
}

async function* lists(client: ApiClient): AsyncIterable<ApiAnswer> {
  const collections = await client.answer('api/collection', { query: { 'exclude-other-user-collections': false } });
  if (collections !== null) yield collections;
  const snippets = await client.answer('api/native-query-snippet', { optional: true });
  if (snippets !== null) yield snippets;
  for (const [path, query] of OPTIONAL) {
    const answer = await client.answer(path, { query, optional: true });
    if (answer !== null) yield answer;
  }
}

async function* dashboards(client: ApiClient): AsyncIterable<ApiAnswer> {
  const list = await client.json('api/dashboard', { query: { f: 'all' }, optional: true });
  const ids = list === undefined ? await found(client, 'dashboard') : idsOf(list);
  yield* client.answers(ids.map((id) => `api/dashboard/${id}`));
}

/** The list of cards, and single cards where the list leaves out what is read. */
async function* cards(client: ApiClient, filter: 'all' | 'archived'): AsyncIterable<ApiAnswer> {
  const list = await client.json('api/card', { query: { f: filter } });
  if (list === undefined) {
    // The list may be too large for one answer.
    if (filter === 'all') yield* client.answers((await found(client, 'card')).map((id) => `api/card/${id}`));
    return;
  }
  yield answerOf(filter === 'all' ? 'api/card' : 'api/card/archived', list);
  const items = itemsOf(list);
  const bare = idsOf(items.filter((card) => !isObject(card['dataset_query']) && typeof card['legacy_query'] !== 'string'));
  const uncounted = idsOf(items.filter((card) => !Object.hasOwn(card, 'view_count')));
  const [first] = uncounted;
  if (first === undefined) return yield* client.answers(bare.map((id) => `api/card/${id}`));
  // Releases before v0.50 count no views in a card by itself either: one card shows it.
  const one = await client.json(`api/card/${first}`);
  if (one !== undefined) yield answerOf(`api/card/${first}`, one);
  const counts = isObject(one) && Object.hasOwn(one, 'view_count');
  const wanted = (counts ? [...new Set([...bare, ...uncounted])] : bare).filter((id) => id !== first);
  yield* client.answers(wanted.map((id) => `api/card/${id}`));
}

/** Ids by the search, page by page. */
async function found(client: ApiClient, model: 'card' | 'dashboard'): Promise<string[]> {
  const ids = new Set<string>();
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await client.json('api/search', { query: { models: model, limit: PAGE_ROWS, offset: page * PAGE_ROWS } });
    const items = idsOf(answer);
    for (const id of items) ids.add(id);
    if (items.length < PAGE_ROWS) break;
  }
  return [...ids];
}
