import type { AssertedConstraint } from '../../model/asserted-constraint.js';
import type { CollectedQuery, ConnectionReference } from '../../model/query.js';
import { neutraliseJinja } from '../../template/jinja.js';
import { isObject } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import type { ReadContext } from '../source.js';
import { readAnnotatedModel, readPlainMetric } from '../metricflow/annotated.js';
import { addMetric, addModel, addSavedQuery, collectLists } from '../metricflow/documents.js';
import { SemanticLayer } from '../metricflow/model.js';
import type { SemanticContext } from '../metricflow/read.js';
import { layerQueries } from '../metricflow/records.js';
import { below, itemsOf } from '../metricflow/values.js';
import { columnDeclarations } from './column-declarations.js';
import { ID, connectionOf, ownersIn, projectContainer, type RecordContext } from './context.js';
import { DbtEnvironment, macroMap } from './environment.js';
import { constraintAsserts, testAsserts } from './assertions.js';
import { exposureRecord } from './exposure-records.js';
import { macroStatements } from './macro-statements.js';
import type { Manifest } from './manifest.js';
import type { DbtNode, DbtSource, Profile } from './model.js';
import { hookRecords, nodeRecord, sourceRecords } from './node-records.js';
import { RelationNames } from './names.js';
import { profileOf } from './profiles.js';
import { Properties } from './properties.js';
import { mergeConfigs } from './merge.js';
import { rawNodes } from './raw-nodes.js';
import { Relations } from './relations.js';
import { knownTests, testRecords, type KnownTest, type Tested } from './test-records.js';
import type { DbtConfig } from './shapes.js';
import type { ProjectFiles } from './workspace.js';

/** Every record of one project, of its files and its manifests together: positions from the files, what dbt made of them from the manifest. */
export function projectQueries(files: ProjectFiles, profiles: readonly SourceFile[], origins: Origins, fallback: ConnectionReference | null, declare?: ReadContext['declare']): CollectedQuery[] {
  const { project, manifests } = files;
  const name = project.name;
  const profile = withDatabase(profileOf(project, profiles, manifests[0]?.adapter ?? null, fallback?.engine ?? null), manifests);
  const macros = macroMap([...files.macros, ...manifests.flatMap((manifest) => manifest.macros.map((macro) => ({ ...macro, isOwn: macro.package === name })))]);
  const scope = { name, variables: project.variables, profile, macros, schemas: [] };
  const names = new RelationNames(new DbtEnvironment({ ...scope, relations: new Relations(profile.adapter) }), profile);
  const properties = new Properties(name, files.properties, (text) => names.literal(text), profile.adapter);
  const nodes = mergedNodes(files, rawNodes(files.texts, { project, properties, names }));
  const sources = unique([...properties.sources, ...manifests.flatMap((manifest) => manifest.sources)]);
  const relations = relationsOf(files, nodes, sources, properties, profile);
  for (const declared of columnDeclarations(files, nodes, sources, fallback?.name ?? null)) declare?.(declared);
  const groups = new Map([...manifests.flatMap((manifest) => [...manifest.groups]), ...properties.groups]);
  const schemas = [...new Set(nodes.flatMap(({ type, relation: { schema } }) => (type === 'model' && schema !== null ? [schema] : [])))].toSorted();
  const environment = new DbtEnvironment({ ...scope, relations, schemas });
  const context: RecordContext = { environment, relations, profile, groups, origins, fallback };
  const layer = semanticLayer(files, context);
  const tests = knownTests(properties.tests, manifests.flatMap((manifest) => manifest.tests), context);
  const places = new Map(nodes.map((node) => [node.place.file, node.uniqueId]));
  const tested = testedRelations(nodes, sources, context);
  const hooks = [
    ...project.hooks.map((hook) => ({ hook, node: null, project: name })),
    ...nodes.flatMap((node) => node.hooks.map((hook) => ({ hook, node, project: node.project }))),
    ...manifests.flatMap((manifest) => manifest.hooks.map((hook) => ({ hook, node: null, project: name }))),
  ];
  const queries = [
    ...nodes.filter(({ type }) => type !== 'seed').map((node) => nodeRecord(node, project.testDefaults, context)),
    ...hookRecords(hooks, context),
    ...files.texts.filter(({ path }) => path.endsWith('.sql')).flatMap((file) => macroStatements(file, places.get(file) ?? `operation.${name}`, context)),
    ...sourceRecords(sources, context),
    ...testRecords(tests, tested, project.testDefaults, context),
    ...unique([...properties.exposures, ...manifests.flatMap((manifest) => manifest.exposures)]).map((exposure) => exposureRecord(exposure, layer, context)),
    ...layerQueries(layer, {
      kind: ID,
      connection: connectionOf(context),
      container: (owner) => projectContainer(owner ?? name),
      nativeId: (type, owner, own) => `${type}.${owner ?? name}.${own}`,
      origins,
    }),
  ];
  const asserts = assertsById(files, nodes, tests, project.testDefaults, context);
  return queries.map((query) => {
    const own = asserts.get(query.id);
    return own === undefined ? query : { ...query, asserts: own };
  });
}

