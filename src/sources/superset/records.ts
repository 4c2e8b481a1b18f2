import type { CollectedQuery, ConnectionReference, Container, Owner, Problem } from '../../model/query.js';
import { fillHoles } from '../../template/holes.js';
import { isObject } from '../common/json.js';
import { SourceFile } from '../common/source-file.js';
import { titleOf } from '../common/words.js';
import type { ReadContext } from '../source.js';
import { metricDeclaration } from './declaration.js';
import { Deliveries } from './deliveries.js';
import { fragmentsBelow, fragmentsOf, parametersOf, savedQueries, type Fragment } from './chart-parts.js';
import { QueryBuilder } from './chart-query.js';
import type { ChartEntry, CompiledText, DashboardEntry, DatasetEntry, Inventory } from './inventory.js';
import { unwrapped } from './items.js';
import { filterQuery, formQueries, keptQuery } from './query-object.js';
import { columnShape, metricShape, nativeFilterShape, targetShape, type NativeFilter, type Person } from './shapes.js';
import { ID, RecordWriter, type Place, type Subject, type Text } from './record-writer.js';
import { Templates } from './templates.js';

/** How a text begins that stands for itself. */
const STATEMENT = /^(?:\s|--[^\n]*\n|\()*(?:select|with|values|table)\b/i;

/** Makes the records of an export, in the order of its files. */
export class Records {
  readonly templates: Templates;
  readonly #writer: RecordWriter;
  readonly #deliveries: Deliveries;
  /** Charts of which the SQL that Superset made is among the records. */
  readonly #shown = new Set<readonly CompiledText[]>();

  constructor(
    readonly inventory: Inventory,
    readonly context: ReadContext,
  ) {
    this.templates = new Templates(inventory);
    this.#deliveries = new Deliveries(inventory);
    this.#writer = new RecordWriter(this.templates, context.connection);
  }

  read(): CollectedQuery[] {
    for (const entry of this.inventory.datasets) this.#dataset(entry);
    for (const entry of this.inventory.charts) this.#chart(entry);
    for (const entry of this.inventory.dashboards) this.#dashboard(entry);
    for (const entry of this.inventory.savedQueries) this.#savedQuery(entry);
    for (const entry of this.inventory.reports) this.#report(entry);
    for (const { chart, texts } of this.inventory.compiled.values()) {
      const subject = { id: `${ID}:chart:${chart}`, title: null, container: null, owners: [], connection: null };
      if (!this.#shown.has(texts)) for (const [index, one] of texts.entries()) this.#compiled(subject, one, index);
    }
    for (const file of this.templates.unused()) this.#file(file);
    this.#writer.origins.resolve();
    return this.#writer.queries;
  }

  #dataset(entry: DatasetEntry): void {
    const { value, file, pointer } = entry;
    const subject = this.#datasetSubject(entry);
    if (value.sql?.trim()) this.#writer.text(subject, { role: 'relation', kind: 'statement', raw: value.sql, file, pointer: `${pointer}/sql` }, entry, '');
    for (const [index, item] of value.metrics.entries()) {
      const { value: inner, pointer: below } = unwrapped(item);
      const metric = metricShape.safeParse(inner).data;
      if (!metric?.expression?.trim()) continue;
      const more = { title: titleOf(metric.verbose_name) ?? titleOf(metric.metric_name), description: metric.description ?? null };
      const text: Text = { role: 'metric', kind: 'expression', raw: metric.expression, file, pointer: `${pointer}/metrics/${index}${below}/expression` };
      const declaration = metricDeclaration(entry, metric, subject.owners);
      this.#writer.text({ ...subject, ...more, declaration }, text, entry, `:metric:${metric.metric_name ?? index}`);
    }
    for (const [index, item] of value.columns.entries()) {
      const { value: inner, pointer: below } = unwrapped(item);
      const column = columnShape.safeParse(inner).data;
      if (!column?.expression?.trim()) continue;
      const more = { title: titleOf(column.verbose_name) ?? titleOf(column.column_name), description: column.description ?? null };
      const text: Text = { role: 'dimension', kind: 'expression', raw: column.expression, file, pointer: `${pointer}/columns/${index}${below}/expression` };
      this.#writer.text({ ...subject, ...more }, text, entry, `:column:${column.column_name ?? index}`);
    }
    if (value.fetch_values_predicate?.trim()) {
      const text: Text = { role: 'filter', kind: 'predicate', raw: value.fetch_values_predicate, file, pointer: `${pointer}/fetch_values_predicate` };
      this.#writer.text(subject, text, entry, ':fetch_values_predicate');
    }
  }

  #datasetSubject(entry: DatasetEntry): Subject {
    const { value } = entry;
    const connection = this.#connectionOf(entry);
    const own = value.uuid ?? `${connection?.name ?? connection?.id ?? 'unknown'}:${value.id ?? [value.schema, value.table_name].filter(Boolean).join('.')}`;
    return {
      id: `${ID}:dataset:${own}`,
      title: titleOf(value.table_name),
      description: value.description ?? null,
      container: null,
      owners: this.#owners(value),
      connection,
    };
  }

  #connectionOf(entry: DatasetEntry | null): ConnectionReference | null {
    if (entry === null) return this.context.connection;
    const { database_uuid: uuid, database, database_id: id } = entry.value;
    return this.#connected(entry.file, database, uuid, id);
  }

  /** The connection of an object that names its database by key, or as the interface does, by a part of it. */
  #connected(near: SourceFile, database: DatasetEntry['value']['database'], ...keys: (string | null | undefined)[]): ConnectionReference | null {
    const found = this.inventory.connection(near, ...keys, database?.uuid, database?.id, database?.database_name);
    if (found === null) return this.context.connection;
    return { ...found, name: found.name ?? database?.database_name ?? null, engine: found.engine ?? database?.backend ?? null };
  }

  #owners(value: { uuid?: string | null | undefined; owners?: Person[]; created_by?: Person; last_saved_by?: Person; changed_by?: Person }): Owner[] {
    const found: Owner[] = [
      ...(value.owners ?? []).flatMap((person) => ownerOf(person, 'owner-field')),
      ...this.inventory.ownersOf(value.uuid).map((name): Owner => ({ name, via: 'owner-field' })),
      ...ownerOf(value.created_by, 'author'),
      ...ownerOf(value.last_saved_by ?? value.changed_by, 'editor'),
    ];
    return found.filter(({ name }, index) => found.findIndex((one) => one.name === name) === index);
  }

  #chart(entry: ChartEntry): void {
    const { value, file, pointer } = entry;
    const dataset = this.inventory.dataset(value.dataset_uuid, file) ?? (value.datasource_type === 'table' || !value.dataset_uuid ? this.inventory.dataset(value.datasource_id, file) : null);
    const dashboard = this.inventory.dashboardOf(entry);
    const subject: Subject = {
      id: `${ID}:chart:${value.uuid ?? value.id ?? `${file.path}${pointer}`}`,
      title: titleOf(value.slice_name),
      description: value.description ?? null,
      container: containerOf(dashboard) ?? statedContainer(value.dashboards),
      owners: this.#owners(value),
      connection: this.#connectionOf(dataset),
      schedule: dashboard === null ? null : refreshOf(dashboard),
      sent: this.#deliveries.ofChart(entry, dashboard),
    };
    for (const fragment of fragmentsOf(entry)) this.#fragment(subject, fragment, dataset);
    const compiled = this.inventory.compiledOf(entry);
    for (const [index, one] of compiled.entries()) this.#compiled(subject, one, index);
    if (compiled.length === 0) this.#chartQueries(entry, dataset, subject);
    else this.#shown.add(compiled);
  }

  /** What Superset itself made of a chart is the text that runs. */
  #compiled(subject: Subject, { sql, file, pointer }: { sql: string } & Place, index: number): void {
    const problems: Problem[] = sql.trim() === '' ? [{ code: 'unreadable', message: 'the text is empty' }] : [];
    const { variants } = sql.trim() === '' ? { variants: [] } : fillHoles(sql, []);
    this.#writer.push(subject, 'query', 'statement', sql, false, variants, problems, { file, pointer }, index === 0 ? '' : `:query:${index + 1}`);
  }

  #fragment(subject: Subject, { role, kind, raw, title, part, file, pointer }: Fragment, dataset: DatasetEntry | null): void {
    this.#writer.text({ ...subject, title: titleOf(title) ?? subject.title }, { role, kind, raw, file, pointer }, dataset, `:${part}`);
  }

  #chartQueries(entry: ChartEntry, dataset: DatasetEntry | null, subject: Subject): void {
    const { value, file, pointer } = entry;
    const kept = savedQueries(parametersOf(entry, 'query_context'));
    const params = parametersOf(entry, 'params') ?? parametersOf(entry, 'form_data');
    const type = value.viz_type ?? params?.value['viz_type'];
    const asked = kept.length > 0 ? kept.map((one) => keptQuery(one.value)) : params === null ? [] : formQueries(params.value, typeof type === 'string' ? type : '');
    if (dataset === null) {
      if (!value.dataset_uuid && !value.datasource_id) return;
      return this.#writer.built(subject, 'query', null, [{ code: 'missing-reference', message: 'its dataset is not in the export; export the dataset too' }], { file, pointer }, '');
    }
    if (asked.length === 0) {
      return this.#writer.built(subject, 'query', null, [{ code: 'unreadable', message: 'its parameters cannot be read' }], { file, pointer }, '');
    }
    for (const [index, query] of asked.entries()) {
      const { sql, problems } = new QueryBuilder(dataset, this.templates, subject.connection?.engine ?? null).build(query);
      this.#writer.built(subject, 'query', sql, problems, { file, pointer }, index === 0 ? '' : `:query:${index + 1}`);
    }
  }

  #dashboard(entry: DashboardEntry): void {
    const { value, file, pointer } = entry;
    const subject: Subject = {
      id: `${ID}:dashboard:${value.uuid ?? value.id ?? `${file.path}${pointer}`}`,
      title: titleOf(value.dashboard_title),
      container: containerOf(entry),
      owners: this.#owners(value),
      connection: null,
      lifecycle: value.published === false ? 'draft' : 'active',
      schedule: refreshOf(entry),
    };
    for (const name of ['metadata', 'json_metadata'] as const) {
      const stored = value[name];
      const inner = typeof stored === 'string' ? file.embedded(`${pointer}/${name}`, stored) : file;
      const metadata = inner === file ? stored : inner.json;
      const filters = isObject(metadata) ? metadata['native_filter_configuration'] : null;
      if (!Array.isArray(filters)) continue;
      const base = `${inner === file ? `${pointer}/${name}` : ''}/native_filter_configuration`;
      for (const [index, filter] of filters.entries()) if (isObject(filter)) this.#nativeFilter(subject, filter, { file: inner, pointer: `${base}/${index}` });
    }
  }

  /** A filter of a dashboard asks for the values of its column. */
  #nativeFilter(subject: Subject, filter: Record<string, unknown>, place: Place): void {
    const stored = nativeFilterShape.parse(filter);
    const { id, name, filterType, targets } = stored;
    const part = `:filter:${id ?? name ?? place.pointer}`;
    const datasets: (DatasetEntry | null)[] = [];
    for (const [index, item] of targets.entries()) {
      const target = targetShape.safeParse(item).data;
      if (!target?.datasetUuid && !target?.datasetId) continue;
      const dataset = this.inventory.dataset(target.datasetUuid, place.file) ?? this.inventory.dataset(target.datasetId, place.file);
      datasets.push(dataset);
      const own: Subject = { ...subject, title: titleOf(name) ?? subject.title, connection: this.#connectionOf(dataset) };
      const suffix = index === 0 ? part : `${part}:${index + 1}`;
      if (dataset === null) this.#writer.built(own, 'variable', null, [{ code: 'missing-reference', message: 'its dataset is not in the export; export the dataset too' }], place, suffix);
      else if (target.column?.name && filterType !== 'filter_time') this.#filterValues(own, target.column.name, dataset, stored, place, suffix);
    }
    const [first = null] = datasets;
    const own: Subject = { ...subject, title: titleOf(name) ?? subject.title, connection: this.#connectionOf(first) };
    for (const fragment of fragmentsBelow({ value: filter, ...place })) this.#fragment(own, { ...fragment, part: `${part.slice(1)}:${fragment.part}` }, first);
  }

  #filterValues(subject: Subject, column: string, dataset: DatasetEntry, { filterType, adhoc_filters: filters, sortMetric, controlValues }: NativeFilter, place: Place, part: string): void {
    const query = filterQuery(column, filterType === 'filter_range', filters, sortMetric, controlValues?.['sortAscending']);
    const { sql, problems } = new QueryBuilder(dataset, this.templates, subject.connection?.engine ?? null).build(query);
    this.#writer.built(subject, 'variable', sql, problems, place, part);
  }

  #savedQuery({ value, file, pointer }: Inventory['savedQueries'][number]): void {
    if (!value.sql?.trim()) return;
    const connection = this.#connected(file, value.database, value.database_uuid, value.db_id);
    const subject: Subject = {
      id: `${ID}:saved_query:${value.uuid ?? value.id ?? `${connection?.name ?? connection?.id ?? 'unknown'}:${value.label ?? pointer}`}`,
      title: titleOf(value.label), description: value.description ?? null, container: null, owners: this.#owners(value), connection,
    };
    this.#writer.text(subject, { role: 'query', kind: 'statement', raw: value.sql, file, pointer: `${pointer}/sql` }, null, '', value.template_parameters, true);
  }

  #report({ value, file, pointer }: Inventory['reports'][number]): void {
    if (!value.sql?.trim()) return;
    const { database, dashboard } = value;
    const subject: Subject = {
      id: `${ID}:report:${value.uuid ?? value.id ?? value.name ?? pointer}`,
      title: titleOf(value.name), description: value.description ?? null, owners: this.#owners(value),
      container: dashboard?.id ? { kind: 'dashboard', id: dashboard.id, title: titleOf(dashboard.dashboard_title) } : null,
      connection: this.#connected(file, database),
      lifecycle: value.active === false ? 'disabled' : 'active', schedule: value.crontab ?? null,
    };
    this.#writer.text(subject, { role: 'alert', kind: 'statement', raw: value.sql, file, pointer: `${pointer}/sql` }, null, '');
  }

  /** SQL of an asset repository that no dataset of these files includes. */
  #file(file: SourceFile): void {
    const subject = { id: `${ID}:file:${file.path}`, title: titleOf(file.path.split('/').at(-1)), container: null, owners: [], connection: null };
    const { variants, problems } = this.templates.render(file.text, null);
    const isWhole = variants.some(({ sql }) => STATEMENT.test(sql));
    const part: Problem[] = isWhole ? [] : [{ code: 'unsupported', message: 'it is a part of a statement, and no dataset of the export includes it' }];
    this.#writer.push(subject, 'relation', 'statement', file.text, false, isWhole ? variants : [], [...problems, ...part], { file, pointer: '' }, '');
  }
}

