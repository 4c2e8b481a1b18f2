import { readCatalog } from './databricks/catalog.js';
import { databricksFacts, describeDatabricks } from './databricks/describe.js';
import { readHistory } from './databricks/history.js';
import { openDatabricks } from './databricks/session.js';
import { storeOver } from './http/store.js';
import type { OpenContext, Store, StoreEngine, StoreTarget } from './store.js';

/** One catalogue of Unity Catalog through a SQL warehouse of Databricks. */
export const engine: StoreEngine = {
  id: 'databricks',
  async open(target: StoreTarget, context: OpenContext): Promise<Store> {
    // What a collection reads of system tables is no scan of the user's data.
    const opened = await openDatabricks({ ...target, scan_bytes_max: undefined }, context);
    return storeOver(opened.session, { catalog: () => readCatalog(opened), statements: () => readHistory(opened) });
  },
  watch: async (target, context) => (await openDatabricks(target, context)).session,
  describe: describeDatabricks,
  relationFacts: databricksFacts,
};
