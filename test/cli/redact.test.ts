import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../src/cli/redact.js';
import { hideSecretsOf, hideSecretsOfEnvironment } from '../../src/cli/store-secrets.js';

describe('what is printed', () => {
  test('shows no password of a URL, wherever it comes from', () => {
    expect(new Redactor().redact('cannot parse postgresql://audit_ro:Gezeiten7@db.example/casework')).toBe(
      'cannot parse postgresql://audit_ro:***@db.example/casework',
    );
  });

  test('shows no password of a configured store, as written and as encoded', () => {
    const redactor = new Redactor();
    redactor.addUrl('postgresql://audit_ro:Gez%C3%A4iten%2F7@db.example/casework');
    expect(redactor.redact('password "Gezäiten/7" was refused, Gez%C3%A4iten%2F7 too')).toBe('password "***" was refused, *** too');
  });

  test('shows no value that was handed over as a secret, the longer one first', () => {
    const redactor = new Redactor();
    redactor.add('Gezeiten');
    redactor.add('Gezeiten7');
    redactor.add(undefined);
    expect(redactor.redact('Gezeiten7 and Gezeiten')).toBe('*** and ***');
  });

  test('shows nothing of the keys that a warehouse is opened by, from the environment or a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-keys-'));
    const [account, key] = [join(folder, 'account.json'), join(folder, 'key.p8')];
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nQUFTQ0JLZ3dnZ1NrQWdFQUFv\n-----END PRIVATE KEY-----\n';
    await writeFile(account, JSON.stringify({ type: 'service_account', client_email: 'audit@shop.example', private_key: pem, refresh_token: '1//spring-tide' }));
    await writeFile(key, pem);
    const redactor = new Redactor();
    const host = { environment: { GOOGLE_APPLICATION_CREDENTIALS: account, TRINO_TOKEN: 'neap-tide-token' }, homeDirectory: folder };
    hideSecretsOfEnvironment(host.environment, redactor);
    await hideSecretsOf({ name: 'lake', role: 'warehouse', engine: 'bigquery', url: 'bigquery://shop', match: [] }, host, redactor);
    expect(redactor.redact('audit@shop.example 1//spring-tide neap-tide-token MIIEvQIBADANBgkqhkiG9w0B')).toBe('audit@shop.example *** *** ***');
    const other = new Redactor();
    await hideSecretsOf({ name: 'mart', role: 'warehouse', engine: 'snowflake', url: null, credentials: { user: 'audit', private_key_file: key }, match: [] }, { environment: {}, homeDirectory: folder }, other);
    expect(other.redact('key QUFTQ0JLZ3dnZ1NrQWdFQUFv of audit')).toBe('key *** of audit');
    await rm(folder, { recursive: true });
  });

  test('is left alone where a secret is so short that it may be any word', () => {
    const redactor = new Redactor();
    redactor.add('case');
    redactor.add('');
    expect(redactor.redact('app.case_file')).toBe('app.case_file');
  });

  test('is redacted at every depth of plain data, whose shape stays', () => {
    const redactor = new Redactor();
    redactor.add('Gezeiten7');
    const gaps = [{ subject: 'production', cause: 'Gezeiten7 was refused', remedy: null, tries: 3, also: ['Gezeiten7'] }];
    expect(redactor.redactAll(gaps)).toEqual([{ subject: 'production', cause: '*** was refused', remedy: null, tries: 3, also: ['***'] }]);
  });
});
