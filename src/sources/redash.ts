import type { CollectedQuery, ConnectionReference, Container, Owner } from '../model/query.js';
import { fillHoles } from '../template/holes.js';
import { TEXT_LENGTH_MAX } from '../template/limits.js';
import { mustacheHoles } from '../template/mustache.js';
import type { Neutralised } from '../template/result.js';
import { instancesOf } from './common/instances.js';
import { certaintyOf, isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import { pointerStep } from './common/json-position.js';
import type { SourceFile } from './common/source-file.js';
import { descriptionOf, titleOf } from './common/words.js';
import { exportedScript, isExportedScript } from './redash/exported-script.js';
import { answers } from './redash/answers.js';
import { connectionTo } from './redash/connection.js';
import { notSql, resultHoles, resultsRead } from './redash/language.js';
import { parameterOf } from './redash/parameters.js';
import { type RedashDashboard, type RedashDataSource, type RedashParameter, type RedashQuery, type RedashUser, dashboardShape, dataSourceShape, kindOf, queryShape } from './redash/shapes.js';
import type { ReadContext, Source } from './source.js';

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
    return instancesOf(files, dataSourceNames).flatMap((instance) => {
      const found = new Found(instance.files);
      const origins = new Origins();
      const prefix = instance.name === null ? ID : `${ID}:${instance.name}`;
      const queries = [...found.queries.values()].map((place) => collected(place, found, origins, context, prefix));
      const restricted = found.restricted.map((widget) => restrictedWidget(widget, origins, prefix));
      origins.resolve();
      const known = new Set(queries.map(({ id }) => id));
      const scripts = found.scripts.map((file) => exportedScript(file, found.dataSources.values(), context, prefix)).filter(({ id }) => !known.has(id));
      return [...queries, ...restricted, ...scripts];
    });
  },
  api: { credentials: 'an API key (token) of an administrator or of a user who sees the queries', fetch: answers },
};

function certainty(value: unknown): number {
  const kind = isObject(value) ? kindOf(value) : null;
  return kind === 'query' || kind === 'dashboard' ? 0.95 : kind === null ? 0 : 0.7;
}

/** The names of data sources by their numbers: what tells two installations in one folder apart. */
function* dataSourceNames(file: SourceFile): Generator<readonly [string, string]> {
  const list: unknown[] = Array.isArray(file.json) ? file.json : [file.json];
  for (const item of list) {
    if (!isObject(item) || kindOf(item) !== 'data-source') continue;
    const { id, name } = dataSourceShape.parse(item);
    if (name !== undefined) yield [`data source ${id}`, name];
  }
}

interface QueryPlace {
  query: RedashQuery;
  file: SourceFile;
  pointer: string;
  /** False for the copy that a widget of a dashboard holds, which may be cut. */
  standalone: boolean;
}

/** A widget whose query the account that asked may not see. */
interface RestrictedWidget {
  id: string;
  dashboard: RedashDashboard;
  file: SourceFile;
  pointer: string;
}

class Found {
  readonly queries = new Map<string, QueryPlace>();
  readonly dataSources = new Map<number, RedashDataSource>();
  readonly scripts: SourceFile[] = [];
  /** Query id → the first dashboard that shows it. */
  readonly dashboards = new Map<number, RedashDashboard>();
  readonly restricted: RestrictedWidget[] = [];

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
        return this.#query(queryShape.parse(value), file, pointer, true);
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

