/** An exact decimal: `unscaled` × 10^-`scale`, scale not negative. */
export interface Decimal {
  unscaled: bigint;
  scale: number;
}

/** Longer literals are not read: no column of a database compares with them in earnest. */
const DIGITS_MAX = 200;

/** Reads what PostgreSQL reads as a number: `12`, `-0.5`, `1e3`. Null for anything else, `NaN` and `Infinity` among it. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^\s*([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?\s*$/.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if ((whole === '' && fraction === '') || whole.length + fraction.length > DIGITS_MAX) return null;
  const magnitude = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  const signed = sign === '-' ? -magnitude : magnitude;
  return scale >= 0 ? normalise({ unscaled: signed, scale }) : { unscaled: signed * 10n ** BigInt(-scale), scale: 0 };
}

/** Without trailing zeros behind the point, so that equal numbers look alike. */
function normalise({ unscaled, scale }: Decimal): Decimal {
  let [digits, places] = [unscaled, scale];
  while (places > 0 && digits % 10n === 0n) {
    digits /= 10n;
    places -= 1;
  }
  return { unscaled: digits, scale: places };
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.unscaled * 10n ** BigInt(scale - a.scale), b.unscaled * 10n ** BigInt(scale - b.scale), scale];
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const [left, right, scale] = aligned(a, b);
  return normalise({ unscaled: left + right, scale });
}

function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, { unscaled: -b.unscaled, scale: b.scale });
}

/** `count` values strictly between two numbers, evenly apart and exact. */
export function between(low: Decimal, high: Decimal, count: number): Decimal[] {
  const places = String(count + 1).length + 1;
  const gap = subtract(high, low);
  return Array.from({ length: count }, (_, index) => {
    const share = (10n ** BigInt(places) * BigInt(index + 1)) / BigInt(count + 1);
    return add(low, normalise({ unscaled: gap.unscaled * share, scale: gap.scale + places }));
  });
}

/** The smallest multiple of 10^-`scale` that is greater than a number. */
export function nextMultiple(value: Decimal, scale: number): Decimal {
  if (value.scale <= scale) return add(value, { unscaled: 1n, scale });
  const divisor = 10n ** BigInt(value.scale - scale);
  const quotient = value.unscaled / divisor;
  const floor = value.unscaled < 0n && value.unscaled % divisor !== 0n ? quotient - 1n : quotient;
  return normalise({ unscaled: floor + 1n, scale });
}

export function isMultiple(value: Decimal, scale: number): boolean {
  return normalise(value).scale <= scale;
}

export function decimalText({ unscaled, scale }: Decimal): string {
  if (scale === 0) return String(unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
