import type { Expression } from '../../model/syntax-tree.js';
import { axiomsFor, type RowConstraints } from './constraints.js';
import { classesOf, decidePair, fewestAxioms } from './decide.js';
import { lowerPredicate } from './lower.js';
import { and, type Predicate } from './predicate.js';
import { shapeOf, Vocabulary } from './vocabulary.js';
import { rowRank, usesOf, witnessColumns, witnessValues, type WitnessValue } from './witness.js';
import { buildWorlds, WORLDS_MAX, type Axiom, type Worlds } from './worlds.js';

/** `stricter`: the first counts fewer rows than the second; `looser`: more; `different`: surely not the same rows. */
export type Verdict = 'equal' | 'equal-under' | 'stricter' | 'looser' | 'overlapping' | 'different' | 'undecided';

/** A row that one definition counts and the other does not. */
export interface Witness {
  counted: 'first' | 'second';
  values: WitnessValue[];
}

export interface PairVerdict {
  verdict: Verdict;
  /** The fewest constraints without which the two would differ. Empty unless `equal-under`. */
  restsOn: string[];
  witnesses: Witness[];
  /** Why it is undecided, or what stays open; null where nothing does. */
  reason: string | null;
}

/** Definitions of rows of one relation, compared with each other. */
export interface Comparison {
  /** By definition: definitions with the same number count the same rows wherever the constraints hold. */
  classes: number[];
  pair(first: number, second: number): PairVerdict;
}

interface Prepared {
  vocabulary: Vocabulary;
  predicates: Predicate[];
  axioms: Axiom[];
  worlds: Worlds;
  /** Constraints that touch further columns were left out: what differs may be forbidden by them. */
  partial: boolean;
  /** The place of a column in its relation. */
  order(column: number): number;
}

/** In pairwise comparison a definition is held against so many others at most, which bounds the work of a group. */
const LEADERS_MAX = 6;
const PAIRS_MAX = 100;

const TOO_MANY = `their columns have more than ${WORLDS_MAX.toLocaleString('en-US')} combinations of values to look at`;

/**
 * Compares definitions of rows, each a list of conditions that must all be true, over shared worlds: every definition is
 * evaluated once for each world, however many there are. Where the worlds of all together are too many, each pair gets
 * its own.
 */
export function compareDefinitions(definitions: readonly (readonly Expression[])[], constraints: RowConstraints): Comparison {
  const shared = prepareWith(definitions, constraints, 'all') ?? (definitions.length > 2 ? null : prepareWith(definitions, constraints, 'near'));
  const own = pairwise(definitions, constraints);
  if (shared === null) return own;
  return {
    classes: classesOf(shared.worlds),
    pair: (first, second) => {
      const together = judge(shared, first, second);
      // What the others mention can stand in the way of two that do not.
      return together.verdict === 'undecided' && definitions.length > 2 ? own.pair(first, second) : together;
    },
  };
}

/** Each pair over worlds of its own, when it is asked for. */
function pairwise(definitions: readonly (readonly Expression[])[], constraints: RowConstraints): Comparison {
  const judged = new Map<string, PairVerdict>();
  const pair = (first: number, second: number): PairVerdict => {
    const key = `${first},${second}`;
    const known = judged.get(key);
    if (known !== undefined) return known;
    if (judged.size >= PAIRS_MAX) return { verdict: 'undecided', restsOn: [], witnesses: [], reason: TOO_MANY };
    const both = [definitions[first] ?? [], definitions[second] ?? []];
    const prepared = prepareWith(both, constraints, 'all') ?? prepareWith(both, constraints, 'near');
    const verdict = prepared === null ? { verdict: 'undecided' as const, restsOn: [], witnesses: [], reason: TOO_MANY } : judge(prepared, 0, 1);
    judged.set(key, verdict);
    return verdict;
  };
  return {
    get classes() {
      const leaders: number[] = [];
      return definitions.map((_, index) => {
        const found = leaders.slice(0, LEADERS_MAX).findIndex((leader) => pair(leader, index).verdict.startsWith('equal'));
        return found < 0 ? leaders.push(index) - 1 : found;
      });
    },
    pair,
  };
}

