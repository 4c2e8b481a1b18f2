import { describe, expect, test } from 'vitest';
import { Redactor } from '../../src/cli/redact.js';

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
