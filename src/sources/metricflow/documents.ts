import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { SourceFile } from '../common/source-file.js';
import type { Metric, Place, SemanticLayer, SemanticModel } from './model.js';
import { readMetric, readSavedQuery, readSemanticModel, type SemanticContext } from './read.js';
import { below, itemsOf } from './values.js';

/** Documents in one file, at most. */
const DOCUMENTS_MAX = 10_000;

/** True for `target/semantic_manifest.json` of dbt. */
export function isSemanticManifest(json: unknown): boolean {
  return isObject(json) && Array.isArray(json['semantic_models']) && Array.isArray(json['metrics']) && !Object.hasOwn(json, 'nodes');
}

/** Adds what a file of MetricFlow says: YAML of several documents, or a semantic manifest. */
export function collectDocuments(file: SourceFile, layer: SemanticLayer, context: SemanticContext): void {
  const { value } = file;
  if (isObject(value) && isSemanticManifest(value)) return collectLists(value, { file, pointer: '' }, layer, context);
  const documents: unknown[] = Array.isArray(value) ? value.slice(0, DOCUMENTS_MAX) : [value];
  for (const [index, document] of documents.entries()) {
    if (!isObject(document)) continue;
    const place = { file, pointer: Array.isArray(value) ? pointerStep(index) : '' };
    const { semantic_model: model, metric, saved_query: query } = document;
    if (isObject(model)) addModel(model, below(place, 'semantic_model'), layer, context);
    if (isObject(metric)) addMetric(metric, below(place, 'metric'), layer, context);
    if (isObject(query)) addSavedQuery(query, below(place, 'saved_query'), layer, context);
  }
}

/** `semantic_models`, `metrics` and `saved_queries` as lists of one object. */
export function collectLists(value: Record<string, unknown>, place: Place, layer: SemanticLayer, context: SemanticContext): void {
  for (const item of itemsOf(value['semantic_models'], below(place, 'semantic_models'))) addModel(item.value, item.place, layer, context);
  for (const item of itemsOf(value['metrics'], below(place, 'metrics'))) addMetric(item.value, item.place, layer, context);
  for (const item of itemsOf(value['saved_queries'], below(place, 'saved_queries'))) addSavedQuery(item.value, item.place, layer, context);
}

export function addModel(value: Record<string, unknown>, place: Place, layer: SemanticLayer, context: SemanticContext): void {
  const model = readSemanticModel(value, place, context);
  if (model !== null) layer.addModel(model);
}

export function addMetric(value: Record<string, unknown>, place: Place, layer: SemanticLayer, context: SemanticContext): void {
  const metric = readMetric(value, place, context);
  if (metric === null) return;
  layer.addMetric(metric);
  const relation = metric.own === null || layer.models.has(metric.own.model) ? null : context.relationOf(metric.own.model);
  if (metric.own !== null && relation !== null) layer.addModel({ ...bareModel(metric, relation), name: metric.own.model });
}

export function addSavedQuery(value: Record<string, unknown>, place: Place, layer: SemanticLayer, context: SemanticContext): void {
  const query = readSavedQuery(value, place, context);
  if (query !== null) layer.addSavedQuery(query);
}

/** The model that a metric names by `ref`: nothing but its relation is known. */
function bareModel({ place, project }: Metric, relation: string): SemanticModel {
  return {
    name: '', label: null, description: null, place, project, relation, primaryEntity: null, timeDimension: null,
    measures: [], dimensions: new Map(), entities: new Map(), owners: [], enabled: true,
  };
}
