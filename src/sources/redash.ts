import type { CollectedQuery, ConnectionReference, Container, Owner } from '../model/query.js';
import { fillHoles } from '../template/holes.js';
import { TEXT_LENGTH_MAX } from '../template/limits.js';
import { mustacheHoles } from '../template/mustache.js';
import type { ApiAnswer, ApiClient } from './api/client.js';
import { ApiRefused } from './api/client.js';
import { certaintyOf, isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import { pointerStep } from './common/json-position.js';
import type { SourceFile } from './common/source-file.js';
import { descriptionOf, titleOf } from './common/words.js';
import { exportedScript, isExportedScript } from './redash/exported-script.js';
import { parameterOf } from './redash/parameters.js';
import { type RedashDashboard, type RedashDataSource, type RedashQuery, type RedashUser, dashboardShape, dataSourceShape, kindOf, queryShape } from './redash/shapes.js';
import type { Credentials, ReadContext, Source } from './source.js';

const ID = 'redash';
/** Lists stand in wrappers such as `{ results: [...] }` at most so deep. */
const WRAPPER_DEPTH_MAX = 3;

/**
 * Redash, from what its API answers (`GET /api/queries`, `/api/queries/:id`, `/api/queries/archive`, `/api/dashboards/:id`,
 * `/api/data_sources`, v5 to v25), and from scripts that exporters wrote with its header comment.
 */
export const source: Source = {
  id: ID,
  recognises: (file) => (isExportedScript(file) ? 0.95 : certaintyOf(file.json, certainty)),
  read(files, context) {
    const found = new Found(files);
    const origins = new Origins();
    const queries = [...found.queries.values()].map((place) => collected(place, found, origins, context));
    origins.resolve();
    const known = new Set(queries.map(({ id }) => id));
    return [...queries, ...found.scripts.map((file) => exportedScript(file, context)).filter(({ id }) => !known.has(id))];
  },
  api: { credentials: 'an API key (token) of an administrator or of a user who sees the queries', fetch: answers },
};

function certainty(value: unknown): number {
  const kind = isObject(value) ? kindOf(value) : null;
  return kind === 'query' || kind === 'dashboard' ? 0.95 : kind === null ? 0 : 0.7;
}

interface QueryPlace {
  query: RedashQuery;
  file: SourceFile;
  pointer: string;
}

class Found {
  readonly queries = new Map<string, QueryPlace>();
  readonly dataSources = new Map<number, RedashDataSource>();
  readonly scripts: SourceFile[] = [];
  /** Query id → the first dashboard that shows it. */
  readonly dashboards = new Map<number, RedashDashboard>();

  constructor(files: readonly SourceFile[]) {
    for (const file of files) {
      if (file.json === undefined) this.scripts.push(file);
      else this.#visit(file, file.json, '', 0);
    }
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number): void {
    if (depth > WRAPPER_DEPTH_MAX) return;
    if (Array.isArray(value)) return value.forEach((item, index) => this.#visit(file, item, `${pointer}/${index}`, depth + 1));
    if (!isObject(value)) return undefined;
    switch (kindOf(value)) {
      case 'query':
        return this.#query(queryShape.parse(value), file, pointer);
      case 'dashboard':
        return this.#dashboard(value, file, pointer);
      case 'data-source': {
        const dataSource = dataSourceShape.parse(value);
        // The single answer says more than the list; the one with options wins.
        const known = this.dataSources.get(dataSource.id);
        if (known === undefined || known.options === undefined) this.dataSources.set(dataSource.id, dataSource);
        return undefined;
      }
      default:
        for (const [key, inner] of Object.entries(value)) if (typeof inner === 'object') this.#visit(file, inner, pointer + pointerStep(key), depth + 1);
        return undefined;
    }
  }

  /** The answer with its text wins over the stub that a widget holds. */
  #query(query: RedashQuery, file: SourceFile, pointer: string): void {
    const key = query.id === undefined ? `${file.path}${pointer}` : String(query.id);
    const known = this.queries.get(key);
    if (known === undefined || (known.query.query ?? '') === '') this.queries.set(key, { query, file, pointer });
  }

  #dashboard(value: Record<string, unknown>, file: SourceFile, pointer: string): void {
    const dashboard = dashboardShape.parse(value);
    // Up to v4 widgets stand in rows.
    const widgets = (dashboard.widgets ?? []).flatMap((widget, index) => (Array.isArray(widget) ? widget.map((inner: unknown, at) => ({ widget: inner, at: `${index}/${at}` })) : [{ widget, at: String(index) }]));
    for (const { widget, at } of widgets) {
      const visualization = isObject(widget) && isObject(widget['visualization']) ? widget['visualization'] : null;
      if (visualization === null || !isObject(visualization['query'])) continue;
      const query = queryShape.parse(visualization['query']);
      if (query.id !== undefined && !this.dashboards.has(query.id)) this.dashboards.set(query.id, dashboard);
      if (typeof query.query === 'string') this.#query(query, file, `${pointer}/widgets/${at}/visualization/query`);
    }
  }
}

