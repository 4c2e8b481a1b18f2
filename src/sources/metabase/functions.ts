/** Functions that are written as `NAME(arguments)`. */
const NAMED: Readonly<Record<string, string>> = {
  abs: 'ABS',
  ceil: 'CEIL',
  floor: 'FLOOR',
  round: 'ROUND',
  sqrt: 'SQRT',
  exp: 'EXP',
  power: 'POWER',
  trim: 'TRIM',
  ltrim: 'LTRIM',
  rtrim: 'RTRIM',
  upper: 'UPPER',
  lower: 'LOWER',
  length: 'LENGTH',
  coalesce: 'COALESCE',
  concat: 'CONCAT',
  replace: 'REPLACE',
  substring: 'SUBSTRING',
  'split-part': 'SPLIT_PART',
};

/** The time units of `get-year` and the like. */
export const EXTRACTIONS: Readonly<Record<string, string>> = {
  'get-year': 'year-of-era',
  'get-quarter': 'quarter-of-year',
  'get-month': 'month-of-year',
  'get-week': 'week-of-year-iso',
  'get-day': 'day-of-month',
  'get-day-of-week': 'day-of-week',
  'get-hour': 'hour-of-day',
  'get-minute': 'minute-of-hour',
  'get-second': 'second-of-minute',
};

/** What Metabase takes out of an address: `driver/sql/query_processor.clj` (v0.57) matches with longer expressions. */
const ADDRESS_PARTS: Readonly<Record<string, string>> = {
  host: '(?:https?://)?(?:[^@/]*@)?([^:/?#]*)',
  domain: '([^.@/:]*)\\.[^.:/?#]*(?:[:/?#]|$)',
  subdomain: '^(?:https?://)?([^.@/]*)\\.[^./]*\\.',
  path: '^(?:https?://)?[^/]*(/[^?#]*)',
};

/** A function of the query language as PostgreSQL has it; null for one that is not known. */
export function functionSql(name: string, values: readonly string[]): string | null {
  const known = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (known !== undefined) return `${known}(${values.join(', ')})`;
  const [first = 'NULL'] = values;
  const part = Object.hasOwn(ADDRESS_PARTS, name) ? ADDRESS_PARTS[name] : undefined;
  if (part !== undefined) return `SUBSTRING(${first} FROM '${part}')`;
  switch (name) {
    case 'date':
      return `CAST(${first} AS DATE)`;
    case 'datetime':
      return `CAST(${first} AS TIMESTAMP)`;
    case 'month-name':
      return `TO_CHAR(TO_DATE(CAST(${first} AS TEXT), 'MM'), 'Mon')`;
    case 'quarter-name':
      return `CONCAT('Q', ${first})`;
    case 'day-name':
      return `TO_CHAR(TO_DATE(CAST(${first} AS TEXT), 'D'), 'Dy')`;
    default:
      return null;
  }
}