  /** The answer with its text wins over the copy that a widget holds. */
  #query(query: RedashQuery, file: SourceFile, pointer: string, standalone: boolean): void {
    const key = query.id === undefined ? `${file.path}${pointer}` : String(query.id);
    const known = this.queries.get(key);
    if (known === undefined || (known.query.query ?? '') === '' || (standalone && !known.standalone)) this.queries.set(key, { query, file, pointer, standalone });
  }

  #dashboard(value: Record<string, unknown>, file: SourceFile, pointer: string): void {
    const dashboard = dashboardShape.parse(value);
    // Up to v4 widgets stand in rows.
    const widgets = (dashboard.widgets ?? []).flatMap((widget, index) => (Array.isArray(widget) ? widget.map((inner: unknown, at) => ({ widget: inner, at: `${index}/${at}` })) : [{ widget, at: String(index) }]));
    for (const { widget, at } of widgets) {
      if (!isObject(widget)) continue;
      if (widget['restricted'] === true && !isObject(widget['visualization'])) {
        this.restricted.push({ id: typeof widget['id'] === 'number' ? String(widget['id']) : at, dashboard, file, pointer: `${pointer}/widgets/${at}` });
      }
      const visualization = isObject(widget['visualization']) ? widget['visualization'] : null;
      if (visualization === null || !isObject(visualization['query'])) continue;
      const query = queryShape.parse(visualization['query']);
      if (query.id !== undefined && !this.dashboards.has(query.id)) this.dashboards.set(query.id, dashboard);
      if (typeof query.query === 'string') this.#query(query, file, `${pointer}/widgets/${at}/visualization/query`, false);
    }
  }
}

function restrictedWidget({ id, dashboard, file, pointer }: RestrictedWidget, origins: Origins, prefix: string): CollectedQuery {
  const message = 'the account that asked may not see the query of this widget; export it as an administrator';
  return {
    // Not the number of a query, by which statements in the log are known.
    id: `${prefix}:query:widget-${id}`,
    kind: ID, role: 'query', sqlKind: 'statement', title: null, description: null, container: containerOf(dashboard), owners: [], connection: null, origin: origins.add(file, pointer),
    raw: '', reconstructed: false, variants: [], isPublic: dashboard.public_url !== undefined, lifecycle: 'active', usage: null, schedule: null,
    problems: [{ code: 'missing-reference', message }],
  };
}

function collected({ query, file, pointer }: QueryPlace, found: Found, origins: Origins, context: ReadContext, prefix: string): CollectedQuery {
  const raw = query.query ?? '';
  const dataSource = query.data_source_id === undefined ? undefined : found.dataSources.get(query.data_source_id);
  const dashboard = query.id === undefined ? undefined : found.dashboards.get(query.id);
  const parameters = query.options?.parameters ?? [];
  const { variants, problems } = textsOf(raw, parameters, dataSource, found);
  return {
    id: `${prefix}:query:${query.id ?? `${file.path}${pointer}`}`,
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

/** What Redash sends for a text; none where its data source is no database. */
function textsOf(raw: string, parameters: readonly RedashParameter[], dataSource: RedashDataSource | undefined, found: Found): Neutralised {
  const other = dataSource === undefined ? null : notSql(dataSource);
  if (other !== null && raw.trim() !== '') return { variants: [], problems: [other] };
  const ofResults = dataSource?.type === 'results';
  const { variants, problems } = fillHoles(raw, [...mustacheHoles(raw, (name) => parameterOf(name, parameters)), ...(ofResults ? resultHoles(raw) : [])]);
  const missing = ofResults ? resultsRead(raw).filter((id) => !found.queries.has(String(id))) : [];
  return { variants, problems: [...problems, ...missing.map((id) => ({ code: 'missing-reference' as const, message: `query ${id}, whose result it reads, is not in the export` }))] };
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
  return data_source_id === undefined ? null : connectionTo(dataSource ?? { id: data_source_id });
}

function scheduleOf({ schedule }: RedashQuery): string | null {
  // Up to v5: `86400` seconds, or `18:30` every day.
  if (typeof schedule === 'string') return /^\d{1,10}$/.test(schedule) ? `${schedule}s` : /^\d{1,2}:\d{2}$/.test(schedule) ? `86400s at ${schedule}` : null;
  if (schedule?.interval === undefined || schedule.interval === null) return null;
  const at = [schedule.day_of_week, schedule.time].filter((word) => typeof word === 'string' && word !== '').join(' ');
  return `${schedule.interval}s${at === '' ? '' : ` at ${at}`}`;
}
