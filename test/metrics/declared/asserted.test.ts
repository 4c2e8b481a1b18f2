import { describe, expect, test } from 'vitest';
import { assertedConstraints } from '../../../src/metrics/declared/index.js';
import type { AssertedConstraint } from '../../../src/model/asserted-constraint.js';
import type { Constraint } from '../../../src/model/catalog.js';
import { catalogOf, check, column, constraint, required, table } from '../support/catalog.js';

const dimCase = table('analytics', 'dim_case', [column('case_key', 'bigint'), column('status', 'text'), required('opened_at', 'timestamp')]);
const factFee = table('analytics', 'fact_fee', [column('CASE_KEY', 'bigint'), column('fee', 'numeric')]);
const catalog = catalogOf([dimCase, factFee]);

function asserts(kind: AssertedConstraint['kind'], columns: string[], more: Partial<AssertedConstraint> = {}): AssertedConstraint {
  return { kind, schema: 'analytics', relation: 'dim_case', columns, expression: null, references: null, by: `dbt test ${kind}`, ...more };
}

function tests(...list: AssertedConstraint[]) {
  return { queries: [{ lifecycle: 'active' as const, asserts: list }], contracts: [] };
}

const words = (found: Constraint[]): string[] => found.map(({ kind, schema, relation, columns, enforced }) => `${kind} ${schema}.${relation}(${columns.join(', ')}) ${enforced ? 'enforced' : 'asserted'}`);

describe('constraints that someone asserts', () => {
  test('are those of the catalogue, by its own letters, and enforced by nobody', () => {
    const fact = { relation: 'FACT_FEE', schema: 'ANALYTICS' };
    const found = assertedConstraints(
      tests(
        asserts('unique', ['case_key']), asserts('not_null', ['case_key']), asserts('check', ['status'], { expression: "status IN ('OPEN', 'CLOSED')" }),
        asserts('foreign_key', ['case_key'], { ...fact, references: { schema: null, relation: 'dim_case', columns: ['case_key'] } }),
      ),
      catalog,
    );
    expect(words(found)).toEqual([
      'unique analytics.dim_case(case_key) asserted', 'not_null analytics.dim_case(case_key) asserted', 'check analytics.dim_case(status) asserted', 'foreign_key analytics.fact_fee(CASE_KEY) asserted',
    ]);
    expect(found.at(-1)).toEqual({
      schema: 'analytics', relation: 'fact_fee', name: 'dbt test foreign_key', kind: 'foreign_key', columns: ['CASE_KEY'], expression: null,
      references: { schema: 'analytics', relation: 'dim_case', columns: ['case_key'] }, validated: true, enforced: false,
    });
  });

  test('a check over several columns is kept as it stands', () => {
    const expression = "status <> 'CLOSED' OR opened_at IS NOT NULL";
    expect(assertedConstraints(tests(asserts('check', [], { expression })), catalog)).toMatchObject([{ kind: 'check', relation: 'dim_case', columns: [], expression, enforced: false }]);
  });

  test('a foreign key to columns that are no key is none', () => {
    const references = { schema: null, relation: 'dim_case', columns: ['case_key'] };
    expect(assertedConstraints(tests(asserts('foreign_key', ['case_key'], { relation: 'fact_fee', references })), catalog)).toEqual([]);
  });

  test('what the engine enforces is left out; what it only records, or old rows may break, is asserted', () => {
    const own = [
      constraint(dimCase, 'primary_key', 'dim_case_pk', { columns: ['case_key'] }),
      check(dimCase, 'known_status', "status <> ''", { columns: ['status'], validated: false }),
      constraint(factFee, 'unique', 'fee_key', { columns: ['CASE_KEY'], enforced: false }),
    ];
    const found = assertedConstraints(tests(asserts('unique', ['case_key']), asserts('not_null', ['case_key']), asserts('not_null', ['opened_at']), asserts('unique', ['CASE_KEY'], { relation: 'fact_fee' })), catalogOf([dimCase, factFee], own));
    expect(words(found)).toEqual(['check analytics.dim_case(status) asserted', 'unique analytics.fact_fee(CASE_KEY) asserted']);
  });

  test.each([
    ['a relation that is not there', asserts('not_null', ['case_key'], { relation: 'dim_officer' })],
    ['a column that is not there', asserts('not_null', ['officer'])],
    ['no column', asserts('unique', [])],
  ])('%s is passed over', (_, assertion) => {
    expect(assertedConstraints(tests(assertion), catalog)).toEqual([]);
  });

  test('a schema of another environment is told by the name alone, unless several have it', () => {
    const elsewhere = asserts('not_null', ['case_key'], { schema: 'dbt_marion' });
    expect(words(assertedConstraints(tests(elsewhere), catalog))).toEqual(['not_null analytics.dim_case(case_key) asserted']);
    const copy = { ...dimCase, schema: 'archive' };
    expect(assertedConstraints(tests(elsewhere), catalogOf([dimCase, copy]))).toEqual([]);
  });

  test('a test that is switched off asserts nothing; a contract promises', () => {
    const off = { queries: [{ lifecycle: 'disabled' as const, asserts: [asserts('not_null', ['case_key'])] }], contracts: [] };
    expect(assertedConstraints(off, catalog)).toEqual([]);
    const origin = { file: 'contract.yaml', pointer: '', line: 1, column: 1 };
    const contract = { id: 'cases', name: 'cases', version: '1.2.0', status: 'active', owner: null, connection: null, origin, relations: [{ schema: 'analytics', name: 'dim_case', columns: [], asserts: [asserts('not_null', ['status'], { by: 'contract cases 1.2.0' })] }] };
    expect(assertedConstraints({ queries: [], contracts: [contract] }, catalog)).toMatchObject([{ name: 'contract cases 1.2.0', kind: 'not_null', columns: ['status'] }]);
  });
});
