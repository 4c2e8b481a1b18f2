/** How a number is written: a unit of a fact, or `count` for a plain number. */
export type Unit = 'ms' | 'seconds' | 'bytes' | 'share' | 'days' | 'count';

/**
 * A number for people: `38 %`, `340 ms`, `2.5 min`, `1.2 GiB`, `30 days`, `1,204`. Null for a number that is not known
 * (NaN or infinite).
 */
export function formatQuantity(value: number, unit: Unit): string | null {
  if (!Number.isFinite(value)) return null;
  if (value < 0) return `-${formats[unit](-value)}`;
  return formats[unit](value);
}

const formats: Record<Unit, (value: number) => string> = {
  count: (value) => decimal(value),
  share,
  ms: (value) => (value < 999.5 ? `${value < 1 ? decimal(value, 2) : decimal(value)} ms` : seconds(value / 1000)),
  seconds,
  bytes,
  days: (value) => (value < 1 ? `${decimal(value * 24)} h` : `${decimal(value)} ${decimal(value) === '1' ? 'day' : 'days'}`),
};

/** Whole numbers from 10 on; below that at most `digits` decimals. Thousands are parted by commas. */
function decimal(value: number, digits: 1 | 2 = 1): string {
  return FORMATS[value < 9.95 ? digits : 0].format(value);
}

/** By number of decimals. Made once: making one costs forty times what using it does. */
const withDecimals = (digits: number): Intl.NumberFormat => new Intl.NumberFormat('en-US', { maximumFractionDigits: digits });
const FORMATS = [withDecimals(0), withDecimals(1), withDecimals(2)] as const;

/** Something never reads as nothing, and not quite all never as all. */
function share(value: number): string {
  const percent = value * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return 'under 0.1 %';
  if (percent < 100 && percent >= 99.5) return 'over 99 %';
  return `${decimal(percent)} %`;
}

function seconds(value: number): string {
  if (value < 119.95) return `${decimal(value)} s`;
  if (value < 3599.5) return `${decimal(value / 60)} min`;
  if (value < 172_799.5) return `${decimal(value / 3600)} h`;
  return `${decimal(value / 86_400)} days`;
}

function bytes(value: number): string {
  let rest = value;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (rest < 1023.5) return `${decimal(rest)} ${unit}`;
    rest /= 1024;
  }
  return `${decimal(rest)} TiB`;
}

/** `1 statement`, `17 statements`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${decimal(number)} ${number === 1 ? one : many}`;
}
