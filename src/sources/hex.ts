import { unknown, type JinjaEnvironment, type JinjaFunction, type JinjaValue } from '../template/jinja.js';
import type { CollectedQuery, ConnectionReference } from '../model/query.js';
import type { ApiAnswer, ApiClient } from './api/client.js';
import { ApiRefused } from './api/client.js';
import { scanText } from './code/code-file.js';
import { connectionsIn } from './code/connections.js';
import { codeQuery, Ids, renderCode, renderText } from './code/record.js';
import { certaintyOf, isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import { descriptionOf, titleOf } from './common/words.js';
import { cellShape, connectionShape, kindOf, metaShape, projectShape, type HexCell, type HexProject } from './hex/shapes.js';
import type { Credentials, ReadContext, Source } from './source.js';

const ID = 'hex';
const NESTING_MAX = 20;
const PAGES_MAX = 500;

/**
 * Hex: projects as they are exported or synced to Git (YAML), and what the interface answers (`GET /v1/projects`, `/v1/cells`,
 * `/v1/data-connections`). SQL cells over data frames run in DuckDB within Hex and read no store.
 */
export const source: Source = {
  id: ID,
  recognises: ({ value }) => certaintyOf(value, (one) => (isObject(one) && kindOf(one) !== null ? 0.9 : 0)),
  read: (files, context) => new HexReader(files, context).read(),
  api: { credentials: 'an API token (token) of Hex with read access to projects', fetch: answers },
};

interface CellPlace {
  cell: HexCell;
  file: SourceFile;
  pointer: string;
  project: string;
  title: string | null;
  status: string | null;
  description: string | null;
}

class HexReader {
  readonly #projects = new Map<string, HexProject>();
  readonly #connections = new Map<string, ConnectionReference>();
  readonly #cells: CellPlace[] = [];
  readonly #origins = new Origins();
  readonly #ids = new Ids();
  readonly #seen = new Set<string>();

  constructor(
    files: readonly SourceFile[],
    readonly context: ReadContext,
  ) {
    for (const file of files) this.#visit(file, file.value, '', 0);
  }

  read(): CollectedQuery[] {
    const queries = this.#cells.flatMap((place) => this.#cell(place));
    this.#origins.resolve();
    return queries;
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number): void {
    if (depth > 3) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#visit(file, item, `${pointer}/${index}`, depth + 1);
      return;
    }
    if (!isObject(value)) return;
    switch (kindOf(value)) {
      case 'export': {
        const meta = metaShape.catch({}).parse(value['meta']);
        const project = meta.projectId ?? file.path;
        const shared = { file, project, title: meta.title ?? null, status: meta.status?.name ?? null, description: meta.description ?? null };
        this.#nested(value['cells'], `${pointer}/cells`, shared, 0);
        return;
      }
      case 'cell': {
        const cell = cellShape.catch({}).parse(value);
        this.#cells.push({ cell, file, pointer, project: cell.projectId ?? file.path, title: null, status: null, description: null });
        return;
      }
      case 'project': {
        const project = projectShape.catch({}).parse(value);
        if (project.id) this.#projects.set(project.id, project);
        return;
      }
      case 'connection':
        return this.#addConnection(value);
      case null:
        if (Array.isArray(value['values'])) this.#visit(file, value['values'], `${pointer}/values`, depth + 1);
    }
  }

  #nested(cells: unknown, pointer: string, shared: Omit<CellPlace, 'cell' | 'pointer'>, depth: number): void {
    if (!Array.isArray(cells) || depth > NESTING_MAX) return;
    for (const [index, value] of cells.entries()) {
      if (!isObject(value)) continue;
      const cell = cellShape.catch({}).parse(value);
      const at = `${pointer}/${index}`;
      this.#cells.push({ ...shared, cell, pointer: at });
      this.#nested(cell.config?.cells, `${at}/config/cells`, shared, depth + 1);
    }
  }

  #addConnection(value: Record<string, unknown>): void {
    const connection = connectionShape.catch({}).parse(value);
    const id = connection.id ?? connection.dataConnectionId;
    if (!id) return;
    const details = Object.values(connection.connectionDetails ?? {})[0];
    this.#connections.set(id, { id, name: titleOf(connection.name), engine: titleOf(connection.type), host: titleOf(details?.host ?? details?.hostname ?? details?.account), database: titleOf(details?.database) });
  }

  #cell(place: CellPlace): CollectedQuery[] {
    const { cell, pointer, file, project } = place;
    const native = cell.cellId ?? cell.staticId ?? cell.id ?? pointer;
    // The export and the interface may both hold a cell.
    if (this.#seen.has(`${project}:${native}`)) return [];
    const sql = cell.cellType === 'SQL' ? (cell.config?.source ?? cell.contents?.sqlCell?.source) : undefined;
    const code = cell.cellType === 'CODE' ? (cell.config?.source ?? cell.contents?.codeCell?.source) : undefined;
    const step = cell.config?.source == null ? (cell.cellType === 'SQL' ? '/contents/sqlCell/source' : '/contents/codeCell/source') : '/config/source';
    if (sql == null && code == null) return [];
    this.#seen.add(`${project}:${native}`);
    if (code != null) {
      const read = scanText(code, 'cell.py');
      const connections = connectionsIn(read, code);
      return read.texts.map((found) => {
        const connection = connections.of(found) ?? this.context.connection;
        return this.#query(place, native, { origin: this.#origins.add(file, pointer + step, found.text.offsetOf(0)), connection, ...renderCode(found.text) });
      });
    }
    if (sql == null || sql.trim() === '') return [];
    return [this.#query(place, native, { origin: this.#origins.add(file, pointer + step), connection: this.#connectionOf(cell), ...renderText(sql, [], ENVIRONMENT) })];
  }

  #connectionOf(cell: HexCell): ConnectionReference | null {
    const id = cell.config?.dataConnectionId ?? cell.dataConnectionId;
    if (cell.config?.dataFrameCell === true || !id) return { id: null, name: 'data frames', engine: 'duckdb-extract', host: null, database: null };
    return this.#connections.get(id) ?? { id, name: null, engine: null, host: null, database: null };
  }

  #query(place: CellPlace, native: string, query: Pick<CollectedQuery, 'origin' | 'connection' | 'raw' | 'variants' | 'problems'>): CollectedQuery {
    const { cell, project: id } = place;
    const project = this.#projects.get(id);
    const title = titleOf(project?.title) ?? titleOf(place.title);
    return codeQuery({
      id: this.#ids.unused(`${ID}:${id}:${native}`),
      kind: ID,
      title: titleOf(cell.cellLabel ?? cell.label) ?? titleOf(cell.config?.resultVariableName) ?? title,
      description: descriptionOf(project?.description ?? place.description),
      container: { kind: 'project', id, title },
      ...ofProject(project, place.status),
      ...query,
    });
  }
}

