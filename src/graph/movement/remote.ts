import type { RelationMovement } from '../../model/movement.js';
import type { StoreBoundary } from '../boundary.js';

/**
 * Movements with their sources on the stores where these are: a text that names a relation of an attached database, or reads
 * it through a function, names what its own store does not have.
 */
export function withRemoteSources(movements: readonly RelationMovement[], boundaries: readonly StoreBoundary[]): RelationMovement[] {
  const remote = remoteRelations(boundaries);
  if (remote.size === 0) return [...movements];
  const own = new Map(boundaries.map(({ store, reader }) => [store.name, reader.index]));
  return movements.map((movement) => {
    const { store, relation } = movement.from;
    if (own.get(store)?.get(relation) !== undefined) return movement;
    const [elsewhere, another] = remote.get(`${store}\n${relation}`) ?? [];
    return elsewhere === undefined || another !== undefined ? movement : { ...movement, from: { store: elsewhere, relation } };
  });
}

/** What queries of one store read of others, as it was placed there: `store`, relation → the names of the other stores. */
function remoteRelations(boundaries: readonly StoreBoundary[]): Map<string, Set<string>> {
  const remote = new Map<string, Set<string>>();
  for (const { store, accesses } of boundaries) {
    for (const { query, part } of accesses) {
      const from = query?.federation?.from ?? '';
      if (from === '') continue;
      for (const relation of part?.resolution.direct.keys() ?? []) remote.set(`${from}\n${relation}`, (remote.get(`${from}\n${relation}`) ?? new Set()).add(store.name));
    }
  }
  return remote;
}
