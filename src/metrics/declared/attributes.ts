import { DECLARED_ATTRIBUTES, type DeclaredAttribute, type MetricDeclaration } from '../../model/metric-declaration.js';
import type { DeclaredMetric, MetricClaim, MetricGroup } from '../../model/metric-report.js';

/** What of a declared metric only its SQL tells. */
export interface DeclaredSql {
  /** Whether it could be compiled and read. */
  isReadable: boolean;
  /** The relations that it reads, as far as they are known. */
  relations: readonly string[];
}

/**
 * Which of the attributes of a metric a declaration does not say (name, intent, formula, grain, dimensions, eligibility, time
 * semantics with zone and late policy, lineage, access, version with a changelog, owner), in the order of `DECLARED_ATTRIBUTES`. A formula that can be
 * read says which rows are eligible, be it all of them.
 */
export function missingAttributes(declaration: MetricDeclaration, { isReadable, relations }: DeclaredSql): DeclaredAttribute[] {
  const { name, intent, grain, dimensions, time, access, version, changelog, owner, incomplete } = declaration;
  const hasFormula = isReadable && incomplete === null;
  const says: Record<DeclaredAttribute, boolean> = {
    name: name.trim() !== '',
    intent: hasWords(intent),
    formula: hasFormula,
    grain: hasWords(grain) || hasWords(time?.grain ?? null),
    dimensions: dimensions !== null,
    eligibility: hasFormula,
    'time column': hasWords(time?.column ?? null),
    'time zone': hasWords(time?.zone ?? null),
    'late policy': hasWords(time?.latePolicy ?? null),
    lineage: relations.length > 0,
    access: hasWords(access),
    version: hasWords(version),
    // Where nothing has a version nothing is said to have changed.
    changelog: hasWords(changelog) || !hasWords(version),
    owner: hasWords(owner),
  };
  return DECLARED_ATTRIBUTES.filter((attribute) => !says[attribute]);
}

function hasWords(text: string | null): boolean {
  return text !== null && text.trim() !== '';
}

/** The declaration as a claim shows it. */
export function declaredMetric(declaration: MetricDeclaration, sql: DeclaredSql): DeclaredMetric {
  const { by, name, version } = declaration;
  return { by, name, version, deprecated: deprecationText(declaration), missing: missingAttributes(declaration, sql), declaration };
}

/** `since 2026-04-01, use open cases`; null while it is in force. */
export function deprecationText({ deprecated }: Pick<MetricDeclaration, 'deprecated'>): string | null {
  if (deprecated === null) return null;
  const parts = [...(deprecated.since === null ? [] : [`since ${deprecated.since}`]), ...(deprecated.use === null ? [] : [`use ${deprecated.use}`])];
  return parts.length === 0 ? 'deprecated' : parts.join(', ');
}

/** Where a claim uses another clock, zone or value for nothing than the metric that it claims declares. */
export interface Contradiction {
  attribute: 'time column' | 'time zone' | 'clock' | 'null handling';
  /** By the place in the group's `members`. */
  member: number;
  /** Of the declaration, as `members[declaredBy].declared`. */
  declaredBy: number;
  declared: string;
  claimed: string;
}

/** The same name and version declared twice with different SQL, or two versions of it, both in force. */
export interface VersionConflict {
  name: string;
  kind: 'changed without version' | 'two versions in force';
  /** By the places in the group's `members`. */
  members: number[];
  versions: (string | null)[];
}

/** What is wrong around the declared metrics of a group. Places are those of `members`. */
export interface DeclaredFacts {
  /** Declarations that lack an attribute. */
  incomplete: { member: number; missing: string[] }[];
  contradictions: Contradiction[];
  versions: VersionConflict[];
  /** Cards that show what a deprecated declaration defines. */
  deprecatedReaders: { declared: number; readers: number[] }[];
}

