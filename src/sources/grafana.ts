import { problemRecord } from './common/record.js';
import type { CollectedQuery, Container, Problem, QueryVariant } from '../model/query.js';
import { neutraliseGrafana } from '../template/grafana.js';
import { TEXT_LENGTH_MAX } from '../template/limits.js';
import { certaintyOf, isObject } from './common/json.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import { answers } from './grafana/answers.js';
import { embeddedDashboards, holdsDashboards, isJsonnet, isTerraform, terraformDashboards } from './grafana/embedded.js';
import { titleOf } from './common/words.js';
import { readAlertRule, rulesOfGroup } from './grafana/alert.js';
import { metaOf, metaOfResource, readDashboard, type LibraryPanel } from './grafana/dashboard.js';
import { isModelV2, readDashboardV2 } from './grafana/dashboard-v2.js';
import { DataSources } from './grafana/data-sources.js';
import type { DashboardModel, DashboardTarget } from './grafana/model.js';
import { kindOf, libraryElementShape, RESOURCE_GROUP } from './grafana/shapes.js';
import { pointerStep } from './common/json-position.js';
import type { ReadContext, Source } from './source.js';

const ID = 'grafana';
/** Lists of dashboards stand in lists or wrappers at most so deep. */
const WRAPPER_DEPTH_MAX = 4;

/**
 * Grafana: dashboards of the classic model (v5 to v12) as files, as exported for sharing and as `GET
 * /api/dashboards/uid/:uid` answers, the resource model (v1 and v2), data sources, library panels and alert rules of the
 * interface and of provisioning files, and dashboards inside ConfigMaps, resources of grafana-operator, Helm values and Terraform.
 */
export const source: Source = {
  id: ID,
  recognises: (file) => (isTerraform(file) || isJsonnet(file) ? 0.9 : Math.max(certaintyOf(file.value, certainty), holdsDashboards(file) ? 0.9 : 0)),
  read(files, context) {
    const found = new Found(files);
    const origins = new Origins();
    const queries = new Map<string, CollectedQuery>();
    const shared = new Map<string, number>();
    for (const { model, file, isAlert } of found.dashboards()) {
      for (const target of model.targets) {
        const query = targetQuery(target, model, isAlert, file, origins, context);
        if (isCopy(queries.get(query.id), query)) continue;
        query.id = unusedId(query.id, queries, shared);
        queries.set(query.id, query);
      }
    }
    origins.resolve();
    return [...queries.values(), ...found.programs.map(programQuery)];
  },
  api: { credentials: 'a service account token (token), or username and password', fetch: answers },
};

function certainty(value: unknown): number {
  const kind = isObject(value) ? kindOf(value) : null;
  if (isObject(value) && Array.isArray(value['items']) && String(value['apiVersion']).startsWith(RESOURCE_GROUP)) return 0.95;
  if (kind === null) return 0;
  return kind === 'dashboard' || kind === 'wrapped' || kind === 'resource' ? 0.95 : 0.8;
}

interface Place {
  value: Record<string, unknown>;
  file: SourceFile;
  pointer: string;
}

interface ReadModel {
  model: DashboardModel;
  file: SourceFile;
  isAlert: boolean;
}

/** What stands in the files, sorted by kind: data sources and library panels serve every dashboard. */
class Found {
  readonly sources = new DataSources();
  readonly #library = new Map<string, LibraryPanel>();
  readonly #dashboards: Place[] = [];
  readonly #alerts: (Place & { schedule: string | null })[] = [];
  /** Files whose dashboards only a program can tell. */
  readonly programs: SourceFile[] = [];

  constructor(files: readonly SourceFile[]) {
    for (const file of files) {
      const inner = isTerraform(file) ? terraformDashboards(file) : embeddedDashboards(file);
      for (const dashboard of inner) this.#visit(dashboard, dashboard.value, '', 0);
      if (isJsonnet(file) || (isTerraform(file) && inner.length === 0)) this.programs.push(file);
      this.#visit(file, file.value, '', 0);
    }
  }

