import { z } from 'zod';
import { isObject } from '../common/json.js';

/**
 * What is read of Looker's dashboards, as LookML (YAML) and as its interface 4.0 answers, and of its Looks, queries, connections
 * and users. Nothing is required; secrets (`username`, `password`, `jdbc_additional_params`) are not among the fields.
 */
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const key = z.union([z.number(), z.string()]).nullish().catch(null);
const count = z.number().nullish().catch(null);
const anything = z.unknown().optional();
const list = z.array(z.unknown()).nullish().catch(null);
const anyObject = z.record(z.string(), z.unknown());
const object = anyObject.nullish().catch(null);

/** One question to an explore: an element of a dashboard, a query of the interface. */
export const questionShape = z.object({
  id: key,
  name: text,
  title: text,
  model: text,
  explore: text,
  view: text,
  type: text,
  fields: list,
  dimensions: list,
  measures: list,
  filters: anything,
  listen: anything,
  sorts: list,
  limit: key,
  dynamic_fields: anything,
  merged_queries: list,
});
export type Question = z.infer<typeof questionShape>;

export const lookmlDashboardShape = z.object({
  dashboard: text,
  title: text,
  description: text,
  elements: list,
  filters: list,
  refresh: text,
  auto_run: flag,
});

export const dashboardFilterShape = z.object({ name: text, title: text, default_value: key, explore: text, field: text, dimension: text, model: text });

const person = z.object({ id: key, display_name: text, email: text, is_disabled: flag }).nullish().catch(null);

export const dashboardShape = z.object({
  id: key,
  title: text,
  description: text,
  user_id: key,
  user_name: text,
  last_updater_name: text,
  deleted: flag,
  view_count: count,
  last_viewed_at: text,
  refresh_interval: text,
  dashboard_elements: list,
  dashboard_filters: list,
  folder: z.object({ id: key, name: text }).nullish().catch(null),
});

export const elementShape = z.object({
  id: key,
  title: text,
  title_text: text,
  query: object,
  query_id: key,
  look: object,
  look_id: key,
  merge_result_id: key,
  deleted: flag,
  result_maker: z
    .object({ query: object, query_id: key, sql_query_id: key, merge_result_id: key, filterables: list })
    .nullish()
    .catch(null),
});
export type Element = z.infer<typeof elementShape>;

export const lookShape = z.object({
  id: key,
  title: text,
  description: text,
  query: object,
  query_id: key,
  user: person,
  user_id: key,
  user_name: text,
  last_updater_name: text,
  public: flag,
  public_slug: text,
  deleted: flag,
  view_count: count,
  last_viewed_at: text,
  folder: z.object({ id: key, name: text }).nullish().catch(null),
});

export const connectionShape = z.object({ name: text, host: text, database: text, dialect_name: text, dialect: z.object({ name: text }).nullish().catch(null) });
export const modelShape = z.object({ name: text, project_name: text, allowed_db_connection_names: list, explores: list });
export const exploreShape = z.object({ id: text, name: text, model_name: text, connection_name: text });
export const userShape = z.object({ id: key, display_name: text, email: text, is_disabled: flag });
export const planShape = z.object({ look_id: key, dashboard_id: key, lookml_dashboard_id: text, crontab: text, datagroup: text, enabled: flag, scheduled_plan_destination: z.array(z.object({ format: text, type: text }).catch({ format: null, type: null })).nullish().catch(null) });
export const runShape = z.object({ query_id: key, sql: text });
export const sqlQueryShape = z.object({ slug: text, sql: text, connection_name: text, connection_id: text, connection: z.object({ name: text }).nullish().catch(null), creator: person, user: person, run_count: count, last_run_at: text, public_url: text });

export const mergeShape = z.object({ id: key, source_queries: z.array(z.object({ query_id: key, name: text }).catch({ query_id: null, name: null })).nullish().catch(null) });

export type AnswerKind = 'merge' | 'query' | 'dashboard' | 'look' | 'connection' | 'model' | 'explore' | 'user' | 'plan' | 'run' | 'sql-query';

/** What an answer of the interface is, by the fields that only it has. */
export function answerKind(value: Record<string, unknown>): AnswerKind | null {
  const has = (...names: string[]): boolean => names.every((name) => Object.hasOwn(value, name));
  if (Array.isArray(value['dashboard_elements'])) return 'dashboard';
  if (has('run_sql_of_query', 'sql')) return 'run';
  if (Array.isArray(value['source_queries'])) return 'merge';
  if (isQuestion(value) && has('id', 'slug', 'share_url')) return 'query';
  if (has('slug', 'sql') && (has('connection_name') || has('connection_id') || has('connection')) && (has('run_count') || has('explore_url') || has('public_url'))) return 'sql-query';
  if (isObject(value['query']) && has('title', 'query_id') && isQuestion(value['query'])) return 'look';
  if (has('name', 'dialect_name')) return 'connection';
  if (has('name', 'project_name', 'explores')) return 'model';
  if (has('model_name', 'connection_name', 'name') && (has('fields') || has('joins'))) return 'explore';
  if (has('crontab', 'enabled') && (has('look_id') || has('dashboard_id'))) return 'plan';
  return has('id', 'display_name', 'is_disabled') ? 'user' : null;
}

/** A query of the interface: a model, and a view (which means the explore). */
export function isQuestion(value: unknown): value is Record<string, unknown> {
  return isObject(value) && typeof value['model'] === 'string' && (typeof value['view'] === 'string' || typeof value['explore'] === 'string');
}

/** Texts of a list that may hold others. */
export function words(list: readonly unknown[] | null | undefined): string[] {
  return (list ?? []).filter((item): item is string => typeof item === 'string');
}

export function idText(value: string | number | null | undefined): string | null {
  return value === null || value === undefined || value === '' ? null : String(value);
}
