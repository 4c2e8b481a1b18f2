import type { HistoryQuestion } from '../../../history/question.js';
import type { PeriodKey } from './journal.js';

const BINARY = /^(?:double precision|real|double|float)$/i;
const SINGLE = /^(?:real|float)$/i;
/** Sums of binary floating point depend on the order of adding: of double precision from about the fifteenth digit on, of single from the seventh. */
const DIGITS = { double: 10, single: 5 };

export interface PeriodValue {
  value: string | null;
  /** The type of the value, as the engine says it. */
  kind: string;
}

/**
 * The hash of one period's value; empty where the period has no rows. Of binary floating point two: rounded and cut after so many digits (`DIGITS`), of which
 * noise can part one only, so that an equal sum is never taken for another.
 */
export function hashOf(key: PeriodKey, { metric, store }: Pick<HistoryQuestion, 'metric' | 'store'>, bucket: string, found: PeriodValue | undefined): string {
  if (found === undefined) return '';
  const hash = (text: string): string => key.hash(store, metric, bucket, text);
  if (found.value === null) return hash('NULL');
  const number = Number(found.value);
  if (!BINARY.test(found.kind) || !Number.isFinite(number) || number === 0) return hash(`=${found.value}`);
  const digits = SINGLE.test(found.kind) ? DIGITS.single : DIGITS.double;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(number))) - digits + 1);
  return `${hash(`~${number.toPrecision(digits)}`)}:${hash(`_${Math.floor(number / step)}`)}`;
}
