import { describe, expect, it } from 'vitest';
import type { Catalog, Column } from '../../src/model/catalog.js';
import type { ColumnDeclaration } from '../../src/model/personal-column.js';
import { classifyCatalog, classifyColumn } from '../../src/privacy/classify.js';
import { disagreements } from '../../src/privacy/disagreements.js';
import { source as dbt } from '../../src/sources/dbt.js';
import { source as odcs } from '../../src/sources/odcs.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { emptyCatalog } from '../../src/sql/catalog.js';

const column = (name: string, type = 'text', more: Partial<Column> = {}): Column => ({ name, type, nullable: true, comment: null, label: null, enumValues: null, ...more });

function catalogOf(columns: Column[], name = 'case_party'): Catalog {
  return {
    ...emptyCatalog(),
    relations: [{
      schema: 'app', name, kind: 'table', owner: null, comment: null, columns, definition: null, rows: null, size_bytes: null,
      rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
    }],
  };
}

const declare = (by: string, verdict: ColumnDeclaration['verdict'], more: Partial<ColumnDeclaration> = {}): ColumnDeclaration => ({
  schema: 'app', relation: 'case_party', column: 'reference', verdict, kind: null, words: verdict === 'harmless' ? 'meta.contains_pii: false' : 'meta.contains_pii: true', by, store: null, ...more,
});

describe('the authority of declarations', () => {
  const plain = catalogOf([column('reference')]);
  it.each([
    ['a contract before dbt', [declare('dbt model case_party', 'harmless'), declare('data contract parties', 'personal')], 'personal_data'],
    ['dbt before a comment', [declare('description in dbt model case_party', 'personal'), declare('dbt model case_party', 'harmless')], undefined],
    ['what protects, where both have the same', [declare('dbt model a', 'harmless'), declare('dbt model b', 'personal')], 'personal_data'],
  ])('believes %s', (_, declarations, kind) => {
    expect(classifyCatalog(plain, [], declarations).get('app.case_party.reference')?.kind).toBe(kind);
  });

  it('believes a label before a contract, and the configuration before both', () => {
    const labelled = catalogOf([column('reference', 'text', { label: 'NOT MASKED' })]);
    expect(classifyCatalog(labelled, [], [declare('data contract parties', 'personal')]).size).toBe(0);
    expect(classifyCatalog(labelled, [{ pattern: 'app.*.reference', kind: 'passport' }], [])).toEqual(
      new Map([['app.case_party.reference', { kind: 'passport', class: 'direct', confidence: 1, reasons: ['declared in the configuration by app.*.reference'], declaredBy: ['tidemark.yaml'] }]]),
    );
  });

  it('takes the kind that a declaration names, in whatever words', () => {
    const found = classifyCatalog(plain, [], [declare('dbt model case_party', 'personal', { kind: 'email_address', words: 'meta.pii_type: email_address' })]);
    expect(found.get('app.case_party.reference')).toEqual({
      kind: 'email', class: 'direct', confidence: 0.99, reasons: ['declared by its dbt model case_party: meta.pii_type: email_address'], declaredBy: ['dbt model case_party'],
    });
  });

  it('takes a word of secrecy and a tag of the whole table for evidence, and for no more', () => {
    const amounts = catalogOf([column('amount', 'numeric(12,2)'), column('contact_phone')]);
    const words = (name: string): ColumnDeclaration => declare('data contract parties', 'personal', { column: name, words: 'classification: confidential' });
    const found = classifyCatalog(amounts, [], [words('amount'), words('contact_phone')]);
    expect(found.get('app.case_party.amount')).toBeUndefined();
    expect(found.get('app.case_party.contact_phone')?.declaredBy).toEqual(['data contract parties']);
  });
});

describe('disagreements', () => {
  const why = (columns: Column[], declarations: ColumnDeclaration[], overrides: { pattern: string; kind: string }[] = []): string[] =>
    disagreements(catalogOf(columns), overrides, declarations).map((one) => one.why);

  it('names what is declared harmless and looks like personal data', () => {
    expect(why([column('email')], [declare('dbt model case_party', 'harmless', { column: 'email' })])).toEqual([
      'app.case_party.email is declared harmless by its dbt model case_party and looks like an e-mail address',
    ]);
  });

  it('names two declarations that contradict each other, and a type that cannot hold what is declared', () => {
    expect(why([column('reference', 'text', { comment: 'PII' })], [declare('data contract parties', 'harmless')])).toEqual([
      'app.case_party.reference is declared personal by its comment and harmless by its data contract parties',
    ]);
    expect(why([column('reference', 'boolean')], [declare('dbt model case_party', 'personal', { kind: 'email' })])).toEqual([
      'app.case_party.reference is declared an e-mail address by its dbt model case_party, which its type boolean cannot hold',
    ]);
  });

  it('is silent where all agree, and where the configuration has answered', () => {
    expect(why([column('email')], [declare('dbt model case_party', 'personal', { column: 'email' })])).toEqual([]);
    expect(why([column('email')], [], [{ pattern: 'app.case_party.email', kind: 'none' }])).toEqual([]);
  });
});

