import type { Constant } from './facts.js';
import type { SearchColumn } from './tables.js';

/** Numbers whose surroundings are tried. */
const BASES_MAX = 10;

/** Values of a column of numbers: the constants that it meets, their neighbours, products and quotients of them, and small ones. */
export function numberValues(column: SearchColumn, constants: readonly Constant[], roles: { aggregated: boolean; divisor: boolean; key: boolean }): string[] {
  const values = new Set<number>();
  const given = constants.map(({ value }) => (value.trim() === '' ? Number.NaN : Number(value))).filter((value) => Number.isFinite(value));
  const bases = [...new Set(given)].slice(0, BASES_MAX);
  const unit = column.scale === null ? 1 : 10 ** -column.scale;
  for (const base of bases) for (const value of [Math.floor(base / unit) * unit, Math.ceil(base / unit) * unit]) values.add(column.scale === null ? base : value);
  for (const base of bases) for (const value of [base + unit, base - unit]) values.add(value);
  for (const value of roles.aggregated ? [1, 3, 10, 0, -4] : [1, 2, 3]) values.add(value);
  if (roles.divisor || !roles.key) values.add(0);
  combinations(bases.slice(0, 4), values);
  if (column.scale === null) {
    const sorted = bases.toSorted((left, right) => left - right);
    for (const [index, low] of sorted.entries()) values.add((low + (sorted[index + 1] ?? low + 1)) / 2);
    if (!roles.key) values.add(0.5);
  } else if (column.scale > 0 && roles.aggregated) {
    values.add(2 + unit);
    values.add(1 - unit);
  }
  if (!roles.key) values.add(-1);
  const bound = column.bound ?? Number.POSITIVE_INFINITY;
  const texts = [...values].filter((value) => Math.abs(value) < bound).map((value) => numberText(value, column.scale));
  return [...new Set(column.infinite && !roles.key && !roles.divisor && constants.some(({ value }) => /nan|inf/i.test(value)) ? [...texts, 'NaN', 'Infinity'] : texts)];
}

/** Products and quotients: `amount / 60 > 5` turns at 300. */
function combinations(bases: readonly number[], values: Set<number>): void {
  for (const [index, one] of bases.entries()) {
    for (const [position, other] of bases.entries()) {
      if (index === position || Math.abs(one) <= 1 || other <= 1) continue;
      values.add(one / other);
      if (index < position && Math.abs(one * other) < 1e7) for (const near of [one * other, one * other - 1, one * other + 1]) values.add(near);
    }
  }
}

export function numberText(value: number, scale: number | null): string {
  const text = scale === null ? value.toFixed(9) : value.toFixed(Math.max(scale, 0));
  const short = text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
  return short === '-0' ? '0' : short;
}
