import { valueText } from './point.js';
import type { Predicate, Scalar } from './predicate.js';
import type { UsedColumn, Vocabulary } from './vocabulary.js';
import type { Worlds } from './worlds.js';

/** A value of a witness row, in words: `status CANCELLED`, `closed_at NULL`, `a status not named here`. */
export interface WitnessValue {
  column: string;
  words: string;
}

/** Columns that a predicate looks at, and variables that it depends on. */
export function usesOf(predicate: Predicate, vocabulary: Vocabulary): { columns: Set<number>; variables: Set<number> } {
  const columns = new Set<number>();
  const variables = new Set<number>();
  const visitScalar = (scalar: Scalar): void => {
    if (scalar.type === 'column') columns.add(scalar.column);
    if (scalar.type === 'coalesce') scalar.operands.forEach(visitScalar);
    if (scalar.type === 'nullif') [scalar.left, scalar.right].forEach(visitScalar);
    if (scalar.type !== 'case') return;
    for (const { when, then } of scalar.branches) {
      visit(when);
      visitScalar(then);
    }
    visitScalar(scalar.otherwise);
  };
  const visit = (node: Predicate): void => {
    if (node.type === 'column' || node.type === 'like') columns.add(node.column);
    if (node.type === 'like' || node.type === 'opaque') variables.add(node.variable);
    if (node.type === 'and' || node.type === 'or' || node.type === 'coalesce') node.operands.forEach(visit);
    if (node.type === 'not' || node.type === 'test') visit(node.operand);
    if (node.type === 'equivalent') [node.left, node.right].forEach(visit);
    if (node.type === 'compare') [node.left, node.right].forEach(visitScalar);
    if (node.type === 'null') visitScalar(node.scalar);
    if (node.type !== 'case') return;
    for (const { when, then } of node.branches) [when, then].forEach(visit);
    visit(node.otherwise);
  };
  visit(predicate);
  for (const variable of variables) for (const column of vocabulary.variables[variable]?.nullWhen ?? []) columns.add(column);
  return { columns, variables };
}

/**
 * Orders candidate rows: literals of the definitions before those of constraints, these before NULL, and stand-ins last,
 * so that a witness speaks the words of the dashboards.
 */
export function rowRank(worlds: Worlds, width: number, columns: ReadonlySet<number>): (row: number) => number {
  return (row) => {
    let rank = 0;
    for (const column of columns) {
      const place = worlds.places[row * width + column] ?? -1;
      const origin = place < 0 ? 'null' : worlds.context.classOf[column]?.points[place]?.origin;
      rank += origin === 'definition' ? 0 : origin === 'constraint' ? 1 : origin === 'null' ? 2 : 3;
    }
    return rank;
  };
}

/**
 * The smallest part of a row that shows the difference by itself: columns are left out as long as every row that agrees in
 * the rest is counted by the one definition and not by the other. Columns that are compared with each other go together or
 * stay together: what one of them holds means something only beside the other.
 */
export function witnessColumns(worlds: Worlds, width: number, row: number, columns: ReadonlySet<number>, counted: Uint8Array, other: Uint8Array): number[] {
  let shown = [...columns];
  for (const { columns: together } of new Set([...columns].map((column) => worlds.context.classOf[column]).filter((entry) => entry !== undefined))) {
    const rest = shown.filter((kept) => !together.includes(kept));
    if (everyRow(worlds, width, row, rest, counted, other)) shown = rest;
  }
  return shown;
}

function everyRow(worlds: Worlds, width: number, row: number, shown: number[], counted: Uint8Array, other: Uint8Array): boolean {
  for (let candidate = 0; candidate < worlds.rows; candidate += 1) {
    if (shown.some((column) => worlds.places[candidate * width + column] !== worlds.places[row * width + column])) continue;
    for (let variant = 0; variant < worlds.perRow; variant += 1) {
      const world = candidate * worlds.perRow + variant;
      if (counted[world] !== 1 || other[world] !== 0) return false;
    }
  }
  return true;
}

export function witnessValues(worlds: Worlds, vocabulary: Vocabulary, row: number, columns: readonly number[]): WitnessValue[] {
  const width = vocabulary.columns.length;
  const placeOf = (column: number): number => worlds.places[row * width + column] ?? -1;
  const moments = columns.filter((column) => vocabulary.columns[column]?.moment === true);
  return columns.flatMap((column) => {
    const used = vocabulary.columns[column];
    if (used === undefined || used.moment) return [];
    const moment = moments.find((candidate) => vocabulary.root(candidate) === vocabulary.root(column));
    const told = moment === undefined || placeOf(column) < 0 ? null : relativeWords(used.name, placeOf(column), vocabulary.columns[moment]?.name ?? '', placeOf(moment));
    return [{ column: used.name, words: told ?? words(used, column, placeOf(column), worlds) }];
  });
}

function relativeWords(name: string, place: number, moment: string, at: number): string {
  return `${name} ${place < at ? 'before' : place > at ? 'after' : 'at'} ${moment}`;
}

function words(used: UsedColumn, column: number, place: number, worlds: Worlds): string {
  const { name } = used;
  if (place < 0) return `${name} NULL`;
  const points = worlds.context.classOf[column]?.points ?? [];
  const point = points[place];
  if (point === undefined) return name;
  if (point.origin !== 'stand-in' || point.value.kind === 'boolean') return `${name} ${quoted(valueText(point.value))}`;
  const named = points.some(({ origin }) => origin !== 'stand-in');
  if (point.value.kind === 'other') return named ? `a ${name} not named here` : `${name} not NULL`;
  if (!named) return `${name} not NULL`;
  if (point.value.kind !== 'instant') return `${name} ${valueText(point.value)}`;
  const below = points.slice(0, place).findLast(({ origin }) => origin !== 'stand-in');
  const above = points.slice(place + 1).find(({ origin }) => origin !== 'stand-in');
  if (below === undefined) return above === undefined ? `${name} not NULL` : `${name} before ${valueText(above.value)}`;
  return above === undefined ? `${name} after ${valueText(below.value)}` : `${name} between ${valueText(below.value)} and ${valueText(above.value)}`;
}

/** Values stand bare as people read them; only one that would not be seen as a value is put in quotes. */
function quoted(text: string): string {
  return text === '' || /\s|,|^NULL$/i.test(text) ? `'${text}'` : text;
}

/** `status CANCELLED and closed_at NULL`; `whatever it holds` when no column matters. */
export function witnessText(values: readonly WitnessValue[]): string {
  const parts = values.map((value) => value.words);
  if (parts.length === 0) return 'whatever it holds';
  const last = parts.at(-1) ?? '';
  return parts.length === 1 ? `with ${last}` : `with ${parts.slice(0, -1).join(', ')} and ${last}`;
}
