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

/** `1 error, 2 warnings`: levels of which there are none are left out. */
export function levelCounts(errors: number, warnings: number, notes: number): string {
  return [
    errors > 0 ? counted(errors, 'error') : '',
    warnings > 0 ? counted(warnings, 'warning') : '',
    notes > 0 ? counted(notes, 'note') : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
