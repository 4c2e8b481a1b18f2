import type { ReplayedAnswer } from '../schema/replay.js';
import { plainText } from '../../text/plain-text.js';
import { isNumberType } from '../search/row-text.js';
import { normalValue } from './answer.js';

/** In UTF-16 units: longer values are cut, since a sentence is read. */
const VALUE_LENGTH_MAX = 60;

/** More rows of an answer are only counted. */
const ROWS_MAX = 3;

/** `2024-01-31 20:00:00+00` as people write it; a timestamp without zone at midnight is its date. */
const MOMENT = /^(-?\d{4,}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?(:\d\d(?:\.\d+)?)?([+-]\d\d(?::?\d\d)?)?$/;

/** A value as a sentence has it: bare, and in quotes only where it would not be seen as a value. */
export function valueWords(value: string | null, type = 'text'): string {
  if (value === null) return 'NULL';
  const moment = /^(?:timestamp|datetime)/i.test(type) ? MOMENT.exec(value) : null;
  if (moment) return momentWords(moment);
  if (isNumberType(type)) return normalValue(value, type) ?? 'NULL';
  const shown = plainText(value, VALUE_LENGTH_MAX);
  return shown === '' || shown !== value || /^null$/i.test(value) || /[,()'"]/.test(value) ? `'${shown}'` : shown;
}

function momentWords([, date = '', time = '00:00', seconds = '', zone]: RegExpExecArray): string {
  const clock = seconds === '' || /^:00(?:\.0+)?$/.test(seconds) ? time : time + seconds;
  if (zone === undefined) return clock === '00:00' ? date : `${date} ${clock}`;
  return `${date} ${clock}${/^[+-]00(?::?00)?$/.test(zone) ? 'Z' : zone}`;
}

/** Both answers as a sentence has them. Of many rows only those are told that the other has not. */
export function answerWords(a: ReplayedAnswer, b: ReplayedAnswer): [string, string] {
  return [oneAnswer(a, b), oneAnswer(b, a)];
}

function oneAnswer(answer: ReplayedAnswer, other: ReplayedAnswer): string {
  if ('error' in answer) return `an error (${plainText(answer.error, 120)})`;
  const { columns, rows } = answer;
  if (rows.length === 0) return 'no row';
  const types = columns.map(({ type }) => type);
  const [first] = rows;
  if (first && rows.length === 1 && columns.length === 1) return valueWords(first[0] ?? null, types[0]);
  const own = 'error' in other || other.columns.length !== columns.length ? rows : withoutCommon(answer, other);
  if (own.length === 0) return 'no other row';
  const shown = own.slice(0, ROWS_MAX).map((row) => `(${types.map((type, index) => valueWords(row[index] ?? null, type)).join(', ')})`);
  return own.length > ROWS_MAX ? `${shown.join(', ')} and ${own.length - ROWS_MAX} more rows` : shown.join(', ');
}

type Rows = Exclude<ReplayedAnswer, { error: string }>;

function keyOf(row: readonly (string | null)[], { columns }: Rows): string {
  return JSON.stringify(columns.map(({ type }, index) => normalValue(row[index] ?? null, type)));
}

function withoutCommon(answer: Rows, other: Rows): Rows['rows'] {
  const left = new Map<string, number>();
  for (const row of other.rows) left.set(keyOf(row, other), (left.get(keyOf(row, other)) ?? 0) + 1);
  return answer.rows.filter((row) => {
    const key = keyOf(row, answer);
    const times = left.get(key) ?? 0;
    if (times > 0) left.set(key, times - 1);
    return times === 0;
  });
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** Two starts of a period as people name them: `January` and `February` of one year, days otherwise. Null where they are no dates. */
export function periodWords(a: string, b: string): [string, string] | null {
  const parts = [a, b].map((text) => /^(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00(?::00)?(?:\.0+)?(?:[+-]\d\d(?::?\d\d)?)?)?$/.exec(text));
  const [left, right] = parts;
  if (!left || !right) return null;
  const name = ([, year = '', month = '', day = '']: RegExpExecArray, months: boolean, years: boolean): string => {
    const word = MONTHS[Number(month) - 1] ?? month;
    if (!months) return `${year}-${month}-${day}`;
    return years ? `${word} ${year}` : word;
  };
  const months = left[3] === '01' && right[3] === '01';
  const years = left[1] !== right[1];
  return [name(left, months, years), name(right, months, years)];
}
