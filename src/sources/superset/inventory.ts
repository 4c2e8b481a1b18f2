import type { ConnectionReference } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import { SourceFile } from '../common/source-file.js';
import { connectionOfUri } from './connection.js';
import {
  chartShape, dashboardShape, databaseShape, datasetShape, embeddedShape, kindOf, ownershipShape, reportShape, savedQueryShape, type Chart, type Dashboard, type Dataset,
} from './shapes.js';
import type { z } from 'zod';

/** An object of an export, and where it stands. */
export interface Entry<T> {
  value: T;
  file: SourceFile;
  pointer: string;
}

/** SQL that Superset wrote itself. */
export interface CompiledText {
  sql: string;
  file: SourceFile;
  pointer: string;
}

export type DatasetEntry = Entry<Dataset>;
export type ChartEntry = Entry<Chart>;
export type DashboardEntry = Entry<Dashboard>;

/** Lists of answers and folders of answers stand in wrappers at most so deep. */
const WRAPPER_DEPTH_MAX = 4;

/** All objects of the files, found by uuid or by number; of one that stands twice (list and detail), the one that says more. */
export class Inventory {
  readonly datasets: DatasetEntry[] = [];
  readonly charts: ChartEntry[] = [];
  readonly dashboards: DashboardEntry[] = [];
  readonly savedQueries: Entry<z.infer<typeof savedQueryShape>>[] = [];
  readonly reports: Entry<z.infer<typeof reportShape>>[] = [];
  /** The SQL that Superset wrote for charts, by their numbers within their instance. */
  readonly compiled = new Map<string, { chart: string; texts: CompiledText[] }>();
  /** Dashboards that other pages may embed, by number within their instance. */
  readonly embedded = new Set<string>();
  /** SQL files that templates of the export include. */
  readonly includes: SourceFile[] = [];
  readonly #databases = new Map<string, ConnectionReference>();
  readonly #owners = new Map<string, string[]>();
  readonly #known = new Map<string, { entry: Entry<unknown>; fields: number }>();
  readonly #datasetKeys = new Map<string, DatasetEntry>();

  constructor(files: readonly SourceFile[]) {
    for (const file of files) {
      if (/\.sql$/i.test(file.path)) this.includes.push(file);
      else this.#visit(file, file.value, '', 0);
    }
    for (const entry of this.datasets) for (const key of keysOf(entry.value, entry.file)) this.#datasetKeys.set(key, entry);
  }

  /** By uuid, or by number within the instance of a file. */
  dataset(key: string | null | undefined, near: SourceFile): DatasetEntry | null {
    return key ? (this.#datasetKeys.get(key) ?? this.#datasetKeys.get(within(near, key)) ?? null) : null;
  }

  /** By uuid, or by number or name within the instance of a file. */
  connection(near: SourceFile, ...keys: readonly (string | null | undefined)[]): ConnectionReference | null {
    for (const key of keys) {
      const found = key ? (this.#databases.get(within(near, key)) ?? this.#databases.get(key)) : undefined;
      if (found !== undefined) return found;
    }
    const first = keys.find((key) => key);
    return first ? { id: first, name: null, engine: null, host: null, database: null } : null;
  }

  /** Addresses that `ownership.yaml` gives. */
  ownersOf(uuid: string | null | undefined): readonly string[] {
    return uuid ? (this.#owners.get(uuid) ?? []) : [];
  }

  /** The first dashboard on which a chart stands. */
  dashboardOf({ value: { uuid, id }, file }: ChartEntry): DashboardEntry | null {
    this.#members ??= this.#placed();
    return (uuid ? this.#members.get(uuid) : undefined) ?? (id === null ? undefined : this.#members.get(within(file, id))) ?? null;
  }

  /** The SQL that Superset wrote for a chart. */
  compiledOf({ value: { id }, file }: ChartEntry): readonly CompiledText[] {
    return id === null ? [] : (this.compiled.get(within(file, id))?.texts ?? []);
  }

  #members: Map<string, DashboardEntry> | undefined;

  /** Charts by uuid and by number, as the layouts of the dashboards name them. */
  #placed(): Map<string, DashboardEntry> {
    const members = new Map<string, DashboardEntry>();
    for (const entry of this.dashboards) {
      const { position, position_json: json } = entry.value;
      for (const part of [position, json]) {
        const layout = typeof part === 'string' ? new SourceFile('', part).json : part;
        for (const item of isObject(layout) ? Object.values(layout) : []) {
          const meta = isObject(item) && isObject(item['meta']) ? item['meta'] : {};
          const { uuid, chartId } = meta;
          const keys = [...(typeof uuid === 'string' ? [uuid] : []), ...(typeof chartId === 'string' || typeof chartId === 'number' ? [within(entry.file, String(chartId))] : [])];
          for (const key of keys) if (!members.has(key)) members.set(key, entry);
        }
      }
    }
    return members;
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number): void {
    if (depth > WRAPPER_DEPTH_MAX) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#visit(file, item, `${pointer}/${index}`, depth + 1);
      return;
    }
    if (!isObject(value)) return;
    const kind = kindOf(value);
    if (kind === 'legacy') return this.#legacy(file, value, pointer);
    if (kind !== null) return this.#add(kind, value, file, pointer);
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'object') this.#visit(file, inner, pointer + pointerStep(name), depth + 1);
    }
  }

