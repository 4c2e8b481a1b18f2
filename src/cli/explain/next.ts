import type { Finding } from '../../model/finding.js';
import { plainText } from '../../text/plain-text.js';

const NAME_LENGTH_MAX = 200;

/** The commands that go on from a finding, as they are typed; `targets` is the bundle that was looked at, or nothing. */
export function nextCommands({ ruleId, area, consumer, relation }: Finding, targets: readonly string[] = []): string[] {
  const table = relation.split('.').slice(0, 2).join('.');
  const role = /^role (.+)$/.exec(consumer)?.[1];
  const own: Record<Finding['area'], string[]> = {
    workload: [command('workload', ...targets, '--by', 'consumer')],
    drift: [command('metrics', 'show', relation, ...targets), command('fix', 'semantic', ...targets, '--metric', relation)],
    coupling: [command('fix', 'contracts', ...targets, '--relation', table)],
    privacy: [command('privacy', 'show', relation, ...targets), command('fix', 'privacy', ...targets, '--relation', table)],
    guardrail: [command('fix', 'guardrails', ...targets, ...(role === undefined ? [] : ['--role', role]))],
    correctness: [command('review', ...targets)], movement: [command('review', ...targets)], ownership: [command('review', ...targets)],
  };
  return [...(relation === '' && ['drift', 'coupling', 'privacy'].includes(area) ? [] : own[area]), command('rules', 'show', ruleId)];
}

function command(...words: string[]): string {
  const quoted = words.map((word) => plainText(word, NAME_LENGTH_MAX)).map((word) => (/^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  return `tidemark ${quoted.join(' ')}`;
}