describe('shares of sampled values', () => {
  const evidence = { schema: 'app', table: 'import_row', column: 'field_7', type: 'text', comment: null, label: null, siblings: ['field_7'] };
  it('decide alone for checks that few other values pass', () => {
    expect(classifyColumn({ ...evidence, values: [{ kind: 'iban', share: 0.98, distinctShare: 0.9, values: 500 }] })).toMatchObject({ kind: 'iban', reasons: ['98 % of 500 sampled values pass the check of an IBAN'] });
    expect(classifyColumn({ ...evidence, values: [{ kind: 'iban', share: 0.98, distinctShare: 0.9, values: 500 }] })?.confidence).toBeGreaterThan(0.9);
  });
  it('never decide alone for names and dates, nor on a handful of values', () => {
    expect(classifyColumn({ ...evidence, values: [{ kind: 'full_name', share: 1, distinctShare: 1, values: 500 }] })?.confidence ?? 0).toBeLessThan(0.7);
    expect(classifyColumn({ ...evidence, values: [{ kind: 'iban', share: 1, distinctShare: 1, values: 3 }] })?.confidence ?? 0).toBeLessThan(0.7);
  });
  it('weaken little what the name says', () => {
    const named = { ...evidence, column: 'email', table: 'applicant' };
    expect(classifyColumn({ ...named, values: [{ kind: 'email', share: 0, distinctShare: 1, values: 500 }] })?.confidence).toBeGreaterThan(0.7);
  });
});

describe('what tools declare', () => {
  function declarationsIn(read: typeof dbt.read, files: Record<string, string>): string[] {
    const found: ColumnDeclaration[] = [];
    read(Object.entries(files).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined, declare: (one) => found.push(one) });
    return found.map(({ schema, relation, column: name, verdict, kind, words, by }) => `${schema ?? '?'}.${relation}.${name} ${verdict} ${kind ?? '-'} (${words}) by ${by}`);
  }

  it('dbt: meta, tags, policy tags and descriptions of columns, models and sources', () => {
    expect(declarationsIn(dbt.read, {
      'dbt_project.yml': 'name: cases\nversion: "1"\n',
      'models/dim_party.sql': "{{ config(schema='marts') }} select 1 as party_id",
      'models/schema.yml': [
        'models:', '  - name: dim_party', '    tags: [pii]', '    columns:',
        '      - name: contact', '        meta: { contains_pii: true, pii_type: email }',
        '      - name: hint', '        config: { meta: { classification: public } }',
        '      - name: file_no', '        tags: ["pii:passport", nightly]',
        '      - name: remark', '        description: May hold personal data of witnesses',
        'sources:', '  - name: raw', '    tables:', '      - name: party', '        columns:', '          - name: ssn', '            policy_tags: ["projects/p/taxonomies/1/policyTags/2"]',
      ].join('\n'),
    })).toMatchInlineSnapshot(`
      [
        "?.dim_party.* personal - (tags: pii) by dbt model dim_party",
        "?.dim_party.contact personal - (meta.contains_pii: true) by dbt model dim_party",
        "?.dim_party.contact personal email (meta.pii_type: email) by dbt model dim_party",
        "?.dim_party.hint harmless - (meta.classification: public) by dbt model dim_party",
        "?.dim_party.file_no personal passport (tags: pii:passport) by dbt model dim_party",
        "?.dim_party.remark personal - (May hold personal data of witnesses) by description in dbt model dim_party",
        "raw.party.ssn personal - (policy_tags: projects/p/taxonomies/1/policyTags/2) by dbt source raw.party",
      ]
    `);
  });

  it('data contracts: classification, tags and the name of the encrypted twin', () => {
    expect(declarationsIn(odcs.read, {
      'party.yaml': [
        'kind: DataContract', 'apiVersion: v3.0.2', 'id: parties', 'name: parties', 'version: 1.0.0', 'status: active', 'schema:', '  - name: party', '    physicalName: integration.v_party_v1', '    properties:',
        '      - name: email', '        classification: pii', '      - name: fee', '        classification: confidential', '      - name: tier', '        classification: public',
        '      - name: file_ref', '        encryptedName: file_ref_enc',
      ].join('\n'),
    })).toMatchInlineSnapshot(`
      [
        "integration.v_party_v1.email personal - (classification: pii) by data contract parties 1.0.0",
        "integration.v_party_v1.fee personal - (classification: confidential) by data contract parties 1.0.0",
        "integration.v_party_v1.tier harmless - (classification: public) by data contract parties 1.0.0",
        "integration.v_party_v1.file_ref personal - (encryptedName: file_ref_enc) by data contract parties 1.0.0",
      ]
    `);
  });
});
