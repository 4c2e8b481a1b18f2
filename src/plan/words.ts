import type { Phase, WorkKind } from '../model/backlog.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { Finding } from '../model/finding.js';
import { plainText } from '../text/plain-text.js';
import { count } from '../text/quantity.js';
import { SUPPRESSIONS, type WorkGroup } from './group.js';

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
    case 'ownership': return about === SUPPRESSIONS ? `Renew or remove ${count(findings.length, 'suppression')}` : `Name who is accountable for ${count(findings.length, 'asset')}`;
    case 'metric': return isOfThePast(findings) ? `Keep what ${name} was for reports of the past` : `Settle what "${name}" means`;
    case 'move': return moveTitle(name, findings, consumer);
    case 'reconcile': return `Mend the movement of ${name}`;
    case 'evidence': return consumer === undefined ? evidenceTitle(name, findings) : `Give ${name} the controls that its level needs`;
  }
}

function moveTitle(name: string, findings: readonly Finding[], consumer: ClassifiedConsumer | undefined): string {
  if (consumer?.target) return `Move ${name} to ${withArticle(consumer.target.pattern.replaceAll('-', ' '))}`;
  if (findings.some(({ area }) => area === 'workload')) return `Take the analytical work of ${name} off production`;
  if (findings.every(({ ruleId }) => ruleId === 'read-model-used-as-mart')) return `Point ${name} at a mart in place of the read model`;
  return `Let ${name} decide by the operational store, not by the warehouse`;
}

function evidenceTitle(name: string, findings: readonly Finding[]): string {
  const ofAll = (prefix: string): boolean => findings.every(({ ruleId }) => ruleId.startsWith(prefix));
  if (ofAll('restatement-')) return `Complete the record of restatement ${name}`;
  if (ofAll('report-run-') || ofAll('official-report-')) return `Make the runs of report ${name} hold as evidence`;
  if (ofAll('history-')) return `Explain what changed in closed periods of ${name}`;
  return `Bring ${name} in order`;
}

const isOfThePast = (findings: readonly Finding[]): boolean => findings.every(({ ruleId }) => ruleId === 'history-by-present-value');

/** What prints the SQL for it, with the bundle or configuration still to be added; null where nothing does. */
export function commandOf({ kind, about, store, findings }: WorkGroup): string | null {
  const only = (flag: string, value: string): string => ` ${flag} ${quoted(value)}${store === '' ? '' : ` --store ${quoted(store)}`}`;
  switch (kind) {
    case 'guardrail': return `tidemark fix guardrails${about.startsWith('role ') ? only('--role', about.slice(5)) : ''}`;
    case 'privacy': return `tidemark fix privacy${only('--relation', about)}`;
    case 'contract': return `tidemark fix contracts${only('--relation', about)}`;
    case 'metric': return isOfThePast(findings) ? null : `tidemark metrics show ${quoted(about)}`;
    case 'look': return 'tidemark doctor';
    default: return null;
  }
}

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

function quoted(text: string): string {
  const word = clean(text);
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
