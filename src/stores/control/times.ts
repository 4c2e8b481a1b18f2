import type { EpochSeconds } from '../../model/live.js';
import type { Engine } from '../../model/store.js';
import { expressionsOf } from '../expressions/index.js';

/** What the values of a column can be read as. */
export type ColumnKind = 'time' | 'text' | 'number' | 'position' | 'other';

/** By the kind of form. */
const KINDS: Readonly<Record<string, ColumnKind>> = { timestamp: 'time', date: 'time', text: 'text', uuid: 'text', integer: 'number', decimal: 'number', float: 'number' };
const TIME = /^(timestamp|timestamptz|date|datetime)(_(s|ms|us|ns))?(\(\d\))?( with(out)? time zone)?$/;
const TEXT = /^(text|varchar|character( varying)?|bpchar|citext|string|name)(\(\d+\))?$/;
const NUMBER = /^(u?(tiny|small|big|huge)int|u?integer|int|int[248]|numeric|decimal|double( precision)?|real|float[48]?)(\(\d+(,\s?\d+)?\))?$/;

/** Of a type as PostgreSQL's format_type or DuckDB's duckdb_columns() writes it; of other engines as their catalogues do. */
export function kindOf(type: string, engine: Engine = 'postgres'): ColumnKind {
  if (engine !== 'postgres' && engine !== 'duckdb') return KINDS[expressionsOf(engine).formOf(type)?.kind ?? ''] ?? 'other';
  const folded = type.toLowerCase();
  if (TIME.test(folded)) return 'time';
  if (TEXT.test(folded)) return 'text';
  if (NUMBER.test(folded)) return 'number';
  return folded === 'pg_lsn' ? 'position' : 'other';
}

/** True for a time that is a moment wherever it is read. */
export function isZoned(type: string): boolean {
  return /timestamptz|with time zone$/.test(type.toLowerCase());
}

/** True for whole numbers. */
export function isInteger(type: string): boolean {
  return /^(u?(tiny|small|big|huge)int|u?integer|int|int[248])$/.test(type.toLowerCase());
}

/** What is before or after this is no moment of a pipeline: a default, a sentinel such as 9999-12-31, another unit. */
const FIRST = Date.UTC(1990, 0, 1) / 1000;
const LAST = Date.UTC(2100, 0, 1) / 1000;

function plausible(seconds: number): EpochSeconds | null {
  return seconds >= FIRST && seconds < LAST ? seconds : null;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Epoch seconds of a time as text: ISO 8601 with `T` or a blank, seconds, fraction and zone optional (without a zone it is
 * UTC), or an epoch in digits as `epochOf` reads it. Null for everything else and for what lies outside 1990 to 2100.
 */
export function parseTime(text: string): EpochSeconds | null {
  const trimmed = text.trim();
  if (/^\d{8,19}(\.\d{1,9})?$/.test(trimmed)) return epochOf(Number(trimmed));
  const match = ISO.exec(trimmed);
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const days = new Date(Date.UTC(year, month - 1, day));
  if (days.getUTCMonth() !== month - 1 || days.getUTCDate() !== day || hour > 24 || minute > 59 || second > 60) return null;
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`);
  return plausible(days.getTime() / 1000 + hour * 3600 + minute * 60 + second + fraction - zoneOffset(match[8]));
}

function zoneOffset(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (!match) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60;
  return match[1] === '-' ? -seconds : seconds;
}

/**
 * Epoch seconds of a number whose unit its size tells: seconds below 1e11, then milli-, micro- and nanoseconds; a date key
 * such as 20260630 is that day. Null outside 1990 to 2100.
 */
export function epochOf(value: number): EpochSeconds | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  if (value < 22_000_000) return Number.isInteger(value) ? dayOf(value) : null;
  if (value < 1e11) return plausible(value);
  if (value < 1e14) return plausible(value / 1e3);
  return plausible(value < 1e17 ? value / 1e6 : value / 1e9);
}

function dayOf(key: number): EpochSeconds | null {
  const text = String(key).padStart(8, '0');
  return parseTime(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`);
}

/** `2026-06-30` of a moment, in UTC. */
export function isoDay(at: EpochSeconds): string {
  return new Date(at * 1000).toISOString().slice(0, 10);
}

/**
 * Epoch seconds of a value that the SQL of this folder gave as text: of a time column in epoch seconds, of others as it
 * stands. Null for what is no time.
 */
export function timeOf(kind: ColumnKind, text: string): EpochSeconds | null {
  if (kind === 'number') return epochOf(Number(text));
  if (kind !== 'time') return parseTime(text);
  const seconds = Number(text);
  return text !== '' && Number.isFinite(seconds) ? seconds : null;
}
