import { NULL_TEXT, unmarked } from '../../stores/expressions/common.js';
import type { CommonForm } from '../../stores/expressions/expression.js';
import type { PairPlan } from './types.js';

const DAY_MS = 86_400_000;
/** Beyond it there is no ISO date of four digits. */
const DAYS_MAX = 2_932_896;

/** The values of a key as a person reads them, from its canonical texts: days and ticks since 1970 become dates in UTC. */
export function readableKey({ key }: Pick<PairPlan, 'key'>, texts: readonly string[]): string[] {
  return texts.map((text, at) => readable(text, key[at]?.form));
}

function readable(text: string, form: CommonForm | undefined): string {
  if (text === NULL_TEXT) return 'NULL';
  if (form?.kind === 'text') return unmarked(text);
  if (!/^-?\d+$/.test(text)) return text;
  if (form?.kind === 'date') return dateOf(BigInt(text)) ?? text;
  return form?.kind === 'timestamp' || form?.kind === 'time' ? momentOf(BigInt(text), form.digits, form.kind === 'time') : text;
}

function dateOf(days: bigint): string | null {
  return days < 0n - 719_528n || days > BigInt(DAYS_MAX) ? null : new Date(Number(days) * DAY_MS).toISOString().slice(0, 10);
}

function momentOf(ticks: bigint, digits: number, ofDay: boolean): string {
  const perSecond = 10n ** BigInt(digits);
  const fraction = ((ticks % perSecond) + perSecond) % perSecond;
  const seconds = (ticks - fraction) / perSecond;
  const day = (seconds - (((seconds % 86_400n) + 86_400n) % 86_400n)) / 86_400n;
  const date = dateOf(day);
  if (date === null) return ticks.toString();
  const time = new Date(Number(seconds - day * 86_400n) * 1000).toISOString().slice(11, 19);
  const rest = digits === 0 ? '' : `.${fraction.toString().padStart(digits, '0')}`;
  return ofDay ? `${time}${rest}` : `${date} ${time}${rest}`;
}
