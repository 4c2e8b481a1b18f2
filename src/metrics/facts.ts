import type { MetricFacts } from '../facts/metric.js';
import type { MetricClaim, MetricDefinition, MetricGroup } from '../model/metric-report.js';
import type { MetricComparison } from '../model/metric-verdict.js';
import { missingExclusions } from './exclusions.js';

/** What no declaration may leave open. Few tools have a place for all that a declaration could say. */
const ESSENTIAL: ReadonlySet<string> = new Set(['intent', 'owner', 'time column']);

/** The facts of a group for rules. */
export function metricFacts(group: MetricGroup): MetricFacts {
  const { members, definitions } = group;
  const consumers = namesOf(members.filter(({ declared }) => declared === null));
  const apart = group.pairs.filter(({ comparison }) => !comparison.verdict.startsWith('equal'));
  const decided = apart.filter(({ comparison }) => comparison.verdict !== 'undecided');
  const real = decided.filter(({ comparison }) => !comparison.cosmetic);
  const underAsserted = apart.flatMap(({ comparison }) => comparison.underAsserted.map(({ text }) => text));
  const zones = unique(members.flatMap(({ timeZone }) => (timeZone === null ? [] : [timeZone])));
  return {
    name: group.name,
    relation: group.relation,
    measure: unique(members.map(({ measure }) => measure)).join(' or '),
    verdict: verdictOf(group),
    kinds: unique(real.flatMap(({ comparison }) => (comparison.kind === null ? [] : [comparison.kind]))),
    cosmetic: decided.length > 0 && decided.length === apart.length && real.length === 0,
    asserted: apart.length > 0 && apart.every(({ comparison }) => comparison.underAsserted.length > 0),
    under_asserted: unique(underAsserted),
    definitions: definitions.length,
    consumers: consumers.length,
    consumer_names: consumers,
    differences: [...apart.map(({ comparison }) => differenceText(comparison)), ...unreadable(group)],
    rests_on: restsOn(group),
    semantic: group.semantic,
    bypassing: group.semantic.length === 0 ? [] : namesOf(members.filter((claim) => claim.declared === null && !claim.relations.some((relation) => group.semantic.includes(relation)))),
    declared: unique(members.flatMap(({ declared }) => (declared === null ? [] : [`${declared.by} ${declared.name}`.trim()]))),
    contradicting: contradicting(group),
    declared_apart: declaredApart(group),
    incomplete: members.flatMap(({ declared }) => (declared?.missing.some((attribute) => ESSENTIAL.has(attribute)) ? [`${declared.by} ${declared.name} does not say ${listed(declared.missing)}`] : [])),
    deprecated: deprecatedReaders(group),
    ingestion_clock: members.some(({ clock }) => clock === 'event') ? namesOf(members.filter(({ clock }) => clock === 'ingestion')) : [],
    time_zones: zones.length > 1 ? zones : [],
    exclusions: missingExclusions(members).map(({ claim, exclusion, others }) => `${claim.consumer} keeps ${exclusion} rows, which ${others === 1 ? 'another' : `${others} others`} of the group leave${others === 1 ? 's' : ''} out`),
    synonyms: group.possibleSynonyms.map(({ consumer, title }) => `${consumer} calls it ${title}`),
    name_clashes: nameClashes(group),
    dialect_differences: group.dialectDifferences,
    suggestion: group.suggestion?.sql ?? '',
  };
}

/** Also members of the group itself, where it is nothing but a name. */
function nameClashes({ nameClashes: outside, members, definitions, pairs }: MetricGroup): string[] {
  const inside = new Set(pairs.flatMap(({ first, second, comparison }) => (comparison.kind === 'source' ? [first, second] : [])));
  const own = [...inside].flatMap((place) => (definitions[place]?.members ?? []).flatMap((member) => members[member] ?? []));
  return [...own, ...outside].map(({ consumer, relations }) => `${consumer} reads ${listed(relations)}`);
}

/** From which side two definitions are looked at says nothing about a group, and nobody gives up a primary key unawares. */
function verdictOf(group: MetricGroup): MetricFacts['verdict'] {
  if (group.verdict === 'looser') return 'stricter';
  return group.verdict === 'equal-under' && restsOn(group).length === 0 ? 'equal' : group.verdict;
}

/** The constraints on which equalities of a group rest, as people read them: who changes one of them parts the definitions. */
function restsOn({ pairs }: Pick<MetricGroup, 'pairs'>): string[] {
  return unique(pairs.flatMap(({ comparison }) => comparison.restsOn.filter(({ kind }) => kind !== 'primary_key').map(({ text }) => text)));
}

function differenceText({ witness, why }: MetricComparison): string {
  return witness?.words ?? why;
}

function unreadable({ definitions, members }: MetricGroup): string[] {
  return definitions.flatMap((definition) => {
    const first = members[definition.members[0] ?? -1];
    return definition.unreadable === null || first === undefined ? [] : [`${first.consumer} was not compared: ${definition.unreadable}`];
  });
}

function contradicting({ members, definitions, pairs }: MetricGroup): string[] {
  const declared = definitions.filter((definition) => declares(definition, members));
  const [only, another] = declared;
  if (only === undefined || another !== undefined) return [];
  const place = definitions.indexOf(only);
  return pairs.flatMap(({ first, second, comparison }) => {
    if (first !== place && second !== place) return [];
    if (comparison.verdict.startsWith('equal') || comparison.verdict === 'undecided' || comparison.cosmetic) return [];
    const other = definitions[first === place ? second : first];
    const claims = (other?.members ?? []).flatMap((member) => members[member] ?? []).filter((claim) => claim.declared === null);
    return namesOf(claims).map((name) => `${name}: ${differenceText(comparison)}`);
  });
}

function declares({ members }: MetricDefinition, claims: readonly MetricClaim[]): boolean {
  return members.some((member) => claims[member]?.declared !== null && claims[member] !== undefined);
}

function declaredApart({ members, definitions }: MetricGroup): string[] {
  const declared = definitions.filter((definition) => declares(definition, members));
  if (declared.length < 2) return [];
  return declared.flatMap((definition) =>
    definition.members.flatMap((member) => {
      const claim = members[member];
      return claim?.declared ? [`${claim.declared.by} ${claim.declared.name}${claim.declared.version === null ? '' : ` version ${claim.declared.version}`}: ${definition.words}`] : [];
    }),
  );
}

/** Dashboards that define the metric as a deprecated declaration does, where no declaration in force says the same. */
function deprecatedReaders({ members, definitions, pairs }: MetricGroup): string[] {
  const claimsOf = (place: number): MetricClaim[] => (definitions[place]?.members ?? []).flatMap((member) => members[member] ?? []);
  return definitions.flatMap((_, place) => {
    const old = claimsOf(place).find(({ declared }) => declared !== null && declared.deprecated !== null)?.declared;
    if (old === undefined || old === null) return [];
    const equals = pairs.flatMap(({ first, second, comparison }) => (!comparison.verdict.startsWith('equal') ? [] : first === place ? [second] : second === place ? [first] : []));
    const same = [place, ...equals].flatMap(claimsOf);
    if (same.some(({ declared }) => declared !== null && declared.deprecated === null)) return [];
    return namesOf(same.filter(({ declared }) => declared === null)).map((name) => `${name} follows ${old.by} ${old.name}, deprecated: ${old.deprecated ?? ''}`);
  });
}

function namesOf(claims: readonly MetricClaim[]): string[] {
  return unique(claims.map(({ consumer }) => consumer));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted();
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
