import { z } from 'zod';
import type { EpochSeconds } from '../model/live.js';
import type { ReconcileSide } from '../model/configuration.js';
import type { LiveSession } from '../stores/live.js';
import { loadSqlFrom } from '../stores/sql/load.js';
import { suggestion } from '../text/nearest-name.js';
import { plainText } from '../text/plain-text.js';
import { PairProblem, placeOf } from './problem.js';
import { quoteIdentifier, quoteLiteral, quoteRelation, splitRelation } from './quote.js';

export type TimeKind = 'zoned' | 'naive' | 'date';

/** How a column is summed: exactly, or as binary floating point. */
export interface SumShape {
  column: string;
  kind: 'exact' | 'float';
  /** Decimals that the type fixes; null where a value may have any number of them. */
  scale: number | null;
}

/** One side of a pair as it was found in its store. */
export interface SideShape {
  side: ReconcileSide;
  place: string;
  isTable: boolean;
  time: TimeKind;
  deleted: 'boolean' | 'time' | null;
  sums: SumShape[];
}

const SQL = {
  postgres: new URL('./sql/postgres/', import.meta.url),
  duckdb: new URL('./sql/duckdb/', import.meta.url),
};

/** The text `reconcile_<name>.sql` for the engine of a session. */
export function sqlFor(session: LiveSession, name: string, values: Readonly<Record<string, string>> = {}): string {
  return loadSqlFrom(SQL[session.engine], `reconcile_${name}`, session.version_num, values);
}

const columnRow = z.object({ kind: z.string(), hides_rows: z.boolean(), name: z.string(), type: z.string() });

/**
 * Looks up a side in its store: relation, columns and their types.
 * @throws PairProblem where something that the pair names is missing, has a type that cannot be compared, or is hidden in part.
 */
export async function describeSide(session: LiveSession, side: ReconcileSide, sums: readonly string[], deadline_ms: number): Promise<SideShape> {
  const columns = await columnsOf(session, side.relation, deadline_ms);
  const place = placeOf(side.store, side.relation);
  const first = columns[0];
  if (first === undefined) {
    throw new PairProblem(`${place} does not exist`, "Correct the pair's relation in tidemark.yaml; it is schema.name, letters by case.");
  }
  if (first.hides_rows) {
    throw new PairProblem(
      `${place} hides rows from tidemark by row-level security, so its counts would be too small`,
      'Let a role that sees all rows do the reconciliation (BYPASSRLS, or a policy with USING (true) for it).',
    );
  }
  const typeOf = (name: string): string => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column) return column.type;
    const near = suggestion(name, columns.map((candidate) => candidate.name));
    throw new PairProblem(`${place} has no column ${plainText(name, 63)}${near}`, 'Correct the name in tidemark.yaml, letters by case.');
  };
  return {
    side,
    place,
    isTable: ['r', 'p', 'm'].includes(first.kind),
    time: timeKind(typeOf(side.time_column)) ?? refuse(place, side.time_column, typeOf(side.time_column), 'a time or a date'),
    deleted: side.deleted_column === null ? null : deletedKind(place, side.deleted_column, typeOf(side.deleted_column)),
    sums: sums.map((column) => sumShape(column, typeOf(column)) ?? refuse(place, column, typeOf(column), 'a number')),
  };
}

/** The columns of a relation with their types as the engine prints them; none where there is no such relation. */
export async function columnsOf(session: LiveSession, relation: string, deadline_ms: number): Promise<z.infer<typeof columnRow>[]> {
  const { schema, name } = splitRelation(relation);
  const sql = sqlFor(session, 'columns', { schema: quoteLiteral(schema), name: quoteLiteral(name) });
  return session.query(columnRow, sql, { deadline_ms });
}

function refuse(place: string, column: string, type: string, wanted: string): never {
  throw new PairProblem(`${place}: column ${plainText(column, 63)} is of type ${plainText(type, 63)}, not ${wanted}`, 'Name another column in tidemark.yaml, or compare views that cast it.');
}

/** Null for a type that tells no time. */
export function timeKind(type: string): TimeKind | null {
  if (/^timestamp(\(\d\))? with time zone$/i.test(type)) return 'zoned';
  if (/^timestamp(\(\d\))? without time zone$|^TIMESTAMP(_NS|_MS|_S)?$/i.test(type)) return 'naive';
  return /^date$/i.test(type) ? 'date' : null;
}

function deletedKind(place: string, column: string, type: string): 'boolean' | 'time' {
  if (/^boolean$/i.test(type)) return 'boolean';
  return timeKind(type) === null ? refuse(place, column, type, 'a boolean or a time') : 'time';
}

function sumShape(column: string, type: string): SumShape | null {
  if (/^(smallint|integer|bigint|U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT))$/i.test(type)) return { column, kind: 'exact', scale: 0 };
  if (/^money$/i.test(type)) return { column, kind: 'exact', scale: null };
  if (/^(real|double precision|float|double)$/i.test(type)) return { column, kind: 'float', scale: null };
  const exact = /^(?:numeric|decimal)(?:\(\d+,(-?\d+)\))?$/i.exec(type);
  if (exact === null) return null;
  return { column, kind: 'exact', scale: exact[1] === undefined ? null : Math.max(0, Number(exact[1])) };
}

/** A moment as a constant of the type of the side's time column, so that an index on it serves. */
export function timeLiteral(time: TimeKind, at: EpochSeconds): string {
  const text = new Date(at * 1000).toISOString().replace('T', ' ').slice(0, 23);
  if (time === 'date') return `'${text.slice(0, 10)}'::date`;
  return time === 'zoned' ? `'${text}+00'::timestamptz` : `'${text}'::timestamp`;
}

export function columnOf(name: string): string {
  return `t.${quoteIdentifier(name)}`;
}

/** What all statements on a side share: its relation, its time column, a range, and the rows that are not deleted. */
export function rangeValues(shape: SideShape, from: EpochSeconds, to: EpochSeconds): Record<string, string> {
  const { side, time, deleted } = shape;
  const condition = deleted === 'boolean' ? 'is not true' : 'is null';
  return {
    relation: quoteRelation(side.relation),
    time: columnOf(side.time_column),
    from: timeLiteral(time, from),
    to: timeLiteral(time, to),
    living: side.deleted_column === null ? '' : ` and ${columnOf(side.deleted_column)} ${condition}`,
  };
}
