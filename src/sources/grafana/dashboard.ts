import { isObject } from '../common/json.js';
import type { Owner } from '../../model/query.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import { pointerStep } from '../common/json-position.js';
import { altinityConstants } from './altinity.js';
import { DataSourceScope, type DataSources } from './data-sources.js';
import { sqlOf, usedByExpressions, watchedBy, type DashboardModel, type DashboardTarget } from './model.js';
import {
  annotationShape,
  dashboardShape,
  libraryElementShape,
  metaShape,
  panelShape,
  targetShape,
  variableShape,
  type Variable,
} from './shapes.js';
import { inputConstants, templateVariables } from './variables.js';

/** Rows within rows do not occur; what nests deeper was made to exhaust the reader. */
const PANEL_DEPTH_MAX = 20;

/** Library panels by uid: their models live outside of the dashboards that show them. */
export type LibraryPanels = ReadonlyMap<string, LibraryPanel>;

export interface LibraryPanel {
  model: Record<string, unknown>;
  file: SourceFile;
  /** Leads to the model. */
  pointer: string;
}

/** Where a dashboard stands. */
export interface DashboardPlace {
  file: SourceFile;
  pointer: string;
}

/** What stands beside a dashboard: in the answer of the interface as `meta`, in a resource as its annotations. */
export interface DashboardMeta {
  createdBy: unknown;
  updatedBy: unknown;
  isPublic: boolean;
  folder: DashboardModel['folder'];
}

export function metaOf(value: unknown): DashboardMeta {
  const { createdBy, updatedBy, publicDashboardEnabled, folderUid, folderTitle } = metaShape.parse(isObject(value) ? value : {});
  const id = folderUid || folderTitle;
  return { createdBy, updatedBy, isPublic: publicDashboardEnabled === true, folder: id ? { id, title: titleOf(folderTitle) } : null };
}

/** Of a resource's `metadata`; people stand there as `user:ines.krall`. */
export function metaOfResource(metadata: unknown): DashboardMeta {
  const annotations: unknown = isObject(metadata) ? metadata['annotations'] : null;
  const [createdBy, updatedBy] = ['createdBy', 'updatedBy'].map((name) => {
    const value: unknown = isObject(annotations) ? annotations[`grafana.app/${name}`] : null;
    return typeof value === 'string' ? value.replace(/^user:/, '') : null;
  });
  const folder: unknown = isObject(annotations) ? annotations['grafana.app/folder'] : null;
  return { createdBy, updatedBy, isPublic: false, folder: typeof folder === 'string' && folder !== '' ? { id: folder, title: null } : null };
}

/** Reads the classic model (`panels`, `templating`, `annotations`). */
export function readDashboard(
  value: Record<string, unknown>,
  meta: DashboardMeta,
  { file, pointer }: DashboardPlace,
  sources: DataSources,
  library: LibraryPanels,
  fallbackUid: string,
): DashboardModel {
  const dashboard = dashboardShape.parse(value);
  const variables = (dashboard.templating?.list ?? []).filter(isObject).map((variable) => variableShape.parse(variable));
  const scope = new DataSourceScope(sources, dashboard.__inputs ?? [], variables);
  const schedule = typeof dashboard.refresh === 'string' && dashboard.refresh !== '' ? dashboard.refresh : null;
  const reader = new PanelReader(scope, elementsOf(dashboard.__elements, library, file, pointer), schedule);
  for (const [index, panel] of (dashboard.panels ?? []).entries()) reader.panel(panel, `${pointer}/panels/${index}`, 0);
  for (const [index, row] of (dashboard.rows ?? []).entries()) {
    if (isObject(row)) reader.nested(row['panels'], `${pointer}/rows/${index}/panels`, 0);
  }
  return {
    uid: dashboard.uid || String(dashboard.id ?? fallbackUid),
    title: titleOf(dashboard.title),
    folder: meta.folder,
    owners: ownersOf(meta),
    isPublic: meta.isPublic,
    variables: new Map([...inputConstants(dashboard.__inputs ?? []), ...templateVariables(variables)]),
    targets: [
      ...reader.targets,
      ...variableTargets(variables, scope, `${pointer}/templating/list`, schedule),
      ...annotationTargets(dashboard.annotations?.list ?? [], scope, `${pointer}/annotations/list`, schedule),
    ],
  };
}

/** Who made it and who changed it last. Accounts that stand for nobody are left out. */
export function ownersOf({ createdBy, updatedBy }: DashboardMeta): Owner[] {
  const owners = ([[createdBy, 'author'], [updatedBy, 'editor']] as const).flatMap(([value, via]): Owner[] => {
    const name = typeof value === 'string' && !/^(|anonymous|provisioning|file)$/i.test(value.trim()) ? titleOf(value) : null;
    return name === null ? [] : [{ name, via }];
  });
  return owners.filter(({ name }, index) => owners.findIndex((owner) => owner.name === name) === index);
}

function elementsOf(elements: unknown, library: LibraryPanels, file: SourceFile, pointer: string): LibraryPanels {
  if (!isObject(elements)) return library;
  const merged = new Map(library);
  for (const [name, element] of Object.entries(elements)) {
    const { uid, model } = libraryElementShape.catch({ uid: null, name: null, model: null }).parse(element);
    if (uid && model) merged.set(uid, { model, file, pointer: `${pointer}/__elements${pointerStep(name)}/model` });
  }
  return merged;
}