/** What tests and the constraints of models assert, by the records that tell it. */
function assertsById({ properties, manifests }: ProjectFiles, nodes: readonly DbtNode[], tests: readonly KnownTest[], defaults: DbtConfig, context: RecordContext): Map<string, AssertedConstraint[]> {
  const found = new Map<string, AssertedConstraint[]>();
  const add = (uniqueId: string, asserted: AssertedConstraint[]): void => {
    const id = `${ID}:${uniqueId}`;
    if (asserted.length > 0) found.set(id, [...(found.get(id) ?? []), ...asserted]);
  };
  for (const test of tests) if (test.isEnabled) add(test.uniqueId, testAsserts(test, defaults, context));
  const told = new Set<string>();
  const stated = properties.flatMap((file) => (isObject(file.yaml) ? itemsOf(file.yaml['models'], { file, pointer: '' }) : []));
  for (const { value } of stated) {
    for (const { uniqueId, relation } of nodes.filter(({ type, name }) => type === 'model' && name === value['name'])) {
      add(uniqueId, constraintAsserts(value, relation, context));
      told.add(uniqueId);
    }
  }
  const byId = new Map(nodes.map((node) => [node.uniqueId, node]));
  for (const { file } of manifests) {
    const made = isObject(file.json) && isObject(file.json['nodes']) ? Object.entries(file.json['nodes']) : [];
    for (const [uniqueId, value] of made) {
      const node = byId.get(uniqueId);
      if (node?.type === 'model' && isObject(value) && !told.has(uniqueId)) add(uniqueId, constraintAsserts(value, node.relation, context));
    }
  }
  return found;
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

function relationsOf({ manifests }: ProjectFiles, nodes: readonly DbtNode[], sources: readonly DbtSource[], properties: Properties, { adapter }: Profile): Relations {
  const relations = new Relations(adapter);
  for (const node of nodes) if (node.type === 'model' || node.type === 'snapshot' || node.type === 'seed') relations.addNode(node);
  for (const source of [...sources, ...manifests.flatMap((manifest) => manifest.sources)]) relations.addSource(source);
  for (const manifest of manifests) for (const [name, version] of manifest.latest) relations.setLatest(name, version);
  for (const [name, { property }] of properties.models) if (property.latest_version) relations.setLatest(name, property.latest_version);
  return relations;
}

/** A manifest names no server, but the database that most of what it makes stands in. */
function withDatabase(profile: Profile, manifests: readonly Manifest[]): Profile {
  if (profile.database !== null) return profile;
  const counts = new Map<string, number>();
  for (const { relation } of manifests.flatMap((manifest) => manifest.nodes)) if (relation.database !== null) counts.set(relation.database, (counts.get(relation.database) ?? 0) + 1);
  const [first] = [...counts].toSorted(([one, many], [other, few]) => few - many || (one < other ? -1 : 1));
  return first === undefined ? profile : { ...profile, database: first[0], connection: { ...profile.connection, database: first[0] } };
}

/** Who has a relation has its tests, and what is not built is not tested. */
function testedRelations(nodes: readonly DbtNode[], sources: readonly DbtSource[], context: RecordContext): Map<string, Tested> {
  return new Map([
    ...nodes.map((node): [string, Tested] => [node.relation.sql, { owners: ownersIn(context, node), isEnabled: node.enabled }]),
    ...sources.map((source): [string, Tested] => [source.relation.sql, { owners: ownersIn(context, source), isEnabled: source.config?.enabled !== false }]),
  ]);
}

/** Property files stand above the manifest, and that above `semantic_manifest.json`, which says the same with less. */
function semanticLayer(files: ProjectFiles, { relations, groups, environment }: RecordContext): SemanticLayer {
  const layer = new SemanticLayer('drop', (text) => neutraliseJinja(text, environment.of(null), { branches: false }));
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
