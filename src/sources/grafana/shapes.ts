import { isObject } from '../common/json.js';
import { z } from 'zod';

/**
 * What is read of Grafana's exports: the classic model (v5 to v12), the resource model v2 (v12 and later), data sources,
 * library panels and alert rules. Nothing is required: versions differ. Secrets (`secureJsonData`, `password`) are not
 * among the fields and fall away here.
 */
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const key = z.union([z.number(), z.string()]).nullish().catch(null);
const anything = z.unknown().optional();
const list = z.array(z.unknown()).nullish().catch(null);
const anyObject = z.record(z.string(), z.unknown());
const object = anyObject.nullish().catch(null);

export const targetShape = z.object({
  refId: text,
  hide: flag,
  datasource: anything,
  rawSql: text,
  rawSQL: text,
  queryText: text,
  rawQuery: anything,
  query: anything,
  sql: anything,
  dataset: text,
  table: text,
  expression: text,
  type: text,
  conditions: list,
});
/** Fields beside the query of Altinity's plugin; names of columns stand under `…DataType`. */
export const altinityTargetShape = z.object({ database: text, table: text, dateTimeColDataType: text, dateColDataType: text });
/** What an expression or an alert looks at. */
export const conditionShape = z.object({ query: z.object({ params: list }).nullish().catch(null) });

export const panelShape = z.object({
  id: key,
  title: text,
  description: text,
  datasource: anything,
  targets: list,
  panels: list,
  libraryPanel: z.object({ uid: text, name: text, model: object }).nullish().catch(null),
  // Of before v9: what watches the panel's own queries.
  alert: z.object({ frequency: text, conditions: list }).nullish().catch(null),
});

export const variableShape = z.object({
  name: text,
  label: text,
  type: text,
  datasource: anything,
  query: anything,
  definition: text,
  multi: flag,
  includeAll: flag,
  allValue: text,
  current: z.object({ value: anything, text: anything }).nullish().catch(null),
  options: z.array(z.object({ value: anything }).catch({ value: null })).nullish().catch(null),
  refresh: anything,
});
export type Variable = z.infer<typeof variableShape>;

export const annotationShape = z.object({
  name: text,
  enable: flag,
  builtIn: anything,
  datasource: anything,
  rawQuery: text,
  query: text,
  target: object,
});

export const dashboardShape = z.object({
  uid: text,
  id: key,
  title: text,
  refresh: anything,
  panels: list,
  rows: list,
  templating: z.object({ list: list }).nullish().catch(null),
  annotations: z.object({ list: list }).nullish().catch(null),
  __inputs: list,
  __elements: anything,
});

export const metaShape = z.object({ createdBy: text, updatedBy: text, publicDashboardEnabled: flag, folderUid: text, folderTitle: text });

export const inputShape = z.object({ name: text, label: text, type: text, pluginId: text, value: anything });

export const dataSourceShape = z.object({
  uid: text,
  name: text,
  type: text,
  url: text,
  database: text,
  isDefault: flag,
  // Plugins that have no `url` keep where they connect to in here.
  jsonData: z.object({ database: text, defaultDatabase: text, defaultProject: text, host: text, server: text, timescaledb: flag }).nullish().catch(null),
});

export const libraryElementShape = z.object({ uid: text, name: text, model: object });

export const alertRuleShape = z.object({ uid: text, title: text, isPaused: flag, data: list, labels: object });
export const alertGroupShape = z.object({ name: text, folder: text, interval: anything, rules: list });
export const alertQueryShape = z.object({ refId: text, datasourceUid: text, model: object });

export const resourceShape = z.object({
  metadata: z.object({ name: text, annotations: object }).nullish().catch(null),
  spec: object,
});

/** The resource model v2; each part has `kind` and `spec`. */
export const partShape = z.object({ kind: text, spec: object });
export const specV2Shape = z.object({
  title: text,
  elements: object,
  variables: list,
  annotations: list,
  timeSettings: z.object({ autoRefresh: text }).nullish().catch(null),
});
export const panelV2Shape = z.object({
  id: key,
  title: text,
  description: text,
  data: z.object({ spec: z.object({ queries: list }).nullish().catch(null) }).nullish().catch(null),
  libraryPanel: z.object({ uid: text, name: text }).nullish().catch(null),
});
export const queryV2Shape = z.object({ refId: text, hidden: flag, datasource: anything, query: object });
export const dataQueryV2Shape = z.object({
  kind: text,
  group: text,
  datasource: z.object({ name: text, uid: text, type: text }).nullish().catch(null),
  spec: object,
});
export const annotationV2Shape = z.object({ name: text, enable: flag, builtIn: flag, query: object, legacyOptions: object });

/** How the `apiVersion` of dashboards begins. */
export const RESOURCE_GROUP = 'dashboard.grafana.app/';

export type GrafanaKind = 'dashboard' | 'wrapped' | 'resource' | 'datasource' | 'library-element' | 'alert-rule' | 'alert-group';

/** What an object of an export is, by its keys. */
export function kindOf(value: Record<string, unknown>): GrafanaKind | null {
  const has = (name: string): boolean => Object.hasOwn(value, name);
  const version = value['apiVersion'];
  if (typeof version === 'string' && version.startsWith(RESOURCE_GROUP) && isObject(value['spec'])) return 'resource';
  if (isObject(value['dashboard']) && kindOf(value['dashboard']) === 'dashboard') return 'wrapped';
  const isPanelList = Array.isArray(value['panels']) || Array.isArray(value['rows']);
  if (isPanelList && has('title') && ['schemaVersion', 'templating', 'uid', 'time', '__inputs'].some(has)) return 'dashboard';
  if (has('uid') && has('type') && has('name') && ['access', 'jsonData', 'secureJsonData', 'isDefault'].some(has)) return 'datasource';
  // Provisioning files leave the uid out.
  if (has('type') && has('name') && has('access') && (has('url') || has('jsonData') || has('editable'))) return 'datasource';
  if (isObject(value['model']) && has('uid') && has('name') && has('kind')) return 'library-element';
  if (Array.isArray(value['data']) && has('title') && has('condition')) return 'alert-rule';
  return Array.isArray(value['rules']) && has('name') && has('interval') ? 'alert-group' : null;
}
