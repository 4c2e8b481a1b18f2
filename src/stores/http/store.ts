import type { Catalog } from '../../model/catalog.js';
import type { Reading, StatementReading, Store } from '../store.js';
import { orEmpty } from './parts.js';
import type { HttpLiveSession } from './session.js';

/** A session as a store that is read once. `catalog` and `statements` end with gaps where the store is lost half-way. */
export function storeOver(
  session: HttpLiveSession,
  { catalog, statements }: { catalog: () => Promise<Reading<Catalog>>; statements: () => Promise<Reading<StatementReading>> },
): Store {
  const unlessLost = async <T>(read: () => Promise<T>): Promise<T> => {
    if (session.lost) throw session.lost;
    const found = await read();
    // Parts that an abort ended must not pass for parts that could not be read.
    session.throwIfAborted();
    return found;
  };
  return {
    identity: () => session.identity(),
    catalog: () => unlessLost(async () => orEmpty(session.store, await catalog())),
    statements: () => unlessLost(statements),
    cost: () => session.cost(),
    close: () => session.close(),
  };
}
