import type { MetricConfiguration } from '../../model/configuration.js';
import type { Claim } from '../claim/claim.js';
import { conceptOf } from '../claim/concept.js';
import { CONFIGURATION } from '../declared/configured.js';
import { parted, pinned } from '../declared/index.js';
import { byPlace, severalConsumers, type ClaimGroup } from './group.js';

/** What a person says about who claims a metric. */
export type GroupingRule = Pick<MetricConfiguration, 'name' | 'pin' | 'split' | 'aliases' | 'relation'>;

/**
 * Groups as a person wants them: claims that are pinned to a metric are in its group, claims that are split off are not, and
 * what goes by another name of the metric is put to it.
 */
export function withRules(groups: readonly ClaimGroup[], claims: readonly Claim[], metrics: readonly GroupingRule[]): ClaimGroup[] {
  let current = [...groups];
  for (const metric of metrics) {
    const grouped = new Set(current.flatMap((group) => group.members));
    const pins = claims.filter((claim) => isPinned(metric, claim));
    // With a pinned claim beside it, what goes by the name stands alone no longer.
    const alone = pins.length === 0 ? [] : claims.filter((claim) => !grouped.has(claim) && !pins.includes(claim) && isCalled(metric, claim) && sharesRelation(claim, pins));
    const own = [...alone, ...pins];
    const off = new Set(claims.filter((claim) => parted(metric, claim) && !own.includes(claim)));
    const gathered = new Set(own);
    const named = current.filter((group) => isNamed(metric, group) || group.members.some((claim) => gathered.has(claim)));
    if (named.length === 0 && own.length === 0) continue;
    // A group that only lends a pinned claim goes on without it.
    const merged = named.filter((group) => isNamed(metric, group));
    const together = new Set([...merged.flatMap((group) => group.members), ...own]);
    const members = claims.filter((claim) => together.has(claim) && !off.has(claim));
    const rest = current.filter((group) => !merged.includes(group)).map((group) => ({ ...group, members: group.members.filter((claim) => !gathered.has(claim)) }));
    const relation = merged[0]?.relation ?? metric.relation ?? own[0]?.relations[0] ?? '';
    const made: ClaimGroup = {
      name: metric.name,
      store: merged[0]?.store ?? own[0]?.store ?? '',
      relation,
      members,
      elsewhere: merged.flatMap((group) => group.elsewhere).filter((claim) => !members.includes(claim)),
      pinned: new Set([...merged.flatMap((group) => [...group.pinned]), ...pins]),
    };
    current = [...rest, made].filter((group) => severalConsumers(group.members));
  }
  return metrics.length === 0 ? current : current.toSorted(byPlace);
}

/** By a pattern, or since the configuration itself declares it. */
function isPinned(metric: GroupingRule, claim: Claim): boolean {
  const declaration = claim.input.declaration ?? null;
  if (declaration !== null && declaration.by === CONFIGURATION) return declaration.name === metric.name;
  return pinned(metric, claim) || pinned(metric, { title: claim.consumer, container: null });
}

function isCalled(metric: GroupingRule, claim: Claim): boolean {
  const relation = claim.relations[0] ?? '';
  return isNamed({ ...metric, relation: null }, { name: claim.title, relation });
}

function sharesRelation(claim: Claim, pins: readonly Claim[]): boolean {
  return pins.some(({ store, relations }) => store === claim.store && relations.some((relation) => claim.relations.includes(relation)));
}

function isNamed(metric: GroupingRule, group: Pick<ClaimGroup, 'name' | 'relation'>): boolean {
  const table = group.relation.split('.').at(-1) ?? group.relation;
  const key = (name: string): string | null => conceptOf(name, table, { dimensions: false, additive: true })?.key.join(' ') ?? null;
  const own = key(group.name);
  if (metric.relation !== null && metric.relation !== group.relation) return false;
  return own !== null && [metric.name, ...metric.aliases].some((name) => key(name) === own);
}
