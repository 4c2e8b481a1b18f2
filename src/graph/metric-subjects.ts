import type { MetricFacts } from '../facts/metric.js';
import type { FactsOf, GroupSchema } from '../facts/schema.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject } from '../facts/subjects.js';
import { analyseMetrics, metricFacts } from '../metrics/analyse.js';
import type { MetricInput } from '../metrics/claim/claim.js';
import { parameterSpans } from '../metrics/claim/scope.js';
import type { Parse } from '../sql/parse/front-end.js';
import { dialectOfEngine } from '../sql/dialect.js';
import { outerQuery } from '../sql/shape.js';
import { nameMarkers } from '../text/marker.js';
import type { Access, StoreBoundary } from './boundary.js';

/** The groups of claims on one concept, over the cards of all stores. `facts` are those of each store. */
export async function metricSubjects(boundaries: readonly StoreBoundary[], facts: ReadonlyMap<StoreBoundary, StoreFacts>, parse: Parse): Promise<Subject[]> {
  const byName = new Map(boundaries.map((boundary) => [boundary.store.name, boundary]));
  const groups = await analyseMetrics(boundaries.flatMap(inputsOf), {
    catalogOf: (store) => byName.get(store)?.store.catalog ?? null,
    zoneOf: (store, relation) => byName.get(store)?.zones.get(relation)?.zone ?? 'unknown',
    parse: (text) => Promise.resolve(parse(text)),
  });
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

function withoutMarkers(facts: MetricFacts): MetricFacts {
  return { ...facts, name: nameMarkers(facts.name), differences: facts.differences.map(nameMarkers) };
}

/** What a card shows when it is opened untouched: the first variant of each query, one input a statement. */
function inputsOf({ accesses, store }: StoreBoundary): MetricInput[] {
  const first = new Map<Access['query'], Access[]>();
  for (const access of accesses) {
    if (!access.query || !access.part) continue;
    const [variant] = access.query.variants;
    const known = first.get(access.query) ?? [];
    if (variant?.sql === access.text) first.set(access.query, [...known, access]);
  }
  return [...first].flatMap(([query, own]) =>
    own.flatMap(({ consumer, part }): MetricInput[] => {
      if (!query || !part) return [];
      const body = outerQuery(part.statement)?.body;
      return [{
        consumer: consumer.name,
        owner: consumer.owner === '' ? null : consumer.owner,
        title: consumer.title,
        container: query.container?.title ?? null,
        outputAliases: body?.type === 'select' ? body.projections.flatMap(({ alias }) => (alias === null ? [] : [alias])) : [],
        statement: part.statement,
        generated: query.variants[0] ? parameterSpans(query.variants[0]) : [],
        store: store.name,
        dialect: dialectOfEngine(store.engine).id,
      }];
    }),
  );
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
