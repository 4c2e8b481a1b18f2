import type { Relation } from '../../model/catalog.js';
import type { MetricComparison } from '../../model/metric-verdict.js';
import type { Claim } from '../claim/claim.js';
import { CoreCutter, PLAIN_CORE, type CoreShape } from '../claim/core.js';
import { coreDefinition, type CoreDefinition, type ParseDialect } from '../claim/definition.js';
import { detailsOf, type ClaimDetails } from '../claim/details.js';
import type { Definition } from '../definition.js';

/** One claim, cut down to what is compared. */
export interface PreparedClaim {
  claim: Claim;
  details: ClaimDetails;
  cutter: CoreCutter;
  core: CoreDefinition | null;
  /** Why it is not compared; null where it is. */
  unreadable: string | null;
}

/** Claims that are one text, and how the texts compare. */
export interface ComparedGroup {
  claims: PreparedClaim[];
  /** By definition, the places of its claims; those with most claims first. */
  definitions: number[][];
  /** For each definition why it could not be compared; null where it was. */
  unreadable: (string | null)[];
  pairs: { first: number; second: number; comparison: MetricComparison; parts?: PartComparison[] }[];
  partial: string | null;
}

export interface PartComparison {
  part: 'numerator' | 'denominator';
  comparison: MetricComparison;
}

/** Compares definitions; see `compareDefinitions`. */
export type Compare = (
  definitions: readonly Definition[],
  options: { names: readonly string[] },
) => Promise<{ unsupported: (string | null)[]; partial: string | null; pair(a: number, b: number): MetricComparison }>;

/** Definitions of a group that are compared in full (drift.md 9). */
const DEFINITIONS_MAX = 40;

/** Claims of a group that are looked at. */
const CLAIMS_MAX = 200;

/** Cuts every claim of a group down to its measure. Claims whose measures are not all quotients are compared as they are. */
export async function prepareClaims(
  claims: readonly Claim[],
  { relationsOf, carriedBy, parse }: { relationsOf(claim: Claim): Relation[]; carriedBy(claim: Claim): ReadonlySet<string>; parse: ParseDialect },
): Promise<PreparedClaim[]> {
  const cut = claims.slice(0, CLAIMS_MAX).map((claim) => {
    const details = detailsOf(claim, relationsOf(claim), carriedBy(claim));
    return { claim, details, cutter: new CoreCutter(claim, details) };
  });
  const halves = cut.every(({ cutter }) => cutter.parts.bare !== null && cutter.parts.bare.ratio !== null);
  const shape: CoreShape = { ...PLAIN_CORE, ratio: halves ? 'halves' : 'whole' };
  const prepared: PreparedClaim[] = [];
  for (const entry of cut) {
    const incomplete = entry.claim.input.declaration?.incomplete ?? null;
    const core = await coreDefinition(entry.claim, entry.cutter, shape, parse);
    prepared.push({ ...entry, core, unreadable: incomplete ?? (core === null ? 'its text cannot be read again as one query' : null) });
  }
  return withOneShape(prepared);
}

/** A statement that shows more columns than the others is no definition of the same number. */
function withOneShape(prepared: readonly PreparedClaim[]): PreparedClaim[] {
  const counts = new Map<number, number>();
  for (const { core } of prepared) if (core !== null) counts.set(core.core.columns, (counts.get(core.core.columns) ?? 0) + (core.core.form === 'measure' ? 2 : 1));
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [1];
  return prepared.map((entry) => {
    const { core, unreadable } = entry;
    if (core === null || unreadable !== null || core.core.columns === most) return entry;
    return { ...entry, unreadable: `its measure could not be cut out of the statement: it ${core.core.notes[0] ?? 'shows several columns'}` };
  });
}

/** Puts claims with one text together and compares the texts. Nothing is compared where there is only one. */
export async function compareClaims(claims: readonly PreparedClaim[], names: (claims: readonly PreparedClaim[]) => string, compare: Compare): Promise<ComparedGroup> {
  const texts = textsOf(claims);
  const readable = texts.filter((text) => claims[text[0] ?? 0]?.unreadable === null);
  const unreadable = texts.filter((text) => !readable.includes(text));
  const full = readable.slice(0, DEFINITIONS_MAX);
  const left = readable.slice(DEFINITIONS_MAX);
  const reasonOf = (text: number[]): string | null => claims[text[0] ?? 0]?.unreadable ?? null;
  const beyond = left.length === 0 ? null : `${left.length} more definitions were not compared: ${DEFINITIONS_MAX} are`;
  if (full.length < 2) {
    return { claims: [...claims], definitions: [...full, ...unreadable], unreadable: [...full.map(() => null), ...unreadable.map(reasonOf)], pairs: [], partial: beyond };
  }
  const definitions = full.flatMap((text) => claims[text[0] ?? 0]?.core?.definition ?? []);
  const compared = await compare(definitions, { names: full.map((text) => names(text.flatMap((place) => claims[place] ?? []))) });
  const merged = mergeEqual(full, compared);
  return {
    claims: [...claims],
    definitions: [...merged.map(({ members }) => members), ...left, ...unreadable],
    unreadable: [...merged.map(({ leader }) => compared.unsupported[leader] ?? null), ...left.map(() => 'it is beyond the definitions that are compared'), ...unreadable.map(reasonOf)],
    pairs: merged.flatMap((first, place) => merged.slice(place + 1).map((second, index) => ({ first: place, second: place + 1 + index, comparison: compared.pair(first.leader, second.leader) }))),
    partial: beyond ?? compared.partial,
  };
}

function textsOf(claims: readonly PreparedClaim[]): number[][] {
  const byKey = new Map<string, number[]>();
  for (const [place, { core, unreadable, claim }] of claims.entries()) {
    const dialect = claim.input.dialect ?? 'postgres';
    const key = core === null ? `#${place}` : JSON.stringify([core.key, unreadable, dialect]);
    byKey.set(key, [...(byKey.get(key) ?? []), place]);
  }
  return [...byKey.values()].toSorted((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}

/** Texts that are equal without any constraint are one definition. */
function mergeEqual(texts: readonly number[][], compared: Awaited<ReturnType<Compare>>): { leader: number; members: number[] }[] {
  const merged: { leader: number; members: number[] }[] = [];
  for (const [place, members] of texts.entries()) {
    const same = merged.find(({ leader }) => compared.pair(leader, place).verdict === 'equal');
    if (same === undefined) merged.push({ leader: place, members: [...members] });
    else same.members.push(...members);
  }
  return merged.toSorted((a, b) => b.members.length - a.members.length || a.leader - b.leader);
}
