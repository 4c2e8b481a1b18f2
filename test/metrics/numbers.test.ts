import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, between, compareDecimals, decimalText, isMultiple, nextMultiple, parseDecimal, type Decimal } from '../../src/metrics/rows/decimal.js';
import { dayOf, instantText, nextPeriod, parseInstant, truncate, type TruncationUnit } from '../../src/metrics/rows/instant.js';
import { likeMatches, shortestMatch } from '../../src/metrics/rows/like.js';

function read(text: string): Decimal {
  const decimal = parseDecimal(text);
  if (decimal === null) throw new Error(text);
  return decimal;
}

const decimals = fc.tuple(fc.integer({ min: -100_000, max: 100_000 }), fc.integer({ min: 0, max: 4 })).map(([unscaled, scale]) => add({ unscaled: BigInt(unscaled), scale }, { unscaled: 0n, scale: 0 }));

describe('decimals', () => {
  it.each([
    ['12', '12'],
    ['-0.50', '-0.5'],
    ['1e3', '1000'],
    ['1.5e-3', '0.0015'],
    ['.5', '0.5'],
    ['5.', '5'],
  ])('reads %s', (text, expected) => {
    expect(decimalText(read(text))).toBe(expected);
  });

  it('refuses what is no plain number', () => {
    expect(['', '.', 'NaN', 'Infinity', '1_000', '0x1f', '1e9999', '9'.repeat(500)].map(parseDecimal)).toEqual(Array.from({ length: 8 }, () => null));
  });

  it('finds values strictly between, and the next multiple', () => {
    fc.assert(
      fc.property(decimals, decimals, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 3 }), (a, b, count, scale) => {
        const [low, high] = compareDecimals(a, b) < 0 ? [a, b] : [b, a];
        if (compareDecimals(low, high) !== 0) {
          const values = [low, ...between(low, high, count), high];
          values.forEach((value, index) => index > 0 && expect(compareDecimals(values[index - 1] ?? value, value)).toBe(-1));
        }
        const next = nextMultiple(a, scale);
        expect([isMultiple(next, scale), compareDecimals(a, next)]).toEqual([true, -1]);
        expect(compareDecimals(add(next, { unscaled: -1n, scale }), a)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('instants', () => {
  it('reads ISO 8601 and nothing that depends on settings or the day', () => {
    expect(parseInstant('2024-02-29')).toEqual({ local: 1_709_164_800_000_000n, offset: null });
    expect(parseInstant('2024-02-29T12:00:00.5+02:00')?.offset).toBe(7_200_000_000n);
    expect(['2023-02-29', '29.02.2024', 'today', 'now', '2024-13-01', '2024-01-01 25:00', '2024-01-01 10:00 Europe/Berlin', '44 BC'].map(parseInstant)).toEqual(
      Array.from({ length: 8 }, () => null),
    );
  });

  it('truncates to the start of the period that holds the instant', () => {
    const units: TruncationUnit[] = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];
    const instants = fc.bigInt({ min: -6_000_000_000_000_000n, max: 6_000_000_000_000_000n });
    fc.assert(
      fc.property(instants, fc.constantFrom(...units), (instant, unit) => {
        const start = truncate(unit, instant);
        const next = nextPeriod(unit, instant);
        expect(start <= instant && instant < next).toBe(true);
        expect([truncate(unit, start), truncate(unit, next), nextPeriod(unit, start)]).toEqual([start, next, next]);
      }),
    );
    expect(instantText(truncate('week', parseInstant('2024-03-03')?.local ?? 0n))).toBe('2024-02-26');
    expect(instantText(dayOf(-1n))).toBe('1969-12-31');
  });
});

describe('LIKE', () => {
  it.each([
    ['A%', 'A', true],
    ['A%', 'BA', false],
    ['_', 'ü', true],
    ['a\\%', 'a%', true],
    ['a\\%', 'ab', false],
    ['%a%B', 'xaxB', true],
    ['', '', true],
  ])('%s on %s', (pattern, text, expected) => {
    expect(likeMatches(pattern, text)).toBe(expected);
  });

  it('matches the shortest text of its own making, and takes no exponential time', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'B', '%', '_'), maxLength: 12 }), (pattern) => likeMatches(pattern, shortestMatch(pattern))));
    expect(likeMatches(`${'%a'.repeat(100)}b`, 'a'.repeat(2_000))).toBe(false);
  });
});
