import { z } from 'zod';
import { readCatalog } from './postgres/catalog.js';
import { readContractRegistry } from './postgres/contract-registry.js';
import { readControlTables } from './postgres/control-tables.js';
import { resolveConnection } from './postgres/connection.js';
import { describeSource, quoteText } from './postgres/describe.js';
import { openLiveSession } from './postgres/live.js';
import { lookAtServer, openSession, storeIdentity } from './postgres/open.js';
import { readPressure } from './postgres/pressure.js';
import { CostMeter, type SessionOptions } from './postgres/session.js';
import { defaultsOfOthers, overrideRow, settingRow } from './postgres/settings.js';
import { readStatements } from './postgres/statements.js';
import { readSurroundings } from './postgres/surroundings.js';
import { estimatedFacts } from './shared/describe.js';
import type { OpenContext, Store, StoreEngine, StoreTarget } from './store.js';

/** PostgreSQL 13 and later, and what speaks its protocol and keeps its catalogues. At most one connection at a time. */
export const engine: StoreEngine = {
  id: 'postgres',
  async open(target: StoreTarget, context: OpenContext): Promise<Store> {
    const connection = resolveConnection(target, context);
    const meter = new CostMeter();
    const options: SessionOptions = { store: target.name, meter, signal: context.signal };
    const parts = ['server_settings', 'setting_overrides'];
    const { server, value: settings } = await lookAtServer(connection, options, parts, ({ role, database }, [rows, overrides]) =>
      defaultsOfOthers(z.array(settingRow).parse(rows), z.array(overrideRow).parse(overrides), { name: target.name, role, database }),
    );
    const session = await openSession(connection, server, options);
    const identity = storeIdentity(server);
    return {
      identity: () => identity,
      catalog: () => readCatalog(session, target.name, server, settings),
      statements: (known) => readStatements(session, target.name, server, known),
      pressure: () => readPressure(session, target.name, server),
      contractRegistry: (catalog) => readContractRegistry(session, target.name, server, identity.role, catalog),
      controlRecords: (catalog) => readControlTables(session, target.name, identity.role, catalog, target.control),
      surroundings: () => readSurroundings(session, target.name, server, connection),
      cost: () => meter.read(),
      close: () => session.close(),
    };
  },
  watch: (target, context) => openLiveSession(target, context),
  describe: describeSource,
  relationFacts: (session, relations, bounds) => estimatedFacts(session, relations, quoteText, bounds),
};
