import { describeRedshift, redshiftFacts } from './redshift/describe.js';
import { readCatalog } from './redshift/catalog.js';
import { readHistory } from './redshift/history.js';
import { RedshiftSession } from './redshift/session.js';
import { orEmpty } from './http/parts.js';
import type { OpenContext, Store, StoreEngine, StoreTarget } from './store.js';

/** Amazon Redshift, clusters and serverless workgroups, over PostgreSQL's protocol with the catalogues of its own. */
export const engine: StoreEngine = {
  id: 'redshift',
  async open(target: StoreTarget, context: OpenContext): Promise<Store> {
    // What a collection reads of system views is no scan of the user's data.
    const session = await RedshiftSession.open({ ...target, scan_bytes_max: undefined }, context, false);
    // What an abort leaves of a reading is nobody's.
    const unlessAborted = async <T>(reading: Promise<T>): Promise<T> => {
      const value = await reading;
      context.signal?.throwIfAborted();
      return value;
    };
    return {
      identity: () => session.identity(),
      catalog: async () => orEmpty(target.name, await unlessAborted(readCatalog(session))),
      statements: () => unlessAborted(readHistory(session)),
      cost: () => session.cost(),
      close: () => session.close(),
    };
  },
  watch: (target, context) => RedshiftSession.open(target, context, true),
  describe: describeRedshift,
  relationFacts: redshiftFacts,
};
