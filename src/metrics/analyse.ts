import type { Relation } from '../model/catalog.js';
import type { MetricGroup } from '../model/metric-report.js';
import { bucket } from './bucket.js';
import type { ComparisonLimits, MetricContext } from './context.js';
import { extractClaims, type Claim, type MetricInput } from './claim/claim.js';
import { Reduction } from './claim/reduce.js';
import { splitByTime } from './group/axis.js';
import { compareClaims, prepareClaims, type Compare, type ComparedGroup, type PreparedClaim } from './group/compared.js';
import { namesOf } from './group/describe.js';
import { dialectDifferences } from './group/dialect-differences.js';
import { comparisonIn, type Shared } from './group/engine.js';
import { byPlace, groupClaims, type ClaimGroup } from './group/group.js';
import { Synonyms } from './group/likewise.js';
import { NameClashes, NO_COMMON_TABLE } from './group/name-clash.js';
import { withRatioParts } from './group/ratio-parts.js';
import { reportOf } from './group/report.js';
import { containerKey, dashboardScopes } from './group/scope.js';
import { withRules } from './group/rules.js';
import { Scorer } from './group/score.js';

export type { MetricContext, MetricGroup };

/** What was found, and how much of what was looked at it covers. */
export interface MetricAnalysis {
  groups: MetricGroup[];
  coverage: MetricCoverage;
}

export interface MetricCoverage {
  /** Statements of cards and declared metrics that were looked at. */
  cards: number;
  /** Measures that they show. */
  claims: number;
  /** Of the claims, those in a group and those in none. */
  grouped: number;
  alone: number;
  /** Why statements gave no claim; empty where all did. */
  notClaimed: { why: string; count: number }[];
}

/**
 * Finds metrics that several cards define, and compares the definitions. Sorted by store, relation and name.
 *
 * Only metrics that are claimed at least twice give a group.
 */
export async function analyseMetrics(inputs: readonly MetricInput[], context: MetricContext): Promise<MetricGroup[]> {
  return (await analyse(inputs, context)).groups;
}

/** The same with what was looked at. */
export async function analyse(inputs: readonly MetricInput[], context: MetricContext): Promise<MetricAnalysis> {
  const reductions = new Map<string, Reduction | null>();
  const reductionOf = (store: string): Reduction | null => {
    const known = reductions.get(store);
    if (known !== undefined) return known;
    const catalog = context.catalogOf(store);
    const reduction = catalog === null ? null : new Reduction(catalog);
    reductions.set(store, reduction);
    return reduction;
  };
  const why = new Map<string, number>();
  const claims = inputs.flatMap((input) => {
    const reduction = reductionOf(input.store);
    const found = reduction === null ? [] : extractClaims(input, reduction);
    const reason = reduction === null ? 'its store was not looked at' : found.length === 0 ? 'shows no aggregate' : null;
    if (reason !== null) why.set(reason, (why.get(reason) ?? 0) + 1);
    return found;
  });
  const work = new Work(claims, context);
  const groups: MetricGroup[] = [];
  const isWanted = (members: readonly Claim[]): boolean => context.wanted?.(members.map(({ input }) => input)) ?? true;
  const found = withRules(groupClaims(claims), claims, context.metrics ?? []).toSorted((a, b) => b.members.length - a.members.length);
  // What can be compared goes to the groups that most people look at.
  for (const group of found) if (isWanted([...group.members, ...group.elsewhere])) groups.push(await work.report(group));
  const together = new Set(found.flatMap(({ members }) => members));
  groups.push(...(await work.reportClashes(claims.filter((claim) => !together.has(claim)), isWanted)));
  groups.sort(byPlace);
  const grouped = groups.reduce((sum, { members }) => sum + members.length, 0);
  const notClaimed = [...why].map(([text, count]) => ({ why: text, count })).toSorted((a, b) => b.count - a.count);
  return { groups, coverage: { cards: inputs.length, claims: claims.length, grouped, alone: Math.max(claims.length - grouped, 0), notClaimed } };
}

/** What all groups of one analysis share. */
class Work {
  readonly #context: MetricContext;
  readonly #scorer: Scorer;
  readonly #synonyms: Synonyms;
  readonly #clashes: NameClashes;
  readonly #scopes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #shared: Shared;
  readonly #schemas = new Map<string, string>();
  readonly #relations = new Map<string, ReadonlyMap<string, Relation>>();

  constructor(claims: readonly Claim[], context: MetricContext) {
    this.#context = context;
    this.#shared = { left: { ...(context.limits ?? NO_LIMITS) }, schemas: new Map() };
    this.#scorer = new Scorer(claims);
    this.#synonyms = new Synonyms(claims);
    this.#clashes = new NameClashes(context);
    this.#scopes = dashboardScopes(claims);
  }

