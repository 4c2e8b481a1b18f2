import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDecimals, canonical, distance, isWithinRounding, isWithinShare, parseDecimal, toNumber, type Decimal } from '../../src/reconcile/decimal.js';

function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === null) throw new Error(`no decimal: ${text}`);
  return parsed;
}

const decimals = fc.record({ unscaled: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), scale: fc.integer({ min: 0, max: 20 }) });

describe('exact decimals', () => {
  test('are what the engines print', () => {
    expect(canonical(decimal('-12.50'))).toBe('-125e-1');
    expect(canonical(decimal('0.000'))).toBe('0e-0');
    expect(['NaN', 'Infinity', 'inf', '1e5', '', '-', '1.', 'twelve'].map(parseDecimal)).toEqual(Array.from({ length: 8 }, () => null));
  });

  test('tell apart what doubles cannot', () => {
    const [left, right] = [decimal('99999999999999999999999999999999999999'), decimal('99999999999999999999999999999999999998')];
    expect(toNumber(left)).toBe(toNumber(right));
    expect(canonical(distance(left, right))).toBe('1e-0');
  });

  test('look alike when they are equal, whatever their scale', () => {
    fc.assert(
      fc.property(decimals, fc.integer({ min: 0, max: 10 }), (value, zeros) => {
        const longer = { unscaled: value.unscaled * 10n ** BigInt(zeros), scale: value.scale + zeros };
        expect(canonical(longer)).toBe(canonical(value));
        expect(distance(longer, value).unscaled).toBe(0n);
      }),
    );
  });

  test('are as far apart as what is added', () => {
    fc.assert(
      fc.property(decimals, decimals, (value, more) => {
        const positive = { ...more, unscaled: more.unscaled < 0n ? -more.unscaled : more.unscaled };
        expect(canonical(distance(addDecimals(value, positive), value))).toBe(canonical(positive));
      }),
    );
  });

  test('are within a share of another exactly up to it', () => {
    expect(isWithinShare(decimal('0.10'), 0.001, decimal('100'))).toBe(true);
    expect(isWithinShare(decimal('0.100001'), 0.001, decimal('100'))).toBe(false);
    expect(isWithinShare(decimal('0.10'), 0.001, decimal('-100'))).toBe(true);
    expect(isWithinShare(decimal('0.01'), 0, decimal('1000000'))).toBe(false);
    expect(isWithinShare(decimal('0'), 0, decimal('0'))).toBe(true);
  });

  test('are within rounding up to half a unit for each row', () => {
    expect(isWithinRounding(decimal('0.015'), 3, 2)).toBe(true);
    expect(isWithinRounding(decimal('0.0151'), 3, 2)).toBe(false);
    expect(isWithinRounding(decimal('2'), 3, 0)).toBe(false);
    expect(isWithinRounding(decimal('1.5'), 3, 0)).toBe(true);
  });
});
