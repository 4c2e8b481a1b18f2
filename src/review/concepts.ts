import type { ConceptConfiguration } from '../model/review-configuration.js';
import { like } from '../text/glob.js';
import { operationalOf, relationsOf } from './checklist/asked.js';
import type { Look } from './input.js';

export interface Place {
  store: string;
  relation: string;
}

/** A business concept with everything that belongs to it. */
export interface Concept {
  name: string;
  /** `configured`, or how it was found. */
  via: string;
  /** What the configuration says of it; null where it was found. */
  configured: ConceptConfiguration | null;
  /** The relations that are taken for its authority. */
  origins: Place[];
  /** What is made of them, by way of every movement: views, landed tables, marts. */
  downstream: Place[];
}

/** More rows than this nobody reads; the most used stay. */
const CONCEPTS_MAX = 10;

/**
 * The configured concepts, else those that the boundary itself shows: internal relations that a contract publishes or that are
 * carried to a warehouse, by how many consumers use them and what is made of them.
 */
export function conceptsOf(look: Look): Concept[] {
  const configured = look.configuration.concepts ?? [];
  if (configured.length > 0) return configured.map((concept) => fromConfiguration(concept, look));
  return found(look);
}

function fromConfiguration(concept: ConceptConfiguration, look: Look): Concept {
  const { authority } = concept;
  const belongs = look.boundaries.flatMap(({ store, zones }) => [...zones.keys()].filter((relation) => concept.relations.some((pattern) => like(relation, pattern))).map((relation) => ({ store: store.name, relation })));
  const origins = authority === null ? [] : look.boundaries.filter(({ store, zones }) => zones.has(authority.relation) && (authority.store === null || store.name === authority.store)).map(({ store }) => ({ store: store.name, relation: authority.relation }));
  const starts = [...origins, ...belongs];
  return { name: concept.name, via: 'configured', configured: concept, origins, downstream: unique([...belongs, ...closure(starts, look)]).filter((place) => !origins.some((one) => same(one, place))) };
}

function found(look: Look): Concept[] {
  const internal = new Set(relationsOf(operationalOf(look), ['internal']).map(keyOf));
  const contracts = new Set(relationsOf(operationalOf(look), ['contract']).map(keyOf));
  const operational = new Set(operationalOf(look).map(({ store }) => store.name));
  const reasons = new Map<string, { place: Place; via: string }>();
  for (const { from, to } of look.movements) {
    const key = keyOf(from);
    if (!internal.has(key) || reasons.get(key)?.via.startsWith('published') === true) continue;
    if (contracts.has(keyOf(to))) reasons.set(key, { place: from, via: `published by ${to.relation}` });
    else if (!operational.has(to.store)) reasons.set(key, { place: from, via: `carried to ${to.store} ${to.relation}` });
  }
  const uses = new Map<string, number>();
  for (const { reads } of look.consumers) {
    for (const { store, relations } of reads) for (const relation of relations) uses.set(keyOf({ store, relation }), (uses.get(keyOf({ store, relation })) ?? 0) + 1);
  }
  const weighed = [...reasons.values()].map(({ place, via }) => {
    const downstream = closure([place], look);
    return { place, via, downstream, weight: [place, ...downstream].reduce((sum, one) => sum + (uses.get(keyOf(one)) ?? 0), 0) };
  });
  return weighed
    .sort((a, b) => b.weight - a.weight || (keyOf(a.place) < keyOf(b.place) ? -1 : 1))
    .slice(0, CONCEPTS_MAX)
    .map(({ place, via, downstream }) => ({ name: place.relation.replace(/^[^.]*\./, '').replaceAll('_', ' '), via, configured: null, origins: [place], downstream }));
}

/** Everything that rows of the places come into, near or far. */
function closure(starts: readonly Place[], { movements }: Look): Place[] {
  const seen = new Map<string, Place>();
  const waiting = [...starts];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    for (const { from, to } of movements) {
      if (!same(from, place) || seen.has(keyOf(to)) || starts.some((start) => same(start, to))) continue;
      seen.set(keyOf(to), { store: to.store, relation: to.relation });
      waiting.push(to);
    }
  }
  return [...seen.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

export function same(a: Place, b: Place): boolean {
  return a.store === b.store && a.relation === b.relation;
}

function unique(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [keyOf(place), place])).values()];
}

function keyOf({ store, relation }: Place): string {
  return `${store} ${relation}`;
}