  async report(group: ClaimGroup): Promise<MetricGroup> {
    const prepared = await this.#prepared(group.members);
    const titles = namesOf(group.members);
    const names = (claims: readonly PreparedClaim[]): string => nameOf(claims, titles);
    const { compare, close } = comparisonIn({ group, claims: prepared, context: this.#context, shared: this.#shared });
    return reportOf({
      group,
      compared: await this.#compared(prepared, names, compare).finally(close),
      scorer: this.#scorer,
      semantic: this.#semanticOf(group),
      semanticSchema: this.#semanticSchema(group.store),
      nameClashes: this.#clashes.of(group),
      synonyms: this.#synonyms.of(group),
      dialectDifferences: dialectDifferences(prepared, ({ claim }) => this.#relationsOf(claim), (store) => this.#context.timeZoneOf?.(store) ?? null),
    });
  }

  /** Claims that stand alone, of one name and with no table in common, as groups in which nothing is compared. */
  async reportClashes(alone: readonly Claim[], isWanted: (members: readonly Claim[]) => boolean): Promise<MetricGroup[]> {
    return Promise.all(this.#clashes.ofLone(alone).filter(isWanted).map(async (members) => {
      const [first] = members;
      const group: ClaimGroup = { name: first === undefined ? '' : nameOfAlone(first), store: first?.store ?? '', relation: first?.relations[0] ?? '', members, elsewhere: [], pinned: new Set() };
      const claims = await this.#prepared(members);
      const pairs = claims.flatMap((_, second) => claims.slice(0, second).map((__, place) => ({ first: place, second, comparison: NO_COMMON_TABLE })));
      const compared: ComparedGroup = { claims, definitions: claims.map((_, place) => [place]), unreadable: claims.map(() => null), pairs, partial: null };
      return reportOf({ group, compared, scorer: this.#scorer, semantic: [], semanticSchema: '', nameClashes: [], synonyms: [], dialectDifferences: [] });
    }));
  }

  #prepared(members: readonly Claim[]): Promise<PreparedClaim[]> {
    return prepareClaims(members, {
      relationsOf: (claim) => this.#relationsOf(claim),
      carriedBy: (claim) => this.#scopes.get(containerKey(claim) ?? '') ?? NOTHING,
      parse: this.#context.parse,
    });
  }

  async #compared(prepared: PreparedClaim[], names: (claims: readonly PreparedClaim[]) => string, compare: Compare): Promise<ComparedGroup> {
    const { parse } = this.#context;
    const split = await splitByTime(await compareClaims(prepared, names, compare), names, compare, parse);
    return withRatioParts(split, compare, parse);
  }

  #relationsOf({ store, relations }: Claim): Relation[] {
    return relations.flatMap((name) => this.#byName(store).get(name) ?? []);
  }

  #byName(store: string): ReadonlyMap<string, Relation> {
    const known = this.#relations.get(store);
    if (known !== undefined) return known;
    const all = this.#context.catalogOf(store)?.relations ?? [];
    const byName = new Map(all.map((relation) => [`${relation.schema}.${relation.name}`, relation]));
    this.#relations.set(store, byName);
    return byName;
  }

  #semanticOf(group: ClaimGroup): string[] {
    const { zoneOf } = this.#context;
    const relations = [...group.members, ...group.elsewhere].flatMap((claim) => claim.relations.filter((relation) => zoneOf(claim.store, relation) === 'semantic'));
    relations.push(...group.members.flatMap(({ input }) => input.shownBy ?? []));
    return [...new Set(relations)].toSorted();
  }

  /** The schema in which the store keeps semantic views already. */
  #semanticSchema(store: string): string {
    const known = this.#schemas.get(store) ?? this.#findSemanticSchema(store);
    this.#schemas.set(store, known);
    return known;
  }

  #findSemanticSchema(store: string): string {
    const schemas = [...this.#byName(store).values()].flatMap(({ schema, name }) => (this.#context.zoneOf(store, `${schema}.${name}`) === 'semantic' ? [schema] : []));
    return [...bucket(schemas, (schema) => schema).values()].toSorted((a, b) => b.length - a.length)[0]?.[0] ?? 'analytics_semantic';
  }
}

const NOTHING: ReadonlySet<string> = new Set();
const NO_LIMITS: ComparisonLimits = { pairs: Number.POSITIVE_INFINITY, spaces: Number.POSITIVE_INFINITY, searches: Number.POSITIVE_INFINITY };

function nameOfAlone({ title, alias, oneOfSeveral }: Claim): string {
  return oneOfSeveral && alias !== null ? alias.replaceAll('_', ' ') : title.trim();
}

/** `“Backlog” (and 1 more)`. */
function nameOf(claims: readonly PreparedClaim[], titles: ReadonlyMap<Claim, string>): string {
  const [first] = claims;
  const name = first === undefined ? '' : (titles.get(first.claim) ?? '');
  return claims.length < 2 ? name : `${name} (and ${claims.length - 1} more)`;
}
