import type { EngineKind } from './family.js';

const NUMBER = /^(smallint|integer|bigint|numeric|real|double precision|money|oid|(u?(tiny|small|big|huge)?int(eger)?)|decimal|double|float)(\(|$)/i;
const MOMENT = /^(date|timestamp)/i;

export function isNumberType(type: string): boolean {
  return NUMBER.test(type) && !type.endsWith(']');
}

/**
 * A value of an answer as text, so that values that count as the same have the same text: numbers rounded to six decimals
 * without trailing zeros, a timestamp at midnight of the session as its date, everything else as the engine spells it. NULL stays NULL.
 *
 * @param type as the engine names it
 */
export function valueText(column: string, type: string, engine: EngineKind): string {
  const isArray = type.endsWith(']');
  if (engine === 'duckdb') return isArray ? `${column}::varchar` : duckdbText(column, type);
  if (isArray) return `${column}::text`;
  if (isNumberType(type)) return `trim_scale(round(${column}::numeric, 6))::text`;
  if (MOMENT.test(type)) return `regexp_replace(${column}::text, ' 00:00:00([+-][0-9:]+)?$', '')`;
  if (type.startsWith('interval')) return `justify_interval(${column})::text`;
  return `${column}::text`;
}

function duckdbText(column: string, type: string): string {
  if (isNumberType(type)) {
    const exact = /^(decimal|float|double|real)/i.test(type) ? `(round(${column}::double, 6) + 0.0)::varchar` : `${column}::varchar`;
    return `regexp_replace(${exact}, '\\.0+$', '')`;
  }
  if (MOMENT.test(type)) return `regexp_replace(${column}::varchar, ' 00:00:00([+-][0-9:]+)?$', '')`;
  return `${column}::varchar`;
}

/** A row of an answer as SQL, in three ways of looking at it. */
export interface RowText {
  /** As it is. */
  strict: string;
  /** With NULL in a column of numbers taken for 0. */
  lenient: string;
  /** Whether nothing but 0 and NULL is in it: on a dashboard it looks like no row at all. */
  empty: string;
}

/**
 * A row of an answer as one text that tells rows apart whatever their values are: each value follows its length, NULL is a hyphen.
 *
 * @param columns of the relation that the text is made in, with their types
 */
export function rowText(columns: readonly { name: string; type: string }[], engine: EngineKind): RowText {
  const texts = columns.map(({ name, type }) => valueText(name, type, engine));
  const numbers = columns.map(({ type }) => isNumberType(type));
  const empty = columns.map(({ name }, index) => (numbers[index] === true ? `(${name} is null or ${name}${engine === 'duckdb' ? '' : '::numeric'} = 0)` : `${name} is null`));
  return {
    strict: texts.map((text) => marked(text)).join(' || '),
    lenient: texts.map((text, index) => marked(numbers[index] === true ? `coalesce(${text}, '0')` : text)).join(' || '),
    empty: empty.join(' and '),
  };
}

function marked(text: string): string {
  return `coalesce(length(${text}) || ':' || ${text}, '-')`;
}
