import type { Call, Expression } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import { type MaskContext, type MaskRules, rulesOf } from './context.js';
import { shownBy } from './date-formats.js';
import { bare, columnNameIn, functionName, keywordOf, numberOf, some, textOf } from './literals.js';
import { textKindOf } from './samples.js';

/**
 * Dates. Whoever knows the day knows the date of birth, whether it stood in a date or a timestamp: truncation to the day, an age in days and
 * an epoch leave it. Of the time of an event a truncation to the minute or more leaves a part. A week is a part of every date (seven days look
 * alike), and so is everything coarser, and each field alone.
 */
export const dateRules: MaskRules = {
  ...rulesOf('date_trunc datetrunc datetime_trunc timestamp_trunc tostartofinterval', truncated),
  ...rulesOf('date_bin time_bucket time_slice date_bucket', truncated),
  ...rulesOf(
    `tostartofday tostartofhour tostartofminute tostartoffiveminutes tostartoffiveminute tostartoftenminutes tostartoffifteenminutes timeslot`,
    (call, context) => (isDay(call, context) ? 'raw' : 'partial'),
  ),
  ...rulesOf('extract date_part datepart datename dateadd_part', (call) => field(call)),
  ...rulesOf('to_char to_varchar format_date format_datetime format_timestamp strftime date_format formatdatetime formatdatetimeinjodasyntax to_nchar time_format from_unixtime', formatted),
  ...rulesOf('format', (call, context) => (context.dialect === 'tsql' ? formatted(call) : null)),
  ...rulesOf('age', () => 'reversible'),
  ...rulesOf('datediff date_diff timestampdiff timestamp_diff datetime_diff months_between date_sub_diff datesub', difference),
  ...rulesOf('last_day last_day_of_month tolastdayofmonth', () => 'partial'),
  ...rulesOf(
    `year month day quarter week weekofyear weekday dayofmonth dayofweek dayofyear day_of_week day_of_month day_of_year isoyear yearofweek yearofweekiso
     weekiso yearweek isodow isoweek hour minute second microsecond millisecond decade century millennium era monthname dayname week_of_year
     toyear tomonth toquarter toweek toisoweek toisoyear todayofmonth todayofweek todayofyear tohour tominute tosecond toyyyymm toyearweek
     tostartofmonth tostartofquarter tostartofyear tostartofisoyear tostartofweek tomonday tolastdayofweek torelativemonthnum torelativeyearnum
     torelativequarternum torelativeweeknum datename week_start extract_year year_of_week yow`,
    () => 'partial',
  ),
  ...rulesOf('to_unixtime unix_timestamp tounixtimestamp epoch epoch_ms epoch_us epoch_ns to_days torelativedaynum unix_date unix_seconds unix_millis unix_micros to_seconds julian toyyyymmdd toyyyymmddhhmmss', () => 'raw'),
};

const FINE = 'microsecond millisecond nanosecond second minute hour day date dd d dayofyear doy h hh hour24 mi ms us ns ss s';
const FINE_UNITS = new Set(FINE.split(' ').flatMap((unit) => [unit, `${unit}s`]));
const COARSE_UNITS = new Set(
  'week isoweek month quarter half_year year isoyear decade century millennium yy yyyy yyy y year_month mm mon q qtr ww wk w iw iy iyyy cc weekiso'
    .split(' ')
    .flatMap((unit) => [unit, `${unit}s`]),
);

