import { regionAt, regions } from '../sql/lexer.js';
import type { Hole } from '../template/holes.js';
import { neutraliseLiquid, type LiquidEnvironment } from '../template/liquid.js';
import { TEXT_LENGTH_MAX } from '../template/limits.js';
import type { CollectedQuery, ConnectionReference } from '../model/query.js';
import type { ApiAnswer, ApiClient } from './api/client.js';
import { ApiRefused } from './api/client.js';
import { codeQuery } from './code/record.js';
import { certaintyOf, isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import { descriptionOf, titleOf } from './common/words.js';
import { dataSourceShape, definitionShape, embeddedLists, kindOf, lastStep, queryShape, reportShape, type ModeQuery, type ModeReport } from './mode/shapes.js';
import type { Credentials, ReadContext, Source } from './source.js';

const ID = 'mode';
const WRAPPER_DEPTH_MAX = 3;
const PAGES_MAX = 500;

/**
 * Mode, from what its interface answers (`/spaces/{space}/reports`, `/reports/{report}/queries`, `/definitions`, `/data_sources`).
 * Definitions are put into the queries that name them, and are queries of their own besides.
 */
export const source: Source = {
  id: ID,
  recognises: (file) => (file.text.includes('"token"') || /\btoken:/.test(file.text) ? certaintyOf(file.value, (one) => (isObject(one) && kindOf(one) !== null ? 0.85 : 0)) : 0),
  read: (files, context) => new ModeReader(files, context).read(),
  api: { credentials: 'an API token as username and its secret as password; the address ends with the workspace (https://app.mode.com/api/acme)', fetch: answers },
};

interface Place<T> {
  value: T;
  file: SourceFile;
  pointer: string;
}

class ModeReader {
  readonly #queries = new Map<string, Place<ModeQuery>>();
  readonly #definitions = new Map<string, Place<ReturnType<typeof definitionShape.parse>>>();
  readonly #reports = new Map<string, ModeReport>();
  readonly #connections = new Map<string, ConnectionReference>();
  readonly #origins = new Origins();
  readonly #environment: LiquidEnvironment;

  constructor(
    files: readonly SourceFile[],
    readonly context: ReadContext,
  ) {
    for (const file of files) this.#visit(file, file.value, '', 0);
    const definitions = new Map<string, string>();
    for (const { value } of this.#definitions.values()) if (value.name && value.source) definitions.set(value.name, value.source);
    this.#environment = { definitions, references: escapedBreaks, holes: { word: 'parameter', unknown: 'bound' } };
  }

  read(): CollectedQuery[] {
    const queries = [...this.#queries.values()].map((place) => this.#query(place));
    const definitions = [...this.#definitions.values()].flatMap((place) => (place.value.source ? [this.#definition(place)] : []));
    this.#origins.resolve();
    return [...queries, ...definitions];
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number): void {
    if (depth > WRAPPER_DEPTH_MAX) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#visit(file, item, `${pointer}/${index}`, depth + 1);
      return;
    }
    if (!isObject(value)) return;
    this.#add(file, value, pointer);
    for (const [name, list] of embeddedLists(value)) this.#visit(file, list, `${pointer}/_embedded/${name}`, depth);
  }

  #add(file: SourceFile, value: Record<string, unknown>, pointer: string): void {
    switch (kindOf(value)) {
      case 'query': {
        const query = queryShape.parse(value);
        if (query.token && !this.#queries.has(query.token)) this.#queries.set(query.token, { value: query, file, pointer });
        return;
      }
      case 'definition': {
        const definition = definitionShape.parse(value);
        if (definition.token && !this.#definitions.has(definition.token)) this.#definitions.set(definition.token, { value: definition, file, pointer });
        return;
      }
      case 'report': {
        const report = reportShape.parse(value);
        if (report.token) this.#reports.set(report.token, report);
        return;
      }
      case 'data-source': {
        const { id, name, adapter, host, database } = dataSourceShape.parse(value);
        if (id) this.#connections.set(id, { id, name: titleOf(name), engine: titleOf(adapter?.replace(/^jdbc:/, '')), host: titleOf(host), database: titleOf(database) });
        return;
      }
      case null:
        return;
    }
  }

  #query({ value, file, pointer }: Place<ModeQuery>): CollectedQuery {
    const reportToken = lastStep(value._links?.report?.href) ?? /\/reports\/([\w.-]{1,80})\/queries/.exec(value._links?.self?.href ?? '')?.[1] ?? null;
    const report = reportToken === null ? undefined : this.#reports.get(reportToken);
    const creator = lastStep(report?._links?.creator?.href) ?? lastStep(value._links?.creator?.href);
    return codeQuery({
      id: `${ID}:${reportToken ?? 'report'}:${value.token ?? pointer}`,
      kind: ID,
      title: titleOf(value.name),
      description: descriptionOf(report?.description),
      container: reportToken === null ? null : { kind: 'dashboard', id: reportToken, title: titleOf(report?.name) },
      owners: creator === null ? [] : [{ name: creator, via: 'author' }],
      connection: this.#connection(value.data_source_id),
      origin: this.#origins.add(file, `${pointer}/raw_query`),
      ...ofReport(report),
      ...this.#render(value.raw_query),
    });
  }

  #definition({ value, file, pointer }: Place<ReturnType<typeof definitionShape.parse>>): CollectedQuery {
    const creator = lastStep(value._links?.creator?.href);
    return codeQuery({
      id: `${ID}:definition:${value.token ?? pointer}`,
      kind: ID,
      title: titleOf(value.name),
      description: descriptionOf(value.description),
      container: null,
      owners: creator === null ? [] : [{ name: creator, via: 'author' }],
      connection: this.#connection(value.data_source_id),
      origin: this.#origins.add(file, `${pointer}/source`),
      ...this.#render(value.source),
      role: 'relation',
    });
  }

  #connection(id: string | null | undefined): ConnectionReference | null {
    if (!id) return this.context.connection;
    return this.#connections.get(id) ?? { id, name: null, engine: null, host: null, database: null };
  }

  #render(raw: string | null | undefined): Pick<CollectedQuery, 'raw' | 'variants' | 'problems'> {
    if (raw == null) return { raw: '', variants: [], problems: [{ code: 'missing-reference', message: 'the text of the query is not in the answer' }] };
    return { raw: raw.length > TEXT_LENGTH_MAX ? '' : raw, ...neutraliseLiquid(raw, this.#environment) };
  }
}

/** Line breaks and tabs that a script around the interface escaped once more: outside of quotes no SQL holds a backslash. */
function escapedBreaks(text: string): Hole[] {
  if (!/\\[ntr]/.test(text)) return [];
  const found = regions(text);
  return [...text.matchAll(/\\[ntr]/g)].flatMap(({ index }) =>
    regionAt(found, index)?.kind === 'code' ? [{ start: index, end: index + 2, name: 'line break', text: '', assumption: 'line breaks that were escaped twice are blanks' }] : [],
  );
}

/** What holds for every query of a report. */
function ofReport(report: ModeReport | undefined): Pick<CollectedQuery, 'usage' | 'schedule' | 'isPublic' | 'lifecycle'> {
  const views = report?.view_count ?? null;
  const lastUsedAt = report?.last_successfully_run_at ?? report?.last_run_at ?? null;
  const schedules = report?.schedules_count ?? 0;
  return {
    usage: views === null && lastUsedAt === null ? null : { views, lastUsedAt },
    schedule: schedules === 0 ? null : `${schedules} ${schedules === 1 ? 'schedule' : 'schedules'}`,
    isPublic: report?.public === true,
    lifecycle: report?.archived === true ? 'archived' : 'active',
  };
}

/** Every page of a list; `found` sees its items. */
async function* pages(client: ApiClient, path: string, list: string, found: (value: Record<string, unknown>) => void, isOptional = false): AsyncIterable<ApiAnswer> {
  for (let page = 1; page <= PAGES_MAX; page++) {
    const value = await client.json(path, { query: page === 1 ? {} : { page }, optional: isOptional });
    if (!isObject(value)) return;
    yield { path: `${path}${page === 1 ? '' : `-${page}`}.json`, text: JSON.stringify(value) };
    const items = embeddedLists(value).find(([name]) => name === list)?.[1] ?? [];
    for (const item of items) if (isObject(item)) found(item);
    const { _links: links } = value;
    if (items.length === 0 || !isObject(links) || !isObject(links['next_page'] ?? links['next'])) return;
  }
}

async function* answers(client: ApiClient, { username, password }: Credentials): AsyncIterable<ApiAnswer> {
  if (username === null || password === null) throw new ApiRefused('no API token and secret are given for Mode', 'give the token as username and its secret as password');
  client.headers['authorization'] = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  client.headers['accept'] = 'application/hal+json, application/json';
  const nothing = (): void => undefined;
  yield* pages(client, 'data_sources', 'data_sources', nothing, true);
  yield* pages(client, 'definitions', 'definitions', nothing, true);
  const spaces: string[] = [];
  yield* pages(client, 'spaces', 'spaces', ({ token }) => typeof token === 'string' && spaces.push(token));
  for (const space of spaces) {
    const reports: string[] = [];
    yield* pages(client, `spaces/${step(space)}/reports`, 'reports', ({ token }) => typeof token === 'string' && reports.push(token));
    for (const report of reports) yield* pages(client, `reports/${step(report)}/queries`, 'queries', nothing);
  }
}

function step(token: string): string {
  return encodeURIComponent(token);
}
