import type { MetricClaim, MetricGroup } from '../../model/metric-report.js';
import { plainText } from '../../text/plain-text.js';
import { sqlIdentifier } from '../../text/sql-name.js';
import type { ClaimDetails } from '../claim/details.js';
import type { PreparedClaim } from './compared.js';

const ADDITIVE = new Set(['count', 'sum', 'min', 'max']);

/** What a view is suggested from. */
export interface SuggestionInput {
  group: Pick<MetricGroup, 'name' | 'members' | 'definitions' | 'pairs' | 'canonical' | 'semantic'>;
  claims: readonly PreparedClaim[];
  /** Where semantic views are kept. */
  schema: string;
}

/**
 * A view with the canonical definition, broken down as the cards need it, and the cards whose numbers it gives unchanged. Null
 * where the metric is declared, or read from the semantic zone, already.
 */
export function suggestionOf({ group, claims, schema }: SuggestionInput): MetricGroup['suggestion'] {
  const { canonical, definitions, members, semantic } = group;
  const definition = canonical === null ? undefined : definitions[canonical.definition];
  if (canonical === null || definition === undefined || semantic.length > 0 || definition.unreadable !== null) return null;
  if (definition.members.some((member) => members[member]?.declared !== null && members[member]?.declared?.deprecated === null)) return null;
  const leader = claims[definition.members[0] ?? -1];
  if (leader === undefined || leader.core === null || leader.core.core.form === 'statement') return null;
  const same = sameNumbers(group, canonical.definition);
  const additive = ADDITIVE.has(leader.claim.measure.kind) && !leader.claim.measure.distinct && leader.core.core.columns === 1;
  const dimensions = additive ? dimensionsOf(definition.members.flatMap((member) => claims[member] ?? [])) : [];
  const replaces = same.filter((member) => isServed(claims[member], members[member], dimensions));
  return { sql: viewSql({ name: group.name, schema, leader, dimensions, owners: ownersOf(members), words: definition.words }), replaces };
}

/** Members of the canonical definition and of those that are equal to it. */
function sameNumbers({ definitions, pairs }: SuggestionInput['group'], canonical: number): number[] {
  const equal = pairs.flatMap(({ first, second, comparison }) => (!comparison.verdict.startsWith('equal') ? [] : first === canonical ? [second] : second === canonical ? [first] : []));
  return [canonical, ...equal].flatMap((place) => definitions[place]?.members ?? []).toSorted((a, b) => a - b);
}

/** What rows of the measured relation are broken down by; columns of joined ones are no part of the core. */
function dimensionsOf(claims: readonly PreparedClaim[]): { text: string; name: string }[] {
  const found = new Map<string, string>();
  for (const { claim } of claims) {
    if (claim.rows.kind !== 'simple' || claim.relations.length > 1) continue;
    for (const text of claim.dimensions) found.set(text, sqlIdentifier(/[a-z_]\w*(?=\W*$)/i.exec(text)?.[0]?.toLowerCase() ?? `dimension_${found.size + 1}`));
  }
  const names = new Set<string>();
  return [...found].map(([text, name]) => {
    let own = name;
    for (let index = 2; names.has(own); index += 1) own = `${name}_${index}`;
    names.add(own);
    return { text, name: own };
  });
}

function isServed(prepared: PreparedClaim | undefined, member: MetricClaim | undefined, dimensions: readonly { text: string }[]): boolean {
  if (prepared === undefined || member === undefined || member.declared !== null || member.limits?.startsWith('HAVING') === true) return false;
  const offered = new Set(dimensions.map(({ text }) => text));
  return prepared.claim.dimensions.every((text) => offered.has(text)) && member.scope.every((condition) => [...offered].some((text) => condition.startsWith(`${text} `)));
}

interface View {
  name: string;
  schema: string;
  leader: PreparedClaim;
  dimensions: readonly { text: string; name: string }[];
  owners: string[];
  words: string;
}

function viewSql({ name, schema, leader, dimensions, owners, words }: View): string {
  const core = leader.core?.core.text ?? '';
  const measure = sqlIdentifier(nameOf(name));
  const buckets = leader.details;
  const comments = [
    `-- ${plainText(name, 200)}: ${plainText(words, 500)}`,
    `-- owner: to be named${owners.length === 0 ? '' : ` (its cards belong to ${owners.join(', ')})`}`,
    `-- grain: ${dimensions.length === 0 ? 'one number' : `one row for each ${dimensions.map((dimension) => dimension.name).join(', ')}`}`,
    `-- time rule: ${timeRule(buckets)}`,
  ];
  const outputs = dimensions.map(({ text, name: alias }) => (text === alias ? text : `${text} AS ${alias}`));
  const rest = withoutMeasure(core, leader);
  const measured = measureOf(leader);
  const body = rest === null ? `SELECT * FROM (${core}) AS metric` : `${rest.prefix}SELECT ${[...outputs, `${measured} AS ${measure}`].join(', ')}${rest.rows}`;
  const group = dimensions.length === 0 || rest === null ? '' : `\nGROUP BY ${dimensions.map((_, index) => index + 1).join(', ')}`;
  return `${comments.join('\n')}\nCREATE VIEW ${sqlIdentifier(schema)}.${measure} AS\n${body}${group};`;
}

function measureOf({ cutter }: PreparedClaim): string {
  const { bare } = cutter.parts;
  const ratio = bare?.ratio ?? null;
  return ratio === null ? (bare?.text ?? '') : `(${ratio.numerator.text})::numeric / NULLIF(${ratio.denominator.text}, 0)`;
}

/** The core around its outputs. */
function withoutMeasure(core: string, { cutter }: PreparedClaim): { prefix: string; rows: string } | null {
  const { bare } = cutter.parts;
  if (bare === null) return null;
  const outputs = bare.ratio === null ? bare.text : `${bare.ratio.numerator.text}, ${bare.ratio.denominator.text}`;
  const at = core.indexOf(`SELECT ${outputs}`);
  return at < 0 ? null : { prefix: core.slice(0, at), rows: core.slice(at + 7 + outputs.length) };
}

function timeRule({ timeColumn, timeZone, grain, clock }: ClaimDetails): string {
  if (timeColumn === null) return 'no time axis: the state when it is read';
  const zone = timeZone === null ? 'time zone to be settled' : timeZone;
  return `${timeColumn}${grain === null ? '' : ` by ${grain}`}, ${clock === 'ingestion' ? 'the time of loading, not of the event' : 'the time of the event'}, ${zone}; late rows: to be settled`;
}

function ownersOf(members: readonly MetricClaim[]): string[] {
  return [...new Set(members.flatMap(({ owner }) => (owner === null || owner === '' ? [] : [plainText(owner, 100)])))].toSorted().slice(0, 3);
}

function nameOf(name: string): string {
  const words = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== '');
  return words.slice(0, 8).join('_') || 'metric';
}