/** Reads a group for what its declarations leave out, and for claims that go against them. */
export function declaredFacts(group: Pick<MetricGroup, 'members' | 'definitions'>): DeclaredFacts {
  const { members } = group;
  const declared = members.flatMap((claim, member) => (claim.declared === null ? [] : [{ member, claim, metric: claim.declared }]));
  const inForce = declared.filter(({ metric }) => metric.deprecated === null);
  return {
    incomplete: declared.flatMap(({ member, metric }) => (metric.missing.length === 0 ? [] : [{ member, missing: metric.missing }])),
    contradictions: inForce.flatMap(({ member, metric }) =>
      metric.declaration === undefined ? [] : members.flatMap((claim, other) => contradictionsOf(metric.declaration, claim).map((found) => ({ ...found, member: other, declaredBy: member }))),
    ),
    versions: versionConflicts(group, inForce),
    deprecatedReaders: declared.flatMap(({ member, metric }) => {
      if (metric.deprecated === null) return [];
      const same = group.definitions.find((definition) => definition.members.includes(member))?.members ?? [];
      const readers = same.filter((other) => members[other]?.declared === null);
      return readers.length === 0 ? [] : [{ declared: member, readers }];
    }),
  };
}

function contradictionsOf(declaration: MetricDeclaration | undefined, claim: MetricClaim): Pick<Contradiction, 'attribute' | 'declared' | 'claimed'>[] {
  if (declaration === undefined || claim.declared !== null) return [];
  const { time, fillNullsWith } = declaration;
  const found: Pick<Contradiction, 'attribute' | 'declared' | 'claimed'>[] = [];
  const declaredColumn = columnOf(time?.column ?? null);
  const claimedColumn = columnOf(claim.timeColumn);
  if (time?.kind === 'event' && claim.clock === 'ingestion') {
    found.push({ attribute: 'clock', declared: 'event time', claimed: `ingestion time (${claim.timeColumn ?? 'unknown column'})` });
  } else if (declaredColumn !== null && claimedColumn !== null && declaredColumn !== claimedColumn) {
    found.push({ attribute: 'time column', declared: time?.column ?? '', claimed: claim.timeColumn ?? '' });
  }
  if (time?.zone && claim.timeZone !== null && zoneName(time.zone) !== zoneName(claim.timeZone)) {
    found.push({ attribute: 'time zone', declared: time.zone, claimed: claim.timeZone });
  }
  if (fillNullsWith !== null && claim.nullAs !== null && fillNullsWith.trim() !== claim.nullAs.trim()) {
    found.push({ attribute: 'null handling', declared: fillNullsWith, claimed: claim.nullAs });
  }
  return found;
}

/** The bare column of `t.opened_at` and `"opened_at"`; null for any other expression, which may be about the same column or not. */
function columnOf(expression: string | null): string | null {
  if (expression === null || !/^\s*(?:(?:[\w$]+|"[^"]+")\s*\.\s*){0,3}(?:[\w$]+|"[^"]+")\s*$/.test(expression)) return null;
  const last = expression.trim().split('.').at(-1)?.trim() ?? '';
  return last.replaceAll('"', '').toLowerCase();
}

const UTC = new Set(['utc', 'etc/utc', 'gmt', 'etc/gmt', 'z', 'zulu', 'universal', '+00:00', '+00']);

function zoneName(zone: string): string {
  const lower = zone.trim().toLowerCase();
  return UTC.has(lower) ? 'utc' : lower;
}

function versionConflicts({ definitions }: Pick<MetricGroup, 'definitions'>, declared: readonly { member: number; metric: DeclaredMetric }[]): VersionConflict[] {
  const classOf = (member: number): number => definitions.findIndex(({ members }) => members.includes(member));
  const byName = new Map<string, { member: number; metric: DeclaredMetric }[]>();
  for (const one of declared) {
    const name = one.metric.name.toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  return [...byName.values()].flatMap((same): VersionConflict[] => {
    const [first] = same;
    if (first === undefined || same.length < 2) return [];
    const versions = [...new Set(same.map(({ metric }) => metric.version))];
    const isDifferent = new Set(same.map(({ member }) => classOf(member))).size > 1;
    const common = { name: first.metric.name, members: same.map(({ member }) => member), versions };
    if (versions.filter((version) => version !== null).length > 1) return [{ ...common, kind: 'two versions in force' }];
    return isDifferent ? [{ ...common, kind: 'changed without version' }] : [];
  });
}
