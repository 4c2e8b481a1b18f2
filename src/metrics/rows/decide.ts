import { bitsOf, GIVEN, type Axiom, type Worlds } from './worlds.js';

/** How two definitions of rows relate. `stricter`: the first counts fewer rows; `looser`: more. */
export type Relation = 'equal' | 'stricter' | 'looser' | 'overlapping' | 'different' | 'undecided';

export interface PairDecision {
  relation: Relation;
  /** A row that only the first, and one that only the second counts; the number of a row in the worlds. */
  onlyFirst: number | null;
  onlySecond: number | null;
}

/**
 * Compares two definitions over shared worlds.
 *
 * Equal is a proof for the language of `Predicate`. COUNT, SUM, AVG, MIN and MAX of one relation depend on the bag of rows
 * for which the filter is true, so two filters that are true for the same rows give the same answer on every database. A
 * filter looks at a row only through comparisons of its columns with literals and with each other, through IS NULL, and
 * through opaque expressions. Every row that the schema admits agrees in all of these with one of the worlds: the
 * representatives realise every order of columns and literals (`domainsOf`), an opaque expression has one of the truth
 * values of its variable, and a constraint that the row satisfies is satisfied in that world too, since it is evaluated in
 * the same way. So what is the same in all worlds without a broken axiom is the same for all rows.
 *
 * What this takes for granted: the constraints are true; text columns have a deterministic collation, which the catalogue
 * does not say; both dashboards run in sessions with the same settings and at the same time, so that `now()` is one value;
 * functions whose names are not known to be volatile give the same value for the same row. Runtime errors are left aside,
 * and so is whether an empty answer shows NULL or 0. Constraints that touch none of the columns can be satisfied.
 *
 * A difference is asserted only where it holds in a concrete row whatever the opaque expressions give, all axioms with
 * them; otherwise the pair is undecided. A moment such as `now()` is like one more column: a row may lie before or after it,
 * as long as it is the only moment and no fixed time is compared with it, since the clock knows its place among those.
 */
export function decidePair(worlds: Worlds, first: Uint8Array, second: Uint8Array, rank: (row: number) => number): PairDecision {
  let possibleFirst = false;
  let possibleSecond = false;
  let onlyFirst: number | null = null;
  let onlySecond: number | null = null;
  for (let row = 0; row < worlds.rows; row += 1) {
    let admitted = 0;
    let a = 0;
    let b = 0;
    for (let variant = 0; variant < worlds.perRow; variant += 1) {
      const world = row * worlds.perRow + variant;
      if (worlds.broken[world] !== 0) continue;
      admitted += 1;
      if (first[world] === 1 && second[world] === 0) a += 1;
      if (second[world] === 1 && first[world] === 0) b += 1;
    }
    possibleFirst ||= a > 0;
    possibleSecond ||= b > 0;
    const certain = admitted === worlds.perRow;
    if (certain && a === worlds.perRow) onlyFirst = better(onlyFirst, row, rank);
    if (certain && b === worlds.perRow) onlySecond = better(onlySecond, row, rank);
  }
  return { relation: relationOf(possibleFirst, possibleSecond, onlyFirst !== null, onlySecond !== null), onlyFirst, onlySecond };
}

function better(known: number | null, row: number, rank: (row: number) => number): number {
  return known === null || rank(row) < rank(known) ? row : known;
}

function relationOf(possibleFirst: boolean, possibleSecond: boolean, onlyFirst: boolean, onlySecond: boolean): Relation {
  if (!possibleFirst && !possibleSecond) return 'equal';
  if (onlyFirst && onlySecond) return 'overlapping';
  if (onlyFirst) return possibleSecond ? 'different' : 'looser';
  if (onlySecond) return possibleFirst ? 'different' : 'stricter';
  return 'undecided';
}

/** Predicates that are true in the same admitted worlds share a number, counted from 0 in order of appearance. */
export function classesOf(worlds: Worlds): number[] {
  const admitted: number[] = [];
  worlds.broken.forEach((broken, world) => {
    if (broken === 0) admitted.push(world);
  });
  const numbers = new Map<string, number>();
  return worlds.truths.map((truths) => {
    let key = '';
    let bits = 0;
    admitted.forEach((world, position) => {
      bits = (bits << 1) | (truths[world] ?? 0);
      if (position % 15 === 14 || position === admitted.length - 1) {
        key += String.fromCharCode(bits);
        bits = 0;
      }
    });
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
}

/**
 * The fewest axioms under which two definitions are equal: each world in which they differ must break one of them. Empty
 * when they are equal without any.
 *
 * @throws RangeError when they differ in a world that breaks none: then they are not equal.
 */
export function fewestAxioms(worlds: Worlds, axioms: readonly Axiom[], first: Uint8Array, second: Uint8Array): Axiom[] {
  const fewest = axiomsAgainst(worlds, axioms, (world) => first[world] !== second[world]);
  if (fewest === null) throw new RangeError('the definitions differ in a world that breaks no constraint');
  return fewest;
}

/** The fewest axioms such that each world with a property breaks one of them; null where one breaks none. */
export function axiomsAgainst(worlds: Worlds, axioms: readonly Axiom[], bad: (world: number) => boolean): Axiom[] | null {
  const masks = new Set<number>();
  worlds.broken.forEach((broken, world) => {
    if ((broken & GIVEN) === 0 && bad(world)) masks.add(broken);
  });
  if (masks.has(0)) return null;
  // A superset is hit whenever its subset is.
  const needed = [...masks].filter((mask) => ![...masks].some((other) => other !== mask && (other & mask) === other));
  const chosen = hittingSet(needed, 0);
  return bitsOf(axioms).flatMap(([axiom, bit]) => (bit !== GIVEN && (chosen & bit) !== 0 ? [axiom] : []));
}

/** The smallest set of bits that has one of each mask. The masks are few: they are subsets of the constraints of one table. */
function hittingSet(masks: readonly number[], chosen: number): number {
  const size = (bits: number): number => bits.toString(2).replaceAll('0', '').length;
  let best: number | null = null;
  const search = (bits: number): void => {
    if (best !== null && size(bits) >= size(best)) return;
    const open = masks.find((mask) => (mask & bits) === 0);
    if (open === undefined) {
      best = bits;
      return;
    }
    for (let bit = 0; bit < 30; bit += 1) if ((open & (1 << bit)) !== 0) search(bits | (1 << bit));
  };
  search(chosen);
  return best ?? chosen;
}
