import type { SqlStatement } from '../../model/syntax-tree.js';
import { bucket } from '../bucket.js';
import type { Claim } from '../claim/claim.js';
import { conceptOf } from '../claim/concept.js';
import { allConditions, conditionKey } from '../claim/details.js';

/** A condition that so many of the cards of a dashboard carry is the dashboard's, not the metric's (drift.md 7.3). */
const SHARE_MIN = 0.8;
const CARDS_MIN = 3;

/**
 * The conditions that are the scope of each dashboard, by the key of the dashboard. A condition that all its carriers name in
 * their titles is what they define and no scope: three cards on open cases may all leave the closed ones out.
 */
export function dashboardScopes(claims: readonly Claim[]): Map<string, ReadonlySet<string>> {
  const scopes = new Map<string, ReadonlySet<string>>();
  const placed = claims.filter((claim) => containerKey(claim) !== null);
  for (const [key, own] of bucket(placed, (claim) => containerKey(claim) ?? '')) {
    const cards = [...new Map(own.map((claim) => [claim.statement, claim])).values()];
    if (cards.length < CARDS_MIN) continue;
    const carriers = new Map<string, Claim[]>();
    for (const claim of cards) for (const text of conditionsOf(claim.statement)) carriers.set(text, [...(carriers.get(text) ?? []), claim]);
    const scope = [...carriers].flatMap(([text, of]) => (of.length >= CARDS_MIN && of.length / cards.length >= SHARE_MIN && !nameOneThing(of) ? [text] : []));
    if (scope.length > 0) scopes.set(key, new Set(scope));
  }
  return scopes;
}

/** What names the dashboard of a claim; null where it stands in none. */
export function containerKey({ input, container, store }: Claim): string | null {
  const id = input.containerId ?? container;
  return id === null || (input.declaration ?? null) !== null ? null : `${store}\n${id}`;
}

function conditionsOf(statement: SqlStatement): Set<string> {
  return new Set(allConditions(statement).map(conditionKey));
}

/** Whether the titles of all of them share a word besides those of the relation that they measure. */
function nameOneThing(claims: readonly Claim[]): boolean {
  const [first = [], ...others] = claims.map((claim) => {
    const table = claim.relations[0]?.split('.').at(-1) ?? '';
    return conceptOf(claim.title, table, { dimensions: claim.dimensions.length > 0, additive: true })?.key ?? [];
  });
  const all = [first, ...others];
  return all.every((words) => words.length === 0) || first.some((word) => others.every((words) => words.includes(word)));
}
