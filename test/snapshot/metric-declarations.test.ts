import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AssertedConstraint } from '../../src/model/asserted-constraint.js';
import type { MetricDeclaration } from '../../src/model/metric-declaration.js';
import { readBundle, writeBundle } from '../../src/snapshot/bundle.js';
import { redactSnapshot } from '../../src/snapshot/redact.js';
import { collectedQuery, snapshotOf } from '../support/snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-declarations-'));
afterAll(() => rmSync(folder, { recursive: true }));

const declaration: MetricDeclaration = {
  by: 'dbt', name: 'open_cases', label: 'Open cases', intent: 'Ask marion.keller@casework.example', owner: 'Case Operations', version: '3', deprecated: { since: '2026-04-01', use: 'backlog' },
  aliases: ['backlog'], time: { column: 'opened_at', kind: 'event', zone: 'Europe/Berlin', grain: 'day', latePolicy: 'counted when registered' }, dimensions: ['unit'], grain: 'one row per case',
  fillNullsWith: '0', nonAdditive: 'opened_at', access: 'everyone', changelog: 'CHANGELOG.md', incomplete: 'a window is left out',
};
const asserts: AssertedConstraint[] = [
  { kind: 'check', schema: 'app', relation: 'case_file', columns: ['status'], expression: "status IN ('OPEN', 'marion.keller@casework.example')", references: null, by: 'dbt test accepted_values' },
  { kind: 'foreign_key', schema: null, relation: 'case_file', columns: ['officer_id'], expression: null, references: { schema: 'app', relation: 'officer', columns: ['officer_id'] }, by: 'contract cases 1.2.0' },
];
const contract = { id: 'cases', name: 'Cases', version: '1.2.0', status: 'active', owner: null, connection: null, origin: { file: 'cases.yaml', pointer: '', line: 1, column: 1 }, relations: [{ schema: 'app', name: 'case_file', columns: [], asserts }] };

test('a bundle keeps what metrics declare and what tests and contracts assert', async () => {
  const snapshot = snapshotOf({ queries: [collectedQuery({ declaration, asserts })], contracts: [contract] });
  await writeBundle(join(folder, 'declared.tidemark'), snapshot);
  expect(await readBundle(join(folder, 'declared.tidemark'))).toEqual(snapshot);
});

test('what people wrote loses personal data, what defines the metric stays', () => {
  const redacted = redactSnapshot(snapshotOf({ queries: [collectedQuery({ declaration, asserts })], contracts: [contract] }));
  const [query] = redacted.queries;
  expect(JSON.stringify(redacted)).not.toContain('marion.keller');
  expect(query?.declaration).toEqual({ ...declaration, intent: expect.stringMatching(/^Ask \S+$/) });
  expect(query?.asserts?.map(({ expression }) => expression)).toEqual([expect.stringMatching(/^status IN \('OPEN', '[^']+'\)$/), null]);
  expect(redacted.contracts?.[0]?.relations[0]?.asserts?.[1]).toEqual(asserts[1]);
});
