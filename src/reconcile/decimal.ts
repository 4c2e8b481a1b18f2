/** An exact decimal: `unscaled` × 10^-`scale`. */
export interface Decimal {
  unscaled: bigint;
  scale: number;
}

export const ZERO: Decimal = { unscaled: 0n, scale: 0 };

/** PostgreSQL's numeric has at most 131,072 digits before and 16,383 behind the point; a sum of business has far fewer. */
const DIGITS_MAX = 2_000;

/** Reads what the engines print for an exact sum: `-12.50`. Null for anything else, `NaN` and `Infinity` among it. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null || text.length > DIGITS_MAX) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  const magnitude = BigInt(whole + fraction);
  return { unscaled: sign === '-' ? -magnitude : magnitude, scale: fraction.length };
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { unscaled: scaled(a, scale) + scaled(b, scale), scale };
}

/** How far two numbers are apart, never negative. */
export function distance(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const gap = scaled(a, scale) - scaled(b, scale);
  return { unscaled: gap < 0n ? -gap : gap, scale };
}

/** Whether `value` ≤ `share` × |`of`|, exactly as far as a share of 15 digits goes. */
export function isWithinShare(value: Decimal, share: number, of: Decimal): boolean {
  const millionths = BigInt(Math.round(share * 1e15));
  const scale = Math.max(value.scale, of.scale);
  const whole = scaled(of, scale);
  return scaled(value, scale) * 10n ** 15n <= millionths * (whole < 0n ? -whole : whole);
}

/** Whether `value` ≤ `count` halves of a unit in the last of `places` decimals: what rounding each row can add up to. */
export function isWithinRounding(value: Decimal, count: number, places: number): boolean {
  const scale = Math.max(value.scale, places);
  return scaled(value, scale) * 2n <= BigInt(count) * 10n ** BigInt(scale - places);
}

/** The nearest double. */
export function toNumber({ unscaled, scale }: Decimal): number {
  return Number(`${unscaled}e-${scale}`);
}

/** One text for equal numbers, whatever their scale. */
export function canonical(value: Decimal): string {
  let { unscaled, scale } = value;
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale -= 1;
  }
  return `${unscaled}e-${scale}`;
}

function scaled(value: Decimal, scale: number): bigint {
  return value.unscaled * 10n ** BigInt(scale - value.scale);
}
