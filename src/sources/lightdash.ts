import type { CollectedQuery, ConnectionReference, Container, Owner } from '../model/query.js';
import { fillHoles } from '../template/holes.js';
import { TEXT_LENGTH_MAX } from '../template/limits.js';
import { neutraliseSqlChart } from './lightdash/sql-chart.js';
import { isObject, certaintyOf } from './common/json.js';
import { Origins } from './common/origins.js';
import { descriptionOf, titleOf } from './common/words.js';
import { fetchLightdash } from './lightdash/api.js';
import { chartFragments } from './lightdash/chart.js';
import { LightdashContent, type ChartEntry } from './lightdash/content.js';
import { fragmentsOf, type LightdashFragment } from './lightdash/fragments.js';
import { isLightdashModel, speaksToLightdash, type Table } from './lightdash/model.js';
import { FieldResolver } from './lightdash/resolver.js';
import { contentKind, type Chart } from './lightdash/shapes.js';
import type { ReadContext, Source } from './source.js';

const ID = 'lightdash';

/**
 * Lightdash: what it reads in the `meta` of dbt's property files (and of `config.meta`, dbt 1.10), models without dbt, charts,
 * SQL charts and dashboards as code, and the same as its interface tells them (API v1).
 */
export const source: Source = {
  id: ID,
  shares: true,
  recognises(file) {
    if (!/\b(meta|metricQuery|contentType|sql_from|warehouseConnection|baseTable|compiledSql|tiles|chartKind)\b/.test(file.text)) return 0;
    return certaintyOfValue(file.value);
  },
  read(files, context) {
    const content = new LightdashContent(files);
    const resolvers = new Resolvers(content.tables);
    const origins = new Origins();
    const queries = new Map<string, CollectedQuery>();
    for (const table of content.tables) {
      for (const fragment of fragmentsOf(table, resolvers.of(table.project), origins)) keep(tableQuery(fragment, table, content, context), queries);
    }
    for (const entry of content.charts) for (const query of chartQueries(entry, content, resolvers, origins, context)) keep(query, queries);
    origins.resolve();
    return [...queries.values()];
  },
  api: { credentials: 'a personal access token (token)', fetch: fetchLightdash },
};

/** The models of each project; those of files are every project's. */
class Resolvers {
  readonly #byProject = new Map<string | null, FieldResolver>();

  constructor(readonly tables: readonly Table[]) {}

  of(project: string | null): FieldResolver {
    const known = this.#byProject.get(project);
    if (known !== undefined) return known;
    const resolver = new FieldResolver(this.tables.filter((table) => table.project === null || table.project === project));
    this.#byProject.set(project, resolver);
    return resolver;
  }
}

function certaintyOfValue(value: unknown): number {
  const documents = Array.isArray(value) ? value.slice(0, 20) : [value];
  const own = Math.max(0, ...documents.map((document) => {
    if (!isObject(document)) return 0;
    if (isLightdashModel(document)) return 0.9;
    const models: unknown[] = Array.isArray(document['models']) ? document['models'].slice(0, 1_000) : [];
    return models.some(speaksToLightdash) ? 0.9 : 0;
  }));
  return own > 0 ? own : certaintyOf(value, (one) => (contentKind(one) === null ? 0 : isOwnDashboard(one) ? 0.9 : 0));
}

/** Other tools have dashboards of tiles, too. */
function isOwnDashboard(value: unknown): boolean {
  if (contentKind(value) !== 'dashboard' || !isObject(value) || value['contentType'] === 'dashboard') return true;
  const tiles: unknown[] = Array.isArray(value['tiles']) ? value['tiles'] : [];
  return tiles.some((tile) => isObject(tile) && isObject(tile['properties']) && ['chartSlug', 'savedChartUuid', 'savedSqlUuid', 'content'].some((key) => Object.hasOwn(Object(tile['properties']), key)));
}

function tableQuery(fragment: LightdashFragment, table: Table, content: LightdashContent, context: ReadContext): CollectedQuery {
  const connection = (table.project === null ? null : content.connections.get(table.project)) ?? context.connection;
  const owners: Owner[] = [...(fragment.owner === null ? [] : [{ name: fragment.owner, via: 'owner-field' } as const]), ...table.owners.filter((name) => name !== fragment.owner).map((name) => ({ name, via: 'meta' }) as const)];
  const container: Container = { kind: 'explore', id: table.name, title: titleOf(table.label ?? table.name) };
  return queryOf(fragment, `${ID}:${table.project === null ? '' : `${table.project}:`}${table.name}:${fragment.part}`, { container, owners, connection, usage: null });
}

