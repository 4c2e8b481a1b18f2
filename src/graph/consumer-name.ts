import type { CollectedQuery } from '../model/query.js';

/**
 * How reports name a query, in the words of its tool: `metabase card 118 Open cases`, `grafana panel Case operations /
 * Backlog`, `reports/monthly.sql monthly_cases`. It identifies the consumer in fingerprints, so that it holds no position.
 */
export function consumerName(query: CollectedQuery): string {
  const title = query.title ?? '';
  const name = Object.hasOwn(NAMES, query.kind) ? NAMES[query.kind]?.(query, title) : undefined;
  return name ?? join([query.kind, query.id, title]);
}

type Namer = (query: CollectedQuery, title: string) => string;

const NAMES: Record<string, Namer> = {
  metabase: (query, title) => {
    const number = /:card:([^:]+)/.exec(query.id)?.[1] ?? '';
    const what = number === '' ? roleWord(query, 'card') : 'card';
    return join(['metabase', what, number, title]);
  },
  grafana: (query, title) => `grafana ${query.role === 'query' ? 'panel' : query.role} ${[query.container?.title, title || query.id].filter(Boolean).join(' / ')}`,
  'sql-files': (query, title) => {
    // A file of one unnamed statement is its own name.
    const named = title !== '' && !query.origin.file.endsWith(title);
    return join([query.origin.file, named ? title : '']);
  },
  redash: (query, title) => join(['redash', roleWord(query, 'query'), /:query:([^:]+)/.exec(query.id)?.[1] ?? firstNumber(query.id), title]),
  superset: (query, title) => join(['superset', roleWord(query, partOf(query, /^superset:(chart|dataset|dashboard|saved_query|report):/) ?? (query.role === 'relation' ? 'dataset' : 'chart')), within(query, title, ['dashboard'])]),
  looker: (query, title) => join(['looker', looker(query), within(query, title, ['explore', 'dashboard', 'model'])]),
  dbt: (query, title) => join(['dbt', dbt(query), title || lastPart(query.id)]),
  metricflow: (query, title) => join(['dbt', roleWord(query, 'semantic model'), title || lastPart(query.id)]),
  lightdash: (query, title) => join(['lightdash', roleWord(query, 'chart'), within(query, title, ['explore', 'dashboard'])]),
  cube: (query, title) => join(['cube', query.role === 'relation' || query.role === 'query' ? '' : roleWord(query, ''), within(query, title, ['model'])]),
  // What `sources/` asks the database for at build names its folder itself.
  evidence: (query, title) => (query.container?.kind === 'folder' ? join(['evidence source', title || lastPart(query.id)]) : join(['evidence', query.container?.kind === 'model' ? 'metrics' : 'page', query.container?.title ?? query.origin.file, title])),
  tableau: (query, title) => join(['tableau', query.container?.kind === 'dag' ? 'flow' : query.container?.kind === 'workbook' ? 'workbook' : 'datasource', within(query, title, ['workbook', 'project', 'folder'])]),
  powerbi: (query, title) => join(['powerbi', roleWord(query, /:table:/.test(query.id) ? 'table' : /:expression:/.test(query.id) ? 'query' : 'report'), within(query, title, ['model', 'project', 'workbook', 'folder'])]),
  notebook: (query, title) => join(['notebook', query.origin.file, cell(query), title]),
  hex: (query, title) => join(['hex', within(query, title, ['notebook', 'project'])]),
  mode: (query, title) => join(['mode report', within(query, title, ['dashboard', 'project', 'folder'])]),
  airflow: (query, title) => join(['airflow', [query.container?.title ?? query.container?.id ?? '', title].filter((part) => part !== '').join('.') || query.id]),
  // Sources that read code name the function that holds the text.
  appcode: (query, title) => join([query.origin.file, title]),
};

/** What a query is for, in the word that the tool's people use. */
function roleWord({ role }: CollectedQuery, usual: string): string {
  return role === 'query' || role === 'relation' ? usual : role;
}

/** `Case operations / Open cases`, where the container is of a kind that people name it by. */
function within({ container, id }: CollectedQuery, title: string, kinds: readonly string[]): string {
  const outer = container && kinds.includes(container.kind) ? (container.title ?? container.id) : '';
  const parts = [outer, title].filter((part) => part !== '');
  return [...new Set(parts)].join(' / ') || lastPart(id);
}

/** The word for a kind of object that stands in an identifier, as people write it. */
function partOf({ id }: CollectedQuery, form: RegExp): string | null {
  return form.exec(id)?.[1]?.replaceAll(/[_-]/g, ' ') ?? null;
}

function looker(query: CollectedQuery): string {
  const { role, container } = query;
  const part = partOf(query, /^looker:(?:[^:]*:)?(explore|view|dashboard|look|sql-runner|test|datagroup)(?::|$)/);
  if (role === 'relation') return 'view';
  if (role !== 'query') return role;
  if (part !== null) return part === 'dashboard' ? 'dashboard element' : part;
  return container?.kind === 'dashboard' ? 'dashboard element' : container?.kind === 'explore' ? 'explore' : 'query';
}

/** `dbt:model.casework.case_monthly` is a model, `exposure.casework.board_pack` an exposure. */
function dbt({ id, role }: CollectedQuery): string {
  const resource = /^dbt:(?:[^:]*:)*?(model|source|exposure|test|snapshot|analysis|seed|metric|semantic_model|saved_query|operation)\./.exec(id)?.[1];
  return resource === undefined ? (role === 'quality-check' ? 'test' : role === 'relation' || role === 'query' ? 'model' : role) : resource.replace('_', ' ');
}

function cell({ origin }: CollectedQuery): string {
  return /^cell \d+/.exec(origin.pointer)?.[0] ?? '';
}

function firstNumber(id: string): string {
  return id.split(':').slice(1).find((part) => /^\d+$/.test(part)) ?? '';
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf(':') + 1);
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
