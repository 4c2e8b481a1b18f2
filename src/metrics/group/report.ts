import type { MetricClaim, MetricDefinition, MetricGroup } from '../../model/metric-report.js';
import type { MetricComparison, MetricVerdict } from '../../model/metric-verdict.js';
import { expressionText } from '../../sql/expression-text.js';
import type { Claim } from '../claim/claim.js';
import { measureText } from '../claim/measure.js';
import { declaredMetric } from '../declared/index.js';
import { canonicalOf } from './canonical.js';
import type { ComparedGroup, PreparedClaim } from './compared.js';
import type { ClaimGroup } from './group.js';
import { evidenceTexts, meanLikeness, scoreOf, type Scorer } from './score.js';
import { suggestionOf } from './suggestion.js';

/** What a report is made of besides the comparison. */
export interface ReportInput {
  group: ClaimGroup;
  compared: ComparedGroup;
  scorer: Scorer;
  semantic: string[];
  /** Where semantic views of the store are kept. */
  semanticSchema: string;
  nameClashes: readonly Claim[];
  synonyms: readonly Claim[];
  dialectDifferences: string[];
}

/** From agreement to contradiction; what parts only where nothing matches is less than not knowing. */
const WIDTH = ['equal', 'equal-under', 'cosmetic', 'undecided', 'stricter', 'overlapping', 'different'] as const;

/** A claim is held against so many others for its score. */
const SCORED_MAX = 30;

/** The group as reports, rules and the command line show it. */
export function reportOf(input: ReportInput): MetricGroup {
  const compared = bySize(input.compared);
  const members = compared.claims.map((claim) => memberOf(claim, input, compared.claims));
  const definitions = compared.definitions.map((own, place): MetricDefinition => definitionOf(own, compared.claims, compared.unreadable[place] ?? null));
  const { group } = input;
  const pinned = new Set(compared.claims.flatMap(({ claim }, place) => (group.pinned.has(claim) ? [place] : [])));
  // Of things that have nothing but a name in common none is what the others should be.
  const canonical = compared.pairs.length > 0 && compared.pairs.every(({ comparison }) => comparison.kind === 'source') ? null : canonicalOf({ definitions, pairs: compared.pairs, members, pinned, semantic: input.semantic });
  const report: MetricGroup = {
    id: `${group.name.toLowerCase()} @ ${group.store}/${group.relation}`,
    name: group.name,
    store: group.store,
    relation: group.relation,
    members: withConformity(members, definitions, compared.pairs, canonical),
    definitions,
    pairs: compared.pairs,
    verdict: verdictOf(compared.pairs, definitions),
    canonical,
    suggestion: null,
    semantic: input.semantic,
    nameClashes: input.nameClashes.map(({ consumer, title, store, relations }) => ({ consumer, title, store, relations })),
    possibleSynonyms: input.synonyms.map(({ consumer, title }) => ({ consumer, title })),
    dialectDifferences: input.dialectDifferences,
    partial: partialText(input),
  };
  return { ...report, suggestion: suggestionOf({ group: report, claims: compared.claims, schema: input.semanticSchema }) };
}

function partialText({ compared, group }: ReportInput): string | null {
  const left = group.members.length - compared.claims.length;
  const claims = left > 0 ? `${left} of ${group.members.length} claims were not looked at` : null;
  return [claims, compared.partial].filter((text) => text !== null).join('; ') || null;
}

/** Definitions by the number of their members, those that could not be compared last; pairs go along. */
function bySize(compared: ComparedGroup): ComparedGroup {
  const order = compared.definitions
    .map((members, place) => ({ members, place }))
    .toSorted((a, b) => Number(compared.unreadable[a.place] !== null) - Number(compared.unreadable[b.place] !== null) || b.members.length - a.members.length || a.place - b.place)
    .map(({ place }) => place);
  const pairs = compared.pairs.map(({ first, second, comparison, parts }) => {
    const [a, b] = [order.indexOf(first), order.indexOf(second)];
    const turn = a > b;
    const pair = { first: turn ? b : a, second: turn ? a : b, comparison: turn ? turned(comparison) : comparison };
    return parts === undefined ? pair : { ...pair, parts: parts.map((part) => ({ ...part, comparison: turn ? turned(part.comparison) : part.comparison })) };
  });
  return {
    ...compared,
    definitions: order.map((place) => (compared.definitions[place] ?? []).toSorted((a, b) => a - b)),
    unreadable: order.map((place) => compared.unreadable[place] ?? null),
    pairs: pairs.toSorted((a, b) => a.first - b.first || a.second - b.second),
  };
}

/** The same comparison, seen from the second. */
export function turned(comparison: MetricComparison): MetricComparison {
  const { verdict, region, witness, bound } = comparison;
  return {
    ...comparison,
    verdict: turnedVerdict(verdict),
    region: region === null ? null : { onlyA: region.onlyB, onlyB: region.onlyA },
    witness: witness === null ? null : { ...witness, a: witness.b, b: witness.a },
    bound: bound === null ? null : { ...bound, answers: [bound.answers[1], bound.answers[0]] },
  };
}

function turnedVerdict(verdict: MetricVerdict): MetricVerdict {
  return verdict === 'stricter' ? 'looser' : verdict === 'looser' ? 'stricter' : verdict;
}

