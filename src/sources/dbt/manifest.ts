import { isObject } from '../common/json.js';
import { descriptionOf } from '../common/words.js';
import type { SourceFile } from '../common/source-file.js';
import type { Place } from '../metricflow/model.js';
import { namesOf } from '../metricflow/owners.js';
import { below, itemsOf } from '../metricflow/values.js';
import type { DbtExposure, DbtHook, DbtNode, DbtRelation, DbtSource, GenericTest, NodeType, TextPlace } from './model.js';
import { hooksOf } from './project.js';
import { hasAge, readExposure } from './properties.js';
import { bareRelation } from './relations.js';
import { configShape, groupShape, macroShape, manifestShape, manifestSourceShape, nodeShape, type ManifestNode } from './shapes.js';

const TYPES: ReadonlyMap<string, NodeType> = new Map([
  ['model', 'model'],
  ['snapshot', 'snapshot'],
  ['analysis', 'analysis'],
  ['test', 'test'],
  ['seed', 'seed'],
  ['sql_operation', 'analysis'],
]);

/** True for `target/manifest.json`, whatever its version. */
export function isManifest(json: unknown): boolean {
  if (!isObject(json) || !isObject(json['nodes'])) return false;
  const { metadata } = manifestShape.parse({ metadata: json['metadata'] });
  return metadata?.dbt_schema_version?.includes('/manifest/') === true;
}

/** What a manifest says, with the places of its texts. */
export class Manifest {
  readonly project: string;
  readonly adapter: string | null;
  readonly nodes: DbtNode[] = [];
  readonly sources: DbtSource[] = [];
  readonly exposures: DbtExposure[] = [];
  readonly groups = new Map<string, string[]>();
  /** Generic tests; the statements of those that were compiled stand among the nodes. */
  readonly tests: MadeTest[] = [];
  /** Texts of macros, of packages other than dbt's own. */
  readonly macros: { package: string; text: string }[] = [];
  readonly hooks: DbtHook[] = [];
  readonly latest = new Map<string, string>();
  readonly metrics: Placed[];
  readonly semanticModels: Placed[];
  readonly savedQueries: Placed[];

  constructor(readonly file: SourceFile) {
    const value: unknown = file.json;
    const manifest = manifestShape.parse(isObject(value) ? value : {});
    const root = { file, pointer: '' };
    this.project = manifest.metadata?.project_name || packageOf(manifest.nodes) || 'project';
    this.adapter = manifest.metadata?.adapter_type ?? null;
    for (const item of entriesOf(manifest.nodes, below(root, 'nodes'))) this.#node(item.value, item.place, true);
    for (const item of disabledOf(manifest.disabled, below(root, 'disabled'))) this.#disabled(item.value, item.place);
    for (const item of entriesOf(manifest.sources, below(root, 'sources'))) this.#source(item.value, item.place);
    for (const item of entriesOf(manifest.exposures, below(root, 'exposures'))) {
      const exposure = readExposure(item.value, item.place, this.project);
      if (exposure !== null) this.exposures.push(exposure);
    }
    for (const item of entriesOf(manifest.groups, below(root, 'groups'))) {
      const { name, owner } = groupShape.parse(item.value);
      if (name) this.groups.set(name, namesOf(owner));
    }
    for (const { value: macro } of entriesOf(manifest.macros, below(root, 'macros'))) {
      const { package_name: name, macro_sql: text } = macroShape.parse(macro);
      if (text && name && name !== 'dbt' && !/^dbt_(?:postgres|redshift|snowflake|bigquery|spark|databricks|duckdb|clickhouse|trino|sqlserver)$/.test(name)) this.macros.push({ package: name, text });
    }
    this.metrics = entriesOf(manifest.metrics, below(root, 'metrics'));
    this.semanticModels = entriesOf(manifest.semantic_models, below(root, 'semantic_models'));
    this.savedQueries = entriesOf(manifest.saved_queries, below(root, 'saved_queries'));
  }

