import { readCatalog } from './bigquery/catalog.js';
import { describeRelation, readRelationFacts } from './bigquery/describe.js';
import { readStatements } from './bigquery/history.js';
import { openBigQuery } from './bigquery/session.js';
import { storeOver } from './http/store.js';
import type { StoreEngine } from './store.js';

/** One dataset of BigQuery, or all of a location, over its REST API. */
export const engine: StoreEngine = {
  id: 'bigquery',
  async open(target, context) {
    const session = await openBigQuery(target, context);
    return storeOver(session, { catalog: () => readCatalog(session), statements: () => readStatements(session) });
  },
  watch: openBigQuery,
  describe: describeRelation,
  relationFacts: readRelationFacts,
};
