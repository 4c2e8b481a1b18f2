import { type FlowFacts, schema } from '../facts/flow.js';
import { unknownFacts } from '../facts/schema.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject } from '../facts/subjects.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { subject } from '../graph/subject.js';
import type { Column, Publication, Relation } from '../model/catalog.js';
import type { Configuration } from '../model/configuration.js';
import type { RelationMovement } from '../model/movement.js';
import { relationKey } from '../sql/schema-index.js';
import { Keys } from './keys.js';
import { wordsOf } from './words.js';
import { writersOf } from './writers.js';

/**
 * What an event carries so that its readers need nothing else (first article, operational events): each with the names that columns of
 * outboxes have for it, those of Debezium's event router among them.
 */
const ENVELOPE: readonly (readonly [string, RegExp])[] = [
  ['a kind of event', /(?:^|_)(?:type|eventtype|event|kind|topic|action|subject|routing_key|message_type|event_name|name)$/],
  ['the thing that it is about', /(?:^|_)(?:aggregate|aggregateid|entity|aggregate_id|entity_id|subject_id|stream|stream_id|key|partition_key|message_key|correlation_id)$|_id$|^aggregate/],
  ['a time', /(?:_at|_on|_time|_date|timestamp|_ts)$|^(?:time|created|occurred|timestamp|ts)$/],
  ['a version of its schema', /version|schema/],
];
const PAYLOAD = /^(?:payload|body|data|message|content|event_data|event_payload|message_body)$/;

/** Each table of an operational store that a publication takes along. */
export function publishedFlows({ store }: StoreBoundary, facts: StoreFacts): Subject[] {
  if (store.role !== 'operational') return [];
  const keys = new Keys(store.catalog);
  return storedTables(store.catalog.relations).flatMap((relation) => {
    const publications = publicationsOf(relation, store.catalog.publications).map(({ name }) => name);
    if (publications.length === 0) return [];
    return [flow(store.name, facts, { name: relationKey(relation), kind: 'published', publications, has_identity: keys.of(relation).length > 0 })];
  });
}

/** Each outbox of an operational store: named as one, with a payload. */
export function outboxFlows({ store }: StoreBoundary, facts: StoreFacts): Subject[] {
  if (store.role !== 'operational') return [];
  const keys = new Keys(store.catalog);
  return storedTables(store.catalog.relations).filter(isOutbox).map((relation) => {
    const publications = publicationsOf(relation, store.catalog.publications);
    const others = publications.flatMap(({ allTables, tables }) => (allTables ? ['every table'] : tables.map((table) => `${table.schema}.${table.relation}`)));
    return flow(store.name, facts, {
      name: relationKey(relation),
      kind: 'outbox',
      publications: publications.map(({ name }) => name),
      columns: relation.columns.map(({ name }) => name),
      envelope_missing: [...(keys.of(relation).length === 0 ? ['an identity'] : []), ...missingOf(relation, keys)],
      published_with: [...new Set(others)].filter((name) => name !== relationKey(relation)).toSorted(),
    });
  });
}

function isOutbox({ name, columns }: Relation): boolean {
  return wordsOf(name).includes('outbox') && columns.some((column) => PAYLOAD.test(wordsOf(column.name).join('_')));
}

function missingOf(relation: Relation, keys: Keys): string[] {
  const identities = new Set(keys.of(relation).flatMap((key) => (key.length === 1 ? key : [])));
  const names = relation.columns.filter((column) => !identities.has(column.name) && !isPayload(column)).map(({ name }) => wordsOf(name).join('_'));
  return ENVELOPE.flatMap(([what, pattern]) => (names.some((name) => pattern.test(name)) ? [] : [what]));
}

function isPayload({ name }: Column): boolean {
  return PAYLOAD.test(wordsOf(name).join('_'));
}

/** Each table of a raw zone of a warehouse. */
export function rawFlows(boundary: StoreBoundary, facts: StoreFacts): Subject[] {
  const { store, zones } = boundary;
  if (store.role !== 'warehouse') return [];
  const writers = writersOf(boundary);
  return storedTables(store.catalog.relations).filter((relation) => zones.get(relationKey(relation))?.zone === 'raw').map((relation) =>
    flow(store.name, facts, { name: relationKey(relation), kind: 'raw', overwritten_by: [...(writers.get(relationKey(relation))?.overwriters ?? [])].toSorted() }),
  );
}

export interface WarehouseInput {
  boundary: StoreBoundary;
  store: StoreFacts;
  boundaries: readonly StoreBoundary[];
  configuration: Configuration;
  movements: readonly RelationMovement[];
}

/** A warehouse that was seen receiving rows of an operational store. */
export function warehouseFlows({ boundary: { store }, store: facts, boundaries, configuration, movements }: WarehouseInput): Subject[] {
  if (store.role !== 'warehouse') return [];
  const operational = new Set(boundaries.flatMap((other) => (other.store.role === 'warehouse' ? [] : [other.store.name])));
  const arriving = movements.filter(({ from, to }) => to.store === store.name && operational.has(from.store));
  if (arriving.length === 0) return [];
  const pairs = configuration.live.reconcile.filter(({ source, target }) => source.store === store.name || target.store === store.name);
  return [flow(store.name, facts, {
    name: store.name,
    kind: 'warehouse',
    sources: [...new Set(arriving.map(({ from }) => from.store))].toSorted(),
    moved_relations: new Set(arriving.map(({ to }) => to.relation)).size,
    reconciled: pairs.map(({ name }) => name).toSorted(),
  }, '')];
}

function storedTables(relations: readonly Relation[]): Relation[] {
  return relations.filter(({ kind, partitionOf }) => (kind === 'table' || kind === 'partitioned_table') && partitionOf === null);
}

function publicationsOf(relation: Relation, publications: readonly Publication[]): Publication[] {
  return publications.filter(({ allTables, tables }) => allTables || tables.some((table) => table.schema === relation.schema && table.relation === relation.name));
}

function flow(store: string, facts: StoreFacts, known: Partial<FlowFacts> & Pick<FlowFacts, 'name'>, relation = known.name): Subject {
  return subject('flow', { flow: { ...unknownFacts(schema), ...known }, store: facts }, { consumer: '', owner: null, store, relation, locations: [] });
}
