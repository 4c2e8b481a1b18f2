import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentValues } from '../../../src/metrics/search/document-values.js';
import type { Constant } from '../../../src/metrics/search/facts.js';
import { typeShape } from '../../../src/metrics/search/family.js';
import { momentValues } from '../../../src/metrics/search/moment-values.js';
import { clockChanges, MICROS, momentText, readInterval, readMoment, zoneOffset } from '../../../src/metrics/search/moments.js';
import { valuesOf, type ColumnRoles } from '../../../src/metrics/search/pools.js';
import { splice } from '../../../src/metrics/search/splice.js';
import type { SearchColumn } from '../../../src/metrics/search/tables.js';
import { likeSamples, regexSamples } from '../../../src/metrics/search/text-values.js';
import { likeMatches } from '../../../src/metrics/rows/like.js';

function constant(value: string, more: Partial<Constant> = {}): Constant {
  return { value, isNumber: /^-?\d/.test(value) && !value.includes('-', 1), meeting: 'compared', functions: [], aggregate: false, type: null, ...more };
}

function column(type: string, more: Partial<SearchColumn> = {}): SearchColumn {
  return { ...typeShape(type, false), name: 'value', type, nullable: true, members: null, generated: null, ...more };
}

const ROLES: ColumnRoles = { aggregated: false, divisor: false, key: false, shared: false, paths: new Set(), zones: ['UTC'] };

describe('values of a column', () => {
  test('numbers around a constant fit the scale of the column', () => {
    expect(valuesOf(column('numeric(6,1)'), [constant('9.99')], ROLES)).toEqual(expect.arrayContaining(['9.9', '10', '10.1', '0', '-1']));
    expect(valuesOf(column('numeric(6,1)'), [constant('9.99')], ROLES)).not.toContain('9.99');
    expect(valuesOf(column('integer'), [constant('100')], ROLES)).toEqual(expect.arrayContaining(['99', '100', '101']));
  });

  test('no number is larger than its type admits', () => {
    for (const value of valuesOf(column('smallint'), [constant('32767')], ROLES)) expect(Math.abs(Number(value))).toBeLessThanOrEqual(32_767);
    for (const value of valuesOf(column('numeric(3,1)'), [constant('500')], ROLES)) expect(Math.abs(Number(value))).toBeLessThan(100);
  });

  test('NaN and infinity only where a definition speaks of them and the type has them', () => {
    expect(valuesOf(column('double precision'), [constant('NaN', { isNumber: false })], ROLES)).toEqual(expect.arrayContaining(['NaN', 'Infinity']));
    expect(valuesOf(column('numeric(6,1)'), [constant('NaN', { isNumber: false })], ROLES)).not.toContain('NaN');
  });

  test('texts that are named come before strangers, and none is too long', () => {
    const values = valuesOf(column('character varying(6)'), [constant('DUPLICATE'), constant('OPEN')], ROLES);
    expect(values.slice(0, 2)).toEqual(['DUPLIC', 'OPEN']);
    for (const value of values) expect(value.length).toBeLessThanOrEqual(6);
  });

  test('other cases of letters where a definition takes no notice of them', () => {
    expect(valuesOf(column('text'), [constant('open', { functions: ['lower'] })], ROLES)).toEqual(expect.arrayContaining(['open', 'OPEN', 'Open']));
    expect(valuesOf(column('text'), [constant('open')], ROLES)).not.toContain('OPEN');
  });

  test('members of an enum and nothing else', () => {
    expect(valuesOf(column('severity', { members: ['low', 'high'] }), [constant('urgent')], ROLES)).toEqual(['low', 'high']);
  });

  test('documents that have a key, have it null, and lack it', () => {
    const documents = documentValues(new Set(['maker\u0001country']), [constant('IT')]);
    expect(documents).toEqual(expect.arrayContaining(['{"maker":{"country":"IT"}}', '{"maker":{"country":"other"}}', '{"maker":{"country":null}}', '{}']));
  });
});

