import { isObject } from '../common/json.js';
import { z } from 'zod';

/**
 * What is read of Metabase's API (v0.41 to v0.57). Every field may be missing, null or of another type in some version, so
 * nothing is required; secrets (`details.password`, API keys) are not among the fields and fall away here.
 */
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const count = z.number().nullish().catch(null);
const key = z.union([z.number(), z.string()]).nullish().catch(null);
const anyObject = z.record(z.string(), z.unknown());
const anything = z.unknown().optional();
const list = z.array(z.unknown()).nullish().catch(null);

export const userShape = z.object({
  id: key,
  email: text,
  common_name: text,
  first_name: text,
  last_name: text,
});
export type MetabaseUser = z.infer<typeof userShape>;
const user = userShape.nullish().catch(null);

export const collectionShape = z.object({ id: key, name: text, location: text, parent_id: key, children: list });
export type MetabaseCollection = z.infer<typeof collectionShape>;

export const cardShape = z.object({
  id: key,
  entity_id: text,
  name: text,
  description: text,
  type: text,
  dataset: flag,
  display: text,
  archived: flag,
  database_id: key,
  table_id: key,
  collection_id: key,
  collection: collectionShape.nullish().catch(null),
  dashboard_id: key,
  dataset_query: anyObject.nullish().catch(null),
  legacy_query: text,
  result_metadata: list,
  creator: user,
  creator_id: key,
  'last-edit-info': user,
  public_uuid: text,
  view_count: count,
  last_used_at: text,
});
export type MetabaseCard = z.infer<typeof cardShape>;

export const dashboardShape = z.object({
  id: key,
  name: text,
  archived: flag,
  public_uuid: text,
  collection_id: key,
  creator: user,
  creator_id: key,
  'last-edit-info': user,
  dashcards: list,
  ordered_cards: list,
});
export type MetabaseDashboard = z.infer<typeof dashboardShape>;

export const dashcardShape = z.object({ card_id: key, card: anyObject.nullish().catch(null), series: list });

export const databaseShape = z.object({
  id: key,
  name: text,
  engine: text,
  details: z.object({ host: text, dbname: text, db: text, 'database-file': text, database_file: text }).nullish().catch(null),
  tables: list,
});

export const tableShape = z.object({ id: key, db_id: key, schema: text, name: text, fields: list });

export const fieldShape = z.object({
  id: key,
  table_id: key,
  name: text,
  base_type: text,
  effective_type: text,
  database_type: text,
  semantic_type: text,
  fk_target_field_id: key,
  visibility_type: text,
  active: flag,
  parent_id: key,
  position: count,
});

export const snippetShape = z.object({ id: key, name: text, content: text });
export type MetabaseSnippet = z.infer<typeof snippetShape>;

export const segmentShape = z.object({ id: key, name: text, table_id: key, definition: anyObject.nullish().catch(null) });
export type MetabaseSegment = z.infer<typeof segmentShape>;

export const templateTagShape = z.object({
  name: text,
  type: text,
  default: anything,
  dimension: list,
  'widget-type': text,
  'card-id': key,
  'snippet-id': key,
  'snippet-name': text,
  'table-id': key,
  alias: text,
});
export type TemplateTag = z.infer<typeof templateTagShape>;

export type MetabaseKind =
  | 'card'
  | 'dashboard'
  | 'database'
  | 'table'
  | 'field'
  | 'snippet'
  | 'segment'
  | 'user'
  | 'collection';

/** What an object of the API is, by its keys. */
export function kindOf(value: Record<string, unknown>): MetabaseKind | null {
  const has = (name: string): boolean => Object.hasOwn(value, name);
  if (Array.isArray(value['dashcards']) || (Array.isArray(value['ordered_cards']) && has('name'))) return 'dashboard';
  if (has('name') && (isObject(value['dataset_query']) || typeof value['legacy_query'] === 'string')) return 'card';
  if (typeof value['engine'] === 'string' && has('name') && DATABASE_KEYS.some(has)) return 'database';
  if (typeof value['name'] !== 'string') return typeof value['email'] === 'string' && has('common_name') ? 'user' : null;
  if (has('db_id') && has('schema')) return 'table';
  if (has('table_id') && has('base_type')) return 'field';
  if (has('table_id') && isObject(value['definition'])) return 'segment';
  if (typeof value['content'] === 'string' && has('id') && ['archived', 'collection_id', 'creator_id'].some(has)) return 'snippet';
  const location = value['location'];
  if (has('authority_level') || has('is_personal') || has('effective_location')) return has('panels') ? null : 'collection';
  return has('id') && typeof location === 'string' && /^\/(\d+\/)*$/.test(location) ? 'collection' : null;
}

const DATABASE_KEYS = ['details', 'features', 'tables', 'is_full_sync', 'dbms_version'];
