import { z } from 'zod';

/**
 * What is read of Metabase's API and of its serialisation (v0.41 to v0.57). Every field may be missing, null or of another
 * type in some version, so nothing is required; secrets (`details.password`, API keys) are not among the fields and fall
 * away here. Where the API has numbers the serialisation has names: `[database, schema, table, field]`, e-mail addresses.
 */
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const count = z.number().nullish().catch(null);
const path = z.array(z.union([z.string(), z.number(), z.null()])).max(30);
const key = z.union([z.number(), z.string(), path]).nullish().catch(null);
export type MetabaseKey = z.infer<typeof key>;
const anyObject = z.record(z.string(), z.unknown());
const anything = z.unknown().optional();
const list = z.array(z.unknown()).nullish().catch(null);

function keysIn(text: string): string[] {
  try {
    return z.array(z.string()).catch([]).parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

export const userShape = z.object({
  id: key,
  email: text,
  common_name: text,
  first_name: text,
  last_name: text,
  is_active: flag,
});
export type MetabaseUser = z.infer<typeof userShape>;
const user = userShape.nullish().catch(null);

export const collectionShape = z.object({
  id: key,
  name: text,
  location: text,
  parent_id: key,
  children: list,
  archived: flag,
  personal_owner_id: key,
});
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
  document_id: key,
  dataset_query: anyObject.nullish().catch(null),
  legacy_query: text,
  result_metadata: list,
  creator: user,
  creator_id: key,
  'last-edit-info': user,
  public_uuid: text,
  enable_embedding: flag,
  view_count: count,
  last_used_at: text,
  // Transforms name who answers for them.
  owner_email: text,
  owner_user_id: key,
  // Only the application database tells these.
  query_hashes: list,
  query_hash: text,
});
export type MetabaseCard = z.infer<typeof cardShape>;

export const dashboardShape = z.object({
  id: key,
  name: text,
  archived: flag,
  public_uuid: text,
  enable_embedding: flag,
  collection_id: key,
  creator: user,
  creator_id: key,
  'last-edit-info': user,
  dashcards: list,
  ordered_cards: list,
  parameters: list,
});
export type MetabaseDashboard = z.infer<typeof dashboardShape>;

export const dashcardShape = z.object({ card_id: key, card: anyObject.nullish().catch(null), series: list, parameter_mappings: list });
/** A filter of a dashboard, and what it filters in one of its cards. */
export const parameterShape = z.object({ id: text, name: text, slug: text, type: text, default: anything });
export const mappingShape = z.object({ parameter_id: text, card_id: key, target: anything });

export const databaseShape = z.object({
  id: key,
  name: text,
  engine: text,
  details: z.object({ host: text, dbname: text, db: text, database_file: text, 'project-id': text, catalog: text }).nullish().catch(null),
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
  // Of a key within a JSON column: the column, then the keys; in the application database as text.
  nfc_path: z.union([z.array(z.string()), z.string().transform(keysIn)]).nullish().catch(null),
  position: count,
});

export const snippetShape = z.object({
  id: key,
  name: text,
  description: text,
  content: text,
  // Since v0.57 a snippet may have parameters of its own.
  template_tags: anything,
  archived: flag,
  creator: user,
  creator_id: key,
  collection_id: key,
});
export type MetabaseSnippet = z.infer<typeof snippetShape>;

/** A segment (a filter), a measure or a metric of before v0.50 (an aggregation). */
export const definitionShape = z.object({
  id: key,
  name: text,
  description: text,
  archived: flag,
  table_id: key,
  creator: user,
  creator_id: key,
  definition: anyObject.nullish().catch(null),
});
export type MetabaseDefinition = z.infer<typeof definitionShape>;

/** `schedule_type` and the rest are those of subscriptions and alerts before v0.53. */
export const channelShape = z.object({
  channel_type: text,
  enabled: flag,
  schedule_type: text,
  schedule_hour: count,
  schedule_day: text,
  schedule_frame: text,
});
/** A card as a subscription sends it. */
export const sentCardShape = z.object({ id: key, include_csv: flag, include_xls: flag });
export const pulseShape = z.object({ archived: flag, dashboard_id: key, cards: list, card: anyObject.nullish().catch(null), channels: list });
export const notificationShape = z.object({
  active: flag,
  payload_type: text,
  payload: z.object({ card_id: key, dashboard_id: key }).nullish().catch(null),
  subscriptions: list,
  handlers: list,
});
/** Where a notification goes: `channel/email`, `channel/slack`, `channel/http`. */
export const handlerShape = z.object({ channel_type: text, active: flag });
export const subscriptionShape = z.object({ type: text, cron_schedule: text });

/** `tags` of a transform, `job_tags` of a job; in the API lists of numbers, in the serialisation of objects. */
export const transformShape = z.object({
  source: anyObject.nullish().catch(null),
  source_database_id: key,
  tags: list,
  tag_ids: list,
});
export const jobShape = z.object({ schedule: text, active: flag, job_tags: list, tag_ids: list });
export const tagReferenceShape = z.object({ tag_id: key });
/** A table that the Python program of a transform reads: an id, a path, or a name with its schema. */
export const sourceTableShape = z.object({ table_id: key, table: z.union([z.string(), path]).nullish().catch(null), schema: text });

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
