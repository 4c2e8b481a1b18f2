import type { CollectedQuery, ConnectionReference } from '../../model/query.js';
import { isObject } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { readAnnotatedModel, readPlainMetric } from '../metricflow/annotated.js';
import { addMetric, addModel, addSavedQuery, collectLists } from '../metricflow/documents.js';
import { SemanticLayer } from '../metricflow/model.js';
import type { SemanticContext } from '../metricflow/read.js';
import { layerQueries } from '../metricflow/records.js';
import { below, itemsOf } from '../metricflow/values.js';
import { ID, connectionOf, projectContainer, type RecordContext } from './context.js';
import { DbtEnvironment, macroMap } from './environment.js';
import { exposureRecord } from './exposure-records.js';
import type { DbtNode, DbtSource } from './model.js';
import { hookRecords, nodeRecord, sourceRecords, testFilterRecord } from './node-records.js';
import { RelationNames } from './names.js';
import { profileOf } from './profiles.js';
import { Properties } from './properties.js';
import { mergeConfigs, rawNodes } from './raw-nodes.js';
import { Relations } from './relations.js';
import type { ProjectFiles } from './workspace.js';

/** Every record of one project, of its files and its manifests together: positions from the files, what dbt made of them from the manifest. */
export function projectQueries(files: ProjectFiles, profiles: readonly SourceFile[], origins: Origins, fallback: ConnectionReference | null): CollectedQuery[] {
  const { project, manifests } = files;
  const name = project.name;
  const profile = profileOf(project, profiles, manifests[0]?.adapter ?? null);
  const properties = new Properties(name, files.properties);
  const macros = macroMap([...files.macros, ...manifests.flatMap((manifest) => manifest.macros.map((macro) => ({ ...macro, isOwn: macro.package === name })))]);
  const scope = { name, variables: project.variables, profile, macros };
  const names = new RelationNames(new DbtEnvironment({ ...scope, relations: new Relations() }), profile);
  const nodes = mergedNodes(files, rawNodes(files.texts, { project, properties, names }));
  const sources = unique([...properties.sources, ...manifests.flatMap((manifest) => manifest.sources)]);
  const relations = relationsOf(files, nodes, sources, properties);
  const groups = new Map([...manifests.flatMap((manifest) => [...manifest.groups]), ...properties.groups]);
  const environment = new DbtEnvironment({ ...scope, relations });
  const context: RecordContext = { environment, relations, profile, groups, origins, fallback };
  const layer = semanticLayer(files, context);
  const filters = uniqueFilters(files, properties);
  const hooks = [
    ...project.hooks.map((hook) => ({ hook, node: null, project: name })),
    ...nodes.flatMap((node) => node.hooks.map((hook) => ({ hook, node, project: node.project }))),
    ...manifests.flatMap((manifest) => manifest.hooks.map((hook) => ({ hook, node: null, project: name }))),
  ];
  return [
    ...nodes.filter(({ type }) => type !== 'seed').map((node) => nodeRecord(node, context)),
    ...hookRecords(hooks, context),
    ...sourceRecords(sources, context),
    ...filters.map((filter) => testFilterRecord(filter, context)),
    ...unique([...properties.exposures, ...manifests.flatMap((manifest) => manifest.exposures)]).map((exposure) => exposureRecord(exposure, layer, context)),
    ...layerQueries(layer, {
      kind: ID,
      connection: connectionOf(context),
      container: (owner) => projectContainer(owner ?? name),
      nativeId: (type, owner, own) => `${type}.${owner ?? name}.${own}`,
      origins,
    }),
  ];
}

function unique<T extends { uniqueId: string }>(list: readonly T[]): T[] {
  const found = new Map<string, T>();
  for (const one of list) if (!found.has(one.uniqueId)) found.set(one.uniqueId, one);
  return [...found.values()];
}