type Panel = ReturnType<typeof panelShape.parse>;
type SharedPanel = NonNullable<Panel['libraryPanel']>;

export class PanelReader {
  readonly targets: DashboardTarget[] = [];

  constructor(
    readonly scope: DataSourceScope,
    readonly library: LibraryPanels,
    readonly schedule: string | null,
  ) {}

  nested(panels: unknown, pointer: string, depth: number): void {
    if (!Array.isArray(panels) || depth > PANEL_DEPTH_MAX) return;
    for (const [index, panel] of panels.entries()) this.panel(panel, `${pointer}/${index}`, depth);
  }

  panel(value: unknown, pointer: string, depth: number): void {
    if (!isObject(value)) return;
    const panel = panelShape.parse(value);
    this.nested(panel.panels, `${pointer}/panels`, depth + 1);
    const id = String(panel.id ?? pointer.replaceAll('/', '.').slice(1));
    const shared = panel.libraryPanel;
    const title = titleOf(panel.title) ?? titleOf(shared?.name);
    if (panel.targets && panel.targets.length > 0) {
      this.#targets(panel, { pointer: `${pointer}/targets`, file: null }, id, title);
    } else if (shared) {
      this.#shared(shared, pointer, id, title);
    }
  }

  #targets(panel: Panel, { pointer, file }: { pointer: string; file: SourceFile | null }, id: string, title: string | null): void {
    const targets = panel.targets ?? [];
    const watched = new Set(watchedBy(panel.alert?.conditions ?? []));
    const used = usedByExpressions(targets);
    for (const [index, value] of targets.entries()) {
      if (!isObject(value)) continue;
      const { refId, hide, datasource } = targetShape.parse(value);
      const dataSource = this.scope.resolve(datasource, panel.datasource);
      const text = sqlOf(value, dataSource.language, true);
      if (text === null) continue;
      this.targets.push({
        part: `panel:${id}:${refId || index}`,
        role: 'query',
        title,
        description: descriptionOf(panel.description),
        pointer: `${pointer}/${index}`,
        file,
        text,
        dataSource,
        hidden: hide === true && !watched.has(refId ?? '') && !used.has(refId ?? ''),
        schedule: (watched.has(refId ?? '') ? panel.alert?.frequency : null) ?? this.schedule,
        constants: altinityConstants(value, dataSource.connection?.engine),
        missing: null,
      });
    }
  }

  #shared({ uid, model }: SharedPanel, pointer: string, id: string, title: string | null): void {
    const known = this.library.get(uid ?? '');
    const found = model ?? known?.model;
    if (!found) {
      const missing = `the library panel ${uid || (title ?? '')} is not in the export; save GET /api/library-elements next to it`;
      this.targets.push(missingTarget(`panel:${id}:library`, title, `${pointer}/libraryPanel`, missing, this.schedule));
      return;
    }
    const panel = panelShape.parse(found);
    const at = model ? `${pointer}/libraryPanel/model` : (known?.pointer ?? '');
    const file = model ? null : (known?.file ?? null);
    this.#targets(panel, { pointer: `${at}/targets`, file }, id, title);
  }
}

function missingTarget(part: string, title: string | null, pointer: string, missing: string, schedule: string | null): DashboardTarget {
  const dataSource = { connection: null, timescale: false, language: 'unknown' as const };
  return { part, role: 'query', title, description: null, pointer, file: null, text: null, dataSource, hidden: false, schedule, missing };
}

function variableTargets(variables: readonly Variable[], scope: DataSourceScope, pointer: string, schedule: string | null): DashboardTarget[] {
  return variables.flatMap((variable, index) => {
    if (variable.type !== 'query') return [];
    const dataSource = scope.resolve(variable.datasource, null);
    const query = isObject(variable.query) ? sqlOf(variable.query, dataSource.language, true) : null;
    const whole = query === null ? sqlOf({ query: variable.query }, dataSource.language, true) : null;
    const text = query === null ? whole : { ...query, pointer: pointerStep('query') + query.pointer };
    if (text === null) return [];
    return {
      part: `variable:${variable.name ?? index}`,
      role: 'variable' as const,
      title: titleOf(variable.label) ?? titleOf(variable.name),
      description: null,
      pointer: `${pointer}/${index}`,
      file: null,
      text,
      dataSource,
      hidden: false,
      // 2: with every change of the time range, which each refresh of a relative range is.
      schedule: variable.refresh === 2 ? schedule : null,
      missing: null,
    };
  });
}

function annotationTargets(list: readonly unknown[], scope: DataSourceScope, pointer: string, schedule: string | null): DashboardTarget[] {
  return list.flatMap((value, index) => {
    if (!isObject(value)) return [];
    const annotation = annotationShape.parse(value);
    if (annotation.builtIn === 1 || annotation.builtIn === true) return [];
    const dataSource = scope.resolve(annotation.datasource, null);
    const inner = annotation.target ? sqlOf(annotation.target, dataSource.language, true) : null;
    const text = inner === null ? sqlOf({ rawQuery: annotation.rawQuery, query: annotation.query }, dataSource.language, true) : { ...inner, pointer: `/target${inner.pointer}` };
    if (text === null) return [];
    return {
      part: `annotation:${annotation.name ?? index}`,
      role: 'annotation' as const,
      title: titleOf(annotation.name),
      description: null,
      pointer: `${pointer}/${index}`,
      file: null,
      text,
      dataSource,
      hidden: annotation.enable === false,
      schedule,
      missing: null,
    };
  });
}
