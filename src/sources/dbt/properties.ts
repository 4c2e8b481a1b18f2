import { isObject } from '../common/json.js';
import { descriptionOf } from '../common/words.js';
import type { SourceFile } from '../common/source-file.js';
import type { Place } from '../metricflow/model.js';
import { namesOf } from '../metricflow/owners.js';
import { below, itemsOf } from '../metricflow/values.js';
import type { DbtExposure, DbtSource, GenericTest } from './model.js';
import { bareRelation } from './relations.js';
import { exposureShape, groupShape, propertyShape, sourceShape, versionShape } from './shapes.js';
import { statedTests } from './generic-tests.js';

export type Property = ReturnType<typeof propertyShape.parse>;

/** What a property file says of a model, snapshot or analysis that has a file of its own, or of a snapshot that has none. */
export interface PropertyEntry {
  property: Property;
  place: Place;
}

export const PROPERTY_KEYS = ['models', 'snapshots', 'analyses', 'seeds', 'sources', 'exposures', 'groups', 'metrics', 'semantic_models', 'saved_queries', 'data_tests', 'macros', 'unit_tests'];

/** What all property files of a project say together. */
export class Properties {
  readonly models = new Map<string, PropertyEntry>();
  readonly snapshots = new Map<string, PropertyEntry>();
  readonly analyses = new Map<string, PropertyEntry>();
  /** The model and version that a file name stands for: `orders_v2`. */
  readonly versions = new Map<string, { name: string; version: string }>();
  readonly seeds = new Map<string, PropertyEntry>();
  readonly sources: DbtSource[] = [];
  readonly exposures: DbtExposure[] = [];
  readonly groups = new Map<string, string[]>();
  readonly tests: GenericTest[] = [];

  constructor(
    readonly project: string,
    files: readonly SourceFile[],
    /** A name that may be a template; null where only dbt knows it. */
    readonly literal: (name: string | null | undefined) => string | null,
    readonly adapter: string | null,
  ) {
    for (const file of files) {
      const value: unknown = file.yaml;
      if (isObject(value)) this.#read(value, { file, pointer: '' });
    }
  }

  #read(value: Record<string, unknown>, place: Place): void {
    for (const [kind, entries] of [['models', this.models], ['snapshots', this.snapshots], ['analyses', this.analyses]] as const) {
      for (const item of itemsOf(value[kind], below(place, kind))) this.#node(item.value, item.place, entries);
    }
    for (const item of itemsOf(value['seeds'], below(place, 'seeds'))) {
      const property = propertyShape.parse(item.value);
      if (!property.name) continue;
      this.seeds.set(property.name, { property, place: item.place });
      this.#tests(item.value, item.place, property.name, [`ref('${property.name}')`]);
    }
    for (const item of itemsOf(value['sources'], below(place, 'sources'))) this.#source(item.value, item.place);
    for (const item of itemsOf(value['exposures'], below(place, 'exposures'))) {
      const exposure = readExposure(item.value, item.place, this.project);
      if (exposure !== null) this.exposures.push(exposure);
    }
    for (const item of itemsOf(value['groups'], below(place, 'groups'))) {
      const { name, owner } = groupShape.parse(item.value);
      if (name) this.groups.set(name, namesOf(owner));
    }
  }

  #node(value: Record<string, unknown>, place: Place, entries: Map<string, PropertyEntry>): void {
    const property = propertyShape.parse(value);
    if (!property.name) return;
    entries.set(property.name, { property, place });
    const references: string[] = [];
    for (const item of itemsOf(property.versions, below(place, 'versions'))) {
      const { v, defined_in: file } = versionShape.parse(item.value);
      if (!v) continue;
      this.versions.set(file ?? `${property.name}_v${v}`, { name: property.name, version: v });
      references.push(`ref('${property.name}', v=${v})`);
    }
    this.#tests(value, place, property.name, references.length === 0 ? [`ref('${property.name}')`] : references);
  }

  #tests(value: Record<string, unknown>, place: Place, subject: string, references: string[]): void {
    for (const { nativeId, ...test } of statedTests(value, place)) {
      this.tests.push({ ...test, uniqueId: `test.${this.project}.${subject}.${nativeId}`, subject, project: this.project, references });
    }
  }

  #source(value: Record<string, unknown>, place: Place): void {
    const source = sourceShape.parse(value);
    if (!source.name) return;
    for (const item of itemsOf(source.tables, below(place, 'tables'))) {
      const table = propertyShape.parse(item.value);
      if (!table.name) continue;
      const schema = this.literal(source.schema) ?? source.name;
      this.#tests(item.value, item.place, `${source.name}.${table.name}`, [`source('${source.name}', '${table.name}')`]);
      const own = firstText([[table.config?.loaded_at_query, below(item.place, 'config', 'loaded_at_query')], [table.loaded_at_query, below(item.place, 'loaded_at_query')]]);
      const inherited = firstText([[source.config?.loaded_at_query, below(place, 'config', 'loaded_at_query')], [source.loaded_at_query, below(place, 'loaded_at_query')]]);
      // `freshness: null` on a table switches off what the source says.
      const isOff = [item.value, item.value['config']].some((level) => isObject(level) && Object.hasOwn(level, 'freshness') && level['freshness'] === null);
      this.sources.push({
        uniqueId: `source.${this.project}.${source.name}.${table.name}`,
        project: this.project,
        source: source.name,
        name: table.name,
        description: descriptionOf(table.description ?? source.description),
        relation: bareRelation(schema, this.literal(table.identifier) ?? table.name, this.literal(source.database), this.adapter),
        loadedAtQuery: own ?? inherited,
        freshnessFilter: isOff ? null : (filterOf(table, item.place) ?? filterOf(source, place)),
        loadedAtField: isOff || own !== null || !isFresh(table, source) ? null : (fieldOf(table) ?? (inherited === null ? fieldOf(source) : null)),
        place: item.place,
        config: table.config ?? source.config ?? null,
        meta: { ...source.meta, ...source.config?.meta, ...table.meta },
      });
    }
  }
}

