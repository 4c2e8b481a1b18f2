import type { MetricComparison, RestsOn } from '../../model/metric-verdict.js';
import type { MetricGroup } from '../../model/metric-report.js';
import { signOf, turned, type SignId } from './signs.js';

export type Pair = MetricGroup['pairs'][number];

/** A to Z, then AA: how a definition is called on the page. */
export function letterOf(definition: number): string {
  const before = Math.floor(definition / 26);
  return (before > 0 ? letterOf(before - 1) : '') + String.fromCharCode(65 + (definition % 26));
}

/** The place of a definition by its letter; null where the group has none of it. */
export function definitionOf(letters: string, group: MetricGroup): number | null {
  const found = group.definitions.findIndex((_, index) => letterOf(index) === letters);
  return found === -1 ? null : found;
}

/** Definitions that are equal, perhaps only while constraints hold. */
export interface EqualClass {
  /** Their places, sorted. */
  definitions: number[];
  /** Without these they would not be equal. */
  restsOn: RestsOn[];
}

/** How the definitions of a group stand to each other. */
export interface Relations {
  classes: EqualClass[];
  /** How the first relates to the second; null where the two were not compared. */
  sign(first: number, second: number): SignId | null;
}

export function relationsOf(group: MetricGroup): Relations {
  const leader = group.definitions.map((_, index) => index);
  const find = (place: number): number => {
    let at = place;
    for (let next = leader[at]; next !== undefined && next !== at; next = leader[at]) at = next;
    return at;
  };
  const compared = new Map<string, MetricComparison>();
  for (const { first, second, comparison } of group.pairs) {
    compared.set(`${first} ${second}`, comparison);
    if (signOf(comparison) !== 'same') continue;
    const [one, other] = [find(first), find(second)];
    leader[Math.max(one, other)] = Math.min(one, other);
  }
  const classes = leader.flatMap((_, index): EqualClass[] => (find(index) === index ? [{ definitions: leader.flatMap((_own, member) => (find(member) === index ? [member] : [])), restsOn: [] }] : []));
  for (const { first, comparison } of group.pairs) {
    if (comparison.verdict !== 'equal-under') continue;
    const own = classes.find(({ definitions }) => definitions.includes(first));
    for (const constraint of comparison.restsOn) if (own !== undefined && !own.restsOn.some(({ text }) => text === constraint.text)) own.restsOn.push(constraint);
  }
  return { classes, sign: (first, second) => signBetween(first, second, compared, find, classes) };
}

/** What was not compared itself relates as what it is equal to. */
function signBetween(first: number, second: number, compared: ReadonlyMap<string, MetricComparison>, find: (place: number) => number, classes: readonly EqualClass[]): SignId | null {
  if (find(first) === find(second)) return 'same';
  const own = direct(first, second, compared);
  if (own !== null) return own;
  const membersOf = (place: number): number[] => classes.find(({ definitions }) => definitions.includes(place))?.definitions ?? [place];
  for (const one of membersOf(first)) {
    for (const other of membersOf(second)) {
      const sign = direct(one, other, compared);
      if (sign !== null) return sign;
    }
  }
  return null;
}

function direct(first: number, second: number, compared: ReadonlyMap<string, MetricComparison>): SignId | null {
  const forward = compared.get(`${first} ${second}`);
  if (forward !== undefined) return signOf(forward);
  const backward = compared.get(`${second} ${first}`);
  return backward === undefined ? null : turned(signOf(backward));
}
