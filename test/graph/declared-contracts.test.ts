import { expect, test } from 'vitest';
import { configurationFromSnapshot } from '../../src/config/defaults.js';
import { withDeclaredContracts } from '../../src/graph/declared-contracts.js';
import { zoneOf } from '../../src/graph/zone.js';
import type { DeclaredContract } from '../../src/model/contract.js';
import { production, snapshot } from '../cli/casework-snapshot.js';

const contract = (over: Partial<DeclaredContract>): DeclaredContract => ({
  id: 'c', name: 'Case facts', version: '1', status: 'active', owner: null, connection: null,
  relations: [{ schema: 'app', name: 'case_file', columns: [] }], origin: { file: 'c.yaml', pointer: '', line: 1, column: 1 }, ...over,
});
const casework = snapshot({ stores: [production] });
const { configuration } = configurationFromSnapshot(casework);

function zoneWith(contracts: DeclaredContract[]): string {
  const [store] = withDeclaredContracts({ ...casework, contracts }, configuration).stores;
  const relation = store?.catalog.relations.find(({ schema, name }) => `${schema}.${name}` === 'app.case_file');
  if (store === undefined || relation === undefined) throw new Error('the example has no such table');
  const { zone, reason } = zoneOf(relation, store, configuration);
  return `${zone}: ${reason}`;
}

test('a relation that a data contract in force declares is a contract, whatever its schema is called', () => {
  expect(zoneWith([])).toBe('internal: guessed: a relation of the operational store that nothing declares for outsiders');
  expect(zoneWith([contract({})])).toBe('contract: declared by the data contract Case facts');
  expect(zoneWith([contract({ relations: [{ schema: null, name: 'CASE_FILE', columns: [] }] })])).toBe('contract: declared by the data contract Case facts');
});

test('a withdrawn one, one of another server, and one of another relation declare nothing of it', () => {
  const elsewhere = { id: null, name: 'prod', engine: 'snowflake', host: null, database: 'DWH' };
  for (const one of [contract({ status: 'retired' }), contract({ connection: elsewhere }), contract({ relations: [{ schema: 'mart', name: 'case_file', columns: [] }] })]) {
    expect(zoneWith([one])).toMatch(/^internal/);
  }
});
