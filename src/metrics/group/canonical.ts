import type { MetricDefinition, MetricGroup } from '../../model/metric-report.js';

/** What the choice of a canonical definition looks at. */
export type Candidates = Pick<MetricGroup, 'definitions' | 'pairs' | 'members'> & { pinned: ReadonlySet<number>; semantic: string[] };

/**
 * The definition that the others should have: what is declared and in force, else what a person pinned, else what is read from the
 * semantic zone, else what most dashboards show, else the simplest text. Null where nothing could be read.
 */
export function canonicalOf(group: Candidates): MetricGroup['canonical'] {
  const readable = group.definitions.flatMap(({ unreadable }, place) => (unreadable === null ? [place] : []));
  if (readable.length === 0) return null;
  return declaredOne(group) ?? pinnedOne(group, readable) ?? semanticOne(group, readable) ?? largest(group, readable);
}

function declaredOne({ definitions, members }: Candidates): MetricGroup['canonical'] {
  for (const [definition, { members: own }] of definitions.entries()) {
    const declared = own.flatMap((member) => members[member]?.declared ?? []).find(({ deprecated }) => deprecated === null);
    if (declared === undefined) continue;
    const version = declared.version === null ? '' : ` version ${declared.version}`;
    return { definition, reason: `declared by ${declared.by}: ${declared.name}${version}` };
  }
  return null;
}

function pinnedOne({ definitions, pinned }: Candidates, readable: readonly number[]): MetricGroup['canonical'] {
  const count = (place: number): number => (definitions[place]?.members ?? []).filter((member) => pinned.has(member)).length;
  const [first, second] = readable.toSorted((a, b) => count(b) - count(a));
  if (first === undefined || count(first) === 0 || (second !== undefined && count(second) === count(first))) return null;
  return { definition: first, reason: 'pinned in the configuration' };
}

function semanticOne({ definitions, members, semantic }: Candidates, readable: readonly number[]): MetricGroup['canonical'] {
  const place = readable.find((index) => (definitions[index]?.members ?? []).some((member) => members[member]?.relations.some((relation) => semantic.includes(relation))));
  return place === undefined ? null : { definition: place, reason: `read from ${semantic[0] ?? 'the semantic zone'}` };
}

/** Definitions that are equal by a constraint count together. */
function largest({ definitions, pairs, members }: Candidates, readable: readonly number[]): MetricGroup['canonical'] {
  const consumers = (definition: MetricDefinition | undefined): string[] => (definition?.members ?? []).map((member) => members[member]?.consumer ?? '');
  const together = (place: number): number => {
    const equal = pairs.flatMap(({ first, second, comparison }) => (!comparison.verdict.startsWith('equal') ? [] : first === place ? [second] : second === place ? [first] : []));
    return new Set([place, ...equal].flatMap((index) => consumers(definitions[index]))).size;
  };
  const length = (place: number): number => definitions[place]?.sql.length ?? 0;
  const [best, next] = readable.toSorted((a, b) => together(b) - together(a) || consumers(definitions[b]).length - consumers(definitions[a]).length || length(a) - length(b) || a - b);
  if (best === undefined) return null;
  const all = new Set(members.map(({ consumer }) => consumer)).size;
  if (readable.length === 1) return { definition: best, reason: 'the only definition' };
  const most = next === undefined || together(best) > together(next) || pairs.some(({ first, second, comparison }) => comparison.verdict.startsWith('equal') && [first, second].includes(best) && [first, second].includes(next));
  return { definition: best, reason: most ? `${together(best)} of ${all} consumers agree on it` : 'no definition has more consumers than another: this one has the simplest text' };
}
