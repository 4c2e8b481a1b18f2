import type { MetricFacts } from '../facts/metric.js';
import type { FactsOf, GroupSchema } from '../facts/schema.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject } from '../facts/subjects.js';
import type { Constraint } from '../model/catalog.js';
import type { MetricConfiguration } from '../model/configuration.js';
import type { DeclaredContract } from '../model/contract.js';
import type { MetricGroup } from '../model/metric-report.js';
import type { MetricSummary } from '../model/report.js';
import type { ScratchSpace } from '../model/scratch-engine.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import { analyse, type MetricAnalysis } from '../metrics/analyse.js';
import type { ComparisonLimits } from '../metrics/context.js';
import { assertedConstraints, restingEqualities } from '../metrics/declared/index.js';
import { metricFacts } from '../metrics/facts.js';
import type { MetricInput } from '../metrics/claim/claim.js';
import type { Parse } from '../sql/parse/front-end.js';
import type { Parsers } from '../sql/parse/parsers.js';
import { dialectOf, dialectOfEngine, POSTGRES } from '../sql/dialect.js';
import { nameMarkers } from '../text/marker.js';
import type { StoreBoundary } from './boundary.js';
import { metricInputs, timeZoneOf } from './metric-inputs.js';

/** What the analysis of metrics is given besides the boundaries. */
export interface MetricOptions {
  /** Metrics of the configuration. */
  metrics?: readonly MetricConfiguration[];
  /** Data contracts among the sources; those that hold for a store are what its rows are asserted to be. */
  contracts?: readonly DeclaredContract[];
  /** A space of an engine with the semantics of a store; null or absent where there is none. See `MetricContext`. */
  scratch?: (store: StoreSnapshot) => Promise<ScratchSpace | null>;
  /** For an audit, which looks at all of a store at once: nothing is searched that can be proved or shown by one row. */
  audit?: boolean;
  /** Which groups are compared and told of, by the texts that claim the metric; all where it is not said. */
  wanted?: (inputs: readonly Pick<MetricInput, 'consumer' | 'origin'>[]) => boolean;
}

/** Of an audit: pairs for as many groups of two texts as a large company has, and engines for some seconds of work. */
const AUDIT_LIMITS: ComparisonLimits = { pairs: 500, spaces: 12, searches: 3 };

/** Reads the dialects of the stores. */
export type MetricParsers = Pick<Parsers, 'postgres' | 'parse' | 'prepare'>;

/** Every group of claims on one concept over the cards of all stores, with what could not be looked at. */
export async function metricAnalysis(boundaries: readonly StoreBoundary[], parsers: MetricParsers, options: MetricOptions = {}): Promise<MetricAnalysis> {
  const { metrics = [], scratch, contracts = [], audit = false, wanted } = options;
  const byName = new Map(boundaries.map((boundary) => [boundary.store.name, boundary]));
  const read = (text: string, dialect: string): ReturnType<Parse> | Promise<ReturnType<Parse>> => {
    const known = dialectOf(dialect) ?? POSTGRES;
    if (known.id === 'postgres') return parsers.postgres(text);
    return parsers.prepare(known, [text]).then(() => parsers.parse(known)(text));
  };
  const asserted = new Map(boundaries.map((boundary) => [boundary.store.name, once(() => assertedIn(boundary, contracts))]));
  const { inputs, notRead } = await metricInputs(boundaries, metrics, ({ store }, text) => read(text, dialectOfEngine(store.engine).id));
  const found = await analyse(inputs, {
    catalogOf: (store) => byName.get(store)?.store.catalog ?? null,
    zoneOf: (store, relation) => byName.get(store)?.zones.get(relation)?.zone ?? 'unknown',
    parse: (text, dialect) => read(text, dialect ?? 'postgres'),
    metrics,
    ...(wanted === undefined ? {} : { wanted }),
    ...(audit ? { depth: 'replay' as const, limits: AUDIT_LIMITS } : {}),
    assertedOf: (store) => asserted.get(store)?.() ?? [],
    timeZoneOf: (store) => {
      const boundary = byName.get(store);
      return boundary === undefined ? null : timeZoneOf(boundary);
    },
    ...(scratch === undefined ? {} : {
      scratch: async (store: string) => {
        const boundary = byName.get(store);
        return boundary === undefined ? null : scratch(boundary.store);
      },
    }),
  });
  const { coverage } = found;
  return { groups: found.groups, coverage: { ...coverage, cards: coverage.cards + notRead.reduce((sum, { count }) => sum + count, 0), notClaimed: [...notRead, ...coverage.notClaimed] } };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** What tests of models and data contracts in force say of the rows of a store, and what its engine only records. */
function assertedIn({ accesses, store }: StoreBoundary, contracts: readonly DeclaredContract[]): Constraint[] {
  const inForce = new Set(store.contracted?.values() ?? []);
  const queries = [...new Set(accesses.flatMap(({ query }) => (query === null ? [] : [query])))];
  return assertedConstraints({ queries, contracts: contracts.filter(({ name }) => inForce.has(name)) }, store.catalog);
}

/** The groups of claims on one concept, as subjects of rules. `facts` are those of each store. */
export function subjectsOfMetrics(groups: readonly MetricGroup[], boundaries: readonly StoreBoundary[], facts: ReadonlyMap<StoreBoundary, StoreFacts>): Subject[] {
  const byName = new Map(boundaries.map((boundary) => [boundary.store.name, boundary]));
  const locations = new Map(boundaries.map((boundary) => [boundary, locationsByConsumer(boundary)]));
  return groups.flatMap((group): Subject[] => {
    const boundary = byName.get(group.store);
    const ofStore = boundary && facts.get(boundary);
    if (!ofStore) return [];
    const own: Record<string, FactsOf<GroupSchema>> = { metric: withoutMarkers(metricFacts(group)), store: ofStore };
    const places = [...new Set(group.members.map(({ consumer }) => consumer))].flatMap((consumer) => locations.get(boundary)?.get(consumer) ?? []);
    return [{ subject: 'metric', facts: own, locations: places, consumer: '', owner: null, store: group.store, relation: group.name }];
  });
}

/** What a report keeps of each group, for those who change the schema. */
export function metricSummaries(groups: readonly MetricGroup[]): MetricSummary[] {
  return groups.map((group) => {
    const { id, name, store, relation, verdict, definitions } = group;
    return { id, name, store, relation, verdict, definitions: definitions.length, restsOn: restingEqualities(group) };
  });
}

function withoutMarkers(facts: MetricFacts): MetricFacts {
  return { ...facts, name: nameMarkers(facts.name), differences: facts.differences.map(nameMarkers) };
}

function locationsByConsumer({ accesses }: StoreBoundary): Map<string, Subject['locations']> {
  const locations = new Map<string, Subject['locations']>();
  for (const { consumer, query } of accesses) {
    if (!query) continue;
    const known = locations.get(consumer.name);
    if (!known) locations.set(consumer.name, [query.origin]);
    else if (!known.includes(query.origin)) known.push(query.origin);
  }
  return locations;
}
