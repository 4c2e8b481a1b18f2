import { describe, expect, it } from 'vitest';
import { classifyColumn, REPORTED_CONFIDENCE, type Classification } from '../../src/privacy/classify.js';

const applicant = ['applicant_id', 'legal_name', 'birth_date', 'email', 'phone', 'created_at'];

function classify(column: string, type: string, table: string, siblings: string[] = []): Classification | null {
  return classifyColumn({ schema: 'app', table, column, type, comment: null, label: null, siblings: [...siblings, column] });
}

function reported(column: string, type: string, table: string, siblings: string[] = []): string {
  const found = classify(column, type, table, siblings);
  return found !== null && found.confidence >= REPORTED_CONFIDENCE ? `${found.class} ${found.kind}` : 'silent';
}

describe('what is personal data', () => {
  it.each([
    ['email', 'character varying(200)', 'applicant', 'direct email'],
    ['phone', 'text', 'applicant', 'direct phone'],
    ['legal_name', 'text', 'applicant', 'direct full_name'],
    ['first_name', 'text', 'applicant', 'direct first_name'],
    ['birth_date', 'date', 'applicant', 'direct date_of_birth'],
    ['dob', 'date', 'applicant', 'direct date_of_birth'],
    ['national_id', 'text', 'applicant', 'direct national_id'],
    ['tax_id', 'text', 'applicant', 'direct tax_id'],
    ['street_address', 'text', 'applicant', 'direct street_address'],
    ['iban', 'text', 'payment', 'direct iban'],
    ['counterparty_iban', 'text', 'posting', 'direct iban'],
    ['session_key', 'character varying(40)', 'django_session', 'secret token'],
    ['password_hash', 'text', 'account', 'secret password'],
    ['api_key', 'text', 'integration', 'secret api_key'],
    ['client_secret', 'text', 'integration', 'secret secret'],
    ['reset_token', 'text', 'account', 'secret token'],
    ['ip_address', 'inet', 'login_attempt', 'direct ip_address'],
    ['origin', 'inet', 'login_attempt', 'direct ip_address'],
    ['handler_name', 'text', 'applicant', 'silent'],
    ['manager_name', 'text', 'warehouse', 'direct full_name'],
    ['recipientEmail', 'text', 'Message', 'direct email'],
    ['PAT_FNAME', 'varchar(40)', 'PATIENT', 'direct first_name'],
    ['gender', 'text', 'applicant', 'quasi gender'],
    ['religion', 'text', 'applicant', 'quasi special_category'],
    ['Straße', 'text', 'Kunde', 'direct street_address'],
    ['date_de_naissance', 'date', 'usager', 'direct date_of_birth'],
    ['soyadı', 'text', 'müşteri', 'direct last_name'],
  ])('%s %s in %s: %s', (column, type, table, expected) => {
    expect(reported(column, type, table, ['applicant', 'PATIENT', 'usager'].includes(table) ? applicant : [])).toBe(expected);
  });
});

describe('what only looks like it', () => {
  it.each([
    ['email_verified', 'boolean', 'applicant'],
    ['email_verified_at', 'timestamp with time zone', 'applicant'],
    ['email_template_id', 'bigint', 'campaign'],
    ['email_count', 'integer', 'applicant'],
    ['email', 'integer', 'notification_setting'],
    ['phone_verified_at', 'timestamp with time zone', 'applicant'],
    ['password_changed_at', 'timestamp with time zone', 'applicant'],
    ['address_type', 'text', 'applicant'],
    ['ip_version', 'integer', 'connection'],
    ['counterparty_name', 'text', 'posting'],
    ['name', 'text', 'product'],
    ['name', 'text', 'category'],
    ['name', 'text', 'sla_policy'],
    ['host_name', 'text', 'pipeline_run'],
    ['file_name', 'text', 'document'],
    ['table_name', 'text', 'audit_log'],
    ['state', 'text', 'applicant'],
    ['status', 'text', 'applicant'],
    ['time_zone', 'text', 'applicant'],
    ['case_number', 'text', 'case_file'],
    ['officer_id', 'bigint', 'case_file'],
    ['applicant_id', 'bigint', 'case_file'],
    ['applicant_count', 'integer', 'region_summary'],
    ['client_name', 'text', 'oauth_client'],
    ['legal_name', 'text', 'company'],
    ['city', 'text', 'warehouse'],
    ['secret_name', 'text', 'vault_entry'],
    ['token_count', 'integer', 'usage'],
    ['mac_version', 'text', 'installer'],
    ['race_condition', 'boolean', 'test_run'],
    ['card_type', 'text', 'payment'],
  ])('%s %s in %s', (column, type, table) => {
    expect(reported(column, type, table, table === 'applicant' ? applicant : [])).toBe('silent');
  });

  it('takes an enum for a trait of a person and never for a name', () => {
    const evidence = { schema: 'app', table: 'applicant', type: 'app.kind', comment: null, label: null, siblings: applicant, enumerated: true };
    expect(classifyColumn({ ...evidence, column: 'gender' })?.confidence).toBeGreaterThanOrEqual(REPORTED_CONFIDENCE);
    expect(classifyColumn({ ...evidence, column: 'email' })?.confidence ?? 0).toBeLessThan(REPORTED_CONFIDENCE);
  });
});

describe('reasons', () => {
  it('says what speaks for it, in words', () => {
    expect(classify('home_phone', 'text', 'applicant', applicant)?.reasons).toEqual([
      'home_phone is named like a telephone number',
      'the table applicant is named after persons',
      'it stands beside birth_date, email, phone',
    ]);
    expect(classify('origin', 'inet', 'login_attempt')?.reasons).toEqual(['its type is inet']);
  });
});

describe('declarations', () => {
  const column = { schema: 'app', table: 'payment', column: 'reference', type: 'text', siblings: ['payment_id'] };

  it('believes a label and a comment that declare personal data', () => {
    expect(classifyColumn({ ...column, comment: null, label: 'MASKED WITH FUNCTION anon.fake_iban()' })).toEqual({
      kind: 'iban',
      class: 'direct',
      confidence: 0.99,
      reasons: ['declared by its security label: MASKED WITH FUNCTION anon.fake_iban()'],
      declaredBy: ['security label'],
    });
    expect(classifyColumn({ ...column, comment: 'Contains PII of the payer', label: null })?.confidence).toBe(0.99);
  });

  it('keeps the kind that the name says', () => {
    expect(classifyColumn({ ...column, column: 'iban', comment: 'personal data', label: null })?.kind).toBe('iban');
  });

  it('believes a declaration that it is none, and the label before the comment', () => {
    const email = { ...column, column: 'email' };
    expect(classifyColumn({ ...email, comment: 'no personal data: a shared mailbox', label: null })).toBeNull();
    expect(classifyColumn({ ...email, comment: 'PII', label: 'NOT MASKED' })).toBeNull();
    expect(classifyColumn({ ...email, comment: 'does not contain PII', label: null })).toBeNull();
  });

  it('takes a comment that mentions something in passing for no declaration', () => {
    expect(classifyColumn({ ...column, comment: 'set when the confirmation e-mail was sent', label: null })).toBeNull();
    expect(classifyColumn({ ...column, comment: null, label: 'system_u:object_r:sepgsql_table_t:s0' })).toBeNull();
  });
});

describe('hostile names', () => {
  it('answers for any text', () => {
    const long = 'e_mail_'.repeat(20_000);
    expect(classify(long, 'text', long)).not.toBeUndefined();
    expect(classify('', '', '')).toBeNull();
    expect(classify('email\u0000\u001b', 'text', 'applicant', applicant)?.kind).toBe('email');
  });
});
