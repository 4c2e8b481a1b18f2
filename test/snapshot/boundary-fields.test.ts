import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DeclaredContract } from '../../src/model/contract.js';
import type { ColumnDeclaration } from '../../src/model/personal-column.js';
import type { Snapshot, StoreSnapshot } from '../../src/model/snapshot.js';
import { readBundle, writeBundle } from '../../src/snapshot/bundle.js';
import { redactSnapshot } from '../../src/snapshot/redact.js';
import { collectedQuery, snapshotOf, storeSnapshot } from '../support/snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-boundary-fields-'));
afterAll(() => rmSync(folder, { recursive: true }));

const person = 'marion.keller@casework.example';

function boundarySnapshot(): Snapshot {
  const store = storeSnapshot();
  const [officer, ...others] = store.catalog.relations;
  if (officer === undefined) throw new Error('the example store has a relation');
  const columns = [
    ...officer.columns,
    { name: 'mailbox', type: 'text', nullable: false, comment: null, label: null, enumValues: null, domain: 'app.mail_address', baseType: 'text', default: `'${person}'::text` },
    { name: 'domain_part', type: 'text', nullable: true, comment: null, label: null, enumValues: null, generated: "split_part(mailbox, '@', 2)" },
    { name: 'desk', type: 'app.desk', nullable: true, comment: null, label: null, enumValues: null, fields: ['floor', 'room'] },
  ];
  const contractRegistry: StoreSnapshot['contractRegistry'] = {
    relation: 'integration.data_contract_registry',
    rows: [
      { name: 'integration.v_case_opened_v1', version: '1', owner: 'Case Platform', policy: `BACKWARD, ask ${person}`, columns: [{ name: 'case_id', type: 'bigint', nullable: false }, { name: 'region_code', type: null, nullable: null }], deprecatedAt: null },
      { name: 'v_case_status_v0', version: null, owner: null, policy: null, columns: null, deprecatedAt: '2026-06-01T00:00:00.000Z' },
    ],
  };
  const contract: DeclaredContract = {
    id: 'cases', name: 'Cases', version: '1.2.0', status: 'active', owner: 'Case Platform', connection: null, origin: { file: 'cases.yaml', pointer: '', line: 1, column: 1 },
    relations: [{ schema: 'integration', name: 'v_case_opened_v1', columns: [{ name: 'case_id', classification: `restricted, see ${person}`, pii: false, type: 'bigint', required: true }, { name: 'region_code', classification: null, pii: false }] }],
  };
  const declared: ColumnDeclaration = { schema: 'mart', relation: 'dim_officer', column: 'email', verdict: 'personal', kind: 'email', words: `meta.contains_pii: true, ask ${person}`, by: 'dbt model dim_officer', store: null };
  const query = collectedQuery({
    builds: { schema: 'mart', name: 'dim_officer', materialization: 'incremental' },
    deliveries: [{ kind: 'mail', format: 'csv', schedule: `0 6 * * 1 to ${person}` }, { kind: 'extract', format: null, schedule: null }],
    isEmbedded: true,
  });
  return snapshotOf({
    stores: [{ ...store, catalog: { ...store.catalog, relations: [{ ...officer, columns }, ...others] }, contractRegistry }],
    queries: [query], contracts: [contract], columnDeclarations: [declared],
  });
}

test('a bundle keeps contracts, registries, declarations of columns, and what becomes of a result', async () => {
  const snapshot = boundarySnapshot();
  await writeBundle(join(folder, 'boundary.tidemark'), snapshot);
  expect(await readBundle(join(folder, 'boundary.tidemark'))).toEqual(snapshot);
});

test('a bundle of before these fields has none of them', async () => {
  const snapshot = snapshotOf({ queries: [collectedQuery()] });
  await writeBundle(join(folder, 'before.tidemark'), snapshot);
  const [store] = (await readBundle(join(folder, 'before.tidemark'))).stores;
  expect(store).not.toHaveProperty('contractRegistry');
  expect(store?.catalog.relations[0]?.columns[0]).not.toHaveProperty('default');
});

test('what people typed into a registry, a contract, a schedule or a default loses personal data; names, types and versions stay', () => {
  const redacted = redactSnapshot(boundarySnapshot());
  const found = redacted.stores[0]?.catalog.relations[0]?.columns ?? [];
  expect(JSON.stringify({ ...redacted, queries: redacted.queries.map((query) => ({ ...query, owners: [] })) })).not.toContain('marion.keller');
  expect(found.find(({ name }) => name === 'mailbox')?.default).toMatch(/^'tm#email#\w+'::text$/);
  expect(found.find(({ name }) => name === 'domain_part')?.generated).toBe("split_part(mailbox, '@', 2)");
  expect(redacted.queries[0]?.deliveries?.[0]).toEqual({ kind: 'mail', format: 'csv', schedule: expect.stringMatching(/^0 6 \* \* 1 to tm#email#/) });
  const row = redacted.stores[0]?.contractRegistry?.rows[0];
  expect(row).toMatchObject({ name: 'integration.v_case_opened_v1', version: '1', owner: 'Case Platform', columns: [{ name: 'case_id', type: 'bigint' }, { name: 'region_code', type: null }] });
  expect(row?.policy).toMatch(/^BACKWARD, ask tm#email#/);
  expect(redacted.contracts?.[0]).toMatchObject({ version: '1.2.0', status: 'active', relations: [{ columns: [{ name: 'case_id', type: 'bigint', required: true }, { name: 'region_code', classification: null }] }] });
});
