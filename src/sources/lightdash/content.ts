import type { ConnectionReference } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { SourceFile } from '../common/source-file.js';
import { dbtTables, exploreTables, isLightdashModel, lightdashTable, type Place, type Table } from './model.js';
import { chartShape, contentKind, dashboardShape, projectShape, tileShape, type Chart } from './shapes.js';

/** Answers stand in wrappers at most so deep: `{ results: { sqlCharts: [...] } }`. */
const WRAPPER_DEPTH_MAX = 4;

export interface ChartEntry {
  chart: Chart;
  isSql: boolean;
  place: Place;
}

/** What stands in the files, sorted by kind. */
export class LightdashContent {
  /** Those of files before those of the interface. */
  readonly tables: Table[] = [];
  readonly charts: ChartEntry[] = [];
  readonly connections = new Map<string, ConnectionReference>();
  /** The SQL that Lightdash compiled, by the chart's uuid. */
  readonly compiled = new Map<string, { sql: string; place: Place }>();
  readonly #dashboards = new Map<string, { id: string; title: string | null }>();

  constructor(files: readonly SourceFile[]) {
    const explores: Table[] = [];
    for (const file of files) {
      const { value } = file;
      const documents = Array.isArray(value) && file.json === undefined ? value.map((one: unknown, index) => ({ one, pointer: `/${index}` })) : [{ one: value, pointer: '' }];
      for (const { one, pointer } of documents) {
        const tables = isObject(one) && isLightdashModel(one) ? [lightdashTable(file, one, pointer)] : dbtTables(file, one, pointer);
        this.tables.push(...tables);
        if (tables.length === 0) this.#visit(file, one, pointer, 0, explores);
      }
    }
    const known = new Set(this.tables.map(({ name }) => name));
    for (const table of explores) {
      const isBase = table.joins.length > 0;
      if (known.has(table.name)) continue;
      const other = this.tables.findIndex(({ name, project }) => name === table.name && project === table.project && project !== null);
      // A table stands in every explore that joins it; only its own one tells its joins.
      if (other < 0) this.tables.push(table);
      else if (isBase) this.tables[other] = table;
    }
  }

  /** The dashboard that shows a chart. */
  dashboardOf(chart: Chart): { id: string; title: string | null } | null {
    const own = chart.dashboardSlug ?? chart.dashboardUuid ?? chart.dashboard?.uuid ?? null;
    if (own !== null) return { id: own, title: chart.dashboardName ?? chart.dashboard?.name ?? this.#dashboards.get(`dashboard:${own}`)?.title ?? null };
    return this.#dashboards.get(chart.slug ?? '') ?? this.#dashboards.get(chart.uuid ?? '') ?? null;
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number, explores: Table[]): void {
    if (depth > WRAPPER_DEPTH_MAX) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#visit(file, item, `${pointer}/${index}`, depth + 1, explores);
      return;
    }
    if (!isObject(value)) return;
    switch (contentKind(value)) {
      case 'chart':
      case 'sql-chart':
        this.charts.push({ chart: chartShape.parse(value), isSql: contentKind(value) === 'sql-chart', place: { file, pointer } });
        return;
      case 'dashboard':
        this.#dashboard(value);
        return;
      case 'explore':
        explores.push(...exploreTables(file, value, pointer, /projects\/([\w-]+)\/explores/.exec(file.path)?.[1] ?? null));
        return;
      case 'project':
        this.#project(value);
        return;
      case 'compiled': {
        const { chartUuid, compiledSql } = value;
        if (typeof chartUuid === 'string' && typeof compiledSql === 'string') this.compiled.set(chartUuid, { sql: compiledSql, place: { file, pointer: `${pointer}/compiledSql` } });
        return;
      }
    }
    for (const [key, inner] of Object.entries(value)) if (typeof inner === 'object') this.#visit(file, inner, pointer + pointerStep(key), depth + 1, explores);
  }

  #dashboard(value: Record<string, unknown>): void {
    const { slug, uuid, name, tiles } = dashboardShape.parse(value);
    const id = slug ?? uuid ?? null;
    if (id === null) return;
    const dashboard = { id, title: name ?? null };
    for (const key of [slug, uuid]) if (key) this.#dashboards.set(`dashboard:${key}`, dashboard);
    for (const tile of tiles ?? []) {
      const properties = tileShape.safeParse(tile).data?.properties;
      for (const key of [properties?.chartSlug, properties?.savedChartUuid, properties?.savedSqlUuid]) if (key && !this.#dashboards.has(key)) this.#dashboards.set(key, dashboard);
    }
  }

  #project(value: Record<string, unknown>): void {
    const { data } = projectShape.safeParse(value);
    if (data === undefined) return;
    const warehouse = data.warehouseConnection;
    this.connections.set(data.projectUuid, { id: data.projectUuid, name: data.name ?? null, engine: warehouse?.type ?? null, host: warehouse?.host ?? warehouse?.account ?? null, database: warehouse?.dbname ?? warehouse?.database ?? warehouse?.project ?? null });
  }
}