/** The unit among the arguments of a truncation, wherever the dialect has it; null where it is not written there. */
function unitOf(call: Call): string | null {
  const units = call.arguments.map(keywordOf).filter((word) => word !== null).map((word) => word.replace(/\(.*$/, ''));
  return units.find(isUnit) ?? null;
}

function isUnit(word: string | null): boolean {
  return word !== null && (FINE_UNITS.has(word) || COARSE_UNITS.has(word));
}

/** To the start of a unit or of a stride: coarser than the day is a part. A unit that is not written there may be a second. */
function truncated(call: Call, context: MaskContext): MaskLevel {
  const unit = unitOf(call);
  if (unit !== null && COARSE_UNITS.has(unit)) return 'partial';
  const days = call.arguments.map(intervalDays).find((value) => value !== null) ?? null;
  if (days !== null && days >= 7) return 'partial';
  const isWritten = days !== null || (unit !== null && !/^(?:[mun]?s|ss|\w*seconds?)$/.test(unit));
  return isWritten && !isDay(call, context) ? 'partial' : 'raw';
}

/** Whether the value is a day and no moment: by its type, or because it is a birth. Without a column to ask it may be. */
function isDay(call: Call, { typeOf }: MaskContext): boolean {
  const operand = call.arguments.find((argument) => columnNameIn(argument) !== null && !isUnit(keywordOf(argument)));
  if (operand === undefined || textKindOf(columnNameIn(operand)) === 'date') return true;
  return (operand.type === 'cast' ? operand.target : typeOf?.(operand)) === 'date';
}

const DAYS: Record<string, number> = { minute: 1 / 1440, min: 1 / 1440, hour: 1 / 24, day: 1, week: 7, mon: 30, month: 30, quarter: 91, year: 365, decade: 3652 };

/** Days of an interval that is written out: `interval '1 month'`, `toIntervalMonth(1)`. Null where there is none. */
function intervalDays(expression: Expression): number | null {
  const text = textOf(expression);
  const match = /^\s*(\d+)\s*(minute|min|hour|day|week|month|mon|quarter|year|decade)s?\b/i.exec(text ?? '');
  if (match) return Number(match[1]) * (DAYS[match[2]?.toLowerCase() ?? ''] ?? 0);
  const inner = bare(expression);
  const name = inner?.type === 'call' ? functionName(inner) : inner?.type === 'opaque' ? inner.what.toLowerCase() : '';
  const unit = /^(?:to)?interval_?(minute|hour|day|week|month|quarter|year)$/.exec(name)?.[1];
  return unit === undefined || inner?.type !== 'call' ? null : (numberOf(inner.arguments[0]) ?? 1) * (DAYS[unit] ?? 0);
}

/** One field. The epoch and the Julian day hold the whole date; a field that is not written there may be one of them. */
function field(call: Call): MaskLevel {
  const [first, second] = call.arguments;
  const name = keywordOf(first) ?? (textOf(second) !== null ? keywordOf(second) : null);
  if (name === null) return 'raw';
  return /^(?:epoch|julian|epoch_\w+)/.test(name) ? 'raw' : 'partial';
}

/** A date as a text. The format may come first (FORMAT_DATE) or last; without one, or with one of numbers, all is shown. */
function formatted(call: Call): MaskLevel {
  const format = call.arguments.map(textOf).find((value) => value !== null) ?? null;
  return format !== null && shownBy(format) === 'part' ? 'partial' : 'raw';
}

/** The distance from one date to another: in days it gives the date back, in years it is an age. */
function difference(call: Call): MaskLevel {
  const unit = unitOf(call);
  return unit !== null && COARSE_UNITS.has(unit) ? 'partial' : 'reversible';
}

const TODAY = new Set('current_date current_timestamp now today getdate curdate sysdate localtimestamp transaction_timestamp statement_timestamp clock_timestamp'.split(' '));

/** Whether an expression is the time that has passed since a date, in days: `current_date - born_on`. */
export function isDaysSince(expression: Expression | undefined): boolean {
  const inner = bare(expression);
  if (inner?.type === 'call') return /^(?:date_?diff|datetime_diff|timestamp_?diff)$/.test(functionName(inner));
  return (
    inner?.type === 'operation' && inner.operator === '-' && inner.operands.length === 2 &&
    some(inner, (part) => part.type === 'call' && TODAY.has(functionName(part)))
  );
}
