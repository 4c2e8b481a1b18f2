import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { carriesPassword, withoutPasswords } from '../../src/config/credentials.js';
import { nearestName } from '../../src/text/nearest-name.js';
import { parseDuration, parseSize } from '../../src/config/quantity.js';

describe('the nearest name', () => {
  test.each([
    ['zonse', 'zones'],
    ['Stores', 'stores'],
    ['sorces', 'sources'],
    ['rulefolders', 'rule_folders'],
    ['thresold', 'thresholds'],
    ['owners', null],
    ['', null],
  ])('of %s is %s', (given, nearest) => {
    expect(nearestName(given, ['stores', 'zones', 'sources', 'rules', 'rule_folders', 'thresholds'])).toBe(nearest);
  });

  test('is the name itself where it is among them, and always one of them', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z_]{1,12}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(names, fc.string(), fc.nat(), (candidates, other, index) => {
        const name = candidates[index % candidates.length] ?? '';
        expect(nearestName(name, candidates)).toBe(name);
        expect([...candidates, null]).toContain(nearestName(other, candidates));
      }),
    );
  });
});

describe('quantities', () => {
  test.each([
    ['64MiB', 67_108_864],
    ['64 mib', 67_108_864],
    ['1.5 kB', 1_500],
    ['0 B', 0],
    ['64', null],
    ['MiB', null],
    ['64 min', null],
    ['-1MB', null],
    ['1e3 MB', null],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each([
    ['90s', 90],
    ['2 min', 120],
    ['500ms', 0.5],
    ['1h', 3_600],
    ['1d', 86_400],
    ['2 minutes', null],
    ['90', null],
  ])('%s is %s seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
});

describe('passwords', () => {
  test.each([
    ['postgresql://audit_ro:Gezeiten7@db.example/casework', 'postgresql://audit_ro:***@db.example/casework'],
    ['cannot reach postgres://a:Gezeiten7@h, retry', 'cannot reach postgres://a:***@h, retry'],
    ['postgres://a:Gez@eiten/7@h/db', 'postgres://a:***@h/db'],
    ['postgres://h/db?user=a&password=Gezeiten7&sslmode=require', 'postgres://h/db?user=a&password=***&sslmode=require'],
    ["host=h password='Gez eiten7' dbname=db", 'host=h password=*** dbname=db'],
    ['host=h password = Gezeiten7', 'host=h password = ***'],
  ])('in %s are hidden', (text, hidden) => {
    expect(withoutPasswords(text)).toBe(hidden);
    expect(carriesPassword(text)).toBe(true);
  });

  test.each([
    'postgresql://audit_ro@db.example:5432/casework?application_name=a@b',
    'postgresql://${env:ROLE}:${env:PASSWORD}@db.example/casework',
    'postgresql:///?service=casework',
    'host=db.example dbname=casework passfile=/home/audit/.pgpass',
  ])('are not in %s', (text) => {
    expect(carriesPassword(text)).toBe(false);
  });

  // Where the work grew with the square of the length, these would take hours.
  test.each(['://a:', '://', "password='", 'password   '])('are looked for in a megabyte of %s', (part) => {
    const text = part.repeat(2 ** 20 / part.length);
    expect(withoutPasswords(`${text} `)).toContain(part);
  });

  test('of a URL are always found', () => {
    const password = fc.string({ minLength: 1, maxLength: 20 }).map(encodeURIComponent);
    fc.assert(
      fc.property(password, (secret) => {
        expect(carriesPassword(`postgresql://audit_ro:${secret}@db.example/casework`)).toBe(true);
        expect(withoutPasswords(`cannot connect to postgresql://audit_ro:${secret}@db.example/casework`)).toBe(
          'cannot connect to postgresql://audit_ro:***@db.example/casework',
        );
      }),
    );
  });
});
