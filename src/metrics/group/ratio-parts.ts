import { PLAIN_CORE } from '../claim/core.js';
import { coreDefinition, type ParseDialect } from '../claim/definition.js';
import type { Compare, ComparedGroup, PartComparison } from './compared.js';

/** Tells for every pair of quotients that differ which half of them does. */
export async function withRatioParts(group: ComparedGroup, compare: Compare, parse: ParseDialect): Promise<ComparedGroup> {
  const leaders = group.definitions.map(([first]) => group.claims[first ?? -1]);
  const places = leaders.flatMap((leader, place) => (leader !== undefined && leader.cutter.parts.bare?.ratio !== null && leader.core?.core.columns === 2 && group.unreadable[place] === null ? [place] : []));
  if (places.length < 2 || group.pairs.every(({ comparison }) => comparison.verdict.startsWith('equal'))) return group;
  const compared: { part: PartComparison['part']; pair: (a: number, b: number) => PartComparison['comparison'] }[] = [];
  for (const part of ['numerator', 'denominator'] as const) {
    const cores = await Promise.all(places.map((place) => {
      const leader = leaders[place];
      return leader === undefined ? null : coreDefinition(leader.claim, leader.cutter, { ...PLAIN_CORE, ratio: part }, parse);
    }));
    const definitions = cores.flatMap((core) => (core === null || core.core.form === 'statement' ? [] : [core.definition]));
    if (definitions.length < places.length) return group;
    const { pair } = await compare(definitions, { names: places.map((place) => `the ${part} of ${leaders[place]?.claim.title ?? ''}`) });
    compared.push({ part, pair });
  }
  return {
    ...group,
    pairs: group.pairs.map((entry) => {
      const [a, b] = [places.indexOf(entry.first), places.indexOf(entry.second)];
      if (a < 0 || b < 0 || entry.comparison.verdict.startsWith('equal')) return entry;
      return { ...entry, parts: compared.map(({ part, pair }) => ({ part, comparison: pair(a, b) })) };
    }),
  };
}
