import { isObject } from '../common/json.js';
import { descriptionOf, titleOf } from '../common/words.js';
import { pointerStep } from '../common/json-position.js';
import { metaOfResource, ownersOf, PanelReader, type LibraryPanels } from './dashboard.js';
import { DataSourceScope, type DataSources, type ResolvedDataSource } from './data-sources.js';
import { sqlOf, usedByExpressions, type DashboardModel, type DashboardTarget, type SqlText } from './model.js';
import {
  annotationV2Shape,
  dataQueryV2Shape,
  panelV2Shape,
  partShape,
  queryV2Shape,
  resourceShape,
  specV2Shape,
  variableShape,
  type Variable,
} from './shapes.js';
import { templateVariables } from './variables.js';

/** True for the resource model v2: elements in place of panels. */
export function isModelV2(spec: Record<string, unknown>): boolean {
  return isObject(spec['elements']);
}

/** Reads the resource model v2 (`dashboard.grafana.app/v2*`). */
export function readDashboardV2(resource: Record<string, unknown>, pointer: string, sources: DataSources, library: LibraryPanels, fallbackUid: string): DashboardModel {
  const { metadata, spec } = resourceShape.parse(resource);
  const model = specV2Shape.parse(spec ?? {});
  const variables = (model.variables ?? []).map(readVariable);
  const scope = new DataSourceScope(sources, [], variables.map(({ variable }) => variable));
  const schedule = model.timeSettings?.autoRefresh || null;
  const targets: DashboardTarget[] = [];
  for (const [name, element] of Object.entries(model.elements ?? {})) {
    targets.push(...elementTargets(element, `${pointer}/spec/elements${pointerStep(name)}`, name, new PanelReader(scope, library, schedule)));
  }
  for (const [index, { variable, query }] of variables.entries()) {
    const found = query === null ? null : queryText(query, scope);
    if (found === null) continue;
    const at = `${pointer}/spec/variables/${index}/spec/query`;
    targets.push({
      ...targetOf(found, `variable:${variable.name ?? index}`, variable.refresh === 'onTimeRangeChanged' ? schedule : null),
      role: 'variable',
      title: titleOf(variable.label) ?? titleOf(variable.name),
      pointer: at,
    });
  }
  for (const [index, part] of (model.annotations ?? []).entries()) targets.push(...annotationTargets(part, `${pointer}/spec/annotations/${index}/spec`, scope, schedule));
  return {
    uid: metadata?.name || fallbackUid,
    title: titleOf(model.title),
    folder: metaOfResource(metadata).folder,
    owners: ownersOf(metaOfResource(metadata)),
    isPublic: false,
    variables: templateVariables(variables.map(({ variable }) => variable)),
    targets,
  };
}

const VARIABLE_TYPES: Readonly<Record<string, string>> = {
  QueryVariable: 'query',
  CustomVariable: 'custom',
  ConstantVariable: 'constant',
  IntervalVariable: 'interval',
  TextVariable: 'textbox',
  DatasourceVariable: 'datasource',
  AdhocVariable: 'adhoc',
};

function readVariable(value: unknown): { variable: Variable; query: Record<string, unknown> | null } {
  const { kind, spec } = partShape.catch({ kind: null, spec: null }).parse(value);
  const type = VARIABLE_TYPES[kind ?? ''] ?? null;
  const variable = variableShape.parse(spec ?? {});
  const query = spec?.['query'];
  if (type === 'datasource') return { variable: { ...variable, type, query: spec?.['pluginId'] }, query: null };
  return { variable: { ...variable, type }, query: type === 'query' && isObject(query) ? query : null };
}

interface Found {
  text: SqlText;
  dataSource: ResolvedDataSource;
}

/** A `DataQuery`; before v2beta1 its kind is the plugin type and the data source stands beside it. */
function queryText(query: Record<string, unknown>, scope: DataSourceScope, beside?: unknown): Found | null {
  const { kind, group, datasource, spec } = dataQueryV2Shape.parse(query);
  const type = group ?? (kind === 'DataQuery' ? null : (kind ?? null));
  const uid = datasource?.name ?? datasource?.uid;
  const reference = uid ? { uid, type: type ?? datasource?.type } : (beside ?? { type });
  const dataSource = scope.resolve(reference, null);
  // Converted files may state another plugin than the query is for, so the type alone excludes nothing.
  const text = spec ? sqlOf(spec, dataSource.language, false) : null;
  return text === null ? null : { text: { ...text, pointer: `/spec${text.pointer}` }, dataSource };
}

function targetOf({ text, dataSource }: Found, part: string, schedule: string | null): DashboardTarget {
  return { part, role: 'query', title: null, description: null, pointer: '', file: null, text, dataSource, hidden: false, schedule, missing: null };
}

function elementTargets(element: unknown, pointer: string, name: string, reader: PanelReader): DashboardTarget[] {
  const { kind, spec } = partShape.catch({ kind: null, spec: null }).parse(element);
  if (!spec) return [];
  const panel = panelV2Shape.parse(spec);
  const id = String(panel.id ?? name);
  const title = titleOf(panel.title) ?? titleOf(panel.libraryPanel?.name);
  if (kind === 'LibraryPanel') {
    // A library panel is stored in the classic model.
    reader.panel({ id, title, libraryPanel: panel.libraryPanel ?? {} }, `${pointer}/spec`, 0);
    return reader.targets;
  }
  const queries = (panel.data?.spec?.queries ?? []).map((value) => queryV2Shape.parse(partShape.catch({ kind: null, spec: null }).parse(value).spec ?? {}));
  const used = usedByExpressions(queries.map(({ refId, query }) => ({ ...(query ? dataQueryV2Shape.parse(query).spec : {}), refId })));
  return queries.flatMap(({ refId, hidden, datasource, query }, index) => {
    const found = query ? queryText(query, reader.scope, datasource) : null;
    if (found === null) return [];
    const at = `${pointer}/spec/data/spec/queries/${index}/spec/query`;
    return { ...targetOf(found, `panel:${id}:${refId || index}`, reader.schedule), title, description: descriptionOf(panel.description), pointer: at, hidden: hidden === true && !used.has(refId ?? '') };
  });
}

function annotationTargets(value: unknown, pointer: string, scope: DataSourceScope, schedule: string | null): DashboardTarget[] {
  const { spec } = partShape.catch({ kind: null, spec: null }).parse(value);
  const { name, enable, builtIn, query, legacyOptions } = annotationV2Shape.parse(spec ?? {});
  if (builtIn === true) return [];
  const found = query ? queryText(query, scope) : null;
  const legacy = found === null && legacyOptions ? sqlOf({ rawQuery: legacyOptions['rawQuery'] }, 'unknown', false) : null;
  const dataSource = query ? scope.resolve({ uid: dataQueryV2Shape.parse(query).datasource?.name, type: null }, null) : scope.resolve(null, null);
  const text: Found | null = found ?? (legacy === null ? null : { text: legacy, dataSource });
  if (text === null) return [];
  const at = found === null ? `${pointer}/legacyOptions` : `${pointer}/query`;
  return [{ ...targetOf(text, `annotation:${name ?? pointer}`, schedule), role: 'annotation', title: titleOf(name), pointer: at, hidden: enable === false }];
}
