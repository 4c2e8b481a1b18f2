import { storeOver } from './http/store.js';
import type { OpenContext, Store, StoreEngine, StoreTarget } from './store.js';
import { readCatalog } from './trino/catalog.js';
import { describeTrino, trinoFacts } from './trino/describe.js';
import { readHistory } from './trino/history.js';
import { openTrino } from './trino/session.js';

/** Trino and Starburst over the client protocol, one catalogue of it. */
export const engine: StoreEngine = {
  id: 'trino',
  async open(target: StoreTarget, context: OpenContext): Promise<Store> {
    // What a collection reads of system tables is no scan of the user's data.
    const opened = await openTrino({ ...target, scan_bytes_max: undefined }, context);
    return storeOver(opened.session, { catalog: () => readCatalog(opened), statements: () => readHistory(opened) });
  },
  watch: async (target, context) => (await openTrino(target, context)).session,
  describe: describeTrino,
  relationFacts: trinoFacts,
};
