import type { Catalog, Relation } from '../model/catalog.js';
import type { Zone } from '../model/store.js';
import type { MetricFacts } from '../facts/metric.js';
import { extractClaims, type Claim, type MetricInput } from './claim/claim.js';
import { rowConstraints, type Parse, type RowConstraints } from './rows/constraints.js';
import { groupClaims, type ClaimGroup } from './group/group.js';
import { judgeGroup, type GroupJudgement } from './group/judge.js';
import { measureText } from './claim/measure.js';
import { Reduction } from './claim/reduce.js';

/** What the comparison of metrics needs from outside. */
export interface MetricContext {
  /** The catalogue of a store; null where there is none, and then its cards are not compared. */
  catalogOf(store: string): Catalog | null;
  /** The zone of `schema.relation` in a store. */
  zoneOf(store: string, relation: string): Zone;
  /** Reads the CHECK constraints of a store, which come as text. */
  parse: Parse;
}

/** A group of claims on one concept with what is known about their definitions. */
export interface MetricGroup extends ClaimGroup, GroupJudgement {
  /** Relations of the semantic zone from which some show the same concept, in any store. Sorted. */
  semantic: string[];
}

/**
 * Finds metrics that several cards define, and compares the definitions. Sorted by store, relation and name.
 *
 * Only metrics that are claimed at least twice give a group.
 */
export async function analyseMetrics(inputs: readonly MetricInput[], context: MetricContext): Promise<MetricGroup[]> {
  const reductions = new Map<string, Reduction | null>();
  const reductionOf = (store: string): Reduction | null => {
    const catalog = context.catalogOf(store);
    const reduction = reductions.get(store) ?? (catalog === null ? null : new Reduction(catalog));
    reductions.set(store, reduction);
    return reduction;
  };
  const claims = inputs.flatMap((input) => {
    const reduction = reductionOf(input.store);
    return reduction === null ? [] : extractClaims(input, reduction);
  });
  const known = new Map<Relation, Promise<RowConstraints>>();
  const groups: MetricGroup[] = [];
  for (const group of groupClaims(claims)) {
    const catalog = context.catalogOf(group.store);
    if (catalog === null) continue;
    const constraintsOf = (relation: Relation): Promise<RowConstraints> => {
      const constraints = known.get(relation) ?? rowConstraints(relation, catalog, context.parse);
      known.set(relation, constraints);
      return constraints;
    };
    const judgement = await judgeGroup(group, constraintsOf);
    groups.push({ ...group, ...judgement, semantic: semanticOf(group, context) });
  }
  return groups;
}

function semanticOf(group: ClaimGroup, context: MetricContext): string[] {
  const relations = [...group.members, ...group.elsewhere].flatMap((claim) =>
    claim.relations.filter((relation) => context.zoneOf(claim.store, relation) === 'semantic'),
  );
  return [...new Set(relations)].toSorted();
}

/** The facts of a group for rules. */
export function metricFacts(group: MetricGroup): MetricFacts {
  const consumers = [...new Set(group.members.map(({ consumer }) => consumer))].toSorted();
  return {
    name: group.name,
    relation: group.relation,
    measure: measureOf(group.members),
    verdict: group.verdict,
    definitions: group.definitions.length,
    consumers: consumers.length,
    consumer_names: consumers,
    differences: group.differences,
    rests_on: group.restsOn,
    semantic: group.semantic,
  };
}

function measureOf(members: readonly Claim[]): string {
  return [...new Set(members.map(({ measure }) => measureText(measure)))].join(' or ');
}
