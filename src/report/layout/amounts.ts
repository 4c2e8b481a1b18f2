import { count, formatQuantity, type Unit } from '../../text/quantity.js';
import { unbroken } from './wrap.js';

/** A number with its unit, as findings write it, kept on one line. */
export function amount(value: number, unit: Unit = 'count'): string {
  return unbroken(formatQuantity(value, unit) ?? 'unknown');
}

/** `1 error`, `17 errors`, kept on one line. */
export function counted(number: number, one: string, many?: string): string {
  return unbroken(count(number, one, many));
}