function filterOf({ config, freshness }: Pick<Property, 'config' | 'freshness'>, place: Place): { raw: string; place: Place } | null {
  return firstText([[config?.freshness?.filter, below(place, 'config', 'freshness', 'filter')], [freshness?.filter, below(place, 'freshness', 'filter')]]);
}

function firstText(candidates: readonly [string | null | undefined, Place][]): { raw: string; place: Place } | null {
  for (const [raw, place] of candidates) if (raw && raw.trim() !== '') return { raw, place };
  return null;
}

type Freshness = Pick<Property, 'config' | 'freshness' | 'loaded_at_field'>;

function fieldOf({ config, loaded_at_field: field }: Freshness): string | null {
  return config?.loaded_at_field || field || null;
}

/** dbt asks for freshness only where an age is stated that is too old; a table's statement stands above that of its source. */
function isFresh(...levels: readonly Freshness[]): boolean {
  const stated = levels.map(({ config, freshness }) => config?.freshness ?? freshness).find((one) => one !== null && one !== undefined);
  return hasAge(stated);
}

export function hasAge(freshness: Property['freshness']): boolean {
  return [freshness?.warn_after, freshness?.error_after].some((age) => typeof age?.count === 'number' && !!age.period);
}

/** An exposure of a property file or a manifest. */
export function readExposure(value: Record<string, unknown>, place: Place, project: string): DbtExposure | null {
  const exposure = exposureShape.parse(value);
  if (!exposure.name) return null;
  const inProject = exposure.package_name ?? project;
  const { depends_on: depends } = exposure;
  const nodes: unknown = isObject(depends) ? depends['nodes'] : depends;
  return {
    uniqueId: exposure.unique_id ?? `exposure.${inProject}.${exposure.name}`,
    project: inProject,
    name: exposure.name,
    label: exposure.label ?? null,
    type: exposure.type ?? null,
    url: exposure.url ?? null,
    description: descriptionOf(exposure.description),
    owner: exposure.owner,
    config: exposure.config ?? null,
    meta: exposure.meta ?? null,
    group: exposure.group ?? null,
    dependsOn: Array.isArray(nodes) ? nodes.slice(0, 1_000).filter((node): node is string => typeof node === 'string') : [],
    place,
    enabled: exposure.config?.enabled !== false,
  };
}