/** What holds for every cell of a project. */
function ofProject(project: HexProject | undefined, status: string | null): Pick<CollectedQuery, 'owners' | 'usage' | 'schedule' | 'isPublic' | 'lifecycle'> {
  const views = project?.analytics?.appViews?.allTime ?? null;
  const lastUsedAt = project?.analytics?.lastViewedAt ?? null;
  const [owner, creator] = [project?.owner, project?.creator].map((person) => person?.email ?? person?.name ?? null);
  const owners: CollectedQuery['owners'] = owner == null ? [] : [{ name: owner, via: 'owner-field' }];
  if (creator != null && creator !== owner) owners.push({ name: creator, via: 'author' });
  const isDraft = /draft|in development/i.test(project?.status?.name ?? status ?? '');
  return {
    owners,
    usage: views === null && lastUsedAt === null ? null : { views, lastUsedAt },
    schedule: scheduleOf(project),
    isPublic: (project?.sharing?.publicWeb?.access ?? 'NONE') !== 'NONE',
    lifecycle: project?.archivedAt || project?.trashedAt ? 'archived' : isDraft ? 'draft' : 'active',
  };
}

function scheduleOf(project: HexProject | undefined): string | null {
  const schedules = (project?.schedules ?? []).filter(({ enabled }) => enabled !== false);
  const words = schedules.map(({ custom, cadence }) => custom?.cron ?? cadence?.toLowerCase() ?? '').filter((word) => word !== '');
  return words.length === 0 ? null : words.join(', ').slice(0, 200);
}

/** The first argument as it is: `{{ ids | array }}`, `{{ column | sqlsafe }}`. */
const asGiven: JinjaFunction = ([value]) => value;
const ENVIRONMENT: JinjaEnvironment = {
  globals: new Map<string, JinjaValue>(),
  filters: new Map([['array', asGiven], ['sqlsafe', asGiven], ['bind', asGiven], ['inclause', asGiven]]),
  unknownName: (name) => unknown(name),
};

/** Every page of a list, each as an answer of its own. */
async function* pages(client: ApiClient, path: string, query: Record<string, string | number | boolean>, name: string, isOptional: boolean): AsyncIterable<ApiAnswer & { values: unknown[] }> {
  let after: string | null = null;
  for (let page = 1; page <= PAGES_MAX; page++) {
    const value = await client.json(path, { query: { ...query, limit: 100, ...(after === null ? {} : { after }) }, optional: isOptional });
    if (!isObject(value)) return;
    const values = Array.isArray(value['values']) ? value['values'] : [];
    yield { path: `${name}${page === 1 ? '' : `-${page}`}.json`, text: JSON.stringify(value), values };
    const { pagination } = value;
    const next = isObject(pagination) ? pagination['after'] : null;
    if (typeof next !== 'string' || next === '' || next === after || values.length === 0) return;
    after = next;
  }
}

async function* answers(client: ApiClient, { token }: Credentials): AsyncIterable<ApiAnswer> {
  if (token === null) throw new ApiRefused('no API token is given for Hex', 'give a token of the workspace');
  client.headers['authorization'] = `Bearer ${token}`;
  const projects: string[] = [];
  for await (const { path, text, values } of pages(client, 'v1/projects', { includeSharing: true }, 'v1/projects', false)) {
    for (const value of values) if (isObject(value) && typeof value['id'] === 'string') projects.push(value['id']);
    yield { path, text };
  }
  for await (const { path, text } of pages(client, 'v1/data-connections', {}, 'v1/data-connections', true)) yield { path, text };
  // One after another: Hex allows sixty requests a minute.
  for (const project of projects) {
    const name = `v1/cells/${project.replace(/[^\w-]/g, '_')}`;
    for await (const { path, text } of pages(client, 'v1/cells', { projectId: project }, name, false)) yield { path, text };
  }
}
