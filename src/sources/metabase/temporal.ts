import { stringLiteral, type TypedSql } from './sql-text.js';

/**
 * Metabase's time arithmetic in PostgreSQL (`src/metabase/driver/postgres.clj`, v0.57): truncation, extraction and
 * intervals, with casts where the type of the column asks for them.
 */

const TRUNCATED = new Set(['millisecond', 'second', 'minute', 'hour', 'month', 'quarter', 'year', 'week']);
const EXTRACTED: Readonly<Record<string, string>> = {
  'second-of-minute': 'second',
  'minute-of-hour': 'minute',
  'hour-of-day': 'hour',
  'day-of-month': 'day',
  'day-of-year': 'doy',
  'month-of-year': 'month',
  'quarter-of-year': 'quarter',
  'year-of-era': 'year',
  'week-of-year-iso': 'week',
  'week-of-year': 'week',
  'week-of-year-us': 'week',
  'week-of-year-instance': 'week',
  'day-of-week-iso': 'isodow',
};

export type WeekStart = 'sunday' | 'monday';

export const NOW: TypedSql = { sql: 'NOW()', databaseType: 'timestamptz', baseType: 'type/DateTimeWithTZ' };

const NO_CAST = new Set(['timestamp', 'timestamptz', 'timestamp with time zone', 'timestamp without time zone', 'date']);

function asTimestamp(expression: TypedSql): TypedSql {
  if (expression.databaseType !== null && NO_CAST.has(expression.databaseType)) return expression;
  return { sql: `CAST(${expression.sql} AS timestamp)`, databaseType: 'timestamp', baseType: expression.baseType };
}

export function isExtraction(unit: string): boolean {
  return Object.hasOwn(EXTRACTED, unit) || unit === 'day-of-week';
}

export function isTemporalType(baseType: string | null): boolean {
  return baseType !== null && /^type\/(Date|DateTime|Instant)/.test(baseType);
}

/** An expression truncated to a unit, or the part of it that the unit names. */
export function bucket(unit: string, expression: TypedSql, weekStart: WeekStart): TypedSql {
  if (unit === 'day') {
    if (expression.databaseType === 'date') return expression;
    return { sql: `CAST(${expression.sql} AS date)`, databaseType: 'date', baseType: 'type/Date' };
  }
  if (unit === 'week' && weekStart === 'sunday') {
    return addInterval(truncate('week', addInterval(expression, 1, 'day')), -1, 'day');
  }
  if (TRUNCATED.has(unit)) return truncate(unit, expression);
  const part = Object.hasOwn(EXTRACTED, unit) ? EXTRACTED[unit] : undefined;
  if (part !== undefined) return { sql: extract(part, expression), databaseType: 'integer', baseType: 'type/Integer' };
  if (unit === 'day-of-week') return dayOfWeek(expression, weekStart);
  return expression;
}

function truncate(unit: string, expression: TypedSql): TypedSql {
  if (expression.databaseType === 'date') {
    return { ...expression, sql: `CAST(DATE_TRUNC('${unit}', ${expression.sql}) AS date)` };
  }
  const timestamp = asTimestamp(expression);
  return { ...timestamp, sql: `DATE_TRUNC('${unit}', ${timestamp.sql})` };
}

function extract(part: string, expression: TypedSql): string {
  return `CAST(extract(${part} from ${asTimestamp(expression).sql}) AS integer)`;
}

function dayOfWeek(expression: TypedSql, weekStart: WeekStart): TypedSql {
  const day = `(${extract('dow', expression)} + 1)`;
  if (weekStart === 'sunday') return { sql: day, databaseType: 'integer', baseType: 'type/Integer' };
  const shifted = `MOD(${day} + 6, 7)`;
  return { sql: `CASE WHEN ${shifted} = 0 THEN 7 ELSE ${shifted} END`, databaseType: 'integer', baseType: 'type/Integer' };
}

/** `unit` may be a quarter, which PostgreSQL's intervals do not have. */
export function addInterval(expression: TypedSql, amount: number, unit: string): TypedSql {
  if (unit === 'quarter') return addInterval(expression, 3 * amount, 'month');
  const interval = `INTERVAL ${stringLiteral(`${Number.isFinite(amount) ? amount : 1} ${unit}`)}`;
  if (expression.databaseType === 'date') return { ...expression, sql: `CAST((${expression.sql} + ${interval}) AS date)` };
  const timestamp = asTimestamp(expression);
  return { ...timestamp, sql: `(${timestamp.sql} + ${interval})` };
}

/** A moment so many units from now, truncated to the unit. */
export function relativeMoment(amount: number, unit: string, weekStart: WeekStart): string {
  return bucket(unit, amount === 0 ? NOW : addInterval(NOW, amount, unit), weekStart).sql;
}

/** A date or date and time as a literal of the column's type. */
export function temporalLiteral(text: string, column: TypedSql): string {
  if (column.databaseType === 'date' || column.baseType === 'type/Date') return `date ${stringLiteral(text.slice(0, 10))}`;
  const word = column.databaseType === 'timestamp' ? 'timestamp' : 'timestamp with time zone';
  return `${word} ${stringLiteral(text)}`;
}

/** The first day of the unit that holds an ISO date, and the first day after it. Null for what is no date. */
export function unitBounds(text: string, unit: string): { start: string; end: string } | null {
  const match = /^(\d{4})-(\d{2})(?:-(\d{2}))?/.exec(text);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2]) - 1;
  const day = Number(match[3] ?? '1');
  switch (unit) {
    case 'day':
      return bounds(Date.UTC(year, month, day), Date.UTC(year, month, day + 1));
    case 'week':
      return bounds(Date.UTC(year, month, day), Date.UTC(year, month, day + 7));
    case 'month':
      return bounds(Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1));
    case 'quarter':
      return bounds(Date.UTC(year, month - (month % 3), 1), Date.UTC(year, month - (month % 3) + 3, 1));
    case 'year':
      return bounds(Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
    default:
      return null;
  }
}

function bounds(start: number, end: number): { start: string; end: string } | null {
  if (Number.isNaN(start) || Number.isNaN(end)) return null;
  return { start: new Date(start).toISOString().slice(0, 10), end: new Date(end).toISOString().slice(0, 10) };
}
