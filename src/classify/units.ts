import type { Access, StoreBoundary } from '../graph/boundary.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import { plainText } from '../text/plain-text.js';

/** What is classified as one: the cards of a dashboard, a card by itself, a file of reports or code, a role that no card explains. */
export interface Unit {
  name: string;
  kind: ClassifiedConsumer['kind'];
  /** What it sends, with the store that it is sent to. */
  sent: { boundary: StoreBoundary; access: Access }[];
}

const FILES = new Set(['sql-files', 'appcode', 'notebook']);

/** Every consumer of the boundaries. Sorted by name. */
export function unitsOf(boundaries: readonly StoreBoundary[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const boundary of boundaries) {
    for (const access of boundary.accesses) {
      const place = placeOf(access, boundary);
      if (place === null) continue;
      const unit = units.get(place.name) ?? { ...place, sent: [] };
      unit.sent.push({ boundary, access });
      units.set(place.name, unit);
    }
  }
  return [...units.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function placeOf({ query, consumer }: Access, boundary: StoreBoundary): Pick<Unit, 'name' | 'kind'> | null {
  if (query === null) return ROLES.has(consumer.role_purpose) ? { name: consumer.name, kind: 'role' } : null;
  // A model moves data on and shows none; what a store's own views hold is shown by who reads them.
  if (query.builds !== undefined || ['relation', 'hook', 'quality-check', 'metric', 'dimension', 'filter', 'join'].includes(query.role)) return null;
  if (query.kind === 'appcode' && consumer.kind === 'code') return { name: query.origin.file, kind: 'code' };
  if (query.container?.kind === 'dashboard') return { name: `${query.kind} dashboard ${plainText(query.container.title ?? query.container.id, 200)}`, kind: 'dashboard' };
  if (FILES.has(query.kind)) return { name: query.origin.file, kind: 'report' };
  return boundary.store.name === '' ? null : { name: consumer.name, kind: 'card' };
}

/** Loaders move data and administration looks after the server: neither decides by it. */
const ROLES: ReadonlySet<string> = new Set(['application', 'reporting', 'person', 'unknown']);