function ownerOf(person: Person | undefined, via: Owner['via']): Owner[] {
  const full = titleOf([person?.first_name, person?.last_name].filter(Boolean).join(' '));
  const name = full ?? titleOf(person?.email) ?? titleOf(person?.username);
  if (name === null) return [];
  return [person?.active === false ? { name, via, inactive: true } : { name, via }];
}

/** How often a dashboard runs its charts while it is open: `refresh_frequency`, in seconds. */
function refreshOf({ value: { metadata, json_metadata: json } }: DashboardEntry): string | null {
  for (const stored of [metadata, json]) {
    const frequency = (isObject(stored) ? stored : objectOf(stored))['refresh_frequency'];
    if (typeof frequency === 'number' && frequency > 0) return `${frequency}s`;
  }
  return null;
}

function objectOf(text: unknown): Record<string, unknown> {
  const value = typeof text === 'string' ? new SourceFile('', text).json : null;
  return isObject(value) ? value : {};
}

function containerOf(entry: DashboardEntry | null): Container | null {
  if (entry === null) return null;
  const { value, file, pointer } = entry;
  return { kind: 'dashboard', id: value.uuid ?? value.id ?? `${file.path}${pointer}`, title: titleOf(value.dashboard_title) };
}

/** The interface names the dashboards of a chart in the chart. */
function statedContainer(dashboards: readonly unknown[]): Container | null {
  const [first] = dashboards;
  if (!isObject(first) || (typeof first['id'] !== 'number' && typeof first['id'] !== 'string')) return null;
  const title = first['dashboard_title'];
  return { kind: 'dashboard', id: String(first['id']), title: titleOf(typeof title === 'string' ? title : null) };
}

