import type { MetricGroup } from '../../model/metric-report.js';
import type { RestsOn } from '../../model/metric-verdict.js';

/** A constraint of the schema with the equalities that would no longer be proved without it. */
export interface RestingEqualities {
  constraint: RestsOn;
  /** By the places of two definitions of the group, as in `pairs`. */
  equalities: { first: number; second: number }[];
}

/**
 * What the equalities of a group rest on, for those who change the schema: dropping or loosening one of these constraints, or
 * making its column nullable, parts the definitions that are listed with it. Sorted by relation, kind and name.
 */
export function restingEqualities({ pairs }: Pick<MetricGroup, 'pairs'>): RestingEqualities[] {
  const found = new Map<string, RestingEqualities>();
  for (const { first, second, comparison } of pairs) {
    if (comparison.verdict !== 'equal-under') continue;
    for (const constraint of comparison.restsOn) {
      const key = keyOf(constraint);
      const known = found.get(key) ?? { constraint, equalities: [] };
      known.equalities.push({ first, second });
      found.set(key, known);
    }
  }
  return [...found].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, resting]) => resting);
}

function keyOf({ schema, relation, kind, name, columns, enforced }: RestsOn): string {
  return [schema, relation, kind, name ?? '', columns.join(','), String(enforced)].join('\n');
}
