import type { Expression } from '../../model/syntax-tree.js';
import { axiomsAgainst } from './decide.js';
import { lowerPredicate } from './lower.js';
import { and, not, or, type Predicate } from './predicate.js';
import { type RowShape, Vocabulary } from './vocabulary.js';
import { buildWorlds, type Axiom, type Worlds } from './worlds.js';

/** What holds of the rows of a joint context when it touches columns that are looked at. Columns are bare names of the shape. */
export interface JointFact {
  /** Which constraint it is; null for what holds by the nature of the context. */
  id: string | null;
  columns: string[];
  /** Not false in every row, as a CHECK; `holds`: true in every row. */
  expression: Expression;
  holds: boolean;
  /** The boolean column that switches it off: the row of an outer join that found no partner. */
  unless: string | null;
  origin: 'definition' | 'constraint';
}

/**
 * A row made of the rows of several relations, as a join makes it: columns are named `alias.column`, and each relation keeps
 * what its schema says about it. The nullable side of an outer join has a flag, a boolean column: where it is true all
 * columns of that side are NULL and its facts say nothing.
 */
export interface JointContext {
  shape: RowShape;
  facts: readonly JointFact[];
  /** The constraint by which a column is never NULL; an empty text where it cannot be by its nature. */
  notNull(column: string): string | null;
  /** The flag of the column's relation, where it has one. */
  absence(column: string): string | null;
  /** Columns that make this one NULL, and whether it is NULL only then. */
  nullWith(column: string): { columns: readonly string[]; only: boolean } | null;
}

export interface JointWorlds {
  worlds: Worlds;
  vocabulary: Vocabulary;
  axioms: Axiom[];
  /** Facts that bring in further columns were left out: what differs may be forbidden by them. */
  partial: boolean;
}

/** A conjunction each. */
export type Conditions = readonly Expression[];

/**
 * All representative rows of a context with the truth of each definition; null where they are too many.
 *
 * @param reach `near` leaves out facts that bring in further columns: what holds without them holds with them
 */
export function jointWorlds(definitions: readonly Conditions[], context: JointContext, reach: 'all' | 'near'): JointWorlds | null {
  return worldsWith(definitions, context, reach);
}

function worldsWith(definitions: readonly Conditions[], context: JointContext, reach: 'all' | 'near'): JointWorlds | null {
  let distrusted: ReadonlySet<string> = new Set();
  for (let round = 0; round < 8; round += 1) {
    const vocabulary = new Vocabulary(context.shape, distrusted);
    const predicates = definitions.map((conditions) => and(conditions.map((condition) => lowerPredicate(condition, vocabulary, 'definition'))));
    const axioms = jointAxioms(context, vocabulary, reach);
    const unordered = vocabulary.unorderedTimes().filter((column) => !distrusted.has(column));
    if (unordered.length > 0) {
      distrusted = new Set([...distrusted, ...unordered]);
      continue;
    }
    const worlds = buildWorlds(vocabulary, axioms, predicates);
    return worlds === null ? null : { worlds, vocabulary, axioms, partial: reach === 'near' && isPartial(context, vocabulary) };
  }
  return null;
}

/** Whether a fact about columns that are looked at was left out. */
function isPartial(context: JointContext, vocabulary: Vocabulary): boolean {
  const names = new Set(vocabulary.columns.map(({ name }) => name));
  return context.facts.some(({ columns }) => !columns.every((column) => names.has(column)) && columns.some((column) => names.has(column)));
}

function jointAxioms(context: JointContext, vocabulary: Vocabulary, reach: 'all' | 'near'): Axiom[] {
  const axioms: Axiom[] = [];
  const open = new Set(context.facts);
  const flagOf = (name: string | null): Predicate[] => {
    const column = name === null ? null : vocabulary.column(name);
    return column === null ? [] : [{ type: 'column', column }];
  };
  const done = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    // Flags and the columns that others hang on become columns of the vocabulary too.
    for (let place = 0; place < vocabulary.columns.length; place += 1) {
      const used = vocabulary.columns[place];
      if (used === undefined || used.moment || done.has(used.name)) continue;
      done.add(used.name);
      axioms.push(...columnAxioms(context, vocabulary, used.name, place));
    }
    const names = new Set(vocabulary.columns.flatMap(({ name, moment }) => (moment ? [] : [name])));
    for (const fact of open) {
      if (!fact.columns.some((column) => names.has(column))) continue;
      if (reach === 'near' && !fact.columns.every((column) => names.has(column))) continue;
      open.delete(fact);
      grown = true;
      const predicate = lowerPredicate(fact.expression, vocabulary, fact.origin);
      const stated: Predicate = fact.holds ? { type: 'test', operand: predicate, is: true } : predicate;
      axioms.push({ name: fact.id ?? '', predicate: or([...flagOf(fact.unless), stated]), ...(fact.id === null ? { given: true as const } : {}) });
    }
    grown ||= vocabulary.columns.some(({ name, moment }) => !moment && !done.has(name));
  }
  for (const [one, other] of vocabulary.momentsInOrder()) {
    axioms.push({ name: '', predicate: { type: 'compare', operator: '<', left: { type: 'column', column: one }, right: { type: 'column', column: other } }, given: true });
  }
  return axioms;
}

