import { describe, expect, test } from 'vitest';
import type { AssertedConstraint } from '../../src/model/asserted-constraint.js';
import type { DeclaredContract } from '../../src/model/contract.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source as dcs } from '../../src/sources/dcs.js';
import { source as dbt } from '../../src/sources/dbt.js';
import { source as odcs } from '../../src/sources/odcs.js';

function asserted(files: Record<string, string>): AssertedConstraint[] {
  const read = dbt.read(Object.entries(files).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
  return read.flatMap(({ asserts }) => asserts ?? []);
}

const told = ({ kind, schema, relation, columns, expression, references }: AssertedConstraint): string =>
  `${kind} ${schema ?? '?'}.${relation}(${columns.join(', ')})${expression === null ? '' : ` ${expression}`}${references === null ? '' : ` -> ${references.schema ?? '?'}.${references.relation}(${references.columns.join(', ')})`}`;

const PROJECT = { 'dbt_project.yml': 'name: casework\nversion: "1.0"\nprofile: casework\n', 'models/dim_case.sql': 'SELECT 1 AS case_key' };

describe('tests of a dbt project', () => {
  const model = (tests: string): Record<string, string> => ({ ...PROJECT, 'models/dim_case.yml': `models:\n  - name: dim_case\n    ${tests}` });

  test('assert keys, values, ranges and relationships', () => {
    const found = asserted(
      model(`data_tests:
      - dbt_utils.unique_combination_of_columns: { arguments: { combination_of_columns: [case_key, opened_on] } }
      - dbt_utils.expression_is_true: { expression: "closed_at IS NULL OR closed_at >= opened_at" }
    columns:
      - name: case_key
        tests: [not_null, unique]
      - name: status
        tests: [{ accepted_values: { values: [OPEN, "O'Hara"] } }]
      - name: priority
        tests: [{ accepted_values: { values: [1, 2], quote: false } }, { dbt_utils.accepted_range: { min_value: 0, max_value: 9, inclusive: false } }]
      - name: officer_key
        tests: [{ relationships: { to: "source('hr', 'officer')", field: officer_key } }]`),
    );
    expect(found.map(told)).toEqual([
      'unique ?.dim_case(case_key, opened_on)',
      'check ?.dim_case() closed_at IS NULL OR closed_at >= opened_at',
      'not_null ?.dim_case(case_key)',
      'unique ?.dim_case(case_key)',
      "check ?.dim_case(status) status IN ('OPEN', 'O''Hara')",
      'check ?.dim_case(priority) priority IN (1, 2)',
      'check ?.dim_case(priority) priority > 0 AND priority < 9',
      'foreign_key ?.dim_case(officer_key) -> hr.officer(officer_key)',
    ]);
    expect(found[2]?.by).toBe('dbt test not_null of dim_case.case_key');
  });

  test.each([
    ['looks at some rows only', '{ not_null: { config: { where: "status = \'OPEN\'" } } }'],
    ['only warns', '{ not_null: { config: { severity: warn } } }'],
    ['allows failures', '{ not_null: { config: { error_if: ">10" } } }'],
    ['is switched off', '{ not_null: { config: { enabled: false } } }'],
    ['lists values that a template gives', '{ accepted_values: { values: ["{{ var(\'status\') }}"] } }'],
    ['is the project\'s own', 'is_a_known_case'],
  ])('a test that %s asserts nothing', (_, stated) => {
    expect(asserted(model(`columns: [{ name: case_key, tests: [${stated}] }]`))).toEqual([]);
  });

  test('constraints of a model are asserted too: few databases enforce them', () => {
    const found = asserted(
      model(`constraints:
      - { type: primary_key, columns: [case_key] }
      - { type: check, name: closed_has_date, expression: "status <> 'CLOSED' OR closed_at IS NOT NULL" }
      - { type: foreign_key, columns: [officer_key], to: ref('dim_officer'), to_columns: [officer_key] }
    columns:
      - { name: status, constraints: [{ type: not_null }] }`),
    );
    expect(found.map(told)).toEqual([
      'primary_key ?.dim_case(case_key)',
      "check ?.dim_case() status <> 'CLOSED' OR closed_at IS NOT NULL",
      'foreign_key ?.dim_case(officer_key) -> ?.dim_officer(officer_key)',
      'not_null ?.dim_case(status)',
    ]);
    expect(found[1]?.by).toBe('dbt constraint closed_has_date');
  });

  test('of a manifest are told by its tests, compiled or not', () => {
    const testNode = (name: string, more: object): object => ({
      unique_id: `test.casework.${name}`, resource_type: 'test', name, package_name: 'casework', raw_code: '{{ test }}', attached_node: 'model.casework.dim_case',
      test_metadata: { name: 'not_null', kwargs: { column_name: 'case_key' } }, column_name: 'case_key', ...more,
    });
    const manifest = {
      metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json', project_name: 'casework', adapter_type: 'duckdb' },
      nodes: {
        'model.casework.dim_case': {
          unique_id: 'model.casework.dim_case', resource_type: 'model', name: 'dim_case', package_name: 'casework', schema: 'analytics', raw_code: 'SELECT 1',
          columns: { opened_at: { name: 'opened_at', constraints: [{ type: 'not_null' }] } },
        },
        'test.casework.one': testNode('one', { compiled_code: 'select case_key from dim_case where case_key is null' }),
        'test.casework.two': testNode('two', { test_metadata: { name: 'unique', kwargs: { column_name: 'case_key' } } }),
      },
    };
    expect(asserted({ 'target/manifest.json': JSON.stringify(manifest) }).map((one) => `${told(one)} by ${one.by}`).toSorted()).toEqual([
      'not_null analytics.dim_case(case_key) by dbt test one',
      'not_null analytics.dim_case(opened_at) by dbt constraint not null of dim_case.opened_at',
      'unique analytics.dim_case(case_key) by dbt test two',
    ]);
  });
});

describe('data contracts', () => {
  function promised(read: typeof odcs, text: string): string[] {
    const contracts: DeclaredContract[] = [];
    read.read([new SourceFile('contract.yaml', text)], { connection: null, gap: () => undefined, contract: (contract) => contracts.push(contract) });
    return contracts.flatMap(({ relations }) => relations.flatMap(({ asserts }) => asserts ?? [])).map((one) => `${told(one)} by ${one.by}`);
  }

  test('of ODCS promise what is required, unique, a key or one of a list', () => {
    const text = (status: string): string => `
kind: DataContract
apiVersion: v3.1.0
id: casework-cases
name: Cases
version: 1.2.0
status: ${status}
servers: [{ server: prod, type: postgres, schema: integration }]
schema:
  - name: cases
    physicalName: v_case
    properties:
      - { name: tenant, primaryKey: true, primaryKeyPosition: 2 }
      - { name: id, physicalName: case_id, primaryKey: true, primaryKeyPosition: 1 }
      - { name: status, required: true, quality: [{ type: library, metric: invalidValues, arguments: { validValues: [OPEN, CLOSED] }, mustBe: 0 }] }
      - { name: officer, relationships: [{ type: foreignKey, to: v_officer.officer_id }], quality: [{ type: library, metric: duplicateValues, mustBe: 0 }, { type: library, metric: nullValues, mustBeLessThan: 5 }] }
`;
    expect(promised(odcs, text('active'))).toEqual([
      'primary_key integration.v_case(case_id, tenant) by contract Cases 1.2.0',
      'not_null integration.v_case(status) by contract Cases 1.2.0',
      "check integration.v_case(status) status IN ('OPEN', 'CLOSED') by contract Cases 1.2.0",
      'unique integration.v_case(officer) by contract Cases 1.2.0',
      'foreign_key integration.v_case(officer) -> ?.v_officer(officer_id) by contract Cases 1.2.0',
    ]);
    expect(promised(odcs, text('draft'))).toEqual([]);
  });

  test('of the older specification do too', () => {
    const text = `
dataContractSpecification: 1.1.0
id: cases
info: { title: Cases, version: 0.3.0, owner: ops }
models:
  cases:
    fields:
      case_id: { type: bigint, primaryKey: true }
      status: { type: text, enum: [OPEN, CLOSED], required: true }
      officer: { type: bigint, references: officers.officer_id }
`;
    expect(promised(dcs, text).map((one) => one.replace(' by contract Cases 0.3.0', ''))).toEqual([
      'primary_key ?.cases(case_id)', 'not_null ?.cases(status)', "check ?.cases(status) status IN ('OPEN', 'CLOSED')", 'foreign_key ?.cases(officer) -> ?.officers(officer_id)',
    ]);
  });
});