function mergedNodes({ manifests, compiled, project }: ProjectFiles, raw: readonly DbtNode[]): DbtNode[] {
  const known = new Map(unique(manifests.flatMap((manifest) => manifest.nodes)).map((node) => [node.uniqueId, node]));
  const merged = unique(raw).map((node) => {
    const other = known.get(node.uniqueId);
    known.delete(node.uniqueId);
    if (other !== undefined) return merge(node, other);
    const text = node.type === 'snapshot' ? undefined : compiled.get(project.relative(node.place.file.path));
    return text === undefined || text.trim() === '' ? node : { ...node, compiled: text };
  });
  return [...merged, ...known.values()];
}

/** A file that was changed since the manifest was made is read by itself: what was compiled is another text. */
function merge(node: DbtNode, made: DbtNode): DbtNode {
  const isSame = node.text !== null && made.text !== null && node.text.raw.trim() === made.text.raw.trim();
  return {
    ...node,
    relation: made.relation,
    compiled: isSame ? made.compiled : null,
    config: mergeConfigs(made.config, node.config),
    meta: { ...made.meta, ...node.meta },
    group: node.group ?? made.group,
    description: node.description ?? made.description,
    dependsOn: made.dependsOn,
    enabled: node.enabled && made.enabled,
    hooks: [...node.hooks, ...made.hooks],
  };
}

function relationsOf({ manifests }: ProjectFiles, nodes: readonly DbtNode[], sources: readonly DbtSource[], properties: Properties): Relations {
  const relations = new Relations();
  for (const node of nodes) if (node.type === 'model' || node.type === 'snapshot' || node.type === 'seed') relations.addNode(node);
  for (const source of [...sources, ...manifests.flatMap((manifest) => manifest.sources)]) relations.addSource(source);
  for (const manifest of manifests) for (const [name, version] of manifest.latest) relations.setLatest(name, version);
  for (const [name, { property }] of properties.models) if (property.latest_version) relations.setLatest(name, property.latest_version);
  return relations;
}

/** Conditions of tests: those of property files, and those of manifests where no file was given that says them. */
function uniqueFilters({ manifests }: ProjectFiles, properties: Properties): Properties['filters'] {
  const known = new Set(properties.filters.map(({ raw, project }) => `${project}\n${raw.trim()}`));
  return [...properties.filters, ...manifests.flatMap((manifest) => manifest.filters).filter(({ raw, project }) => !known.has(`${project}\n${raw.trim()}`))];
}

/** Property files stand above the manifest, and that above `semantic_manifest.json`, which says the same with less. */
function semanticLayer(files: ProjectFiles, { relations, groups }: RecordContext): SemanticLayer {
  const layer = new SemanticLayer('drop');
  const context: SemanticContext = {
    project: files.project.name,
    relationOf: (reference) => relations.read(reference)?.sql ?? null,
    groupOwners: (group) => groups.get(group) ?? [],
  };
  for (const file of files.properties) if (isObject(file.yaml)) readPropertyFile(file.yaml, file, layer, context);
  for (const manifest of files.manifests) {
    for (const { value, place } of manifest.semanticModels) addModel(value, place, layer, context);
    for (const { value, place } of manifest.metrics) addMetric(value, place, layer, context);
    for (const { value, place } of manifest.savedQueries) addSavedQuery(value, place, layer, context);
  }
  for (const file of files.semanticManifests) if (isObject(file.json)) collectLists(file.json, { file, pointer: '' }, layer, context);
  return layer;
}

function readPropertyFile(value: Record<string, unknown>, file: SourceFile, layer: SemanticLayer, context: SemanticContext): void {
  const place = { file, pointer: '' };
  for (const item of itemsOf(value['models'], below(place, 'models'))) {
    const annotated = readAnnotatedModel(item.value, item.place, context);
    if (annotated === null) continue;
    layer.addModel(annotated.model);
    for (const metric of annotated.metrics) layer.addMetric(metric);
  }
  const { metrics, ...rest } = value;
  collectLists(rest, place, layer, context);
  // Of the two syntaxes only the older one has `type_params`.
  for (const item of itemsOf(metrics, below(place, 'metrics'))) {
    if (isObject(item.value['type_params']) || typeof item.value['model'] === 'string') {
      addMetric(item.value, item.place, layer, context);
      continue;
    }
    const metric = readPlainMetric(item.value, item.place, null, context);
    if (metric !== null) layer.addMetric(metric);
  }
}