/** The widest difference between any two definitions; what could not be compared is undecided. */
export function verdictOf(pairs: MetricGroup['pairs'], definitions: readonly MetricDefinition[]): MetricVerdict {
  const widths = pairs.map(({ comparison }): (typeof WIDTH)[number] => (comparison.cosmetic ? 'cosmetic' : comparison.verdict === 'looser' ? 'stricter' : comparison.verdict));
  if (definitions.length > 1 && definitions.some(({ unreadable }) => unreadable !== null)) widths.push('undecided');
  const widest = WIDTH.findLast((width) => widths.includes(width)) ?? 'equal';
  return widest === 'cosmetic' ? 'different' : widest;
}

function definitionOf(members: number[], claims: readonly PreparedClaim[], unreadable: string | null): MetricDefinition {
  const own = members.flatMap((member) => claims[member] ?? []);
  const [simplest] = own.toSorted((a, b) => (a.core?.core.text.length ?? 0) - (b.core?.core.text.length ?? 0));
  return { members, sql: simplest?.core?.core.text ?? simplest?.claim.input.text ?? '', words: simplest === undefined ? '' : wordsOf(simplest), unreadable };
}

function wordsOf({ claim, details, cutter }: PreparedClaim): string {
  const ratio = cutter.parts.bare?.ratio ?? null;
  const measure = ratio === null ? measureText(claim.measure) : `${expressionText(ratio.numerator.expression)} by ${expressionText(ratio.denominator.expression)}`;
  const limits = details.limits?.startsWith('HAVING') === true ? `, ${details.limits}` : '';
  return `${measure}${details.filters.length === 0 ? '' : ` where ${details.filters.join(' and ')}`}${limits}`;
}

function memberOf(prepared: PreparedClaim, { scorer, group }: ReportInput, claims: readonly PreparedClaim[]): MetricClaim {
  const { claim, details, cutter, core } = prepared;
  const { score, evidence } = evidenceOf(claim, claims, scorer, group.pinned.has(claim));
  const declaration = claim.input.declaration ?? null;
  return {
    consumer: claim.consumer,
    owner: claim.owner,
    title: claim.oneOfSeveral && claim.alias !== null ? `${claim.title}: ${claim.alias}` : claim.title,
    container: claim.container,
    store: claim.store,
    origin: claim.input.origin ?? null,
    declared: declaration === null ? null : declaredMetric(declaration, { isReadable: core !== null, relations: claim.relations }),
    measure: measureText(claim.measure),
    distinct: claim.measure.distinct,
    relations: claim.relations,
    filters: details.filters,
    scope: details.scopeTexts,
    dimensions: claim.dimensions,
    grain: details.grain,
    timeColumn: details.timeColumn,
    timeZone: details.timeZone,
    clock: details.clock,
    nullAs: cutter.parts.bare?.nullAs ?? null,
    limits: details.limits,
    score,
    evidence,
    conforms: null,
    notes: notesOf(prepared, claims),
    sql: core === null || core.core.form === 'statement' ? null : core.core.text,
    value: null,
  };
}

function evidenceOf(claim: Claim, claims: readonly PreparedClaim[], scorer: Scorer, pinned: boolean): { score: number; evidence: string[] } {
  const others = claims.filter((other) => other.claim !== claim).slice(0, SCORED_MAX);
  if (others.length === 0) return { score: 1, evidence: [] };
  const likeness = meanLikeness(others.map((other) => scorer.likeness(claim, other.claim)));
  const evidence = evidenceTexts(likeness);
  return pinned ? { score: 1, evidence: ['pinned in the configuration', ...evidence] } : { score: Math.round(scoreOf(likeness) * 100) / 100, evidence };
}

function notesOf({ claim, details, cutter, core }: PreparedClaim, claims: readonly PreparedClaim[]): string[] {
  const notes: string[] = [];
  if (details.scopeTexts.length > 0) notes.push(`left out as the scope of its dashboard: ${details.scopeTexts.join(' and ')}`);
  const shown = breakdown({ claim, details });
  const most = mostFrequent(claims.map(breakdown));
  if (claims.length > 1 && shown !== most) notes.push(`shown ${shown}, where most of the group is shown ${most}`);
  if (details.limits !== null && !details.limits.startsWith('HAVING')) notes.push(`shows only ${details.limits}`);
  if (details.limits?.startsWith('HAVING') === true) notes.push('counts only the groups that it shows');
  notes.push(...(cutter.parts.bare?.notes ?? []));
  if (core?.core.form === 'statement' && core.core.notes[0] !== undefined) notes.push(`compared as it is: it ${core.core.notes[0]}`);
  return notes;
}

function breakdown({ claim, details }: Pick<PreparedClaim, 'claim' | 'details'>): string {
  if (claim.dimensions.length === 0) return 'as one number';
  const others = claim.dimensions.length - (details.bucket === null ? 0 : 1);
  const time = details.grain === null ? [] : [`by ${details.grain}`];
  return [...time, ...(others > 0 ? [details.grain === null ? `by ${claim.dimensions.join(', ')}` : `by ${others} more`] : [])].join(' and ');
}

function mostFrequent(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

function withConformity(members: readonly MetricClaim[], definitions: readonly MetricDefinition[], pairs: MetricGroup['pairs'], canonical: MetricGroup['canonical']): MetricClaim[] {
  if (canonical === null) return [...members];
  return members.map((member, place) => {
    const own = definitions.findIndex((definition) => definition.members.includes(place));
    if (own === canonical.definition) return { ...member, conforms: 'canonical' as const };
    const pair = pairs.find(({ first, second }) => (first === own && second === canonical.definition) || (first === canonical.definition && second === own));
    if (pair === undefined) return member;
    return { ...member, conforms: pair.first === own ? pair.comparison.verdict : turnedVerdict(pair.comparison.verdict) };
  });
}
