import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DeclaredContract } from '../../src/model/contract.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source as dcs } from '../../src/sources/dcs.js';
import { source as odcs } from '../../src/sources/odcs.js';
import { fixtures, queriesOf, textAt } from './fixture.js';

const queries = new Map([...(await queriesOf('odcs')), ...(await queriesOf('dcs'))]);

async function contractsOf(path: string): Promise<DeclaredContract[]> {
  const contracts: DeclaredContract[] = [];
  const file = new SourceFile(path, await readFile(join(fixtures, path), 'utf8'));
  (path.startsWith('odcs') ? odcs : dcs).read([file], { connection: null, gap: () => undefined, contract: (contract) => contracts.push(contract) });
  return contracts;
}

test('checks are queries with their names filled in, over the contracted server', () => {
  expect([...queries.keys()]).toEqual([
    'odcs:case-facts:case_fact:age_days:transform',
    'odcs:case-facts:case_fact:applicant_email:quality:masked',
    'odcs:case-facts:case_fact:quality:There are cases',
    'dcs:appeals:v_appeal:lodged_on:quality:Nobody appeals tomorrow',
  ]);
  const masked = queries.get('odcs:case-facts:case_fact:applicant_email:quality:masked');
  expect(masked).toMatchObject({
    role: 'quality-check', title: 'masked', lifecycle: 'active', schedule: null,
    container: { kind: 'contract', id: 'case-facts', title: 'Case facts' },
    owners: [{ name: 'Reporting', via: 'owner-field' }, { name: 'ines.krall@authority.example', via: 'owner-field' }, { name: 'tomas.weir@authority.example', via: 'owner-field' }],
    connection: { id: null, name: 'warehouse', engine: 'duckdb', host: null, database: 'warehouse' },
    problems: [],
  });
  expect(masked?.variants.map(({ sql }) => sql)).toEqual(['SELECT count(*) FROM case_fact_v2\nWHERE "applicant_email" LIKE \'%@%\'\n']);
  expect(queries.get('odcs:case-facts:case_fact:quality:There are cases')).toMatchObject({ schedule: '0 6 * * *', variants: [{ sql: 'SELECT count(*) FROM case_fact_v2' }] });
  expect(queries.get('odcs:case-facts:case_fact:age_days:transform')).toMatchObject({
    role: 'relation', sqlKind: 'expression', variants: [{ sql: "SELECT (\ndate_diff('day', opened_at, closed_at)\n) AS value FROM case_fact_v2 AS t" }],
  });
  expect(queries.get('dcs:appeals:v_appeal:lodged_on:quality:Nobody appeals tomorrow')).toMatchObject({
    lifecycle: 'archived', owners: [{ name: 'Appeals Board' }], connection: { name: 'production', engine: 'postgres', host: 'db.authority.example', database: 'casework' },
    variants: [{ sql: 'SELECT count(*) FROM v_appeal WHERE lodged_on > current_date' }],
  });
});

test('what is declared is relations, their columns and what of them is personal', async () => {
  expect(await contractsOf('odcs/case-facts.odcs.yaml')).toMatchObject([
    {
      id: 'case-facts', name: 'Case facts', version: '2.1.0', status: 'active', owner: 'Reporting',
      relations: [{ schema: 'mart', name: 'case_fact_v2', columns: [{ name: 'applicant_email', classification: 'pii', pii: true }, { name: 'age_days', classification: null, pii: false }] }],
    },
  ]);
  expect(await contractsOf('dcs/appeals.yaml')).toMatchObject([{ id: 'appeals', relations: [{ schema: 'integration', name: 'v_appeal', columns: [{ name: 'applicant', pii: true }, { name: 'lodged_on', pii: false }] }] }]);
});

test('every check is where it is said to be', async () => {
  for (const { origin, raw } of queries.values()) {
    expect(textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin).startsWith(raw.split('\n')[0] ?? '')).toBe(true);
  }
});

test('a contract of odd forms costs its own parts only', () => {
  const text = 'apiVersion: v3.0.0\nkind: DataContract\nid: 7\nteam: nobody\nservers: x\nschema: [1, {name: a, quality: {type: sql}, properties: [null, {name: b, quality: [{query: ""}, {type: sql, query: SELECT 1}]}]}]\n';
  expect(odcs.read([new SourceFile('x.yaml', text)], { connection: null, gap: () => undefined })).toMatchObject([{ id: 'odcs:7:a:b:quality:2', raw: 'SELECT 1', owners: [], connection: null }]);
});

test('a column has the type that its contract gives it, and whether there must be a value', () => {
  const contracts: DeclaredContract[] = [];
  const read = (source: typeof odcs, name: string, text: string): void => void source.read([new SourceFile(name, text)], { connection: null, gap: () => undefined, contract: (contract) => contracts.push(contract) });
  read(odcs, 'orders.odcs.yaml', 'apiVersion: v3.1.0\nkind: DataContract\nid: orders\nschema: [{name: api.v_orders_v1, properties: [{name: order_id, logicalType: integer, physicalType: bigint, primaryKey: true}, {name: note, logicalType: string, required: false}, {name: channel, isNullable: false}, {name: total}]}]\n');
  read(dcs, 'orders.yaml', 'dataContractSpecification: 1.2.0\nid: orders\nmodels: {v_orders_v1: {fields: {order_id: {type: long, required: true}, total: {type: decimal, physicalType: "numeric(12,2)"}}}}\n');
  const plain = { classification: null, pii: false };
  expect(contracts.map(({ relations }) => relations.map(({ schema, name, columns }) => ({ schema, name, columns })))).toEqual([
    [{ schema: 'api', name: 'v_orders_v1', columns: [
      { name: 'order_id', ...plain, type: 'bigint', required: true }, { name: 'note', ...plain, type: 'string', isLogicalType: true, required: false }, { name: 'channel', ...plain, required: true }, { name: 'total', ...plain },
    ] }],
    [{ schema: null, name: 'v_orders_v1', columns: [{ name: 'order_id', ...plain, type: 'long', isLogicalType: true, required: true }, { name: 'total', ...plain, type: 'numeric(12,2)' }] }],
  ]);
});