describe('moments', () => {
  test('around a constant: itself, a microsecond before and after, and both ends of its day', () => {
    expect(momentValues({ family: 'timestamp', scale: null }, [constant('2024-02-01', { isNumber: false })], ['UTC'])).toEqual(
      expect.arrayContaining(['2024-02-01 00:00:00', '2024-01-31 23:59:59.999999', '2024-02-01 00:00:00.000001', '2024-02-01 23:59:59.999999', '2024-02-02 00:00:00']),
    );
    expect(momentValues({ family: 'date', scale: null }, [constant('2024-02-01', { isNumber: false })], ['UTC'])).toEqual(expect.arrayContaining(['2024-01-31', '2024-02-01', '2024-02-02', '2024-03-03']));
  });

  test('a column of milliseconds holds nothing in between', () => {
    expect(momentValues(typeShape('timestamp(3) without time zone', false), [constant('2024-02-01', { isNumber: false })], ['UTC'])).toEqual(
      expect.arrayContaining(['2024-01-31 23:59:59.999', '2024-02-01 00:00:00', '2024-02-01 00:00:00.001']),
    );
  });

  test('a date means another instant in each zone', () => {
    const values = momentValues({ family: 'timestamptz', scale: null }, [constant('2024-02-01', { isNumber: false })], ['UTC', 'Asia/Jakarta']);
    expect(values).toEqual(expect.arrayContaining(['2024-02-01 00:00:00+00', '2024-01-31 17:00:00+00']));
  });

  test('an interval away from a constant', () => {
    expect(momentValues({ family: 'date', scale: null }, [constant('2024-03-31', { isNumber: false }), constant('1 mon', { isNumber: false, type: 'interval' })], ['UTC'])).toContain('2024-02-29');
  });

  test('text and microseconds are the same moment', () => {
    fc.assert(fc.property(fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999 }), (seconds, fraction) => {
      const micros = seconds * 1_000 * MICROS + fraction;
      expect(readMoment(momentText(micros, true))).toEqual({ micros, zoned: true });
    }));
  });

  test('offsets and changes of clocks', () => {
    expect(zoneOffset('Asia/Jakarta', 0) / 3_600_000 / MICROS).toBe(7);
    expect(zoneOffset('no such zone', 0)).toBe(0);
    expect(clockChanges('Europe/Rome', 2024).map((micros) => momentText(micros, true))).toEqual(['2024-03-31 01:00:00+00', '2024-10-27 01:00:00+00']);
    expect(clockChanges('UTC', 2024)).toEqual([]);
  });

  test('intervals as engines print them', () => {
    expect(readInterval('1 year 2 mons 3 days 04:05:06')).toEqual({ months: 14, micros: ((3 * 24 + 4) * 3_600 + 5 * 60 + 6) * 1_000 * MICROS });
    expect(readInterval('-30 days')).toEqual({ months: 0, micros: -30 * 86_400_000 * MICROS });
    expect(readInterval('soon')).toBeNull();
  });
});

describe('patterns', () => {
  test('of LIKE: some sample matches, and some does not', () => {
    for (const pattern of ['AB%', '%AB', 'A_C', '%x%y', 'a\\%b', 'ABC']) {
      const matches = likeSamples(pattern).map((sample) => likeMatches(pattern, sample));
      expect({ pattern, matches: new Set(matches) }).toEqual({ pattern, matches: new Set([true, false]) });
    }
  });

  test('of regular expressions: some sample matches, and some does not', () => {
    for (const pattern of ['^(AB|CD)-[0-9]+$', 'urgent$', '^\\d{4}', '^[^x]y', '^a\\.b$', '^(a|b)c(d|e)$', '^x.*z$']) {
      const expression = new RegExp(pattern);
      const matches = regexSamples(pattern).map((sample) => expression.test(sample));
      expect({ pattern, matches: new Set(matches) }).toEqual({ pattern, matches: new Set([true, false]) });
    }
  });
});

describe('splicing', () => {
  test('replaces stretches and inserts', () => {
    expect(splice('select a from t', [{ start: 14, end: 15, text: '(x)' }, { start: 8, end: 8, text: ', b' }])).toBe('select a, b from (x)');
    expect(splice('select a from t', [{ start: 0, end: 8, text: '' }, { start: 7, end: 9, text: '' }])).toBeNull();
  });
});