  #add(kind: Exclude<ReturnType<typeof kindOf>, null | 'legacy'>, value: Record<string, unknown>, file: SourceFile, pointer: string): void {
    switch (kind) {
      case 'dataset':
        return this.#put(this.datasets, kind, datasetShape.parse(value), value, file, pointer);
      case 'chart':
        return this.#put(this.charts, kind, chartShape.parse(value), value, file, pointer);
      case 'dashboard':
        return this.#put(this.dashboards, kind, dashboardShape.parse(value), value, file, pointer);
      case 'saved-query':
        return this.#put(this.savedQueries, kind, savedQueryShape.parse(value), value, file, pointer);
      case 'report':
        return this.#put(this.reports, kind, reportShape.parse(value), value, file, pointer);
      case 'database':
        return this.#database(value, file, pointer);
      case 'embedded': {
        const { dashboard_id } = embeddedShape.parse(value);
        if (dashboard_id !== null) this.embedded.add(within(file, dashboard_id));
        return;
      }
      case 'compiled':
        return this.#compiled(value, file, pointer);
      case 'ownership':
        for (const item of Object.values(value)) for (const { uuid, owners } of ownershipShape.catch([]).parse(item)) if (uuid) this.#owners.set(uuid, owners.filter((owner) => owner !== ''));
        return;
      case 'metadata':
        return;
    }
  }

  #put<T extends { id: string | null; uuid?: string | null | undefined }>(entries: Entry<T>[], kind: string, value: T, raw: Record<string, unknown>, file: SourceFile, pointer: string): void {
    const entry = { value, file, pointer };
    const fields = Object.values(raw).filter((field) => field !== null).length;
    const keys = keysOf(value, file).map((key) => `${kind} ${key}`);
    const known = keys.map((key) => this.#known.get(key)).find((one) => one !== undefined);
    if (known === undefined) entries.push(entry);
    else if (fields <= known.fields) return;
    else entries[entries.findIndex((one) => one === known.entry)] = entry;
    for (const key of keys) this.#known.set(key, { entry, fields });
  }

  /** The answer itself does not say whose it is; its address does. */
  #compiled(value: Record<string, unknown>, file: SourceFile, pointer: string): void {
    const chart = /\bchart\/(\d{1,12})\/data\b/.exec(file.path)?.[1] ?? file.path;
    const queries = listOf(value['result']).flatMap((item, index) => (isObject(item) && typeof item['query'] === 'string' ? [{ sql: item['query'], file, pointer: `${pointer}/result/${index}/query` }] : []));
    this.compiled.set(within(file, chart), { chart, texts: queries });
  }

  #database(value: Record<string, unknown>, file: SourceFile, pointer: string): void {
    const { id, uuid, database_name: name, sqlalchemy_uri: uri, backend } = databaseShape.parse(value);
    // `export_datasources` of version 1 writes the tables into their database.
    for (const [index, table] of listOf(value['tables']).entries()) {
      if (isObject(table) && typeof table['table_name'] === 'string') this.#add('dataset', { database: { id, uuid, database_name: name }, ...table }, file, `${pointer}/tables/${index}`);
    }
    const read = connectionOfUri(uri ?? '');
    const own = [...keysOf({ id, uuid }, file), ...(name ? [within(file, name)] : [])];
    const known = own.map((key) => this.#databases.get(key)).find((one) => one !== undefined && (name ?? one.name) === one.name);
    // A list tells the uuid, the answer of its connection tells the address: they are one.
    const connection = {
      id: known?.id ?? uuid ?? id, name: name ?? known?.name ?? null, engine: read.engine ?? known?.engine ?? backend ?? null, host: known?.host ?? read.host, database: known?.database ?? read.database,
    };
    if (known !== undefined) Object.assign(known, connection);
    for (const key of own) if (known !== undefined || !this.#databases.has(key)) this.#databases.set(key, known ?? connection);
  }

  /** The JSON export of dashboards up to version 1: objects in `__Dashboard__`, `__Slice__` and `__SqlaTable__`. */
  #legacy(file: SourceFile, value: Record<string, unknown>, pointer: string): void {
    for (const [index, dashboard] of listOf(value['dashboards']).entries()) this.#legacyDashboard(file, dashboard, `${pointer}/dashboards/${index}`);
    for (const [index, table] of listOf(value['datasources']).entries()) this.#legacyTable(file, table, `${pointer}/datasources/${index}`);
  }

  #legacyDashboard(file: SourceFile, wrapped: unknown, pointer: string): void {
    const dashboard = isObject(wrapped) ? wrapped['__Dashboard__'] : null;
    if (!isObject(dashboard)) return;
    const at = `${pointer}/__Dashboard__`;
    this.#add('dashboard', dashboard, file, at);
    for (const [index, slice] of listOf(dashboard['slices']).entries()) {
      const chart = isObject(slice) ? slice['__Slice__'] : null;
      if (isObject(chart)) this.#add('chart', chart, file, `${at}/slices/${index}/__Slice__`);
    }
  }

  #legacyTable(file: SourceFile, wrapped: unknown, pointer: string): void {
    const table = isObject(wrapped) ? wrapped['__SqlaTable__'] : null;
    if (!isObject(table)) return;
    const params = typeof table['params'] === 'string' ? file.embedded(`${pointer}/__SqlaTable__/params`, table['params']).json : null;
    const dataset = {
      ...table,
      ...(isObject(params) && typeof params['database_name'] === 'string' ? { database: { database_name: params['database_name'] } } : {}),
      ...(isObject(params) && typeof params['remote_id'] === 'number' ? { id: params['remote_id'] } : {}),
    };
    this.#add('dataset', dataset, file, `${pointer}/__SqlaTable__`);
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Numbers and names are those of one instance: its answers stand in a folder of their own, its export in a file of its own. */
export function within({ path }: SourceFile, key: string): string {
  const at = path.indexOf('api/v1/');
  return `${at > 0 ? path.slice(0, at) : ''}\n${key}`;
}

function keysOf({ id, uuid }: { id: string | null; uuid?: string | null | undefined }, file: SourceFile): string[] {
  return [...(uuid ? [uuid] : []), ...(id === null ? [] : [within(file, id)])];
}
