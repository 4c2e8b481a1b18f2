import type { DifferenceKind, MetricComparison } from '../../model/metric-verdict.js';
import type { MetricGroup } from '../../model/metric-report.js';
import type { FailOn } from '../exit-code.js';
import type { Pair } from './classes.js';

/** The grave kinds of difference: other rows or another measure. Then ends of ranges and clocks, then rows that a join or NULL loses. */
const GRAVE: ReadonlySet<DifferenceKind | null> = new Set([null, 'population', 'fan-out', 'measure', 'distinctness', 'source', 'shape', 'error', 'dialect']);
const MIDDLE: ReadonlySet<DifferenceKind | null> = new Set(['boundary', 'time-zone', 'time-column', 'ingestion-time']);

const UNDECIDED = 4;
/** From here on nothing differs that anyone would see. */
const COSMETIC = 5;

/** 0 for the gravest. @param today how many of today's rows part the two, where that was asked */
function gravity({ verdict, kind, cosmetic }: MetricComparison, today: Pair['today']): number {
  if (verdict === 'equal') return 7;
  if (verdict === 'equal-under') return 6;
  if (verdict === 'undecided') return UNDECIDED;
  if (cosmetic) return COSMETIC;
  if (GRAVE.has(kind)) return today !== undefined && 'rows' in today && today.rows > 0 ? 0 : 1;
  return MIDDLE.has(kind) ? 2 : 3;
}

/** The pairs of a group, the gravest difference first. */
export function pairsByConsequence(group: MetricGroup): Pair[] {
  return group.pairs.toSorted((a, b) => gravity(a.comparison, a.today) - gravity(b.comparison, b.today) || a.first - b.first || a.second - b.second);
}

/** The pair that shows best what is wrong with a group; null where it has one definition only. */
export function gravestPair(group: MetricGroup): Pair | null {
  return pairsByConsequence(group)[0] ?? null;
}

/** True where all differences of the group lie in what is shown when nothing matches. */
export function isCosmetic(group: MetricGroup): boolean {
  const worst = gravestPair(group);
  return worst !== null && gravity(worst.comparison, worst.today) === COSMETIC;
}

/** Whether something in it was not decided: it is never counted as clean. */
export function isOpen(group: MetricGroup): boolean {
  return group.verdict === 'undecided' || group.partial !== null || group.definitions.some(({ unreadable }) => unreadable !== null) || group.pairs.some(({ comparison }) => comparison.verdict === 'undecided');
}

/** True where all that its claims share is a name: they read no table in common, and nothing was compared. */
export function isNameOnly({ pairs }: MetricGroup): boolean {
  return pairs.length > 0 && pairs.every(({ comparison }) => comparison.kind === 'source');
}

export function differs(group: MetricGroup): boolean {
  if (isNameOnly(group)) return false;
  return group.verdict !== 'equal' && group.verdict !== 'equal-under' && group.verdict !== 'undecided';
}

/** Whether a difference counts for the exit code: a cosmetic one has the level of a note. */
export function counts(group: MetricGroup, failOn: FailOn): boolean {
  if (failOn === 'never' || !differs(group)) return false;
  return failOn === 'note' || !isCosmetic(group);
}

/** The groups, the gravest difference first, then by how many cards it concerns. */
export function byConsequence(groups: readonly MetricGroup[]): MetricGroup[] {
  const weights = new Map(groups.map((group) => [group, groupGravity(group)]));
  return groups.toSorted((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0) || b.members.length - a.members.length || byText(a.name, b.name) || byText(a.id, b.id));
}

function groupGravity(group: MetricGroup): number {
  const worst = gravestPair(group);
  const own = worst === null ? 7 : gravity(worst.comparison, worst.today);
  return own > UNDECIDED && isOpen(group) ? UNDECIDED : own;
}

function byText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
