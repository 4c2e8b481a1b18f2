import { describe, expect, it } from 'vitest';
import { tableContext } from '../../src/privacy/context.js';
import { typeGroup } from '../../src/privacy/types.js';
import { wordsOf } from '../../src/privacy/words.js';

describe('wordsOf', () => {
  it.each([
    ['lastLoginIP', ['last', 'login', 'ip']],
    ['E-Mail_Adresse', ['e', 'mail', 'adresse']],
    ['Straße2', ['strasse', '2']],
    ['IPAddress', ['ip', 'address']],
    ['numéro_de_téléphone', ['numero', 'de', 'telephone']],
    ['płeć', ['plec']],
    ['doğum_tarihi', ['dogum', 'tarihi']],
    ['', []],
  ])('%s', (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });
});

describe('tableContext', () => {
  it('knows persons, things and programs by the head of the name', () => {
    expect(tableContext('customers', []).score).toBe(2);
    expect(tableContext('product_categories', []).score).toBe(-2);
    expect(tableContext('user_roles', []).score).toBe(-2);
    expect(tableContext('oauth_clients', []).score).toBe(-2);
    expect(tableContext('customer_address', []).score).toBe(1);
    expect(tableContext('payment', []).score).toBe(0);
  });

  it('weighs the columns beside', () => {
    expect(tableContext('record', ['first_name', 'last_name', 'dob']).score).toBe(2.5);
    expect(tableContext('record', ['price', 'sku']).score).toBe(-1);
    expect(tableContext('record', ['email_count', 'phone_verified']).score).toBe(0);
    expect(tableContext('shipment', ['customer_id']).belongsToPerson).toBe(true);
  });
});

describe('typeGroup', () => {
  it.each([
    ['character varying(120)', 'text'],
    ['citext', 'text'],
    ['text[]', 'text'],
    ['timestamp with time zone', 'timestamp'],
    ['numeric(12,2)', 'number'],
    ['double precision', 'number'],
    ['cidr', 'network'],
    ['app.case_status', 'other'],
  ])('%s is %s', (type, group) => {
    expect(typeGroup(type)).toBe(group);
  });
});
