import { type DesignFacts, schema } from '../facts/design.js';
import { unknownFacts } from '../facts/schema.js';
import type { Subject } from '../facts/subjects.js';
import { subject } from '../graph/subject.js';
import type { DesignInput } from './index.js';

/** Each business concept that the configuration names, judged beside the first operational store. */
export function conceptSubjects({ facts, configuration }: DesignInput): Subject[] {
  const stores = [...facts];
  const home = stores.find(([{ store }]) => store.role === 'operational') ?? stores[0];
  if (home === undefined) return [];
  const [{ store }, storeFacts] = home;
  return (configuration.concepts ?? []).map((concept) => {
    const design: DesignFacts = { ...unknownFacts(schema), name: concept.name, concept: true, concept_relations: concept.relations, has_authority: concept.authority !== null };
    return subject('design', { design, store: storeFacts }, { consumer: '', owner: concept.owner, store: store.name, relation: concept.name, locations: [] });
  });
}
