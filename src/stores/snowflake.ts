import { storeOver } from './http/store.js';
import { readCatalog } from './snowflake/catalog.js';
import { describeRelation, readRelationFacts } from './snowflake/describe.js';
import { readStatements } from './snowflake/history.js';
import { openSnowflake } from './snowflake/open.js';
import type { StoreEngine } from './store.js';

/** One database of a Snowflake account, over its SQL API. Its catalogue and history need a warehouse, which is resumed where it is suspended. */
export const engine: StoreEngine = {
  id: 'snowflake',
  async open(target, context) {
    // What a collection reads of system views is no scan of the user's data.
    const session = await openSnowflake({ ...target, scan_bytes_max: undefined }, context);
    const { database } = session.identity();
    return storeOver(session, { catalog: () => readCatalog(session, database), statements: () => readStatements(session, database) });
  },
  watch: openSnowflake,
  describe: describeRelation,
  relationFacts: readRelationFacts,
};
