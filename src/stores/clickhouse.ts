import { describeSource } from './clickhouse/describe.js';
import { relationFacts } from './clickhouse/facts.js';
import { readCatalog } from './clickhouse/catalog.js';
import { COLLECTING, openSession, WATCHING } from './clickhouse/session.js';
import { orEmpty } from './http/parts.js';
import { readStatements } from './clickhouse/statements.js';
import type { OpenContext, Store, StoreEngine, StoreTarget } from './store.js';

/** ClickHouse over its HTTP interface, from 18.16 on: one request at a time, in a read-only session where the user has no such by itself. */
export const engine: StoreEngine = {
  id: 'clickhouse',
  async open(target: StoreTarget, context: OpenContext): Promise<Store> {
    const session = await openSession(target, context, COLLECTING);
    const { host, port } = session.address;
    // A part that is lost half-way gives what it has; whatever is asked for then says that nothing is there to ask.
    const unlessLost = async <T>(read: () => Promise<T>): Promise<T> => {
      if (session.lost !== null) throw session.lost;
      const found = await read();
      // Parts that an abort ended must not pass for parts that could not be read.
      context.signal?.throwIfAborted();
      return found;
    };
    return {
      identity: () => session.identity(),
      catalog: () => unlessLost(async () => orEmpty(target.name, await readCatalog(session))),
      statements: () => unlessLost(() => readStatements(session)),
      surroundings: () => Promise.resolve({ value: { address: { host, port }, systemIdentifier: null, foreignTables: [] }, gaps: [] }),
      cost: () => session.cost(),
      close: () => session.close(),
    };
  },
  watch: (target, context) => openSession(target, context, WATCHING),
  describe: describeSource,
  relationFacts,
};