function columnAxioms(context: JointContext, vocabulary: Vocabulary, name: string, column: number): Axiom[] {
  const axioms: Axiom[] = [];
  const isNull = (of: number): Predicate => ({ type: 'null', scalar: { type: 'column', column: of } });
  const flagName = context.absence(name);
  const flag = flagName === null ? null : vocabulary.column(flagName);
  const absent: Predicate[] = flag === null ? [] : [{ type: 'column', column: flag }];
  for (const entry of absent) axioms.push({ name: '', predicate: or([not(entry), isNull(column)]), given: true });
  const required = context.notNull(name);
  if (required !== null) {
    axioms.push({ name: required, predicate: or([...absent, not(isNull(column))]), ...(required === '' ? { given: true as const } : {}) });
  }
  const tie = context.nullWith(name);
  if (tie === null) return axioms;
  const sources = tie.columns.flatMap((other) => vocabulary.column(other) ?? []);
  for (const source of sources) axioms.push({ name: '', predicate: or([not(isNull(source)), isNull(column)]), given: true });
  if (tie.only) axioms.push({ name: '', predicate: or([not(isNull(column)), ...sources.map(isNull)]), given: true });
  return axioms;
}

/** What two definitions of joint rows have in common, by their places in `jointWorlds`. */
export interface JointRelation {
  /** Some row that the constraints may admit is counted by the first only, by the second only, by both. */
  possible: { first: boolean; second: boolean; both: boolean };
  /** The number of a row for which that is sure; `likely`: of one that only what is not understood can rule out. */
  certain: { first: number | null; second: number | null; both: number | null };
  likely: { first: number | null; second: number | null; both: number | null };
}

/** The constraints that make two definitions true for the same rows; null where they are not. */
export function sameRows({ worlds, axioms }: JointWorlds, first: number, second: number): string[] | null {
  const [a, b] = [worlds.truths[first], worlds.truths[second]];
  if (a === undefined || b === undefined) throw new RangeError(`there is no definition ${first} or ${second}`);
  const needed = axiomsAgainst(worlds, axioms, (world) => a[world] !== b[world]);
  return needed === null ? null : needed.map(({ name }) => name);
}

/** The constraints without which a property of the truth of all definitions would fail in some row; null where it fails. */
export function everywhere({ worlds, axioms }: JointWorlds, bad: (truth: (definition: number) => boolean) => boolean): string[] | null {
  const needed = axiomsAgainst(worlds, axioms, (world) => bad((definition) => worlds.truths[definition]?.[world] === 1));
  return needed === null ? null : needed.map(({ name }) => name);
}

/** How the rows of two definitions relate. */
export function jointRelation({ worlds }: JointWorlds, first: number, second: number, rank: (row: number) => number): JointRelation {
  const [a, b] = [worlds.truths[first], worlds.truths[second]];
  if (a === undefined || b === undefined) throw new RangeError(`there is no definition ${first} or ${second}`);
  const relation: JointRelation = { possible: { first: false, second: false, both: false }, certain: { first: null, second: null, both: null }, likely: { first: null, second: null, both: null } };
  const better = (known: number | null, row: number): number => (known === null || rank(row) < rank(known) ? row : known);
  const keys = ['first', 'second', 'both'] as const;
  for (let row = 0; row < worlds.rows; row += 1) {
    const seen = { first: 0, second: 0, both: 0 };
    let admitted = 0;
    for (let variant = 0; variant < worlds.perRow; variant += 1) {
      const world = row * worlds.perRow + variant;
      if (worlds.broken[world] !== 0) continue;
      admitted += 1;
      if (a[world] === 1) seen[b[world] === 1 ? 'both' : 'first'] += 1;
      else if (b[world] === 1) seen.second += 1;
    }
    for (const key of keys) {
      relation.possible[key] ||= seen[key] > 0;
      if (seen[key] > 0) relation.likely[key] = better(relation.likely[key], row);
      if (admitted === worlds.perRow && seen[key] === admitted) relation.certain[key] = better(relation.certain[key], row);
    }
  }
  return relation;
}
