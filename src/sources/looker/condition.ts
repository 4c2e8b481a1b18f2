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
  const parts = text.split(',', VALUES_MAX).map((part) => part.trim()).filter((part) => part !== '');
  if (parts.length === 0) return null;
  const all = parts.map((part) => (type === 'number' || type === 'tier' ? onNumber(sql, part) : onWord(sql, part)));
  const excluded = all.filter(({ isNegative }) => isNegative).map((one) => one.sql);
  const included = all.filter(({ isNegative }) => !isNegative).map((one) => one.sql);
  const either = included.length > 1 ? `(${included.join(' OR ')})` : (included[0] ?? null);
  return [...(either === null ? [] : [either]), ...excluded].join(' AND ');
}

interface Predicate {
  sql: string;
  isNegative: boolean;
}

function onTime(sql: string, text: string): string {
  if (/^not null$/i.test(text)) return `${enclosed(sql)} IS NOT NULL`;
  if (/^null$/i.test(text)) return `${enclosed(sql)} IS NULL`;
  return `${enclosed(sql)} >= TIMESTAMP '${SAMPLE_DATE} 00:00:00'`;
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
  // Ranges such as `[1, 5)` and `1 to 5` are read as one condition.
  return { sql: `${expression} IS NOT NULL`, isNegative };
}
