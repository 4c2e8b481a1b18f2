import type { Call, Expression, Span } from '../../model/syntax-tree.js';
import type { DialectId } from '../dialect.js';
import { cast, isPlain, operation, renamed, text } from './nodes.js';

/** Units of time, by every spelling that the dialects have (PostgreSQL 18 9.9, Snowflake “Supported date and time parts”). */
const UNITS = new Map(
  Object.entries({
    microsecond: 'microseconds us usec', millisecond: 'milliseconds ms msec', second: 'seconds sec secs s ss', minute: 'minutes min mins mi n',
    hour: 'hours hr hrs hh h', day: 'days d dd', week: 'weeks wk isoweek iso_week weekiso', month: 'months mon mons mm', quarter: 'quarters qtr q', year: 'years yr yrs yyyy yy y',
  }).flatMap(([unit, others]) => [[unit, unit], ...others.split(' ').map((other) => [other, unit] as const)] as const),
);

/** Functions of ClickHouse that cut to a unit. Its own week begins on a Sunday unless a mode says otherwise. */
const START_OF: Record<string, string> = {
  tostartofyear: 'year', tostartofquarter: 'quarter', tostartofmonth: 'month', tomonday: 'week', tostartofday: 'day', tostartofhour: 'hour',
  tostartofminute: 'minute', tostartofsecond: 'second',
};

/** Functions that give a part of a time as a number. */
const PARTS: Record<string, string> = {
  year: 'year', quarter: 'quarter', month: 'month', day: 'day', dayofmonth: 'day', hour: 'hour', minute: 'minute', second: 'second',
  toyear: 'year', toquarter: 'quarter', tomonth: 'month', todayofmonth: 'day', tohour: 'hour', tominute: 'minute', tosecond: 'second',
};

/** Names for the moment at which the statement runs. */
const NOW = new Set(['now', 'current_timestamp', 'transaction_timestamp', 'getdate', 'sysdate', 'systimestamp', 'sysdatetime', 'now64']);
const TODAY = new Set(['current_date', 'curdate', 'today']);

const SHIFTS: Record<string, '+' | '-'> = {
  date_add: '+', dateadd: '+', timestamp_add: '+', datetime_add: '+', timestampadd: '+', date_sub: '-', datesub: '-', timestamp_sub: '-', datetime_sub: '-',
};

/** A function of time in one spelling; null where there is but one, and for other functions. */
export function canonicalMoment(call: Call, dialect: DialectId | null): Expression | null {
  if (!isPlain(call)) return null;
  const [name = ''] = call.name;
  const [first, second, third] = call.arguments;
  if (!first) return momentOfRun(call, name);
  if (name === 'tostartofweek') return startOfWeek(call, first, second);
  if (!second) return ofOneTime(call, name, first);
  const sign = Object.hasOwn(SHIFTS, name) ? SHIFTS[name] : undefined;
  if (sign !== undefined) return shifted(call, sign);
  if (third) return null;
  if (/^(?:date|datetime|timestamp)_?trunc$/.test(name)) return truncation(call, first, second, dialect);
  const unit = name === 'date_part' || name === 'extract' ? unitOf(first) : null;
  return unit === null ? null : renamed(call, 'extract', [text(unit, first.span), second]);
}

function momentOfRun(call: Call, name: string): Expression | null {
  if (NOW.has(name)) return renamed(call, 'now');
  return TODAY.has(name) ? renamed(call, 'current_date') : null;
}

function ofOneTime(call: Call, name: string, value: Expression): Expression | null {
  const start = Object.hasOwn(START_OF, name) ? START_OF[name] : undefined;
  if (start !== undefined) return truncated(call, start, value);
  if (name === 'date' || name === 'to_date') return cast(value, 'date', call.span);
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  return part === undefined ? null : renamed(call, 'extract', [text(part, call.span), value]);
}

/** The unit comes first, but in BigQuery and in its functions for each type. */
function truncation(call: Call, first: Expression, second: Expression, dialect: DialectId | null): Expression | null {
  const bigquery = dialect === 'bigquery' || /^(?:datetime|timestamp)_trunc$/.test(call.name[0] ?? '') || unitOf(first) === null;
  const [unit, value] = bigquery ? [second, first] : [first, second];
  const word = bigquery ? bigqueryUnit(unit) : unitOf(unit);
  return word === null ? null : truncated(call, word, value);
}

function truncated(call: Call, unit: string, value: Expression): Expression {
  return renamed(call, 'date_trunc', [text(unit, call.span), value]);
}

