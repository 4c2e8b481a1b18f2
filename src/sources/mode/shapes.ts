import { z } from 'zod';
import { isObject } from '../common/json.js';

const text = z.string().nullish().catch(undefined);
const id = z.union([z.string(), z.number().transform(String)]).nullish().catch(undefined);
const count = z.number().nullish().catch(undefined);
const link = z.object({ href: text }).nullish().catch(undefined);

/** `GET /api/{workspace}/reports/{report}/queries` */
export const queryShape = z.object({
  token: text,
  name: text,
  raw_query: text,
  data_source_id: id,
  _links: z.object({ self: link, report: link, creator: link }).nullish().catch(undefined),
});
export type ModeQuery = z.infer<typeof queryShape>;

/** `GET /api/{workspace}/definitions` */
export const definitionShape = z.object({ token: text, name: text, description: text, source: text, data_source_id: id, _links: z.object({ creator: link }).nullish().catch(undefined) });

/** `GET /api/{workspace}/spaces/{space}/reports` */
export const reportShape = z.object({
  token: text,
  name: text,
  description: text,
  archived: z.boolean().nullish().catch(undefined),
  public: z.boolean().nullish().catch(undefined),
  view_count: count,
  runs_count: count,
  schedules_count: count,
  last_successfully_run_at: text,
  last_run_at: text,
  space_token: text,
  _links: z.object({ creator: link }).nullish().catch(undefined),
});
export type ModeReport = z.infer<typeof reportShape>;

/** `GET /api/{workspace}/data_sources`: user and password are not looked at. */
export const dataSourceShape = z.object({ id, name: text, adapter: text, host: text, database: text });

export type ModeKind = 'query' | 'definition' | 'report' | 'data-source';

/** What an object of Mode is; null for others. */
export function kindOf(value: Record<string, unknown>): ModeKind | null {
  if (typeof value['token'] !== 'string') return null;
  if ('raw_query' in value && 'data_source_id' in value) return 'query';
  if ('source' in value && 'data_source_id' in value && 'name' in value) return 'definition';
  if (typeof value['adapter'] === 'string' && ('queryable' in value || value['adapter'].startsWith('jdbc:'))) return 'data-source';
  if ('name' in value && ('query_count' in value || 'runs_count' in value || 'last_successfully_run_at' in value || 'space_token' in value)) return 'report';
  return null;
}

/** The lists that an answer embeds, with their names: `_embedded.queries`. */
export function embeddedLists(value: unknown): [string, unknown[]][] {
  const embedded = isObject(value) ? value['_embedded'] : null;
  if (!isObject(embedded)) return [];
  return Object.entries(embedded).flatMap(([name, list]): [string, unknown[]][] => (Array.isArray(list) ? [[name, list]] : []));
}

/** The last step of an address: the token of what it leads to. */
export function lastStep(href: string | null | undefined): string | null {
  return /\/([\w.-]{1,80})\/?$/.exec(href ?? '')?.[1] ?? null;
}
