/** Fields of a date that a format can show. `count`: days or seconds since an epoch, the whole date by itself. */
type Field = 'year' | 'month' | 'week' | 'day_of_month' | 'day_of_week' | 'day_of_year' | 'count' | 'other';

/**
 * What a format shows of a date: `day` where it tells the very day (with or without a time), `part` where less, null where it has no field
 * of a date or time and is one of numbers. Sources: PostgreSQL 18 "Data Type Formatting Functions", MySQL 8.4 DATE_FORMAT, strftime(3),
 * DateTimeFormatter of Java 17.
 */
export function shownBy(format: string): 'day' | 'part' | null {
  const fields = new Set(format.includes('%') ? percentFields(format) : letterFields(format));
  if (fields.size === 0) return null;
  const has = (...names: Field[]): boolean => names.every((name) => fields.has(name));
  return has('count') || has('year', 'month', 'day_of_month') || has('year', 'day_of_year') || has('year', 'week', 'day_of_week') ? 'day' : 'part';
}

const WHOLE: readonly Field[] = ['year', 'month', 'day_of_month'];

/** By the letter after the percent sign. Where dialects differ (MySQL's %M is a month, others' a minute) the field that tells more stands. */
const PERCENT: Record<string, readonly Field[]> = {
  Y: ['year'], y: ['year'], G: ['year'], g: ['year'], X: ['year'], x: ['year'], C: ['year'],
  m: ['month'], b: ['month'], B: ['month'], h: ['month'], M: ['month'],
  U: ['week'], u: ['week', 'day_of_week'], V: ['week'], v: ['week'], W: ['week', 'day_of_week'], w: ['day_of_week'], a: ['day_of_week'], A: ['day_of_week'],
  d: ['day_of_month'], e: ['day_of_month'], j: ['day_of_year'], D: WHOLE, F: WHOLE, c: ['month'], s: ['count'],
};

function percentFields(format: string): Field[] {
  return [...format.matchAll(/%[-_0^#EO]*([A-Za-z])/g)].flatMap(([, letter = '']) => PERCENT[letter] ?? ['other']);
}

const TOKEN =
  /IYYY|IYY|IY|Y+|R{2,4}|CC|MONTH|MON|MI|M+|RM|IDDD|DDDD?|DD|DAY|DY|ID|HH24|HH12|HH|S{4,5}|SS|WW|IW|W|Q|J|D|E+|U+|Z|A\.?M\.?|P\.?M\.?/gi;

function letterFields(format: string): Field[] {
  const pattern = format.replaceAll(/"[^"]*"|'[^']*'|[FT]M/gi, ' ');
  // 9 and 0 are digits of a number; no field of a date has them.
  if (/[90]/.test(pattern)) return [];
  return [...pattern.matchAll(TOKEN)].map((match) => letterField(match[0], pattern[match.index - 1]));
}

function letterField(token: string, before: string | undefined): Field {
  // Java's `mm` and its kin after a colon are minutes.
  if (/^m{1,2}$/.test(token) && before === ':') return 'other';
  const upper = token.toUpperCase();
  if (/^(?:I?Y+|R{2,4}|CC|U+)$/.test(upper)) return 'year';
  if (/^(?:MONTH|MON|M+|RM)$/.test(upper)) return 'month';
  if (/^(?:WW|IW|W)$/.test(upper)) return 'week';
  if (/^I?D{3,4}$/.test(upper)) return 'day_of_year';
  if (/^(?:DAY|DY|ID|E+)$/.test(upper)) return 'day_of_week';
  // A single D is a day of the week to PostgreSQL, of the month or the year to Java: the one that tells more.
  if (/^D{1,2}$/.test(upper)) return 'day_of_month';
  return upper === 'J' || /^S{4,5}$/.test(upper) ? 'count' : 'other';
}
