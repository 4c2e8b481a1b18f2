import { describe, expect, test } from 'vitest';
import { namesView, registrationOf, versionOf } from '../../src/graph/registered-contracts.js';
import { withDeclaredContracts } from '../../src/graph/declared-contracts.js';
import { zoneOf } from '../../src/graph/zone.js';
import type { RegisteredContract } from '../../src/model/contract.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { configuration, store } from '../support/estate.js';
import { snapshotOf } from '../support/snapshot.js';

const catalog = await catalogFromDdl(`
  CREATE SCHEMA app; CREATE SCHEMA integration;
  CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text NOT NULL);
  CREATE VIEW integration.v_case_opened_v1 AS SELECT case_id FROM app.case_file;
  CREATE VIEW integration.v_case_opened_v2 AS SELECT case_id, status FROM app.case_file;
  CREATE VIEW integration.appeals AS SELECT case_id FROM app.case_file;
  CREATE VIEW app.appeals AS SELECT case_id FROM app.case_file;
  CREATE TABLE integration.data_contract_registry (contract_name text, version int, owner_team text);`);

const row = (name: string, over: Partial<RegisteredContract> = {}): RegisteredContract => ({ name, version: '1', owner: 'Case Platform', policy: null, columns: null, deprecatedAt: null, ...over });
const withRows = (...rows: RegisteredContract[]): StoreSnapshot => store(catalog, { contractRegistry: { relation: 'integration.data_contract_registry', rows } });
const found = (...rows: RegisteredContract[]): string[] => [...registrationOf(withRows(...rows)).byRelation].map(([key, { version }]) => `${key} ${version}`);

describe('a row of a registry', () => {
  test.each([
    ['integration.v_case_opened_v1'], ['v_case_opened_v1'], ['V_CASE_OPENED_V1'], ['casework.integration.v_case_opened_v1'], ['v_case_opened'], ['case_opened'], ['integration.case_opened'],
  ])('%s means the view of its first version', (name) => {
    expect(found(row(name))).toEqual(['integration.v_case_opened_v1 1']);
  });

  test('means the version that it says', () => {
    expect(found(row('case_opened', { version: '2.1.0' }))).toEqual(['integration.v_case_opened_v2 2.1.0']);
  });

  test('by a bare name means the view in the schema of the registry, where several have one', () => {
    expect(found(row('appeals'))).toEqual(['integration.appeals 1']);
    expect(found(row('app.appeals'))).toEqual(['app.appeals 1']);
  });

  test('of several for one view, the newest in force counts', () => {
    expect(found(row('appeals', { version: '9', deprecatedAt: '2025-01-01T00:00:00.000Z' }), row('appeals', { version: '10' }), row('appeals', { version: '2' }))).toEqual(['integration.appeals 10']);
  });

  test('names no view where its relation is not there, and looks like one only by its schema or its version', () => {
    const gone = withRows(row('v_refund_v1'), row('integration.refunds'), row('case-assigned.events'), row('refund_extract'), row('data_contract_registry'));
    const { absent, byRelation } = registrationOf(gone);
    expect([...byRelation]).toEqual([]);
    expect(absent.filter((each) => namesView(each, gone)).map(({ name }) => name)).toEqual(['v_refund_v1', 'integration.refunds']);
  });
});

test('a version is the number behind the last v', () => {
  expect(versionOf('v_case_opened_v2')).toEqual({ stem: 'v_case_opened', version: 2 });
  expect(versionOf('orders_v10')).toEqual({ stem: 'orders', version: 10 });
  expect(versionOf('ordersv3')).toEqual({ stem: 'orders', version: 3 });
  expect(versionOf('v2')).toBeNull();
  expect(versionOf('case_file')).toBeNull();
});

test('what a registry names is a contract, whatever its schema; a configured zone wins, and the registry itself is control', () => {
  const zone = (key: string, zones: Parameters<typeof configuration>[0] = {}): string => {
    const configured = configuration(zones);
    const [judged] = withDeclaredContracts(snapshotOf({ stores: [withRows(row('app.appeals'))] }), configured).stores;
    const relation = catalog.relations.find(({ schema, name }) => `${schema}.${name}` === key);
    if (judged === undefined || relation === undefined) throw new Error(`no ${key}`);
    const assigned = zoneOf(relation, judged, configured);
    return `${assigned.zone}: ${assigned.reason}`;
  };
  expect(zone('app.appeals')).toBe('contract: declared by the registry integration.data_contract_registry');
  expect(zone('app.case_file')).toBe('internal: guessed: a relation of the operational store that nothing declares for outsiders');
  expect(zone('integration.data_contract_registry')).toBe('control: it is the registry of contracts');
  expect(zone('app.appeals', { zones: [{ zone: 'internal', patterns: ['app.*'] }] })).toBe('internal: configured by app.*');
});
