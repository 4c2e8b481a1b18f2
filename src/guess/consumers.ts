import type { ClassifiedConsumer, Proposed } from '../model/classified-consumer.js';
import type { RolePurpose } from '../model/store.js';
import type { CollectedQuery } from '../model/query.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { plainText } from '../text/plain-text.js';
import type { GuessInput } from './input.js';
import { guessed, remark, yamlFlow, yamlPattern, yamlText } from './yaml.js';

/** More entries than a person looks through; those that load production most come first. */
const CONSUMERS_MAX = 200;

/** Who reads: dashboards, cards, reports and code with what they seem to be for, then the database roles with their purposes. */
export function consumerLines({ boundaries, consumers, snapshot }: GuessInput): string[] {
  const titles = dashboardTitles(snapshot.queries);
  const entries = consumers.flatMap((consumer) => {
    const match = matchOf(consumer, titles);
    return match === null ? [] : [{ consumer, match }];
  });
  const ordered = entries.toSorted((one, other) => weight(other.consumer) - weight(one.consumer) || (one.consumer.name < other.consumer.name ? -1 : 1));
  const shown = ordered.slice(0, CONSUMERS_MAX);
  const lines = [
    ...shown.flatMap(({ consumer, match }) => entryOf(consumer, match)),
    ...(ordered.length > shown.length ? [remark(`and ${ordered.length - shown.length} more consumers, which tidemark review lists`, '  ')] : []),
    ...roleLines(boundaries),
  ];
  return lines.length === 0 ? [remark('Nobody was seen reading: no dashboards, and no statements in the statistics.')] : ['consumers:', ...lines];
}

const weight = ({ frees }: ClassifiedConsumer): number => frees?.blockShare ?? 0;

function entryOf({ name, ownership, decision, level, frees }: ClassifiedConsumer, match: string): string[] {
  const { accountable, via } = ownership;
  return [
    ...(frees?.blockShare !== null && frees?.blockShare !== undefined && frees.blockShare >= 0.01 ? [remark(`${name}: ${Math.round(frees.blockShare * 100)} % of the block reads of production`, '  ')] : []),
    `  - match: ${match}`,
    ...(accountable === null ? [remark('owner: nobody is known', '    ')] : [`    #owner: ${yamlPattern(accountable)}  ${remark(`by ${via}`)}`]),
    ...ofProposal('decision', decision),
    ...ofProposal('level', level),
  ];
}

function ofProposal(key: string, given: Proposed<string> | null): string[] {
  return given === null ? [remark(`${key}: nothing tells`, '    ')] : [`    #${key}: ${given.value}  ${remark(guessed(given.confidence, given.reasons))}`];
}

/** From how reports name a dashboard to its tool and title, as its tool has it. */
function dashboardTitles(queries: readonly CollectedQuery[]): Map<string, { tool: string; title: string }> {
  return new Map(
    queries.flatMap(({ kind, container }) =>
      container?.kind === 'dashboard' && container.title !== null && container.title !== '' ? [[`${kind} dashboard ${plainText(container.title, 200)}`, { tool: kind, title: container.title }] as const] : [],
    ),
  );
}

/** How a configuration names a consumer; null for roles, which stand by themselves, and for what has no name to be known by. */
function matchOf({ kind, name }: ClassifiedConsumer, titles: ReturnType<typeof dashboardTitles>): string | null {
  if (kind === 'role') return null;
  if (kind === 'card') return yamlFlow({ title: yamlPattern(name) });
  if (kind !== 'dashboard') return yamlFlow({ file: yamlPattern(name) });
  const found = titles.get(name);
  return found === undefined ? null : yamlFlow({ tool: yamlText(found.tool), dashboard: yamlPattern(found.title) });
}

/** A role of one name in two stores is one entry, where it is for the same in both. */
function roleLines(boundaries: readonly StoreBoundary[]): string[] {
  const roles = new Map<string, { purposes: Set<RolePurpose>; reason: string; owner: string | null }>();
  for (const boundary of boundaries) {
    for (const [role, { purpose, reason, owner }] of boundary.roles) {
      const known = roles.get(role);
      if (known === undefined) roles.set(role, { purposes: new Set([purpose]), reason, owner: owner ?? null });
      else known.purposes.add(purpose);
    }
  }
  return [...roles].sort(([one], [other]) => (one < other ? -1 : 1)).flatMap(([role, { purposes, reason, owner }]) => {
    const [purpose = 'unknown', another] = purposes;
    const open = another !== undefined ? remark(`purpose: ${[...purposes].sort().join(' in one store, ')} in another`, '    ') : remark(`purpose: ${reason}`, '    ');
    return [
      `  - match: ${yamlFlow({ role: yamlPattern(role) })}`,
      ...(another !== undefined || purpose === 'unknown' ? [open] : [`    purpose: ${purpose}  ${remark(reason.replace(/^guessed:? /, 'guess: '))}`]),
      ...(owner === null ? [] : [`    #owner: ${yamlPattern(owner)}`]),
    ];
  });
}