  dashboards(): ReadModel[] {
    const models = this.#dashboards.map((place) => ({ model: this.#read(place), file: place.file, isAlert: false }));
    const alerts = this.#alerts.map(({ value, file, pointer, schedule }) => ({
      model: { ...readAlertRule(value, pointer, this.sources.near(file.path), schedule, `${file.path}${pointer}`), escapedDollars: isObject(file.value) && file.value['apiVersion'] !== undefined },
      file,
      isAlert: true,
    }));
    return [...models, ...alerts];
  }

  #read({ value, file, pointer }: Place): DashboardModel {
    const fallback = `${file.path}${pointer}`;
    const sources = this.sources.near(file.path);
    const { spec } = value;
    if (kindOf(value) === 'resource' && isObject(spec)) {
      if (isModelV2(spec)) return readDashboardV2(value, pointer, sources, this.#library, fallback);
      const { metadata } = value;
      const name = isObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : fallback;
      return readDashboard(spec, metaOfResource(metadata), { file, pointer: `${pointer}/spec` }, sources, this.#library, name);
    }
    const { dashboard, meta } = value;
    if (isObject(dashboard) && !Array.isArray(value['panels'])) {
      return readDashboard(dashboard, metaOf(meta), { file, pointer: `${pointer}/dashboard` }, sources, this.#library, fallback);
    }
    return readDashboard(value, metaOf(null), { file, pointer }, sources, this.#library, fallback);
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number): void {
    if (depth > WRAPPER_DEPTH_MAX) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#visit(file, item, `${pointer}/${index}`, depth + 1);
      return;
    }
    if (!isObject(value)) return;
    const { apiVersion, items } = value;
    // The items of a list of resources leave their version to the list.
    if (typeof apiVersion === 'string' && apiVersion.startsWith(RESOURCE_GROUP) && Array.isArray(items)) {
      for (const [index, item] of items.entries()) if (isObject(item)) this.#visit(file, { apiVersion, ...item }, `${pointer}/items/${index}`, depth + 1);
      return;
    }
    switch (kindOf(value)) {
      case 'dashboard':
      case 'wrapped':
      case 'resource':
        this.#dashboards.push({ value, file, pointer });
        return;
      case 'datasource':
        return this.sources.add(value, file.path);
      case 'library-element': {
        const { uid, model } = libraryElementShape.parse(value);
        if (uid && model) this.#library.set(uid, { model, file, pointer: `${pointer}/model` });
        return;
      }
      case 'alert-rule':
        this.#alerts.push({ value, file, pointer, schedule: null });
        return;
      case 'alert-group': {
        const { rules, schedule } = rulesOfGroup(value);
        for (const [index, rule] of rules.entries()) this.#alerts.push({ value: rule, file, pointer: `${pointer}/rules/${index}`, schedule });
        return;
      }
    }
    for (const [name, inner] of Object.entries(value)) {
      // Provisioning files leave out whatever has a default.
      if (name === 'datasources' && Array.isArray(inner)) for (const item of inner) if (isObject(item) && typeof item['type'] === 'string' && kindOf(item) === null) this.sources.add(item, file.path);
      if (typeof inner === 'object') this.#visit(file, inner, pointer + pointerStep(name), depth + 1);
    }
  }
}

/** A dashboard that Jsonnet or Terraform's functions make: what it asks is known when they have run. */
function programQuery(file: SourceFile): CollectedQuery {
  const message = isJsonnet(file) ? 'the dashboard is a Jsonnet program; compile it, and name the JSON as a source' : 'the dashboard is made by functions of Terraform; export it from Grafana';
  return problemRecord(ID, `${ID}:${file.path}`, { file: file.path, pointer: '', line: 1, column: 1 }, { code: 'dynamic-sql', message }, { title: titleOf(file.path.slice(file.path.lastIndexOf('/') + 1)) });
}

function targetQuery(
  target: DashboardTarget,
  model: DashboardModel,
  isAlert: boolean,
  file: SourceFile,
  origins: Origins,
  context: ReadContext,
): CollectedQuery {
  const container: Container | null = isAlert
    ? null
    : { kind: 'dashboard', id: model.uid, title: model.title, ...(model.folder === null ? {} : { within: { kind: 'folder', ...model.folder } }) };
  const { text } = target;
  return {
    id: `${ID}:${model.uid}:${target.part}`,
    kind: ID,
    role: target.role,
    sqlKind: 'statement',
    title: target.title,
    description: target.description,
    container,
    owners: model.owners,
    connection: target.dataSource.connection ?? context.connection,
    origin: origins.add(target.file ?? file, target.pointer + (text?.pointer ?? '')),
    raw: text === null || text.built || text.sql.length > TEXT_LENGTH_MAX ? '' : text.sql,
    reconstructed: text?.built ?? false,
    isPublic: model.isPublic,
    lifecycle: target.hidden ? 'disabled' : 'active',
    usage: null,
    schedule: target.schedule,
    ...render(target, model),
  };
}

function render(target: DashboardTarget, model: DashboardModel): { variants: QueryVariant[]; problems: Problem[] } {
  const { text, missing } = target;
  if (text === null) return { variants: [], problems: [{ code: 'missing-reference', message: missing ?? 'its query is not in the export' }] };
  const { variants, problems } = neutraliseGrafana(text.sql, {
    variables: target.constants === undefined ? model.variables : new Map([...model.variables, ...target.constants]),
    escapedDollars: model.escapedDollars,
    timescale: target.dataSource.timescale,
    dataSourceType: target.dataSource.connection?.engine,
  });
  if (!text.built) return { variants, problems };
  const assumption = "the SQL is rebuilt from the parts of Grafana's query builder";
  const rebuilt = variants.map(({ label, sql, assumptions }) => ({
    label,
    sql,
    map: [{ out: 0, src: 0, length: sql.length, srcEnd: 0, copy: false }],
    assumptions: [assumption, ...assumptions],
  }));
  return { variants: rebuilt, problems };
}

/** The same dashboard in another file, exported twice. */
function isCopy(known: CollectedQuery | undefined, query: CollectedQuery): boolean {
  return known !== undefined && known.origin.file !== query.origin.file && known.raw === query.raw;
}

/** Panels that were copied by hand may share an id; `shared` counts how many had it. */
function unusedId(id: string, queries: ReadonlyMap<string, CollectedQuery>, shared: Map<string, number>): string {
  let candidate = id;
  for (let count = shared.get(id) ?? 2; queries.has(candidate); count++) {
    candidate = `${id}#${count}`;
    shared.set(id, count + 1);
  }
  return candidate;
}
