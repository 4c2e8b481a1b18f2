import { quote, SAMPLE_DATE } from '../../template/placeholder.js';
import { enclosed } from './names.js';

/** How many of a filter's values are written out. */
const VALUES_MAX = 100;

/**
 * A Looker filter expression as a predicate (cloud.google.com/looker/docs/filter-expressions): words, numbers, yes and no. A
 * condition on time or one that is not understood is a condition on the same expression; null where the filter is empty: any value.
 */
export function condition(sql: string, type: string, filter: string): string | null {
  const text = filter.trim();
  if (text === '') return null;
  if (type === 'yesno') return /^(yes|true)$/i.test(text) ? enclosed(sql) : `NOT COALESCE(${sql}, FALSE)`;
  if (type === 'time' || type.startsWith('date')) return onTime(sql, text);
  const isNumber = type === 'number' || type === 'tier';
  const parts = (isNumber ? numberParts(text) : text.split(',', VALUES_MAX)).map((part) => part.trim()).filter((part) => part !== '');
  if (parts.length === 0) return null;
  const all = parts.map((part) => (isNumber ? onNumber(sql, part) : onWord(sql, part)));
  const excluded = all.filter(({ isNegative }) => isNegative).map((one) => one.sql);
  const included = all.filter(({ isNegative }) => !isNegative).map((one) => one.sql);
  const either = included.length > 1 ? `(${included.join(' OR ')})` : (included[0] ?? null);
  return [...(either === null ? [] : [either]), ...excluded].join(' AND ');
}

/**
 * Whether the predicate of `condition` is all that Looker sends. It is not for times relative to the moment of asking, for what is
 * not understood, and for values that are left out: whether rows without a value pass then is up to Looker.
 */
export function isExactCondition(type: string, filter: string): boolean {
  const text = filter.trim();
  if (text === '' || type === 'yesno') return true;
  const parts = text.split(',', VALUES_MAX).map((part) => part.trim());
  if (type === 'time' || type.startsWith('date')) return /^(?:not )?null$/i.test(text) || /^(?:(?:before|after)\s+)?\d{4}[-/]\d{1,2}[-/]\d{1,2}$/i.test(text) && /^[ab]/i.test(text) || /^\d{4}[-/]\d{1,2}[-/]\d{1,2} to \d{4}[-/]\d{1,2}[-/]\d{1,2}$/i.test(text);
  if (type === 'number' || type === 'tier') return numberParts(text).every((part) => /^\s*(?:(?:>=|<=|>|<|=)?\s*-?\d+(?:\.\d+)?|(?:not )?null)\s*$/i.test(part) || rangeOf('n', part.trim()) !== null);
  return parts.every((part) => /^-?(?:NULL|EMPTY)$/.test(part) || !part.startsWith('-'));
}

interface Predicate {
  sql: string;
  isNegative: boolean;
}

function onTime(sql: string, text: string): string {
  if (/^not null$/i.test(text)) return `${enclosed(sql)} IS NOT NULL`;
  if (/^null$/i.test(text)) return `${enclosed(sql)} IS NULL`;
  const [, from, to] = /^(\d{4}[-/]\d{1,2}[-/]\d{1,2}) to (\d{4}[-/]\d{1,2}[-/]\d{1,2})$/i.exec(text) ?? [];
  if (from !== undefined && to !== undefined) return `${enclosed(sql)} >= ${startOf(from)} AND ${enclosed(sql)} < ${startOf(to)}`;
  const [, word, day] = /^(before|after|on)?\s*(\d{4}[-/]\d{1,2}[-/]\d{1,2})$/i.exec(text) ?? [];
  if (word !== undefined && day !== undefined) return `${enclosed(sql)} ${word.toLowerCase() === 'before' ? '<' : word.toLowerCase() === 'after' ? '>=' : '='} ${startOf(day)}`;
  return `${enclosed(sql)} ${/^before\b/i.test(text) ? '<' : '>='} TIMESTAMP '${SAMPLE_DATE} 00:00:00'`;
}

function startOf(day: string): string {
  const [year = '', month = '', date = ''] = day.split(/[-/]/);
  return `TIMESTAMP '${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')} 00:00:00'`;
}

/** Commas part conditions; within brackets they part the ends of an interval. */
function numberParts(text: string): string[] {
  return (text.match(/(?:[^,[(]|[[(][^\])]{0,80}[\])]|[[(])+/g) ?? []).slice(0, VALUES_MAX);
}

function onWord(sql: string, part: string): Predicate {
  const expression = enclosed(sql);
  const isNegative = part.startsWith('-');
  const word = (isNegative ? part.slice(1) : part).replace(/^"(.*)"$/, '$1').replace(/\^(.)/g, '$1');
  if (word === 'NULL') return { sql: `${expression} IS ${isNegative ? 'NOT ' : ''}NULL`, isNegative };
  if (word === 'EMPTY') return { sql: isNegative ? `${expression} <> ''` : `(${expression} IS NULL OR ${expression} = '')`, isNegative };
  if (/^%|%$|_%/.test(word)) return { sql: `${expression} ${isNegative ? 'NOT ' : ''}LIKE ${quote(word)}`, isNegative };
  return { sql: `${expression} ${isNegative ? '<>' : '='} ${quote(word)}`, isNegative };
}

function onNumber(sql: string, part: string): Predicate {
  const expression = enclosed(sql);
  const [, not, word = ''] = /^(not\s+|<>\s*|!=\s*)?(.*)$/is.exec(part) ?? [];
  const isNegative = not !== undefined;
  if (/^null$/i.test(word)) return { sql: `${expression} IS ${isNegative ? 'NOT ' : ''}NULL`, isNegative };
  const [, operator, number] = /^(>=|<=|>|<|=)?\s*(-?\d+(?:\.\d+)?)$/.exec(word) ?? [];
  if (number !== undefined) return { sql: `${expression} ${isNegative ? '<>' : (operator ?? '=')} ${number}`, isNegative };
  const range = rangeOf(expression, word);
  if (range === null) return { sql: `${expression} IS NOT NULL`, isNegative };
  return { sql: isNegative ? `NOT (${range})` : range, isNegative };
}

/** Intervals: `[1, 5)`, `(3, inf)`, `1 to 5`, `>1 AND <= 5`; null for what is none. */
function rangeOf(expression: string, word: string): string | null {
  const [, open, low, high, close] = /^([[(])\s*(-?\d+(?:\.\d+)?|-?inf)?\s*,\s*(-?\d+(?:\.\d+)?|inf)?\s*([\])])$/i.exec(word) ?? [];
  if (open !== undefined) {
    const ends = [...(isEnd(low) ? [`${expression} ${open === '[' ? '>=' : '>'} ${low}`] : []), ...(isEnd(high) ? [`${expression} ${close === ']' ? '<=' : '<'} ${high}`] : [])];
    return ends.length === 0 ? null : ends.join(' AND ');
  }
  const [, first, last] = /^(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)$/i.exec(word) ?? [];
  if (first !== undefined && last !== undefined) return `${expression} >= ${first} AND ${expression} <= ${last}`;
  const [, one, number, other, another] = /^(>=?|<=?)\s*(-?\d+(?:\.\d+)?) and (>=?|<=?)\s*(-?\d+(?:\.\d+)?)$/i.exec(word) ?? [];
  return one === undefined ? null : `${expression} ${one} ${number} AND ${expression} ${other} ${another}`;
}

function isEnd(word: string | undefined): word is string {
  return word !== undefined && !/inf$/i.test(word);
}
