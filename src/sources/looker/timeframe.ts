import { enclosed } from './names.js';

/** What stands for the timeframes of a dimension group in PostgreSQL; those that are not listed leave the time as it is. */
const TRUNCATED = new Set(['second', 'minute', 'hour', 'week', 'month', 'quarter', 'year', 'millisecond', 'microsecond']);
const EXTRACTED: Readonly<Record<string, string>> = {
  day_of_week: 'DOW', day_of_week_index: 'DOW', day_of_month: 'DAY', day_of_year: 'DOY', hour_of_day: 'HOUR', month_num: 'MONTH',
  month_name: 'MONTH', quarter_of_year: 'QUARTER', week_of_year: 'WEEK', fiscal_month_num: 'MONTH', fiscal_quarter_of_year: 'QUARTER',
};
const PLAIN = new Set(['raw', 'time', 'date', 'yesno', 'time_of_day', 'fiscal_quarter', 'fiscal_year']);
const COUNTED = /^(?:hour|minute|second|millisecond)\d+$/;
const INTERVALS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];

function isTimeframe(word: string): boolean {
  return TRUNCATED.has(word) || Object.hasOwn(EXTRACTED, word) || PLAIN.has(word) || COUNTED.test(word);
}

/** Every group and timeframe that the name of a field may mean: `created_day_of_week` is `day_of_week` of `created`. */
export function groupMembers(name: string): { group: string; timeframe: string }[] {
  const found: { group: string; timeframe: string }[] = [];
  for (let at = name.indexOf('_'); at > 0; at = name.indexOf('_', at + 1)) {
    const timeframe = name.slice(at + 1);
    if (isTimeframe(timeframe)) found.push({ group: name.slice(0, at), timeframe });
  }
  const interval = INTERVALS.find((word) => name.startsWith(`${word}s_`));
  if (interval !== undefined) found.push({ group: name.slice(interval.length + 2), timeframe: interval });
  return found;
}

/** A time in a timeframe. */
export function inTimeframe(sql: string, timeframe: string): string {
  if (timeframe === 'date') return `DATE(${sql})`;
  if (TRUNCATED.has(timeframe)) return `DATE_TRUNC('${timeframe}', ${sql})`;
  const part = Object.hasOwn(EXTRACTED, timeframe) ? EXTRACTED[timeframe] : undefined;
  if (part !== undefined) return `EXTRACT(${part} FROM ${sql})`;
  return timeframe === 'yesno' ? `${enclosed(sql)} IS NOT NULL` : sql;
}
