import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractRegistry } from '../../src/model/contract.js';
import type { Engine } from '../../src/model/store.js';
import { engine as duckdb } from '../../src/stores/duckdb.js';
import { engine as postgres } from '../../src/stores/postgres.js';
import type { Reading } from '../../src/stores/store.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

const COLUMNS = `contract_name text primary key, version integer not null, owner_team text not null, compatibility_policy text not null, schema_definition JSON not null,
  created_at timestamptz not null, deprecated_at timestamptz, reviewed_by text`;
const ROWS = [
  `insert into integration.data_contract_registry values ('v_case_opened_v1', 1, 'Case Platform', 'BACKWARD', '{"columns": [{"name": "case_id", "type": "bigint"}]}', '2023-02-01 10:00:00+00', null, 'marion.keller@casework.example')`,
  `insert into integration.data_contract_registry values ('integration.v_order_placed_v1', 1, 'Shop', 'FULL', '{"order_id": "uuid"}', '2023-02-01 10:00:00+00', '2025-01-15 10:30:00+02', 'hugo.brandt@casework.example')`,
  `insert into integration.data_contract_registry values ('v_task_v1', 1, 'Case Platform', 'BACKWARD', '{"see": 7}', '2023-02-01 10:00:00+00', null, 'marion.keller@casework.example')`,
];
const EXPECTED: ContractRegistry = {
  relation: 'integration.data_contract_registry',
  rows: [
    { name: 'integration.v_order_placed_v1', version: '1', owner: 'Shop', policy: 'FULL', columns: [{ name: 'order_id', type: 'uuid', nullable: null }], deprecatedAt: '2025-01-15T08:30:00.000Z' },
    { name: 'v_case_opened_v1', version: '1', owner: 'Case Platform', policy: 'BACKWARD', columns: [{ name: 'case_id', type: 'bigint', nullable: null }], deprecatedAt: null },
    { name: 'v_task_v1', version: '1', owner: 'Case Platform', policy: 'BACKWARD', columns: null, deprecatedAt: null },
  ],
};
const UNREAD = { missing: 'the registered columns of v_task_v1', cause: 'schema_definition in integration.data_contract_registry holds no list of columns in a form that tidemark knows', remedy: 'Write it as {"columns": [{"name": …, "type": …}]}.' };

async function registryOf(engine: Engine, url: string): Promise<Reading<ContractRegistry | null>> {
  const store = await (engine === 'duckdb' ? duckdb : postgres).open({ name: 'production', url }, noContext);
  try {
    const { value } = await store.catalog();
    return (await store.contractRegistry?.(value)) ?? { value: null, gaps: [] };
  } finally {
    await store.close();
  }
}

const summary = ({ gaps }: Reading<unknown>): unknown => gaps.map(({ missing, cause, remedy }) => ({ missing, cause, remedy }));

describe('the contract registry of a PostgreSQL database', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(bundledServer());
    for (const database of ['casework', 'shop', 'archive']) await server.run(`create database ${database}`);
    await server.run(["create role tidemark login password 'spring tide'"]);
    await server.run(['create schema integration', `create table integration.data_contract_registry (${COLUMNS})`, ...ROWS], 'casework');
    await server.run([
      'create table "Contract Registry" ("name" text, "schema_name" text, version text, "owner" text, sunset_at date)',
      `insert into "Contract Registry" values (E'v_orders_v1\\x1b[2J', 'api', E'1.2.0\\n', null, 'infinity'), ('v_orders_v0', 'api', '0.9', '', '2024-06-01'), (null, 'api', '1', 'nobody', null), ('  ', null, '1', 'nobody', null)`,
      'create table "public".customer_contract (customer_id int, contract_name text, version int, signed_at date)',
      'create table app_versions (name text, version text, deployed_at timestamptz)',
      "create view v_contract_registry as select contract_name, version, 'x' as owner_team, 'y' as policy from customer_contract",
    ], 'shop');
  });
  afterAll(() => server.stop());

  it('is found by its columns in any schema; of a row only what describes the contract is read', async () => {
    const reading = await registryOf('postgres', server.url('casework'));
    expect(reading.value).toEqual(EXPECTED);
    expect(JSON.stringify(reading)).not.toContain('casework.example');
    expect(summary(reading)).toEqual([UNREAD]);
  });

  it('is read under other names of columns; tables of contracts with customers, of releases, and views are none', async () => {
    const { value, gaps } = await registryOf('postgres', server.url('shop'));
    expect(gaps).toEqual([]);
    expect(value).toEqual({
      relation: 'public.Contract Registry',
      rows: [
        { name: 'api.v_orders_v0', version: '0.9', owner: null, policy: null, columns: null, deprecatedAt: '2024-06-01T00:00:00.000Z' },
        { name: 'api.v_orders_v1 [2J', version: '1.2.0', owner: null, policy: null, columns: null, deprecatedAt: null },
      ],
    });
  });

  it('is a gap with the grant on its columns alone where the role may not read it', async () => {
    const reading = await registryOf('postgres', server.url('casework', 'tidemark', 'spring tide'));
    expect(reading.value).toBeNull();
    expect(summary(reading)).toMatchInlineSnapshot(`
      [
        {
          "cause": "permission denied for schema integration",
          "missing": "the rows of the contract registry integration.data_contract_registry",
          "remedy": "GRANT USAGE ON SCHEMA integration TO tidemark; GRANT SELECT (contract_name, version, owner_team, compatibility_policy, schema_definition, deprecated_at) ON integration.data_contract_registry TO tidemark;",
        },
      ]
    `);
    const [{ remedy } = { remedy: null }] = reading.gaps;
    await server.run((remedy ?? '').split('; '), 'casework');
    expect((await registryOf('postgres', server.url('casework', 'tidemark', 'spring tide'))).value).toEqual(EXPECTED);
  });

  it('says where row security hides rows, and stops at its bound', async () => {
    await server.run([
      'create schema integration', 'create table integration.contract_registry (contract_name text, version int, owner_team text, deprecated_at text)',
      "insert into integration.contract_registry select 'v_' || n || '_v1', 1, 'Shop', 'since spring' from generate_series(1, 2500) n", 'alter table integration.contract_registry enable row level security',
    ], 'archive');
    const reading = await registryOf('postgres', server.url('archive'));
    expect(reading.value?.rows).toHaveLength(2000);
    expect(reading.value?.isPartial).toBe(true);
    expect(summary(reading)).toMatchInlineSnapshot(`
      [
        {
          "cause": "there are more than 2000 rows and tidemark reads no more",
          "missing": "the rest of the contract registry integration.contract_registry",
          "remedy": null,
        },
        {
          "cause": "the table has row security, so that not every row may be seen",
          "missing": "rows of the contract registry integration.contract_registry that its row security hides",
          "remedy": "Give the role of tidemark a policy that shows it every row.",
        },
      ]
    `);
  });
});

describe('the contract registry of a DuckDB file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-registry-'));
  const file = join(folder, 'warehouse.duckdb');
  beforeAll(async () => {
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    for (const statement of ['create schema integration', `create table integration.data_contract_registry (${COLUMNS})`, ...ROWS]) await connection.run(statement);
    connection.closeSync();
    instance.closeSync();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says the same', async () => {
    const reading = await registryOf('duckdb', file);
    expect(reading.value).toEqual(EXPECTED);
    expect(summary(reading)).toEqual([UNREAD]);
  });
});
