import { PLAIN_CORE, type CoreShape } from '../claim/core.js';
import { coreDefinition, type ParseDialect } from '../claim/definition.js';
import type { MetricComparison } from '../../model/metric-verdict.js';
import { turned } from './report.js';
import type { Compare, ComparedGroup, PreparedClaim } from './compared.js';

/**
 * Parts definitions that are one without their breakdown and time range and are not with it: cases counted by the month in which
 * they were opened and those by the month in which they were closed, or months that begin at midnight of two zones. The same month
 * of both is compared.
 */
export async function splitByTime(group: ComparedGroup, names: (claims: readonly PreparedClaim[]) => string, compare: Compare, parse: ParseDialect): Promise<ComparedGroup> {
  let result = group;
  for (let place = 0; place < result.definitions.length; place += 1) {
    if (result.unreadable[place] !== null) continue;
    result = await splitDefinition(result, place, { names, compare, parse });
  }
  return withTimeOfPairs(result, { names, compare, parse });
}

/** Definitions that are equal by a constraint may be so only without their clocks. */
async function withTimeOfPairs(group: ComparedGroup, around: Around): Promise<ComparedGroup> {
  const columnOf = (place: number): string | null => axesOf(group.definitions[place] ?? [], group, ({ details }) => details.timeColumn)[0]?.map((member) => group.claims[member]?.details.timeColumn ?? null)[0] ?? null;
  const pairs: ComparedGroup['pairs'] = [];
  for (const pair of group.pairs) {
    const [a, b] = [columnOf(pair.first), columnOf(pair.second)];
    const clash = pair.comparison.verdict.startsWith('equal') && a !== null && b !== null && a !== b;
    const comparison = clash ? await compareShaped([pair.first, pair.second].map((place) => group.definitions[place]?.[0] ?? -1), group, { ...PLAIN_CORE, bounded: true }, around) : null;
    pairs.push(comparison === null ? pair : { ...pair, comparison: comparison.pair(0, 1) });
  }
  return { ...group, pairs };
}

async function compareShaped(places: readonly number[], group: ComparedGroup, shape: CoreShape, around: Around): Promise<Awaited<ReturnType<Compare>> | null> {
  const leaders = places.map((place) => group.claims[place]).filter((claim) => claim !== undefined);
  const cores = await Promise.all(leaders.map(({ claim, cutter }) => coreDefinition(claim, cutter, shape, around.parse)));
  const definitions = cores.flatMap((core) => (core === null || core.core.form === 'statement' ? [] : [core.definition]));
  if (definitions.length < places.length) return null;
  const compared = await around.compare(definitions, { names: leaders.map((leader) => around.names([leader])) });
  if (!shape.bounded) return compared;
  const clocks = new Set(leaders.map(({ details }) => details.clock));
  return { ...compared, pair: (a, b) => ofTwoClocks(compared.pair(a, b), clocks.size > 1 ? 'ingestion-time' : 'time-column') };
}

/** What one month of two columns has is no part of one another: the months are of two kinds. */
function ofTwoClocks(comparison: MetricComparison, kind: 'time-column' | 'ingestion-time'): MetricComparison {
  const parts = ['stricter', 'looser', 'overlapping', 'different'].includes(comparison.verdict) && !comparison.cosmetic;
  return parts ? { ...comparison, verdict: 'different', kind, region: null } : comparison;
}

interface Around {
  names: (claims: readonly PreparedClaim[]) => string;
  compare: Compare;
  parse: ParseDialect;
}

async function splitDefinition(group: ComparedGroup, place: number, around: Around): Promise<ComparedGroup> {
  const members = group.definitions[place] ?? [];
  const columns = axesOf(members, group, ({ details }) => details.timeColumn);
  const zones = axesOf(members, group, ({ details }) => (details.bucket === null ? null : details.timeZone));
  const [axes, shape]: [number[][], CoreShape] = columns.length > 1 ? [columns, { ...PLAIN_CORE, bounded: true }] : [zones, { ...PLAIN_CORE, bucketed: true }];
  if (axes.length < 2) return group;
  const compared = await compareShaped(axes.map(([first]) => first ?? -1), group, shape, around);
  if (compared === null) return group;
  const first = axes[0] ?? [];
  const apart = axes.flatMap((axis, index) => (index > 0 && !compared.pair(0, index).verdict.startsWith('equal') ? [{ axis, comparison: compared.pair(0, index), index }] : []));
  if (apart.length === 0) return group;
  const off = new Set(apart.flatMap(({ axis }) => axis));
  const kept = members.filter((member) => !off.has(member));
  const next = group.definitions.length;
  const inherited = group.pairs.filter((pair) => pair.first === place || pair.second === place);
  return {
    ...group,
    definitions: [...group.definitions.map((own, index) => (index === place ? (kept.length > 0 ? kept : first) : own)), ...apart.map(({ axis }) => axis)],
    unreadable: [...group.unreadable, ...apart.map(() => null)],
    pairs: [
      ...group.pairs,
      ...apart.flatMap(({ comparison, index }, offset) => [
        { first: place, second: next + offset, comparison },
        ...apart.slice(offset + 1).map((other, further) => ({ first: next + offset, second: next + offset + 1 + further, comparison: compared.pair(index, other.index) })),
        ...inherited.map((pair) => ({ ...pair, ...(pair.first === place ? { first: pair.second, second: next + offset, comparison: turned(pair.comparison) } : { second: next + offset }) })),
      ]),
    ],
  };
}

function axesOf(members: readonly number[], group: ComparedGroup, axis: (claim: PreparedClaim) => string | null): number[][] {
  const byAxis = new Map<string, number[]>();
  for (const member of members) {
    const claim = group.claims[member];
    const value = claim === undefined ? null : axis(claim);
    if (value !== null) byAxis.set(value, [...(byAxis.get(value) ?? []), member]);
  }
  return [...byAxis.values()].toSorted((a, b) => b.length - a.length);
}
