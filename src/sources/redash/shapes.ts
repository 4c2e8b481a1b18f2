import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

const user = z.object({ name: text, email: text, is_disabled: flag }).optional().catch(undefined);

const parameter = z.object({
  name: z.string(),
  type: text,
  value: z.unknown().optional(),
  /** The choices of an `enum`, a line each. */
  enumOptions: text,
  multiValuesOptions: z.object({ prefix: text, suffix: text, separator: text }).nullish().catch(undefined),
});

/** Of a query only what is used: every one carries an `api_key` of its own, which stays where it is. */
export const queryShape = z.object({
  id: number,
  name: text,
  description: text,
  query: text,
  data_source_id: number,
  is_archived: flag,
  is_draft: flag,
  user,
  last_modified_by: user,
  retrieved_at: text,
  // Up to v5 a text: seconds, or a time of the day.
  schedule: z.union([z.string(), z.object({ interval: number.nullable(), time: text.nullable(), day_of_week: text.nullable() })]).optional().catch(undefined),
  options: z
    .object({
      parameters: z
        .array(z.unknown())
        .transform((list) => list.flatMap((item) => parameter.safeParse(item).data ?? []))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export const dashboardShape = z.object({ id: number, slug: text, name: text, public_url: text, widgets: z.array(z.unknown()).optional().catch(undefined) });

export const dataSourceShape = z.object({
  id: z.number(),
  name: text,
  type: text,
  syntax: text,
  options: z.object({ host: text, server: text, dbname: text, db: text, database: text, projectId: text }).optional().catch(undefined),
});

export type RedashQuery = z.infer<typeof queryShape>;
export type RedashDashboard = z.infer<typeof dashboardShape>;
export type RedashDataSource = z.infer<typeof dataSourceShape>;
export type RedashParameter = z.infer<typeof parameter>;
export type RedashUser = NonNullable<RedashQuery['user']>;

/** What of Redash an object is; null for anything else. */
export function kindOf(value: Record<string, unknown>): 'query' | 'dashboard' | 'data-source' | null {
  const isQuery = typeof value['query'] === 'string' && 'data_source_id' in value;
  if (isQuery && ('query_hash' in value || 'latest_query_data_id' in value || 'is_draft' in value)) return 'query';
  if (Array.isArray(value['widgets']) && ('slug' in value || 'dashboard_filters_enabled' in value)) return 'dashboard';
  if (typeof value['id'] === 'number' && typeof value['type'] === 'string' && typeof value['name'] === 'string' && ('syntax' in value || 'pause_reason' in value || 'queue_name' in value)) return 'data-source';
  return null;
}
