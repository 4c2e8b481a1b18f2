import type { Relation } from '../../model/catalog.js';
import { bucket } from '../bucket.js';
import type { Claim } from '../claim/claim.js';
import { compareDefinitions, type PairVerdict } from '../rows/compare.js';
import type { RowConstraints } from '../rows/constraints.js';
import { complexText, differenceTexts, measureDifference, namesOf, type Side } from './describe.js';
import type { ClaimGroup } from './group.js';
import { unsettledPart } from '../rows/opacity.js';

export type GroupVerdict = 'equal' | 'equal-under' | 'undecided' | 'stricter' | 'overlapping' | 'different';

/** What is known about a group: how many definitions it has, and how they differ. */
export interface GroupJudgement {
  /** The widest difference between any two members. */
  verdict: GroupVerdict;
  /** Members that define the same, together; the largest first. */
  definitions: Claim[][];
  /** In words, each with the smallest row that shows it. */
  differences: string[];
  /** Constraints without which definitions that are equal would differ. */
  restsOn: string[];
}

/** From agreement to contradiction. */
const WIDTH: readonly GroupVerdict[] = ['equal', 'equal-under', 'undecided', 'stricter', 'overlapping', 'different'];

/** More distinct definitions than this are compared with the most frequent one only. */
const ALL_PAIRS_MAX = 4;

type ConstraintsOf = (relation: Relation) => Promise<RowConstraints>;

/** Compares the members of a group with each other. */
export async function judgeGroup(group: ClaimGroup, constraintsOf: ConstraintsOf): Promise<GroupJudgement> {
  const names = namesOf(group.members);
  const table = group.relation.split('.').at(-1) ?? group.relation;
  const judgement: GroupJudgement = { verdict: 'equal', definitions: [], differences: [], restsOn: [] };
  const widen = (verdict: GroupVerdict): void => {
    if (WIDTH.indexOf(verdict) > WIDTH.indexOf(judgement.verdict)) judgement.verdict = verdict;
  };
  const measures = byMeasure(group.members);
  for (const claims of measures) {
    const { classes, pairs, restsOn } = await judgeRows(claims, constraintsOf);
    judgement.definitions.push(...classes);
    judgement.restsOn.push(...restsOn);
    if (restsOn.length > 0) widen('equal-under');
    for (const { first, second, verdict } of pairs) {
      widen(groupVerdict(verdict));
      judgement.differences.push(...differenceTexts(verdict, table, sideOf(first, names), sideOf(second, names)));
    }
  }
  const [lead] = measures[0] ?? [];
  for (const [other] of measures.slice(1)) {
    if (lead === undefined || other === undefined) continue;
    const certain = lead.measure.kind !== other.measure.kind || (lead.measure.plain && other.measure.plain);
    widen(certain ? 'different' : 'undecided');
    judgement.differences.push(measureDifference(lead, other, names));
  }
  addComplex(group.members, judgement, names, () => widen('undecided'));
  return {
    ...judgement,
    definitions: judgement.definitions.toSorted((a, b) => b.length - a.length),
    restsOn: [...new Set(judgement.restsOn)].toSorted(),
  };
}

function groupVerdict(pair: PairVerdict): GroupVerdict {
  return pair.verdict === 'looser' ? 'stricter' : pair.verdict;
}

function sideOf(members: readonly Claim[], names: ReadonlyMap<Claim, string>): Side {
  const [first] = members;
  return { name: first === undefined ? '' : (names.get(first) ?? ''), others: members.length - 1 };
}

/** Claims whose rows are understood, by what they measure; the most frequent measure first. */
function byMeasure(members: readonly Claim[]): Claim[][] {
  const simple = members.filter(({ rows }) => rows.kind === 'simple');
  const measures = bucket(simple, ({ measure }) => JSON.stringify([measure.kind, measure.distinct, measure.argument]));
  return [...measures.values()].toSorted((a, b) => b.length - a.length);
}

interface JudgedRows {
  classes: Claim[][];
  pairs: { first: Claim[]; second: Claim[]; verdict: PairVerdict }[];
  restsOn: string[];
}

/** Compares the rows of claims with one measure: each distinct text is a definition, and definitions fall into classes. */
async function judgeRows(claims: readonly Claim[], constraintsOf: ConstraintsOf): Promise<JudgedRows> {
  const definitions = distinct(claims);
  const [lead] = claims;
  if (lead?.rows.kind !== 'simple') return { classes: [], pairs: [], restsOn: [] };
  const constraints = await constraintsOf(lead.rows.relation);
  const comparison = compareDefinitions(
    definitions.map(([claim]) => (claim?.rows.kind === 'simple' ? claim.rows.conditions : [])),
    constraints,
  );
  const numbers = comparison.classes;
  const classes = bucket([...numbers.keys()], (definition) => String(numbers[definition]));
  const membersOf = (indices: readonly number[]): Claim[] => indices.flatMap((index) => definitions[index] ?? []);
  const sorted = [...classes.values()].toSorted((a, b) => membersOf(b).length - membersOf(a).length);

  const restsOn = sorted.flatMap((indices) => {
    const [leader = 0, ...others] = indices;
    return [...others.flatMap((other) => comparison.pair(leader, other).restsOn), ...unevenAssumptions(membersOf(indices))];
  });
  const pairs = sorted.flatMap((first, index) =>
    sorted.slice(index + 1).flatMap((second) => {
      if (index > 0 && sorted.length > ALL_PAIRS_MAX) return [];
      return [{ first: membersOf(first), second: membersOf(second), verdict: comparison.pair(first[0] ?? 0, second[0] ?? 0) }];
    }),
  );
  return { classes: sorted.map(membersOf), pairs, restsOn };
}

/** Claims with the same text, together. Where the text does not decide, each claim stands for itself. */
function distinct(claims: readonly Claim[]): Claim[][] {
  const unsettled = ({ rows }: Claim): boolean => rows.kind === 'simple' && rows.conditions.some((condition) => unsettledPart(condition) !== null);
  return [...bucket(claims, (claim, index) => (unsettled(claim) ? `${claim.text} #${index}` : claim.text)).values()];
}

/** Keys that some members need to be a definition of the same rows, and others do not. */
function unevenAssumptions(members: readonly Claim[]): string[] {
  const assumes = members.map((claim) => (claim.rows.kind === 'simple' ? claim.rows.assumes : []));
  return [...new Set(assumes.flat())].filter((name) => !assumes.every((list) => list.includes(name)));
}

function addComplex(members: readonly Claim[], judgement: GroupJudgement, names: ReadonlyMap<Claim, string>, undecided: () => void): void {
  // The same text is the same query only when the tree holds all of it.
  const complex = bucket(
    members.filter(({ rows }) => rows.kind === 'complex'),
    ({ text }, index) => (text.includes('"type":"opaque"') ? `${text} #${index}` : text),
  );
  const alone = complex.size === 1 && judgement.definitions.length === 0;
  for (const same of complex.values()) {
    judgement.definitions.push(same);
    if (alone || same[0] === undefined) continue;
    undecided();
    judgement.differences.push(complexText(same[0], names));
  }
}