function startOfWeek(call: Call, value: Expression, mode: Expression | undefined): Expression | null {
  if (!mode || (mode.type === 'literal' && mode.value === '0')) return truncated(call, 'week(sunday)', value);
  return mode.type === 'literal' && mode.value === '1' ? truncated(call, 'week', value) : null;
}

/** A unit as a text or as a word, which parsers take for a column. */
function unitOf(expression: Expression): string | null {
  const word = wordOf(expression);
  return word === null ? null : (UNITS.get(word) ?? null);
}

function wordOf(expression: Expression): string | null {
  if (expression.type === 'literal' && expression.kind === 'string') return expression.value?.toLowerCase() ?? null;
  return expression.type === 'column' && expression.parts.length === 1 ? (expression.parts[0]?.toLowerCase() ?? null) : null;
}

/** BigQuery's WEEK begins on a Sunday, ISOWEEK and WEEK(MONDAY) on a Monday (“DATE_TRUNC”). */
function bigqueryUnit(expression: Expression): string | null {
  if (expression.type === 'call' && expression.name.length === 1 && expression.name[0] === 'week') {
    const day = expression.arguments[0] && wordOf(expression.arguments[0]);
    return day === 'monday' ? 'week' : `week(${day ?? ''})`;
  }
  const word = wordOf(expression);
  return word === 'week' ? 'week(sunday)' : unitOf(expression);
}

/** `DATE_SUB(d, INTERVAL 30 DAY)`, `DATEADD(day, -30, d)`, `date_sub(d, 30)`: a moment and an interval. */
function shifted(call: Call, sign: '+' | '-'): Expression | null {
  const [first, second, third] = call.arguments;
  if (!first || !second) return null;
  if (!third) {
    const interval = isInterval(second) ? second : intervalOf(second, 'day', call.span);
    return interval && operation(sign, [first, interval], call.span);
  }
  const unit = unitOf(first);
  const signed = unit === null ? null : signOf(second);
  if (unit === null || signed === null) return null;
  const interval = intervalOf(signed.count, unit, call.span);
  return interval && operation(signed.negative === (sign === '-') ? '+' : '-', [third, interval], call.span);
}

function signOf(expression: Expression): { count: Expression; negative: boolean } | null {
  if (expression.type === 'operation' && expression.operator === '-' && expression.operands.length === 1) {
    const [count] = expression.operands;
    return count ? { count, negative: true } : null;
  }
  if (expression.type !== 'literal' || expression.kind !== 'number' || expression.value === null) return null;
  return expression.value.startsWith('-') ? { count: { ...expression, value: expression.value.slice(1) }, negative: true } : { count: expression, negative: false };
}

function isInterval(expression: Expression): boolean {
  return expression.type === 'cast' && expression.target === 'interval';
}

/** `interval '30 days'` for a whole number and a unit. */
function intervalOf(count: Expression, unit: string, span: Span): Expression | null {
  if (count.type !== 'literal' || count.value === null || !/^\d+$/.test(count.value)) return null;
  return cast(text(lengthText(Number(count.value), unit), span), 'interval', span);
}

function lengthText(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const TYPES: Record<string, string> = {
  string: 'text', int64: 'bigint', int32: 'integer', float64: 'double precision', double: 'double precision', bool: 'boolean', datetime: 'timestamp', signed: 'bigint',
};

/** Types by PostgreSQL's names, and an interval with its unit in its text: `INTERVAL 30 DAY`, `INTERVAL '30 days'`. */
export function canonicalCast(expression: Extract<Expression, { type: 'cast' }>): Expression {
  const target = expression.target.toLowerCase();
  const [, unit] = /^interval (\w+)$/.exec(target) ?? [];
  if (unit !== undefined) return intervalOf(expression.operand, UNITS.get(unit) ?? unit, expression.span) ?? expression;
  if (target === 'interval' && expression.operand.type === 'literal') {
    const [, count, word] = /^\s*(\d+)\s*([a-z]+)\s*$/i.exec(expression.operand.value ?? '') ?? [];
    const known = word === undefined ? undefined : UNITS.get(word.toLowerCase());
    return count !== undefined && known !== undefined ? cast({ ...expression.operand, value: lengthText(Number(count), known) }, 'interval', expression.span) : expression;
  }
  return Object.hasOwn(TYPES, target) ? { ...expression, target: TYPES[target] ?? target } : expression;
}
