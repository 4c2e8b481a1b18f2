import { describe, expect, test } from 'vitest';
import { hasPromisedType } from '../../src/graph/type-spelling.js';

const column = (type: string, more: { enumValues?: string[]; baseType?: string } = {}): Parameters<typeof hasPromisedType>[2] => ({ type, enumValues: more.enumValues ?? null, ...(more.baseType === undefined ? {} : { baseType: more.baseType }) });

describe('a promised type', () => {
  test.each([
    ['int8', 'bigint'], ['INT', 'integer'], ['varchar', 'character varying(20)'], ['VARCHAR(20)', 'character varying(20)'], ['text', 'character varying'], ['timestamptz', 'timestamp with time zone'],
    ['timestamp(3) with time zone', 'timestamp with time zone'], ['decimal(12,2)', 'numeric(12, 2)'], ['numeric(12)', 'NUMERIC(12,0)'], ['numeric', 'numeric(12,2)'], ['float8', 'DOUBLE'], ['float', 'real'],
    ['STRING', 'text'], ['int4[]', 'integer[]'], ['_text', 'text[]'], ['case_status', 'app.case_status'], ['jsonb', 'json'], ['pg_catalog.int4', 'integer'], ['int(11)', 'integer'], ['bigint(20)', 'bigint'], ['"app"."case_status"', 'app.case_status'],
  ])('%s is kept by %s', (promised, actual) => {
    expect(hasPromisedType(promised, false, column(actual))).toBe(true);
  });

  test.each([
    ['integer', 'bigint'], ['bigint', 'text'], ['timestamptz', 'timestamp without time zone'], ['date', 'timestamp with time zone'], ['numeric(12,2)', 'numeric(10,2)'], ['numeric(12,2)', 'numeric'],
    ['varchar(20)', 'character varying(50)'], ['varchar(20)', 'text'], ['text', 'text[]'], ['uuid', 'text'], ['app.case_status', 'text'],
  ])('%s is broken by %s', (promised, actual) => {
    expect(hasPromisedType(promised, false, column(actual))).toBe(false);
  });

  test('of text is broken by an enum, which LIKE does not compare', () => {
    expect(hasPromisedType('text', false, column('app.case_status', { enumValues: ['OPEN', 'CLOSED'] }))).toBe(false);
  });

  test('is not judged where one side is a word of another engine or a domain', () => {
    expect(hasPromisedType('VARIANT', false, column('jsonb'))).toBeNull();
    expect(hasPromisedType('text', false, column('app.mail_address'))).toBeNull();
    expect(hasPromisedType('text', false, column('app.mail_address', { baseType: 'text' }))).toBe(true);
  });

  test.each([
    ['integer', 'bigint', true], ['integer', 'text', false], ['integer', 'numeric(12,2)', false], ['integer', 'numeric(12,0)', null], ['number', 'integer', true], ['number', 'double precision', true],
    ['string', 'uuid', true], ['string', 'boolean', false], ['string', 'timestamp with time zone', null], ['date-time', 'timestamp with time zone', true], ['date', 'timestamp with time zone', false],
    ['timestamp', 'timestamp without time zone', true], ['array', 'text[]', true], ['string', 'text[]', false], ['object', 'jsonb', true], ['hologram', 'text', null],
  ])('%s, as a word of a contract, over %s: %s', (promised, actual, expected) => {
    expect(hasPromisedType(promised, true, column(actual))).toBe(expected);
  });

  test('string is kept by an enum', () => {
    expect(hasPromisedType('string', true, column('app.case_status', { enumValues: ['OPEN'] }))).toBe(true);
  });
});