function queryOf(fragment: LightdashFragment, id: string, rest: Pick<CollectedQuery, 'container' | 'owners' | 'connection' | 'usage'>): CollectedQuery {
  const { role, sqlKind, origin, raw, reconstructed, variants, problems, declaration } = fragment;
  return {
    id, kind: ID, role, sqlKind,
    title: titleOf(fragment.title),
    description: descriptionOf(fragment.description),
    ...rest,
    origin,
    raw: raw.length > TEXT_LENGTH_MAX ? '' : raw,
    reconstructed, variants,
    isPublic: false,
    lifecycle: 'active',
    schedule: null,
    problems: variants.length === 0 && problems.length === 0 ? [{ code: 'unreadable', message: 'the text is empty' }] : problems,
    ...(declaration === undefined ? {} : { declaration }),
  };
}

function chartQueries({ chart, isSql, place }: ChartEntry, content: LightdashContent, resolvers: Resolvers, origins: Origins, context: ReadContext): CollectedQuery[] {
  const project = chart.projectUuid ?? chart.project?.projectUuid ?? /projects\/([\w-]+)\//.exec(place.file.path)?.[1] ?? null;
  const key = chart.slug ?? chart.uuid ?? `${place.file.path}${place.pointer}`;
  const rest = { container: containerOf(chart, content), owners: ownersOf(chart), connection: connectionOf(chart, project, content) ?? context.connection, usage: usageOf(chart) };
  const id = `${ID}:${project === null ? '' : `${project}:`}chart:${key}`;
  if (isSql) {
    const raw = chart.sql ?? '';
    const read = raw.trim() === '' ? { variants: [], problems: [] } : neutraliseSqlChart(raw);
    return [queryOf({ part: '', role: 'query', sqlKind: 'statement', title: chart.name ?? key, description: chart.description ?? null, owner: null, origin: origins.add(place.file, `${place.pointer}/sql`), raw, reconstructed: false, ...read }, id, rest)];
  }
  const fragments = chartFragments(chart, place, resolvers.of(project), origins);
  const compiled = content.compiled.get(chart.uuid ?? '');
  return fragments.map((fragment) => {
    // What Lightdash itself compiled stands above what is rebuilt.
    if (fragment.part !== '' || compiled === undefined) return queryOf(fragment, fragment.part === '' ? id : `${id}:${fragment.part}`, rest);
    const told = { ...fragment, origin: origins.add(compiled.place.file, compiled.place.pointer), raw: compiled.sql, reconstructed: false, ...fillHoles(compiled.sql, []) };
    return queryOf(told, id, rest);
  });
}

function containerOf(chart: Chart, content: LightdashContent): Container | null {
  const dashboard = content.dashboardOf(chart);
  if (dashboard !== null) return { kind: 'dashboard', id: dashboard.id, title: titleOf(dashboard.title ?? dashboard.id) };
  const space = chart.spaceSlug ?? chart.spaceUuid ?? chart.space?.uuid ?? null;
  return space === null ? null : { kind: 'collection', id: space, title: titleOf(chart.spaceName ?? chart.space?.name ?? space) };
}

/** `owner` of the chart, who made it, who changed it last. */
function ownersOf(chart: Chart): Owner[] {
  const stated = isObject(chart.owner) ? (titleOf(stringOf(chart.owner['email']) ?? stringOf(chart.owner['name'])) ?? null) : titleOf(stringOf(chart.owner));
  const people = [
    { name: stated, via: 'owner-field' as const },
    { name: personName(chart.createdBy), via: 'author' as const },
    { name: personName(chart.updatedByUser ?? chart.lastUpdatedBy), via: 'editor' as const },
  ];
  const owners: Owner[] = [];
  for (const { name, via } of people) if (name !== null && !owners.some((known) => known.name === name)) owners.push({ name, via });
  return owners;
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function personName(person: Chart['createdBy']): string | null {
  return titleOf([person?.firstName, person?.lastName].filter(Boolean).join(' ')) ?? titleOf(person?.email);
}

function connectionOf(chart: Chart, project: string | null, content: LightdashContent): ConnectionReference | null {
  const known = project === null ? undefined : content.connections.get(project);
  if (known !== undefined) return known;
  const name = titleOf(stringOf(chart.connection));
  return name === null ? null : { id: name, name, engine: null, host: null, database: null };
}

function usageOf({ views, lastViewedAt }: Chart): CollectedQuery['usage'] {
  return typeof views === 'number' || lastViewedAt ? { views: views ?? null, lastUsedAt: lastViewedAt ?? null } : null;
}

function keep(query: CollectedQuery, queries: Map<string, CollectedQuery>): void {
  let id = query.id;
  for (let count = 1; queries.has(id); count++) id = count === 1 ? `${query.id}@${query.origin.file}` : `${query.id}@${query.origin.file}#${count}`;
  queries.set(id, { ...query, id });
}
