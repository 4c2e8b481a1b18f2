import type { MetricClaim } from '../model/metric-report.js';

/** Rows that metrics leave out because they are not real: what the rows are called, and the columns that say so. */
const EXCLUSIONS: readonly { rows: string; column: RegExp }[] = [
  { rows: 'test', column: /\b(?:is_)?(?:test|demo|dummy|sandbox|internal_test)(?:_?(?:case|account|user|order|customer|tenant|data|mode|flag))?\b/ },
  { rows: 'deleted', column: /\b(?:is_)?deleted(?:_at|_on|_date|_flag)?\b|\b(?:is_)?soft_deleted\b/ },
  { rows: 'archived', column: /\b(?:is_)?archived(?:_at|_on)?\b/ },
  { rows: 'spam', column: /\b(?:is_)?spam\b/ },
];

/** A claim that keeps what others of its group leave out. */
export interface MissingExclusion {
  claim: MetricClaim;
  exclusion: string;
  /** How many consumers leave those rows out. */
  others: number;
}

/**
 * Claims without an exclusion that at least half of the other consumers of the group make: a filter on a column whose name
 * says that its rows are for tests, deleted, archived or spam. An exclusion made by the dashboard's scope counts.
 */
export function missingExclusions(members: readonly MetricClaim[]): MissingExclusion[] {
  return EXCLUSIONS.flatMap(({ rows, column }) => {
    const excludes = (claim: MetricClaim): boolean => [...claim.filters, ...claim.scope].some((filter) => column.test(filter.toLowerCase()));
    const makers = new Set(members.filter(excludes).map(({ consumer }) => consumer));
    const missing = members.filter((claim) => !makers.has(claim.consumer) && claim.relations.length > 0);
    const consumers = new Set(missing.map(({ consumer }) => consumer));
    if (makers.size === 0 || makers.size < consumers.size) return [];
    return [...consumers].flatMap((name) => {
      const claim = missing.find(({ consumer }) => consumer === name);
      return claim === undefined ? [] : [{ claim, exclusion: rows, others: makers.size }];
    });
  });
}
