import { z } from 'zod';
import { isObject } from '../common/json.js';

/**
 * What is read of Superset's exports and of the answers of its interface (versions 1 to 5). Nothing is required: versions
 * differ. `encrypted_extra`, passwords and tunnels are not among the fields and fall away here; `sqlalchemy_uri` is taken
 * apart at once.
 */
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const key = z.union([z.number(), z.string()]).nullish().catch(null).transform((id) => (id === null || id === undefined ? null : String(id)));
const anything = z.unknown().optional();
const list = z.array(z.unknown()).nullish().catch(null).transform((items) => items ?? []);
const object = z.record(z.string(), z.unknown()).nullish().catch(null);

const person = z.object({ first_name: text, last_name: text, username: text, email: text, active: flag }).nullish().catch(null);
export type Person = z.infer<typeof person>;
const people = z.array(person).nullish().catch(null).transform((items) => items ?? []);
const database = z.object({ id: key, uuid: text, database_name: text, backend: text }).nullish().catch(null);

const made = { owners: people, created_by: person, changed_by: person, last_saved_by: person };

export const datasetShape = z.object({
  id: key, uuid: text, table_name: text, schema: text, catalog: text, sql: text, description: text, fetch_values_predicate: text, template_params: anything,
  database_uuid: text, database_id: key, database, metrics: list, columns: list, main_dttm_col: text, _file_name: text, ...made,
});
export type Dataset = z.infer<typeof datasetShape>;

export const metricShape = z.object({ metric_name: text, verbose_name: text, expression: text, description: text, uuid: text, warning_text: text, extra: anything });
export const columnShape = z.object({ column_name: text, verbose_name: text, expression: text, description: text, type: text, is_dttm: flag });

export const chartShape = z.object({
  id: key, uuid: text, slice_name: text, viz_type: text, description: text, params: anything, form_data: anything, query_context: anything, dataset_uuid: text,
  datasource_id: key, datasource_type: text, dashboards: list, is_managed_externally: flag, ...made,
});
export type Chart = z.infer<typeof chartShape>;

export const dashboardShape = z.object({
  id: key, uuid: text, dashboard_title: text, description: text, position: anything, position_json: anything, metadata: anything, json_metadata: anything,
  published: flag, slices: list, ...made,
});
export type Dashboard = z.infer<typeof dashboardShape>;

export const databaseShape = z.object({ id: key, uuid: text, database_name: text, sqlalchemy_uri: text, backend: text });

export const savedQueryShape = z.object({
  id: key, uuid: text, label: text, sql: text, description: text, database_uuid: text, db_id: key, database, schema: text, template_parameters: anything, ...made,
});
export const reportShape = z.object({
  id: key, uuid: text, name: text, type: text, sql: text, description: text, crontab: text, active: flag, database, dashboard: z.object({ id: key, dashboard_title: text }).nullish().catch(null),
  chart: z.object({ id: key }).nullish().catch(null), dashboard_id: key, chart_id: key, report_format: text, recipients: list, ...made,
});

/** `{expressionType, sqlExpression | column, aggregate}` of metrics and columns, and filters of both kinds. */
export const adhocShape = z.object({
  expressionType: text, sqlExpression: text, label: text, optionName: text, filterOptionName: text, aggregate: text, column: object, clause: text,
  subject: anything, operator: text, operatorId: text, op: text, col: anything, comparator: anything, val: anything, columnType: text,
  timeGrain: text,
});
export type Adhoc = z.infer<typeof adhocShape>;

export const nativeFilterShape = z.object({ id: text, name: text, filterType: text, type: text, targets: list, adhoc_filters: list, sortMetric: text, controlValues: object });
export type NativeFilter = z.infer<typeof nativeFilterShape>;
export const targetShape = z.object({ datasetUuid: text, datasetId: key, column: z.object({ name: text }).nullish().catch(null) });

/** `GET /api/v1/dashboard/:id/embedded`. */
export const embeddedShape = z.object({ uuid: text, dashboard_id: key });
export const recipientShape = z.object({ type: text });

export const ownershipShape = z.array(z.object({ name: text, uuid: text, owners: z.array(z.string().catch('')).catch([]) }).catch({ name: null, uuid: null, owners: [] }));

export type SupersetKind = 'dataset' | 'chart' | 'dashboard' | 'database' | 'saved-query' | 'report' | 'ownership' | 'metadata' | 'legacy' | 'compiled' | 'embedded';

const ASSET_TYPES = new Set(['Dashboard', 'Chart', 'Slice', 'SqlaTable', 'Database', 'SavedQuery', 'assets']);

/** What an object of an export or an answer is, by its keys. */
export function kindOf(value: Record<string, unknown>): SupersetKind | null {
  const has = (...names: string[]): boolean => names.every((name) => Object.hasOwn(value, name));
  const hasOne = (...names: string[]): boolean => names.some((name) => Object.hasOwn(value, name));
  if (has('table_name') && hasOne('database_uuid', 'database', 'database_id', 'main_dttm_col', 'filter_select_enabled')) return 'dataset';
  if (has('slice_name') && hasOne('viz_type', 'params', 'dataset_uuid', 'datasource_id')) return 'chart';
  if (has('dashboard_title') && hasOne('position', 'position_json', 'metadata', 'json_metadata', 'slug', 'published', 'charts')) return 'dashboard';
  if (has('database_name') && hasOne('sqlalchemy_uri', 'backend', 'expose_in_sqllab')) return 'database';
  if (has('sql', 'label') && hasOne('database_uuid', 'db_id', 'database', 'schema')) return 'saved-query';
  if (has('crontab') && (value['type'] === 'Alert' || value['type'] === 'Report') && has('name')) return 'report';
  if (has('version', 'type', 'timestamp') && typeof value['type'] === 'string' && ASSET_TYPES.has(value['type'])) return 'metadata';
  if (has('allowed_domains', 'dashboard_id')) return 'embedded';
  const { dashboards, result } = value;
  if (Array.isArray(result) && result.length > 0 && result.every((one) => isObject(one) && one['language'] === 'sql' && typeof one['query'] === 'string')) return 'compiled';
  if (Array.isArray(dashboards) && dashboards.some((one) => isObject(one) && isObject(one['__Dashboard__']))) return 'legacy';
  return isOwnership(value) ? 'ownership' : null;
}

function isOwnership(value: Record<string, unknown>): boolean {
  const entries = Object.entries(value);
  if (entries.length === 0) return false;
  return entries.every(([name, items]) => /^(dataset|chart|dashboard)$/.test(name) && Array.isArray(items) && items.length > 0 && items.every((item) => isObject(item) && Array.isArray(item['owners']) && Object.hasOwn(item, 'uuid')));
}
