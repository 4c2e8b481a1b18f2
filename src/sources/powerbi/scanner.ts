import { z } from 'zod';
import type { CollectedQuery, Container, Owner } from '../../model/query.js';
import { pointerStep } from '../common/json-position.js';
import { isObject } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import type { ReadContext } from '../source.js';
import { emptyModel, type Model } from './model.js';
import { jsonText } from './placed-text.js';

/** Dumps of several answers stand in wrappers at most so deep. */
const WRAPPER_DEPTH_MAX = 3;

const text = z.string().nullish().catch(null);
const list = z.array(z.unknown()).nullish().catch(null);
const flag = z.boolean().nullish().catch(null);

/** What `GET admin/workspaces/scanResult/{id}` answers (Power BI REST API, "Admin - WorkspaceInfo GetScanResult"), as far as it is read. */
const workspaceShape = z.object({ id: text, name: text, state: text, datasets: list, reports: list });
const scheduleShape = z.object({ days: z.array(z.string()).nullish().catch(null), times: z.array(z.string()).nullish().catch(null), enabled: flag, frequency: z.union([z.number(), z.string()]).nullish().catch(null) }).nullish().catch(null);
const datasetShape = z.object({
  id: text,
  name: text,
  description: text,
  configuredBy: text,
  createdBy: text,
  contentProviderType: text,
  refreshSchedule: scheduleShape,
  directQueryRefreshSchedule: scheduleShape,
  schemaRetrievalError: text,
  tables: list,
  expressions: list,
});
const tableShape = z.object({ name: text, description: text, storageMode: text, source: list });
const sourceShape = z.object({ expression: z.unknown().optional() });
const expressionShape = z.object({ name: text, description: text, expression: z.unknown().optional() });
const reportShape = z.object({ id: text, name: text, datasetId: text, modifiedBy: text, createdBy: text });
type Report = z.infer<typeof reportShape>;

/** True for an answer of the scanner. */
export function isScan(value: unknown): boolean {
  return isObject(value) && Array.isArray(value['workspaces']) && value['workspaces'].some((item) => isObject(item) && (Array.isArray(item['datasets']) || Array.isArray(item['reports'])));
}

/** Adds the models of every scan in a file. Reports count wherever they lie: they may read a model of another workspace. */
export class ScanReader {
  /** By the model that they read, then by their id: scans repeat them. */
  readonly #reports = new Map<string, Map<string, Report>>();
  readonly #models = new Map<string, Model>();

  constructor(
    readonly origins: Origins,
    readonly context: ReadContext,
  ) {}

  add(file: SourceFile): void {
    this.#visit(file, file.json, '', 0);
  }

