import type { Phase, WorkKind } from '../model/backlog.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import { plainText } from '../text/plain-text.js';
import { count } from '../text/quantity.js';
import type { WorkGroup } from './group.js';

const NAME_LENGTH_MAX = 160;
const clean = (text: string): string => plainText(text, NAME_LENGTH_MAX);

/** What is done today costs minutes and harms nobody; what moves cards takes weeks. */
export const PHASE_OF: Record<WorkKind, Phase> = {
  look: 'today', guardrail: 'today', privacy: 'this-week', contract: 'this-week', ownership: 'this-week', metric: 'this-month', move: 'this-month', reconcile: 'this-week', evidence: 'this-month',
};

/** An instruction. */
export function titleOf({ kind, about, findings }: WorkGroup, consumer: ClassifiedConsumer | undefined): string {
  const name = clean(about);
  const cards = new Set(findings.map((finding) => finding.consumer).filter((one) => one !== '')).size;
  switch (kind) {
    case 'look': return `Make visible: ${name}`;
    case 'guardrail': return about.startsWith('role ') ? `Bound ${name.slice(5)}: ${count(findings.length, 'limit or right', 'limits and rights')}` : 'Make one group by which all reports can be stopped';
    case 'privacy': return cards === 0 ? `Take personal data out of ${name}` : `Take personal data of ${name} off ${count(cards, 'consumer')}`;
    case 'contract': return cards === 0 ? `Put ${name} in order with its registration` : `Give ${name} a contract and point ${count(cards, 'consumer')} at it`;
    case 'ownership': return `Name who is accountable for ${count(findings.length, 'asset')}`;
    case 'metric': return `Settle what "${name}" means`;
    case 'move': return consumer?.target ? `Move ${name} to ${withArticle(consumer.target.pattern.replaceAll('-', ' '))}` : `Take the analytical work of ${name} off production`;
    case 'reconcile': return `Mend the movement of ${name}`;
    case 'evidence': return consumer === undefined ? `Bring ${name} in order` : `Give ${name} the controls that its level needs`;
  }
}

/** What prints the SQL for it, with the bundle or configuration still to be added; null where nothing does. */
export function commandOf({ kind, about, store }: WorkGroup): string | null {
  const only = (flag: string, value: string): string => ` ${flag} ${quoted(value)}${store === '' ? '' : ` --store ${quoted(store)}`}`;
  switch (kind) {
    case 'guardrail': return `tidemark fix guardrails${about.startsWith('role ') ? only('--role', about.slice(5)) : ''}`;
    case 'privacy': return `tidemark fix privacy${only('--relation', about)}`;
    case 'contract': return `tidemark fix contracts${only('--relation', about)}`;
    case 'metric': return `tidemark metrics show ${quoted(about)}`;
    case 'look': return 'tidemark doctor';
    default: return null;
  }
}

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

function quoted(text: string): string {
  const word = clean(text);
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