  #node(value: Record<string, unknown>, place: Place, enabled: boolean): void {
    const fields = nodeShape.parse(value);
    if (!fields.unique_id || !fields.name) return;
    if (fields.resource_type === 'operation') {
      const when = /on-run-end/.test(fields.name) ? 'on-run-end' : 'on-run-start';
      const text = textOf(fields, place);
      if (text !== null) this.hooks.push({ when, raw: text.raw, place: text.place });
      return;
    }
    const type = TYPES.get(fields.resource_type ?? '');
    if (type === undefined) return;
    const node = this.#nodeOf(fields, type, place, enabled);
    if (fields.latest_version) this.latest.set(fields.name, fields.latest_version);
    const metadata = fields.test_metadata;
    if (type !== 'test' || !metadata) {
      this.nodes.push(node);
      return;
    }
    // Of a generic test, its own text only calls a macro: what it sends stands in the compiled one.
    const isCompiled = node.compiled !== null;
    if (isCompiled) this.nodes.push({ ...node, text: { raw: node.compiled ?? '', place: compiledPlace(fields, place) } });
    this.tests.push({ ...genericTest(fields, metadata, node, place), isCompiled, isEnabled: node.enabled });
  }

  #nodeOf(fields: ManifestNode, type: NodeType, place: Place, enabled: boolean): DbtNode {
    const compiled = fields.compiled_code ?? fields.compiled_sql ?? null;
    const isSql = (fields.language ?? 'sql') === 'sql' && type !== 'seed';
    const version = fields.version ?? null;
    const own = fields.name ?? '';
    const at: TextPlace = { ...place, offset: 0 };
    return {
      uniqueId: fields.unique_id ?? '',
      type,
      project: fields.package_name ?? this.project,
      name: own,
      version,
      description: descriptionOf(fields.description),
      relation: relationOf(fields, version === null ? own : `${own}_v${version}`),
      config: fields.config ?? configShape.parse({}),
      meta: fields.meta ?? null,
      group: fields.group ?? null,
      text: isSql ? textOf(fields, place) : null,
      compiled: isSql && compiled !== null && compiled.trim() !== '' ? compiled : null,
      dependsOn: fields.depends_on?.nodes ?? [],
      references: [],
      place: at,
      enabled: enabled && fields.config?.enabled !== false,
      hooks: (['pre-hook', 'post-hook'] as const).flatMap((when) => hooksOf(fields.config?.[when], when, below(place, 'config', when))),
    };
  }

  #disabled(value: Record<string, unknown>, place: Place): void {
    switch (value['resource_type']) {
      case 'exposure': {
        const exposure = readExposure(value, place, this.project);
        if (exposure !== null) this.exposures.push({ ...exposure, enabled: false });
        return;
      }
      case 'source':
      case 'metric':
      case 'semantic_model':
      case 'saved_query':
        return;
      default:
        this.#node(value, place, false);
    }
  }

  #source(value: Record<string, unknown>, place: Place): void {
    const source = manifestSourceShape.parse(value);
    if (!source.unique_id || !source.name || !source.source_name) return;
    const bare = bareRelation(source.schema ?? source.source_name, source.identifier ?? source.name, source.database ?? null);
    const query = source.loaded_at_query ? below(place, 'loaded_at_query') : below(place, 'config', 'loaded_at_query');
    const loadedAt = source.loaded_at_query || source.config?.loaded_at_query;
    const filter = source.freshness?.filter;
    this.sources.push({
      uniqueId: source.unique_id,
      project: source.package_name ?? this.project,
      source: source.source_name,
      name: source.name,
      description: descriptionOf(source.description),
      relation: source.relation_name ? { ...bare, sql: source.relation_name } : bare,
      loadedAtQuery: loadedAt && loadedAt.trim() !== '' ? { raw: loadedAt, place: query } : null,
      freshnessFilter: filter && filter.trim() !== '' ? { raw: filter, place: below(place, 'freshness', 'filter') } : null,
      loadedAtField: !loadedAt && hasAge(source.config?.freshness ?? source.freshness) ? (source.config?.loaded_at_field || source.loaded_at_field || null) : null,
      place,
      config: source.config ?? null,
      meta: { ...source.source_meta, ...source.meta },
    });
  }
}

/** A generic test of a manifest. */
export type MadeTest = GenericTest & { isCompiled: boolean; isEnabled: boolean };

/** What `_dbt_generic_test_kwargs` holds stands in the manifest; what is tested also within `get_where_subquery(…)`. */
function genericTest(fields: ManifestNode, { name, namespace, kwargs }: NonNullable<ManifestNode['test_metadata']>, node: DbtNode, place: Place): GenericTest {
  const { model, column_name: column, ...args } = kwargs ?? {};
  const stated = typeof model === 'string' ? /\b(?:ref|source)\([^()]{0,300}\)/.exec(model)?.[0] : undefined;
  const reference = fields.attached_node ?? stated ?? node.dependsOn[0];
  const where = fields.config?.where;
  return {
    uniqueId: node.uniqueId,
    project: node.project,
    macro: namespace ? `${namespace}.${name ?? ''}` : (name ?? ''),
    title: node.name,
    subject: node.name,
    description: node.description,
    column: typeof column === 'string' ? column : (fields.column_name ?? null),
    args,
    references: reference === undefined ? [] : [reference],
    where: where && where.trim() !== '' ? { raw: where, place: below(place, 'config', 'where') } : null,
    config: node.config,
    place,
  };
}

export interface Placed {
  value: Record<string, unknown>;
  place: Place;
}

function entriesOf(value: Record<string, unknown> | null | undefined, place: Place): Placed[] {
  return Object.entries(value ?? {}).flatMap(([key, inner]) => (isObject(inner) ? [{ value: inner, place: below(place, key) }] : []));
}

/** `disabled` holds a list for each id; the first versions had one list of all. */
function disabledOf(value: unknown, place: Place): Placed[] {
  if (Array.isArray(value)) return itemsOf(value, place);
  return isObject(value) ? Object.entries(value).flatMap(([key, inner]) => itemsOf(inner, below(place, key))) : [];
}

/** Older manifests do not name their project: its own nodes come first. */
function packageOf(nodes: Record<string, unknown> | null | undefined): string | null {
  const [first] = Object.values(nodes ?? {});
  return isObject(first) && typeof first['package_name'] === 'string' ? first['package_name'] : null;
}

function relationOf(fields: ManifestNode, name: string): DbtRelation {
  const bare = bareRelation(fields.schema ?? null, fields.alias ?? name, fields.database ?? null);
  return fields.relation_name ? { ...bare, sql: fields.relation_name } : bare;
}

/** The text of a node: `raw_code`, before v7 `raw_sql`. */
function textOf(fields: ManifestNode, place: Place): DbtNode['text'] {
  for (const key of ['raw_code', 'raw_sql'] as const) {
    const raw = fields[key];
    if (typeof raw === 'string' && raw.trim() !== '') return { raw, place: { ...below(place, key), offset: 0 } };
  }
  const compiled = fields.compiled_code ?? fields.compiled_sql;
  return compiled ? { raw: compiled, place: compiledPlace(fields, place) } : null;
}

function compiledPlace(fields: ManifestNode, place: Place): TextPlace {
  return { ...below(place, fields.compiled_code ? 'compiled_code' : 'compiled_sql'), offset: 0 };
}
