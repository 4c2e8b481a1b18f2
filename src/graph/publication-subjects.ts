import type { FactsOf } from '../facts/schema.js';
import type { schema } from '../facts/publication.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject } from '../facts/subjects.js';
import { relationKey } from '../sql/schema-index.js';
import type { StoreBoundary } from './boundary.js';
import { subject } from './subject.js';

/** Each internal table that a publication takes along, as a subject of rules. Partitions follow their table. */
export function publicationSubjects({ store, zones }: StoreBoundary, facts: StoreFacts): Subject[] {
  return store.catalog.relations.flatMap((relation) => {
    const key = relationKey(relation);
    const zone = zones.get(key);
    if (zone?.zone !== 'internal' || relation.definition !== null || relation.partitionOf !== null) return [];
    const publishing = store.catalog.publications.flatMap(({ name, allTables, tables }) => {
      const table = tables.find((candidate) => relationKey({ schema: candidate.schema, name: candidate.relation }) === key);
      return table !== undefined || allTables ? [{ name, allTables, columns: table?.columns ?? null }] : [];
    });
    if (publishing.length === 0) return [];
    const publication: FactsOf<typeof schema> = {
      relation: key,
      zone_reason: zone.reason,
      publications: publishing.filter(({ columns }) => columns === null).map(({ name }) => name),
      all_tables: publishing.some(({ allTables }) => allTables),
      listed_in: publishing.filter(({ columns }) => columns !== null).map(({ name }) => name),
      columns: relation.columns.map(({ name }) => name),
      column_count: relation.columns.length,
      outbox: relation.name.toLowerCase().split(/[^a-z0-9]+/).includes('outbox'),
    };
    return [subject('publication', { publication, store: facts }, { consumer: '', owner: null, store: store.name, relation: key, locations: [] })];
  });
}
