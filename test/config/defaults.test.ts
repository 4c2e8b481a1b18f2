import { expect, test } from 'vitest';
import { configurationFromSnapshot, configurationFromTargets, withStoresOf } from '../../src/config/defaults.js';
import type { Snapshot, StoreSnapshot } from '../../src/model/snapshot.js';
import { emptyCatalog } from '../../src/sql/catalog.js';

test('flags make a configuration with stated guesses', () => {
  const { configuration, assumptions } = configurationFromTargets({
    postgres: ['postgresql://audit_ro@db.example/casework', 'host=db.example dbname=shop', 'service=payments', 'postgresql:///'],
    duckdb: ['/srv/warehouse.duckdb'],
    dashboards: ['exports'],
  });
  expect(configuration.stores.map(({ name, role, engine }) => `${name} ${role} ${engine}`)).toEqual([
    'casework operational postgres',
    'shop operational postgres',
    'payments operational postgres',
    'postgres operational postgres',
    'warehouse warehouse duckdb',
  ]);
  expect(configuration.sources).toEqual([{ path: 'exports', tool: null, store: null }]);
  expect(assumptions).toMatchInlineSnapshot(`
    [
      "store casework is taken for an operational store: it was given by --postgres",
      "store shop is taken for an operational store: it was given by --postgres",
      "store payments is taken for an operational store: it was given by --postgres",
      "store postgres is taken for an operational store: it was given by --postgres",
      "store warehouse is taken for a warehouse store: it was given by --duckdb",
    ]
  `);
});

test('two databases of one name are told apart', () => {
  const url = 'postgresql://audit_ro@db.example/100%casework';
  const { configuration } = configurationFromTargets({ postgres: [url, url], duckdb: [], dashboards: [] });
  expect(configuration.stores.map(({ name }) => name)).toEqual(['100%casework', '100%casework-2']);
});

const production: StoreSnapshot = {
  name: 'production',
  role: 'operational',
  engine: 'postgres',
  version: '16.4',
  database: 'casework',
  inRecovery: false,
  catalog: emptyCatalog(),
  statements: [],
  statementWindow: null,
  cost: { elapsed_ms: 38, queries: 14, received_bytes: 1_289_748 },
};
const snapshot: Snapshot = {
  takenAt: '2026-03-02T08:15:41Z',
  stores: [production],
  queries: [],
  sources: [{ path: 'exports', files: 3, ignored: 0, queries: { metabase: 12 } }],
  gaps: [],
};

test('a bundle says itself what its stores are', () => {
  const { configuration, assumptions } = configurationFromSnapshot(snapshot);
  expect(configuration.stores).toEqual([{ name: 'production', role: 'operational', engine: 'postgres', url: null, match: [] }]);
  expect(configuration.sources).toEqual([{ path: 'exports', tool: null, store: null }]);
  expect(assumptions).toEqual(['store production is taken for an operational store: the bundle says so']);
});

test('no store of a bundle is passed over because the configuration does not name it', () => {
  const { configuration } = configurationFromTargets({ postgres: ['service=replica'], duckdb: [], dashboards: [] });
  const added = withStoresOf(snapshot, configuration);
  expect(added.configuration.stores.map(({ name }) => name)).toEqual(['replica', 'production']);
  expect(added.assumptions).toHaveLength(1);
  expect(withStoresOf(snapshot, added.configuration)).toEqual({ configuration: added.configuration, assumptions: [] });
});
