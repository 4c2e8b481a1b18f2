import type { EpochSeconds } from '../model/live.js';
import type { TimedSide } from '../model/configuration.js';
import type { DescribedRelation } from '../stores/description.js';
import type { ColumnForm, EngineExpressions } from '../stores/expressions/expression.js';
import { expressionsOf } from '../stores/expressions/index.js';
import { describe } from '../stores/index.js';
import type { LiveSession } from '../stores/live.js';
import { loadSqlFrom } from '../stores/sql/load.js';
import { suggestion } from '../text/nearest-name.js';
import { plainText } from '../text/plain-text.js';
import { PairProblem, placeOf } from './problem.js';
import { splitRelation } from './relation-name.js';

/** A form that tells a time. */
export type TimeForm = Extract<ColumnForm, { kind: 'timestamp' | 'date' }>;

/** How a column is summed: exactly, or as binary floating point. */
export interface SumShape {
  column: string;
  kind: 'exact' | 'float';
  /** Decimals that the type fixes; null where a value may have any number of them. */
  scale: number | null;
  form: ColumnForm;
}

/** One side of a pair as it was found in its store. */
export interface SideShape {
  side: TimedSide;
  place: string;
  isTable: boolean;
  time: TimeForm;
  deleted: 'boolean' | 'time' | null;
  sums: SumShape[];
  /** The relation as a FROM clause writes it, called `t`. */
  from: string;
  expressions: EngineExpressions;
}

/** The text `reconcile_<name>.sql` for the engine of a session. */
export function sqlFor(session: LiveSession, name: string, values: Readonly<Record<string, string>> = {}): string {
  return loadSqlFrom(new URL(`./sql/${session.engine}/`, import.meta.url), `reconcile_${name}`, session.version_num, values);
}

/**
 * Looks up a side in its store: relation, columns and their types.
 * @throws PairProblem where something that the pair names is missing, has a type that cannot be compared, or is hidden in part.
 */
export async function describeSide(session: LiveSession, side: TimedSide, sums: readonly string[], deadline_ms: number): Promise<SideShape> {
  const place = placeOf(side.store, side.relation);
  const found = await describeRelation(session, side.relation, deadline_ms);
  if (found === null) {
    throw new PairProblem(`${place} does not exist`, "Correct the pair's relation in tidemark.yaml; it is schema.name, letters by case.");
  }
  if (found.hidesRows) {
    throw new PairProblem(
      `${place} hides rows from tidemark by row-level security, so its counts would be too small`,
      'Let a role that sees all rows do the reconciliation (BYPASSRLS, or a policy with USING (true) for it).',
    );
  }
  const typeOf = (name: string): string => {
    const column = found.columns.find((candidate) => candidate.name === name);
    if (column) return column.type;
    const near = suggestion(name, found.columns.map((candidate) => candidate.name));
    throw new PairProblem(`${place} has no column ${plainText(name, 63)}${near}`, 'Correct the name in tidemark.yaml, letters by case.');
  };
  const expressions = expressionsOf(session.engine);
  return {
    side,
    place,
    isTable: found.kind === 'table' || found.kind === 'materialized_view',
    time: timeForm(expressions, typeOf(side.time_column)) ?? refuse(place, side.time_column, typeOf(side.time_column), 'a time or a date'),
    deleted: side.deleted_column === null ? null : deletedKind(expressions, place, side.deleted_column, typeOf(side.deleted_column)),
    sums: sums.map((column) => sumShape(expressions, column, typeOf(column)) ?? refuse(place, column, typeOf(column), 'a number')),
    from: fromOf(expressions, side.relation, found),
    expressions,
  };
}

/** A relation of the configuration as its store knows it; null where there is none. */
export function describeRelation(session: LiveSession, relation: string, deadline_ms: number): Promise<DescribedRelation | null> {
  return describe(session, splitRelation(relation), { deadline_ms });
}

/** A relation as a FROM clause writes it, called `t`. */
export function fromOf(expressions: EngineExpressions, relation: string, { suffix }: Pick<DescribedRelation, 'suffix'>): string {
  return `${expressions.relation(splitRelation(relation))} as t${suffix}`;
}

function refuse(place: string, column: string, type: string, wanted: string): never {
  throw new PairProblem(`${place}: column ${plainText(column, 63)} is of type ${plainText(type, 63)}, not ${wanted}`, 'Name another column in tidemark.yaml, or compare views that cast it.');
}

/** Null for a type that tells no time. */
export function timeForm(expressions: EngineExpressions, type: string): TimeForm | null {
  const form = expressions.formOf(type);
  return form?.kind === 'timestamp' || form?.kind === 'date' ? form : null;
}

function deletedKind(expressions: EngineExpressions, place: string, column: string, type: string): 'boolean' | 'time' {
  const form = expressions.formOf(type);
  // ClickHouse keeps flags as numbers of one byte.
  if (form?.kind === 'boolean' || /^UInt8$/.test(type)) return 'boolean';
  return timeForm(expressions, type) === null ? refuse(place, column, type, 'a boolean or a time') : 'time';
}

function sumShape(expressions: EngineExpressions, column: string, type: string): SumShape | null {
  if (/^money$/i.test(type)) return { column, kind: 'exact', scale: null, form: { kind: 'decimal', scale: null } };
  const form = expressions.formOf(type);
  if (form?.kind === 'integer') return { column, kind: 'exact', scale: 0, form };
  if (form?.kind === 'float') return { column, kind: 'float', scale: null, form };
  return form?.kind === 'decimal' ? { column, kind: 'exact', scale: form.scale, form } : null;
}

/** A column of `t`. */
export function columnOf(expressions: EngineExpressions, name: string): string {
  return `t.${expressions.name(name)}`;
}

/** What all statements on a side share: its relation, its time column, a range, and the rows that are not deleted. */
export function rangeValues(shape: SideShape, from: EpochSeconds, to: EpochSeconds): Record<'relation' | 'time' | 'from' | 'to' | 'living', string> {
  const { side, time, deleted, expressions } = shape;
  return {
    relation: shape.from,
    time: columnOf(expressions, side.time_column),
    from: expressions.moment(from, time),
    to: expressions.moment(to, time),
    living: side.deleted_column === null ? '' : ` and ${livingRows(columnOf(expressions, side.deleted_column), deleted)}`,
  };
}

function livingRows(column: string, deleted: 'boolean' | 'time' | null): string {
  return deleted === 'boolean' ? `(${column} is null or not ${column})` : `${column} is null`;
}

/** The largest business time of a side within a range, in seconds since 1970. */
export function newestSql(shape: SideShape, from: EpochSeconds, to: EpochSeconds): string {
  const values = rangeValues(shape, from, to);
  const { expressions, time } = shape;
  return `select ${expressions.epochSeconds(`max(${values.time})`, time)} as ${expressions.name('newest')} from ${values.relation} where ${values.time} >= ${values.from} and ${values.time} < ${values.to}`;
}

/** The clock of a store, in seconds since 1970. */
export function clockSql(session: LiveSession): string {
  const expressions = expressionsOf(session.engine);
  return `select ${expressions.now()} as ${expressions.name('now')}`;
}
