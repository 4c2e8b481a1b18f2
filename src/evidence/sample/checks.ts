import type { AskedEngine } from '../asking.js';
import { literal } from '../quote.js';

/**
 * Check digits as SQL, the same for both engines but for casts and patterns. Patterns hold no backslash and no lookahead:
 * PostgreSQL's and RE2's dialects have in common what is left. `v` names a column of text in each.
 */
export interface Words {
  /** True where the whole text is like the pattern, which must be anchored. */
  like(v: string, pattern: string): string;
  /** Digits as a number; at most 38 of them. Null or unreached where they are none. */
  number(digits: string): string;
  text(expression: string): string;
}

const postgres: Words = {
  like: (v, pattern) => `${v} ~ ${literal(pattern)}`,
  number: (digits) => `(${digits})::numeric`,
  text: (expression) => `(${expression})::text`,
};

const duckdb: Words = {
  like: (v, pattern) => `regexp_matches(${v}, ${literal(pattern)})`,
  // An engine may compute what a CASE does not need.
  number: (digits) => `try_cast(${digits} as hugeint)`,
  text: (expression) => `(${expression})::varchar`,
};

export const WORDS: Readonly<Record<AskedEngine, Words>> = { postgres, duckdb };

/** `test` where the text is like the pattern, false elsewhere: what `test` computes may need the form. */
export function guarded({ like }: Words, v: string, pattern: string, test: string): string {
  return `case when ${like(v, pattern)} then ${test} else false end`;
}

/** The digit at a place, from 1. */
export function digit({ number }: Words, v: string, place: number): string {
  return number(`substr(${v}, ${place}, 1)`);
}

export function part({ number }: Words, v: string, from: number, length: number): string {
  return number(`substr(${v}, ${from}, ${length})`);
}

/** Sum of the digits from the first place on times the weights. */
export function weighted(words: Words, v: string, weights: readonly number[]): string {
  return `(${weights.map((weight, at) => `${weight} * ${digit(words, v, at + 1)}`).join(' + ')})`;
}

const LUHN_LENGTH = 20;
/** What a digit counts for where it is doubled: its double, the digits of that added up. */
const DOUBLED = '0246813579';

/** Luhn's sum over at most 20 digits (ISO/IEC 7812-1, annex B). */
export function luhn(words: Words, v: string): string {
  const padded = `lpad(${v}, ${LUHN_LENGTH}, '0')`;
  const terms = Array.from({ length: LUHN_LENGTH }, (_, at) => {
    const own = digit(words, padded, at + 1);
    // From the right the second, fourth … are doubled.
    return (LUHN_LENGTH - at) % 2 === 1 ? own : words.number(`substr('${DOUBLED}', (${own})::int + 1, 1)`);
  });
  return `(${terms.join(' + ')}) % 10 = 0`;
}

/** Letters as two digits, A is 10 (ISO 7064). */
function lettersAsDigits(v: string): string {
  return Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ').reduce((text, letter, at) => `replace(${text}, '${letter}', '${at + 10}')`, v);
}

const PIECE = 30;

/** The account number modulo 97, its first four characters put last (ISO 13616): 1 for a valid one of at most 34 characters. */
export function ibanRest(words: Words, v: string): string {
  const digits = lettersAsDigits(`(substr(${v}, 5) || substr(${v}, 1, 4))`);
  const rest = (text: string): string => `${words.number(text)} % 97`;
  const first = rest(`substr(${digits}, 1, ${PIECE})`);
  const second = rest(`${words.text(first)} || substr(${digits}, ${PIECE + 1}, ${PIECE})`);
  return rest(`${words.text(second)} || substr(${digits}, ${2 * PIECE + 1}, ${PIECE})`);
}

/** ISO 7064 modulo 11,10 over the digits, of which the last checks the others. */
export function mod11x10(words: Words, v: string, length: number): string {
  let product = '10';
  for (let place = 1; place < length; place++) product = `((2 * ((${digit(words, v, place)} + ${product} - 1) % 10 + 1)) % 11)`;
  return `(11 - ${product}) % 10 = ${digit(words, v, length)}`;
}

/** Two digits of a month and two of a day at these places are ones; the day may have so much added (women's, in Indonesia). */
export function isMonthAndDay(words: Words, v: string, { month, day, added = 0 }: { month: number; day: number; added?: number }): string {
  const [m, d] = [part(words, v, month, 2), part(words, v, day, 2)];
  const shifted = added === 0 ? '' : ` or ${d} between ${added + 1} and ${added + 31}`;
  return `(${m} between 1 and 12 and (${d} between 1 and 31${shifted}))`;
}
