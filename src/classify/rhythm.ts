import type { Access } from '../graph/boundary.js';

/** §11: a refresh every few minutes asks for a mart that is loaded incrementally, a nightly load does not serve it. */
const QUICK_SECONDS = 300;

/** Whether a screen asks again within a few minutes, by its tool's schedule or by what was seen. */
export function isQuick({ query, rhythm }: Pick<Access, 'query' | 'rhythm'>): boolean {
  if (rhythm?.period_seconds != null && rhythm.confidence >= 0.7) return rhythm.period_seconds <= QUICK_SECONDS;
  const [, number = '', unit = ''] = /^(\d+)\s*(ms|s|m|min)$/.exec(query?.schedule ?? '') ?? [];
  if (number === '') return false;
  return Number(number) * ({ ms: 0.001, s: 1, m: 60, min: 60 }[unit] ?? Number.POSITIVE_INFINITY) <= QUICK_SECONDS;
}
