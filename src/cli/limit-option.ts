import { UsageError } from './usage-error.js';

/**
 * How many rows of a list are shown; infinite for all.
 *
 * @throws UsageError for what is neither a number of rows nor `all`
 */
export function limitOf(value: string): number {
  if (value === 'all' || value === '0') return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new UsageError(`--limit takes a number of rows, not '${value}'`, 'as in --limit 50, or --limit all');
  return Number(value);
}