function collected({ query, file, pointer }: QueryPlace, found: Found, origins: Origins, context: ReadContext): CollectedQuery {
  const raw = query.query ?? '';
  const dataSource = query.data_source_id === undefined ? undefined : found.dataSources.get(query.data_source_id);
  const dashboard = query.id === undefined ? undefined : found.dashboards.get(query.id);
  const parameters = query.options?.parameters ?? [];
  const { variants, problems } = fillHoles(raw, mustacheHoles(raw, (name) => parameterOf(name, parameters)));
  return {
    id: `${ID}:query:${query.id ?? `${file.path}${pointer}`}`,
    kind: ID,
    role: 'query',
    sqlKind: 'statement',
    title: titleOf(query.name),
    description: descriptionOf(query.description),
    container: containerOf(dashboard),
    owners: ownersOf(query),
    connection: connectionOf(query, dataSource) ?? context.connection,
    origin: origins.add(file, `${pointer}/query`),
    raw: raw.length > TEXT_LENGTH_MAX ? '' : raw,
    reconstructed: false,
    variants,
    isPublic: dashboard?.public_url !== undefined,
    lifecycle: query.is_archived === true ? 'archived' : query.is_draft === true ? 'draft' : 'active',
    usage: query.retrieved_at === undefined ? null : { views: null, lastUsedAt: query.retrieved_at },
    schedule: scheduleOf(query),
    problems,
  };
}

function containerOf(dashboard: RedashDashboard | undefined): Container | null {
  if (dashboard === undefined) return null;
  return { kind: 'dashboard', id: String(dashboard.id ?? dashboard.slug ?? ''), title: titleOf(dashboard.name ?? dashboard.slug) };
}

function ownersOf({ user, last_modified_by }: RedashQuery): Owner[] {
  const author = ownerOf(user, 'author');
  const editor = ownerOf(last_modified_by, 'editor');
  return [author, editor].filter((owner) => owner !== null).filter((owner, index, all) => all.findIndex(({ name }) => name === owner.name) === index);
}

function ownerOf(user: RedashUser | undefined, via: 'author' | 'editor'): Owner | null {
  const name = user?.name ?? user?.email;
  return name === undefined ? null : { name, via, ...(user?.is_disabled === true ? { inactive: true } : {}) };
}

function connectionOf({ data_source_id }: RedashQuery, dataSource: RedashDataSource | undefined): ConnectionReference | null {
  if (data_source_id === undefined) return null;
  const { name, type, options } = dataSource ?? {};
  return {
    id: String(data_source_id),
    name: name ?? null,
    // `pg` is Redash's word for PostgreSQL; `results` is SQLite over what other queries gave.
    engine: type ?? null,
    host: options?.host ?? null,
    database: options?.dbname ?? options?.db ?? options?.database ?? null,
  };
}

function scheduleOf({ schedule }: RedashQuery): string | null {
  if (schedule?.interval === undefined || schedule.interval === null) return null;
  const at = [schedule.day_of_week, schedule.time].filter((word) => typeof word === 'string' && word !== '').join(' ');
  return `${schedule.interval}s${at === '' ? '' : ` at ${at}`}`;
}

const PAGE_SIZE = 250;
const PAGES_MAX = 400;

async function* answers(client: ApiClient, { token }: Credentials): AsyncIterable<ApiAnswer> {
  if (token === null) throw new ApiRefused('Redash needs an API key', 'give one as token');
  client.headers['authorization'] = `Key ${token}`;
  yield* pages(client, 'api/queries');
  yield* pages(client, 'api/queries/archive', true);
  const dataSources = await client.answer('api/data_sources', { optional: true });
  if (dataSources !== null) {
    yield dataSources;
    yield* client.answers(idsIn(dataSources.text).map((id) => `api/data_sources/${id}`), { optional: true });
  }
  for await (const page of pages(client, 'api/dashboards', true)) yield* client.answers(idsIn(page.text).map((id) => `api/dashboards/${id}`), { optional: true });
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

function idsIn(text: string): string[] {
  const value: unknown = JSON.parse(text);
  const list: unknown = isObject(value) ? value['results'] : value;
  return Array.isArray(list) ? list.flatMap((item: unknown) => (isObject(item) && typeof item['id'] === 'number' ? [String(item['id'])] : [])) : [];
}