function prepareWith(definitions: readonly (readonly Expression[])[], constraints: RowConstraints, reach: 'all' | 'near'): Prepared | null {
  let distrusted: ReadonlySet<string> = new Set();
  for (;;) {
    const vocabulary = new Vocabulary(shapeOf(constraints.relation.columns), distrusted);
    const predicates = definitions.map((conditions) => and(conditions.map((condition) => lowerPredicate(condition, vocabulary, 'definition'))));
    const axioms = axiomsFor(constraints, vocabulary, reach);
    const unordered = vocabulary.unorderedTimes().filter((column) => !distrusted.has(column));
    if (unordered.length > 0) {
      distrusted = new Set([...distrusted, ...unordered]);
      continue;
    }
    const worlds = buildWorlds(vocabulary, axioms, predicates);
    const names = constraints.relation.columns.map(({ name }) => name);
    const order = (column: number): number => names.indexOf(vocabulary.columns[column]?.name ?? '');
    return worlds === null ? null : { vocabulary, predicates, axioms, worlds, partial: reach === 'near', order };
  }
}

function judge(prepared: Prepared, first: number, second: number): PairVerdict {
  const { vocabulary, worlds, axioms } = prepared;
  const [a, b] = [worlds.truths[first], worlds.truths[second]];
  const [p, q] = [prepared.predicates[first], prepared.predicates[second]];
  if (a === undefined || b === undefined || p === undefined || q === undefined) throw new RangeError(`there is no definition ${first} or ${second}`);
  const uses = [usesOf(p, vocabulary), usesOf(q, vocabulary)];
  const columns = new Set(uses.flatMap((use) => [...use.columns]).toSorted((x, y) => prepared.order(x) - prepared.order(y)));
  const width = vocabulary.columns.length;
  const decision = decidePair(worlds, a, b, rowRank(worlds, width, columns));
  if (decision.relation === 'equal') {
    const restsOn = fewestAxioms(worlds, axioms, a, b).map(({ name }) => name);
    return { verdict: restsOn.length === 0 ? 'equal' : 'equal-under', restsOn, witnesses: [], reason: null };
  }
  const variables = new Set(uses.flatMap((use) => [...use.variables]));
  if (prepared.partial) return { verdict: 'undecided', restsOn: [], witnesses: [], reason: TOO_MANY };
  const moments = [...columns].filter((column) => vocabulary.columns[column]?.moment === true);
  const bound = moments.some((column) => vocabulary.named(classOf(vocabulary, column)).length > 0);
  if (moments.length > 1 || bound) {
    const names = moments.map((column) => vocabulary.columns[column]?.name ?? '').join(', ');
    return { verdict: 'undecided', restsOn: [], witnesses: [], reason: `it depends on ${names}, which ${bound ? 'is compared with fixed times' : 'move together'}` };
  }
  const witness = (counted: 'first' | 'second', row: number | null): Witness[] => {
    if (row === null) return [];
    const [yes, no] = counted === 'first' ? [a, b] : [b, a];
    return [{ counted, values: witnessValues(worlds, vocabulary, row, witnessColumns(worlds, width, row, columns, yes, no)) }];
  };
  const open = decision.relation === 'undecided' || decision.relation === 'different';
  return {
    verdict: decision.relation,
    restsOn: [],
    witnesses: [...witness('first', decision.onlyFirst), ...witness('second', decision.onlySecond)],
    reason: open ? openReason(prepared, variables) : null,
  };
}

/** The columns that a column is compared with, itself among them. */
function classOf(vocabulary: Vocabulary, column: number): number[] {
  return vocabulary.columns.flatMap((_, other) => (vocabulary.root(other) === vocabulary.root(column) ? [other] : []));
}

/** What keeps the worlds from an answer: opaque parts of the two definitions, or of the constraints. */
function openReason({ vocabulary, axioms }: Prepared, used: ReadonlySet<number>): string {
  const own = vocabulary.variables.filter((variable, index) => used.has(index) && !variable.pattern);
  const ofAxioms = axioms.flatMap(({ predicate }) => [...usesOf(predicate, vocabulary).variables]);
  const patterns = vocabulary.variables.filter((variable, index) => used.has(index) && variable.pattern);
  const chosen = own.length > 0 ? own : patterns.length > 0 ? patterns : vocabulary.variables.filter((_, index) => ofAxioms.includes(index));
  const parts = chosen.slice(0, 3).map(({ text }) => shortened(text));
  const more = chosen.length > 3 ? ` and ${chosen.length - 3} more` : '';
  return [...vocabulary.doubts, `it depends on ${parts.join(', ')}${more}, which cannot be looked into`].join('; ');
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
