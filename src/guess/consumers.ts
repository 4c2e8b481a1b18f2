import type { StoreBoundary } from '../graph/boundary.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import { comment, guess, scalar } from './yaml.js';

/** Dashboards, reports and code with who owns them, and the logins of the stores with what they are for. Proposals stand as comments until somebody confirms them. */
export function consumerLines(consumers: readonly ClassifiedConsumer[], boundaries: readonly StoreBoundary[]): string[] {
  return [...consumers.filter(({ kind }) => kind !== 'role').flatMap((consumer) => ofConsumer(consumer)), ...roleLines(boundaries)];
}

function ofConsumer({ name, kind, ownership, decision, level }: ClassifiedConsumer): string[] {
  const match = matchOf(name, kind);
  if (match === null) return [];
  return [
    `  - match: ${match}`,
    ownership.accountable === null ? '    # owner: nobody is known' : `    owner: ${scalar(ownership.accountable)}${comment(`by ${ownership.via}`)}`,
    ...(decision === null ? ['    # decision: nothing tells'] : [`    # decision: ${decision.value}${guess(decision.reasons.join('; '), decision.confidence)}`]),
    ...(level === null ? [] : [`    # level: ${level.value}${guess(level.reasons.slice(0, 2).join('; '), level.confidence)}`]),
  ];
}

/** Patterns: a star in a title would stand for any characters, so that the whole name is only matched where it has none. */
function matchOf(name: string, kind: ClassifiedConsumer['kind']): string | null {
  if (kind === 'dashboard') {
    const [, tool = '', title = ''] = /^(\S+) dashboard (.+)$/s.exec(name) ?? [];
    return tool === '' || title === '' ? null : `{ tool: ${scalar(tool)}, dashboard: ${JSON.stringify(title)} }`;
  }
  return kind === 'card' ? `{ title: ${JSON.stringify(name)} }` : `{ file: ${JSON.stringify(name)} }`;
}

/** Of a login that runs nothing and may do nothing there is nothing to say. */
function roleLines(boundaries: readonly StoreBoundary[]): string[] {
  const seen = new Set<string>();
  return boundaries.flatMap(({ store, roles, activity }) => store.catalog.roles.filter(({ name, canLogin }) => canLogin && !name.startsWith('pg_') && (activity.get(name)?.statements ?? 0) > 0).flatMap(({ name }) => {
    const assigned = roles.get(name);
    if (assigned === undefined || seen.has(name)) return [];
    seen.add(name);
    return [
      `  - match: { role: ${JSON.stringify(name)} }`,
      assigned.purpose === 'unknown' ? `    # purpose: to be decided, ${activity.get(name)?.statements ?? 0} statements of it were seen` : `    purpose: ${assigned.purpose}${assigned.reason === 'configured' ? '' : guess(assigned.reason)}`,
      ...(assigned.owner === null ? [] : [`    owner: ${scalar(assigned.owner)}`]),
    ];
  }));
}
