import type { FreeFields } from '../common/declaration.js';
import type { Owner, Problem, QueryVariant } from '../../model/query.js';
import type { Neutralised } from '../../template/result.js';
import type { SourceFile } from '../common/source-file.js';

/** Where a value of a JSON or YAML file stands. */
export interface Place {
  file: SourceFile;
  pointer: string;
}

/** A text of SQL, with templates of the semantic layer in filters. */
export interface Fragment {
  text: string;
  place: Place;
  /** True for a text that is put together of parts: it stands nowhere. */
  isBuilt?: boolean;
}

/** How rows become one value. */
export interface Aggregation {
  /** In lower case: `sum`, `count_distinct` … */
  agg: string;
  /** Null: the column that has the name of the measure or metric. */
  expr: Fragment | null;
  /** 0 to 1, of `percentile`. */
  percentile: number | null;
  /** True for a percentile that is one of the values. */
  discrete: boolean;
  timeDimension: string | null;
  /** The dimension over which values must not be added up: a level of stock over days. */
  nonAdditive: string | null;
}

export interface Named {
  name: string;
  label: string | null;
  description: string | null;
  place: Place;
}

export interface Measure extends Named, Aggregation {
  /** Whether it is a metric of the same name as well. */
  createsMetric: boolean;
}

export interface Dimension {
  name: string;
  expr: Fragment | null;
  /** The smallest unit of a time dimension; null where none is said. */
  grain: string | null;
  place: Place;
}

export interface Entity extends Dimension {
  /** In lower case: `primary`, `foreign`, `unique`, `natural`. */
  type: string;
}

/** What describes a relation to the semantic layer, in whichever of the three syntaxes. */
export interface SemanticModel extends Named {
  /** The dbt project that it belongs to; null outside of dbt. */
  project: string | null;
  /** As SQL. */
  relation: string;
  primaryEntity: string | null;
  timeDimension: string | null;
  measures: Measure[];
  dimensions: Map<string, Dimension>;
  entities: Map<string, Entity>;
  owners: Owner[];
  enabled: boolean;
}

/** A measure or metric that another metric is made of. */
export interface MetricInput {
  name: string;
  /** What the expression calls it. */
  alias: string | null;
  /** The shift in time, in words: `1 month`. */
  offset: string | null;
  /** What stands for no value, as SQL: `0`. */
  fillNullsWith: string | null;
  filters: Fragment[];
}

export interface Metric extends Named {
  project: string | null;
  /** In lower case: `simple`, `ratio`, `derived`, `cumulative`, `conversion`. */
  type: string;
  /** Where the metric aggregates by itself. */
  own: (Aggregation & { model: string }) | null;
  /** Of simple and cumulative metrics. */
  input: MetricInput | null;
  numerator: MetricInput | null;
  denominator: MetricInput | null;
  /** Of derived ones, over the names of `inputs`. */
  expr: Fragment | null;
  inputs: MetricInput[];
  conversion: { base: MetricInput | null; converted: MetricInput | null; entity: string | null; countsOnly: boolean } | null;
  /** Of cumulative ones, in words: `2 month`. */
  window: string | null;
  /** Where the metric aggregates by itself: what stands for no value. */
  fillNullsWith: string | null;
  /** What its free fields say. */
  free: FreeFields;
  filters: Fragment[];
  owners: Owner[];
  enabled: boolean;
}

/** A set of metrics by dimensions under one name. */
export interface SavedQuery extends Named {
  project: string | null;
  metrics: string[];
  groupBy: string[];
  filters: Fragment[];
  owners: Owner[];
  enabled: boolean;
}

/** Everything that a project or a set of files says, by name. */
export class SemanticLayer {
  readonly models = new Map<string, SemanticModel>();
  readonly metrics = new Map<string, Metric>();
  readonly savedQueries = new Map<string, SavedQuery>();
  readonly #renderings = new Map<string, { variant: QueryVariant; problems: Problem[] }>();
  #measures: Map<string, { model: SemanticModel; measure: Measure }> | undefined;
  #byEntity: Map<string, SemanticModel[]> | undefined;

  constructor(
    /** Of two things with one name the first one is meant. `keep`: the other one is another thing; `drop`: it is the same, told again. */
    readonly namesakes: 'keep' | 'drop',
    /** Renders the templates that dbt allows in expressions: `{{ var('limit') }}`. Without it they are holes. */
    readonly render: ((text: string) => Neutralised) | null = null,
  ) {}

  /** An expression with the templates within it rendered, and the way back to its text. */
  rendered({ text }: Fragment): { variant: QueryVariant; problems: Problem[] } {
    const plain = { label: 'default', sql: text, map: [], assumptions: [] };
    if (this.render === null || !/\{[{%#]/.test(text)) return { variant: plain, problems: [] };
    const known = this.#renderings.get(text);
    if (known !== undefined) return known;
    const { variants, problems } = this.render(text);
    const found = { variant: variants[0] ?? plain, problems };
    this.#renderings.set(text, found);
    return found;
  }

  /** The same as SQL only. */
  sqlOf(fragment: Fragment): string {
    return this.rendered(fragment).variant.sql;
  }

  addModel(model: SemanticModel): void {
    this.#add(this.models, model);
  }

  addMetric(metric: Metric): void {
    this.#add(this.metrics, metric);
  }

  addSavedQuery(query: SavedQuery): void {
    this.#add(this.savedQueries, query);
  }

  #add<T extends Named>(things: Map<string, T>, thing: T): void {
    if (!things.has(thing.name)) things.set(thing.name, thing);
    // No name has a line break: nobody finds it, and nothing is dropped.
    else if (this.namesakes === 'keep') things.set(`${thing.name}\n${things.size}`, thing);
  }

  /** Names of measures are unique in a project. */
  measure(name: string): { model: SemanticModel; measure: Measure } | undefined {
    if (this.#measures === undefined) {
      this.#measures = new Map();
      for (const model of this.models.values()) for (const measure of model.measures) this.#measures.set(measure.name, { model, measure });
    }
    return this.#measures.get(name);
  }

  /** The models that have one row for each value of an entity. */
  modelsOf(entity: string): readonly SemanticModel[] {
    if (this.#byEntity === undefined) {
      this.#byEntity = new Map();
      for (const model of this.models.values()) {
        const keys = [...model.entities.values()].filter(({ type }) => type !== 'foreign').map(({ name }) => name);
        for (const key of new Set([...keys, ...(model.primaryEntity === null ? [] : [model.primaryEntity])])) {
          const known = this.#byEntity.get(key);
          if (known === undefined) this.#byEntity.set(key, [model]);
          else known.push(model);
        }
      }
    }
    return this.#byEntity.get(entity) ?? [];
  }
}
