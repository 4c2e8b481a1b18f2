import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { logicalType } from '../../src/contracts/odcs.js';
import type { DeclaredContract } from '../../src/model/contract.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/odcs.js';
import { cardOf, only, proposed } from './support.js';

/** What the JSON Schema of the standard (3.1.0) admits of the parts that are written: unknown keys are errors there, too. */
const property = z.strictObject({
  name: z.string(), physicalName: z.string(), physicalType: z.string(), logicalType: z.enum(['string', 'date', 'timestamp', 'time', 'number', 'integer', 'object', 'array', 'boolean']),
  required: z.boolean(), primaryKey: z.boolean().optional(), primaryKeyPosition: z.int().min(1).optional(), unique: z.boolean().optional(), classification: z.string().optional(),
  tags: z.array(z.string()).optional(), description: z.string().optional(),
});
const standard = z.strictObject({
  apiVersion: z.literal('v3.1.0'), kind: z.literal('DataContract'), id: z.string(), name: z.string(), version: z.string(), status: z.enum(['proposed', 'draft', 'active', 'deprecated', 'retired']),
  description: z.strictObject({ purpose: z.string(), limitations: z.string().optional() }),
  servers: z.array(z.strictObject({ server: z.string(), type: z.enum(['postgres', 'postgresql']), host: z.string(), port: z.int(), database: z.string(), schema: z.string() })).optional(),
  schema: z.array(z.strictObject({ name: z.string(), physicalName: z.string(), physicalType: z.string(), logicalType: z.literal('object'), dataGranularityDescription: z.string(), properties: z.array(property).min(1) })).length(1),
  team: z.strictObject({ name: z.string() }).optional(),
  roles: z.array(z.strictObject({ role: z.string(), access: z.string() })).optional(),
  slaProperties: z.array(z.strictObject({ property: z.string(), value: z.number(), unit: z.string(), element: z.string() })).optional(),
});

const CARD = cardOf('Officers', 'SELECT officer_id, full_name, email FROM app.officer');

describe('the data contract', () => {
  test('is one of the standard, with keys, types and marks on personal data', async () => {
    const proposal = only(await proposed({ queries: [CARD], store: { address: { host: 'db.authority.example', port: 5432 } } }));
    expect(proposal.odcs.file).toBe('v_officer_v1.odcs.yaml');
    const contract = standard.parse(parse(proposal.odcs.text));
    expect(contract).toMatchObject({
      id: 'integration.v_officer_v1', version: '1.0.0', status: 'proposed',
      servers: [{ server: 'production', host: 'db.authority.example', port: 5432, database: 'casework', schema: 'integration' }],
    });
    expect(contract.schema[0]?.properties).toEqual([
      { name: 'officer_id', physicalName: 'officer_id', logicalType: 'integer', physicalType: 'bigint', required: true, primaryKey: true, primaryKeyPosition: 1 },
      { name: 'full_name', physicalName: 'full_name', logicalType: 'string', physicalType: 'text', required: true, classification: 'pii', tags: ['pii', 'full_name'] },
      { name: 'email', physicalName: 'email', logicalType: 'string', physicalType: 'text', required: true, classification: 'pii', tags: ['pii', 'email'] },
    ]);
  });

  test('is read back as the contract of that view', async () => {
    const { odcs } = only(await proposed({ queries: [CARD], store: { address: { host: 'db.authority.example', port: 5432 } } }));
    const contracts: DeclaredContract[] = [];
    source.read([new SourceFile(odcs.file, odcs.text)], { connection: null, gap: () => undefined, contract: (contract) => contracts.push(contract) });
    expect(only(contracts)).toMatchObject({
      id: 'integration.v_officer_v1', version: '1.0.0', connection: { name: 'production', host: 'db.authority.example', database: 'casework' },
      relations: [{ schema: 'integration', name: 'v_officer_v1', columns: [{ name: 'officer_id', pii: false }, { name: 'full_name', pii: true }, { name: 'email', pii: true }] }],
    });
  });

  test('promises a key only where the view has all of it', async () => {
    const ddl = 'CREATE SCHEMA app; CREATE TABLE app.reading (meter_id bigint, read_at timestamptz, kwh numeric(9,3), PRIMARY KEY (meter_id, read_at))';
    const keysOf = async (sql: string): Promise<unknown> => {
      const contract = standard.parse(parse(only(await proposed({ ddl, queries: [cardOf('Readings', sql)] })).odcs.text));
      return contract.schema[0]?.properties.map(({ name, primaryKeyPosition }) => [name, primaryKeyPosition ?? null]);
    };
    expect(await keysOf('SELECT meter_id, kwh FROM app.reading')).toEqual([['meter_id', null], ['kwh', null]]);
    expect(await keysOf('SELECT read_at, meter_id FROM app.reading')).toEqual([['meter_id', 1], ['read_at', 2]]);
  });

  test('names no server whose address is not known, and says so', async () => {
    const proposal = only(await proposed({ queries: [CARD] }));
    expect(standard.parse(parse(proposal.odcs.text)).servers).toBeUndefined();
    expect(proposal.notes).toContain('the address of the server is not known, so that the contract names none');
  });
});

test.each([
  ['bigint', 'integer'], ['smallint', 'integer'], ['numeric(10,2)', 'number'], ['double precision', 'number'], ['character varying(40)', 'string'], ['uuid', 'string'], ['interval', 'string'],
  ['timestamp with time zone', 'timestamp'], ['time without time zone', 'time'], ['date', 'date'], ['boolean', 'boolean'], ['jsonb', 'object'], ['text[]', 'array'], ['integer[]', 'array'], ['app.case_status', 'string'],
])('%s is a %s', (type, logical) => {
  expect(logicalType(type)).toBe(logical);
});
