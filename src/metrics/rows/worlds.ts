import { compile, F, N, T, type EvaluationContext, type World } from './evaluate.js';
import { domainsOf } from './domain.js';
import type { Predicate } from './predicate.js';
import type { Vocabulary } from './vocabulary.js';

/** More single-row worlds than this are not looked at. */
export const WORLDS_MAX = 50_000;

/** Nor more evaluations: worlds times predicates. It bounds the work of a group with very many definitions. */
const EVALUATIONS_MAX = 2_000_000;

/** A bit of `broken` each. */
const AXIOMS_MAX = 30;

/** Something that every row of the relation satisfies: the predicate is not false (a CHECK passes on NULL). */
export interface Axiom {
  /** For messages: which constraint of which relation. */
  name: string;
  predicate: Predicate;
  /** Holds by the nature of what is compared, and is no constraint that could be dropped. */
  given?: true;
}

/** The bit of `broken` that all given axioms share. */
export const GIVEN = 1 << 30;

/**
 * All single-row worlds of one comparison. A world is a concrete row (a representative or NULL for each column) together
 * with a truth value for each opaque variable; the worlds of one row stand together, `perRow` of them.
 */
export interface Worlds {
  context: EvaluationContext;
  rows: number;
  perRow: number;
  /** By row, then column: the place of the value, -1 for NULL. */
  places: Int32Array;
  /** By world: which axioms it breaks, one bit each. */
  broken: Int32Array;
  /** By predicate, then world: 1 where it is true. */
  truths: Uint8Array[];
}

/**
 * Evaluates predicates and axioms in all worlds.
 *
 * @returns null when there would be more than `WORLDS_MAX` worlds, `EVALUATIONS_MAX` evaluations or `AXIOMS_MAX` axioms.
 */
export function buildWorlds(vocabulary: Vocabulary, axioms: readonly Axiom[], predicates: readonly Predicate[]): Worlds | null {
  const domains = domainsOf(vocabulary);
  const context: EvaluationContext = { ...domains, nullWhen: vocabulary.variables.map(({ nullWhen }) => nullWhen) };
  const choices = vocabulary.columns.map(({ moment }, column) => [...(moment ? [] : [-1]), ...(domains.domains[column] ?? [])]);
  const truthValues = vocabulary.variables.map(({ twoValued }) => (twoValued ? [F, T] : [F, T, N]));
  const rows = product(choices);
  const perRow = product(truthValues);
  const worlds = rows * perRow;
  if (worlds > WORLDS_MAX || worlds * predicates.length > EVALUATIONS_MAX || axioms.filter(({ given }) => given !== true).length > AXIOMS_MAX) return null;

  const checks = bitsOf(axioms).map(([{ predicate }, bit]) => [compile(predicate, context), bit] as const);
  const evaluations = predicates.map((predicate) => compile(predicate, context));
  const width = choices.length;
  const result: Worlds = {
    context,
    rows,
    perRow,
    places: new Int32Array(rows * width),
    broken: new Int32Array(worlds),
    truths: predicates.map(() => new Uint8Array(worlds)),
  };
  const world: World = { places: new Int32Array(width), variables: new Uint8Array(truthValues.length) };
  for (let row = 0; row < rows; row += 1) {
    fill(world.places, choices, row);
    result.places.set(world.places, row * width);
    for (let variant = 0; variant < perRow; variant += 1) {
      fill(world.variables, truthValues, variant);
      const index = row * perRow + variant;
      for (const [check, bit] of checks) if (check(world) === F) result.broken[index] = (result.broken[index] ?? 0) | bit;
      if (((result.broken[index] ?? 0) & GIVEN) !== 0) continue;
      evaluations.forEach((evaluation, predicate) => {
        const truths = result.truths[predicate];
        if (truths !== undefined && evaluation(world) === T) truths[index] = 1;
      });
    }
  }
  return result;
}

/** Each axiom with its bit; those that are given come first, since a world that breaks one is no world at all. */
export function bitsOf(axioms: readonly Axiom[]): (readonly [Axiom, number])[] {
  const own = axioms.filter(({ given }) => given !== true);
  const given = axioms.filter((axiom) => axiom.given === true);
  return [...given.map((axiom) => [axiom, GIVEN] as const), ...own.map((axiom, place) => [axiom, 1 << place] as const)];
}

function product(lists: readonly (readonly number[])[]): number {
  return lists.reduce((total, list) => (total > WORLDS_MAX ? total : total * list.length), 1);
}

/** The combination of one choice from each list that has this number. */
function fill(target: Int32Array | Uint8Array, lists: readonly (readonly number[])[], number: number): void {
  let rest = number;
  lists.forEach((list, index) => {
    target[index] = list[rest % list.length] ?? 0;
    rest = Math.floor(rest / list.length);
  });
}
