import type { CollectedQuery } from '../model/query.js';

/** Of a dashboard, a condition that so many of its cards carry is its scope: see `metrics/group/scope.ts`. */
const SHARE_MIN = 0.8;
const CARDS_MIN = 3;
/** A name with what compares it, as conditions are written. */
const COMPARED = /([^\s"'`(),.;=<>!]+)"?\s*(<>|!=|<=|>=|=|<|>|(?:not|in|is|like|ilike|between)\b)/gi;

/**
 * Further cards of the dashboards on which these stand, where nearly all cards of one compare the same column in the same way: only
 * then their conditions may be the dashboard's and not the metric's, and only all of them tell.
 *
 * @param near queries that are looked at already
 */
export function dashboardSiblings(queries: readonly CollectedQuery[], near: ReadonlySet<CollectedQuery>): CollectedQuery[] {
  const containers = new Set([...near].flatMap((query) => keyOf(query) ?? []));
  const boards = new Map<string, CollectedQuery[]>();
  for (const query of queries) {
    const key = keyOf(query);
    if (key === null || !containers.has(key)) continue;
    const known = boards.get(key);
    if (known) known.push(query);
    else boards.set(key, [query]);
  }
  return [...boards.values()].flatMap((cards) => (cards.length >= CARDS_MIN && haveScope(cards) ? cards.filter((card) => !near.has(card)) : []));
}

function haveScope(cards: readonly CollectedQuery[]): boolean {
  const counts = new Map<string, number>();
  for (const { variants: [variant] } of cards) for (const comparison of comparisonsIn(variant?.sql ?? '')) counts.set(comparison, (counts.get(comparison) ?? 0) + 1);
  return [...counts.values()].some((count) => count >= CARDS_MIN && count >= SHARE_MIN * cards.length);
}

function comparisonsIn(sql: string): Set<string> {
  return new Set([...sql.matchAll(COMPARED)].map(([, column = '', operator = '']) => `${column} ${operator}`.toLowerCase()));
}

function keyOf({ kind, container }: CollectedQuery): string | null {
  return container === null ? null : `${kind}:${container.id}`;
}