  models(): Model[] {
    for (const [id, model] of this.#models) {
      const reports = [...(this.#reports.get(id)?.values() ?? [])];
      model.container = containerOf(reports) ?? model.container;
      for (const name of reports.map(({ modifiedBy }) => titleOf(modifiedBy))) if (name !== null) addOwner(model.owners, { name, via: 'editor' });
      const names = reports.flatMap(({ name }) => titleOf(name) ?? []);
      if (names.length > 1) model.description = descriptionOf([model.description, `Reports: ${names.join(', ')}.`].filter((part) => part !== null).join(' '));
    }
    return [...this.#models.values()];
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number): void {
    if (!isObject(value) || depth > WRAPPER_DEPTH_MAX) return;
    if (isScan(value)) return this.#scan(file, value, pointer);
    for (const [name, inner] of Object.entries(value)) this.#visit(file, inner, pointer + pointerStep(name), depth + 1);
  }

  #scan(file: SourceFile, { workspaces }: Record<string, unknown>, pointer: string): void {
    for (const [index, item] of objects(workspaces)) {
      const workspace = workspaceShape.parse(item);
      const lifecycle = workspace.state && /^(deleted|removing)$/i.test(workspace.state) ? 'archived' : 'active';
      for (const [, report] of objects(workspace.reports)) {
        const read = reportShape.parse(report);
        if (!read.datasetId) continue;
        const known = this.#reports.get(read.datasetId);
        const id = read.id ?? read.name ?? '';
        if (known === undefined) this.#reports.set(read.datasetId, new Map([[id, read]]));
        else known.set(id, read);
      }
      for (const [at, dataset] of objects(workspace.datasets)) this.#dataset(file, dataset, `${pointer}/workspaces/${index}/datasets/${at}`, lifecycle);
    }
  }

  #dataset(file: SourceFile, value: Record<string, unknown>, pointer: string, lifecycle: CollectedQuery['lifecycle']): void {
    const dataset = datasetShape.parse(value);
    const id = dataset.id ?? `${file.path}${pointer}`;
    const model = emptyModel(id, titleOf(dataset.name));
    // Two workspaces may be scanned twice; the scan that tells more counts.
    const known = this.#models.get(id);
    model.lifecycle = lifecycle;
    model.description = descriptionOf(dataset.description);
    model.refresh = refreshOf(dataset);
    model.defaultMode = /DirectQuery/i.test(dataset.contentProviderType ?? '') ? 'directQuery' : null;
    for (const [name, via] of [[dataset.configuredBy, 'owner-field'], [dataset.createdBy, 'author']] as const) if (name) addOwner(model.owners, { name, via });
    this.#expressions(file, dataset, pointer, model);
    this.#tables(file, dataset, pointer, model);
    if (known === undefined || known.partitions.length < model.partitions.length) this.#models.set(id, model);
  }

  #expressions(file: SourceFile, { expressions }: z.infer<typeof datasetShape>, pointer: string, model: Model): void {
    for (const [at, item] of objects(expressions)) {
      const { name, description, expression } = expressionShape.parse(item);
      const placed = jsonText(this.origins, file, `${pointer}/expressions/${at}/expression`, expression);
      if (placed !== null) model.expressions.push({ name: name ?? `expression ${at + 1}`, description: descriptionOf(description), text: placed });
    }
  }

  #tables(file: SourceFile, { tables, name, schemaRetrievalError }: z.infer<typeof datasetShape>, pointer: string, model: Model): void {
    let without = 0;
    for (const [at, item] of objects(tables)) {
      const table = tableShape.parse(item);
      const sources = objects(table.source);
      if (sources.length === 0) without++;
      for (const [index, inner] of sources) {
        const placed = jsonText(this.origins, file, `${pointer}/tables/${at}/source/${index}/expression`, sourceShape.parse(inner).expression);
        if (placed === null) continue;
        const partition = sources.length === 1 ? 'source' : `source ${index + 1}`;
        model.partitions.push({ table: table.name ?? `table ${at + 1}`, name: partition, mode: table.storageMode ?? null, description: descriptionOf(table.description), source: { kind: 'm', text: placed } });
      }
    }
    if (without === 0 && !schemaRetrievalError) return;
    const title = titleOf(name) ?? model.id;
    const cause = schemaRetrievalError ? 'the scanner could not read its schema' : `${without} of its tables ${without === 1 ? 'comes without its expression' : 'come without their expressions'}`;
    const remedy = 'allow "Enhance admin APIs responses with DAX and mashup expressions" in the tenant settings, refresh the model once, and scan again';
    this.context.gap({ subject: `${file.path}: ${title}`, missing: 'the queries of this semantic model', cause, remedy, severity: 'partial' });
  }
}

function objects(value: unknown): [number, Record<string, unknown>][] {
  return Array.isArray(value) ? value.flatMap((item: unknown, index): [number, Record<string, unknown>][] => (isObject(item) ? [[index, item]] : [])) : [];
}

function addOwner(owners: Owner[], owner: Owner): void {
  if (!owners.some(({ name }) => name === owner.name)) owners.push(owner);
}

/** Power BI's words: `07:00, 19:00 on Monday, Thursday`. */
function refreshOf({ refreshSchedule }: z.infer<typeof datasetShape>): string | null {
  if (!refreshSchedule || refreshSchedule.enabled === false) return null;
  const times = (refreshSchedule.times ?? []).slice(0, 48).join(', ');
  const days = refreshSchedule.days ?? [];
  if (times === '') return null;
  return days.length === 0 || days.length === 7 ? `${times} every day` : `${times} on ${days.slice(0, 7).join(', ')}`;
}

/** The report where only one reads the model. */
function containerOf([only, ...others]: readonly Report[]): Container | null {
  const id = only?.id ?? only?.name ?? null;
  return only === undefined || id === null || others.length > 0 ? null : { kind: 'dashboard', id, title: titleOf(only.name) };
}
