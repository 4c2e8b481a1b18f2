import { isObject } from '../common/json.js';
import type { SourceFile } from '../common/source-file.js';

export type MetabaseKind =
  | 'card'
  | 'dashboard'
  | 'database'
  | 'table'
  | 'field'
  | 'snippet'
  | 'segment'
  | 'measure'
  | 'user'
  | 'collection'
  | 'action'
  | 'transform'
  | 'transform-job'
  | 'document'
  | 'pulse'
  | 'notification'
  | 'unasked'
  | 'unasked-list'
  | 'other';

/** The last `model` of `serdes/meta`, which tells what a file of the serialisation holds. */
const SERIALISED: Readonly<Record<string, MetabaseKind>> = {
  Card: 'card',
  Dashboard: 'dashboard',
  Collection: 'collection',
  NativeQuerySnippet: 'snippet',
  Segment: 'segment',
  Measure: 'measure',
  Metric: 'measure',
  LegacyMetric: 'measure',
  Transform: 'transform',
  TransformJob: 'transform-job',
  Database: 'database',
  Table: 'table',
  Field: 'field',
  Document: 'document',
  Action: 'action',
};

/** The key that every file of the serialisation has. */
export const SERIALISED_KEY = 'serdes/meta';

/** What an object of the API or of the serialisation is, by its keys; `other` is Metabase's and holds nothing to read. */
export function kindOf(value: Record<string, unknown>): MetabaseKind | null {
  const meta = value[SERIALISED_KEY];
  if (Array.isArray(meta)) {
    const last: unknown = meta.at(-1);
    const model = isObject(last) && typeof last['model'] === 'string' ? last['model'] : '';
    return (Object.hasOwn(SERIALISED, model) ? SERIALISED[model] : undefined) ?? 'other';
  }
  return kindInApi(value);
}

function kindInApi(value: Record<string, unknown>): MetabaseKind | null {
  const has = (name: string): boolean => Object.hasOwn(value, name);
  if (Array.isArray(value['dashcards']) || (Array.isArray(value['ordered_cards']) && has('name'))) return 'dashboard';
  const isCard = isObject(value['dataset_query']) || typeof value['legacy_query'] === 'string' || (has('dataset_query') && has('display'));
  if (has('name') && isCard) {
    if (typeof value['query_hash'] === 'string') return 'unasked';
    return has('model_id') && typeof value['type'] === 'string' && !has('display') ? 'action' : 'card';
  }
  if (isScheduled(value['channels']) && (Array.isArray(value['cards']) || isObject(value['card']))) return 'pulse';
  if (typeof value['payload_type'] === 'string' && value['payload_type'].startsWith('notification/')) return 'notification';
  if (typeof value['schedule'] === 'string' && (Array.isArray(value['tag_ids']) || Array.isArray(value['job_tags']))) return 'transform-job';
  if (typeof value['email'] === 'string' && has('common_name')) return 'user';
  if (typeof value['unsaved_total'] === 'number' && Array.isArray(value['data'])) return 'unasked-list';
  return kindOfMetadata(value, has) ?? kindOfPart(value, has);
}

function kindOfMetadata(value: Record<string, unknown>, has: (name: string) => boolean): MetabaseKind | null {
  if (typeof value['engine'] === 'string' && has('name') && DATABASE_KEYS.some(has)) return 'database';
  if (typeof value['name'] !== 'string') return null;
  if (has('db_id') && has('schema')) return 'table';
  return has('table_id') && has('base_type') ? 'field' : null;
}

function kindOfPart(value: Record<string, unknown>, has: (name: string) => boolean): MetabaseKind | null {
  if (typeof value['name'] !== 'string') return null;
  if (has('table_id') && isObject(value['definition'])) return isAggregation(value['definition']) ? 'measure' : 'segment';
  if (isTransformSource(value['source']) && isObject(value['target'])) return 'transform';
  if (typeof value['content'] === 'string' && has('id') && ['archived', 'collection_id', 'creator_id'].some(has)) return 'snippet';
  if (isObject(value['document']) && has('collection_id')) return 'document';
  const location = value['location'];
  if (has('authority_level') || has('is_personal') || has('effective_location')) return has('panels') ? null : 'collection';
  return has('id') && typeof location === 'string' && /^\/(\d+\/)*$/.test(location) ? 'collection' : null;
}

const DATABASE_KEYS = ['details', 'features', 'tables', 'is_full_sync', 'dbms_version'];

/** The channels of a subscription or alert. */
function isScheduled(value: unknown): boolean {
  return Array.isArray(value) && value.some((channel) => isObject(channel) && Object.hasOwn(channel, 'schedule_type'));
}

function isTransformSource(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { type, query, body } = value;
  return (type === 'query' && isObject(query) && Object.hasOwn(query, 'database')) || (type === 'python' && typeof body === 'string');
}

/** A metric or measure computes something; a segment only filters. */
export function isAggregation(definition: Record<string, unknown>): boolean {
  const stages: unknown = definition['stages'];
  const last: unknown = Array.isArray(stages) ? stages.at(-1) : definition;
  return isObject(last) && Array.isArray(last['aggregation']) && last['aggregation'].length > 0;
}

/**
 * An object of the serialisation with an `id` as other files refer to it: its `entity_id`, of what stands in a database its
 * name or path (`serdes/models/base`, v0.46 to v0.57).
 */
export function withPortableId(value: Record<string, unknown>, kind: MetabaseKind): Record<string, unknown> {
  const meta = value[SERIALISED_KEY];
  if (!Array.isArray(meta)) return value;
  const { name } = value;
  switch (kind) {
    case 'database':
      return { ...value, id: name };
    case 'table':
      return { ...value, id: [value['db_id'], value['schema'] ?? null, name] };
    case 'field': {
      const table: unknown = value['table_id'];
      const parent: unknown = value['parent_id'];
      if (Array.isArray(parent)) return { ...value, id: [...asList(parent), name] };
      return { ...value, id: Array.isArray(table) ? [...asList(table), name] : null };
    }
    default: {
      const last: unknown = meta.at(-1);
      return { ...value, id: value['entity_id'] ?? (isObject(last) ? last['id'] : undefined) };
    }
  }
}

function asList(value: unknown[]): unknown[] {
  return value;
}

/** Databases stand in wrappers such as `{ data: [...] }` at most so deep. */
const DATABASE_DEPTH_MAX = 3;

/** The names of databases by their numbers: what tells two installations in one folder apart. */
export function* databaseNames(file: SourceFile): Generator<readonly [string, string]> {
  if (file.text.includes('"engine"')) yield* namesIn(file.json, 0);
}

function* namesIn(value: unknown, depth: number): Generator<readonly [string, string]> {
  if (depth > DATABASE_DEPTH_MAX) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* namesIn(item, depth + 1);
  } else if (isObject(value)) {
    const kind = kindOf(value);
    const { id, name } = value;
    if (kind === 'database' && typeof id === 'number' && typeof name === 'string') yield [`database:${id}`, name];
    if (kind === null) for (const inner of Object.values(value)) yield* namesIn(inner, depth + 1);
  }
}
