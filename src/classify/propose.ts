import type { ConfirmedConsumer } from '../model/review-configuration.js';
import type { CorrectnessLevel, DecisionType, Proposed, TruthDomain } from '../model/classified-consumer.js';
import { isQuick } from './rhythm.js';
import type { Unit } from './units.js';
import { DECISION_WORDS, DOMAIN_WORDS, LEVEL_WORDS, WEAK, wordIn } from './words.js';

/** Below it a proposal is none: unclassified is a state of its own. */
export const CONFIDENCE_MIN = 0.5;

/** §15: the level that a decision of each type asks for where nothing says otherwise. */
const LEVEL_OF: Record<DecisionType, CorrectnessLevel> = {
  'operational-command': 'operational-dashboard', 'operational-read': 'operational-dashboard', 'near-real-time-monitoring': 'operational-dashboard',
  'management-reporting': 'management-dashboard', 'regulatory-report': 'financial-regulatory', 'investigation-analytics': 'exploratory',
  'product-analytics': 'management-dashboard', 'ml-features': 'management-dashboard',
};

/** §2 and §8: how old the data may be at most, in seconds. A day is what a nightly load keeps. */
const FRESHNESS_OF: Record<DecisionType, number> = {
  'operational-command': 0, 'operational-read': 60, 'near-real-time-monitoring': 300, 'management-reporting': 86_400, 'regulatory-report': 86_400,
  'investigation-analytics': 86_400, 'product-analytics': 3_600, 'ml-features': 86_400,
};

export function decisionOf(unit: Unit, confirmed: ConfirmedConsumer | null): Proposed<DecisionType> | null {
  if (confirmed?.decision) return configured(confirmed.decision);
  const found = unit.kind === 'role' || unit.kind === 'code' ? decisionOfApplication(unit) : decisionOfCards(unit);
  return found !== null && found.confidence >= CONFIDENCE_MIN ? found : null;
}

function decisionOfApplication({ sent, kind }: Unit): Proposed<DecisionType> | null {
  const [first] = sent;
  const purpose = first?.access.consumer.role_purpose ?? 'unknown';
  if (kind === 'role' && purpose === 'person') return evidence('investigation-analytics', 0.6, ['a person asks by hand']);
  if (kind === 'role' && purpose !== 'application') return null;
  const writes = sent.filter(({ access }) => access.statement.class === 'operational' && access.statement.writes.length > 0).length;
  if (writes > 0) return evidence('operational-command', 0.85, [`${writes} of its statements write by key`]);
  const keyed = sent.filter(({ access }) => access.statement.class === 'operational').length;
  return keyed * 2 > sent.length ? evidence('operational-read', 0.75, ['an application that reads by key and writes nothing']) : null;
}

/** Its own name says most; then what its statements look up; then the titles of its parts, which name many things; then what is grouped. */
function decisionOfCards(unit: Unit): Proposed<DecisionType> | null {
  const [name, parts] = textsOf(unit);
  return decisionByWords(unit, name, 'its name', 0) ?? lookupsOf(unit) ?? decisionByWords(unit, parts, 'the titles of its cards', 0.15) ?? decisionByShape(unit);
}

function decisionByWords(unit: Unit, text: string, where: string, less: number): Proposed<DecisionType> | null {
  const found = wordIn(DECISION_WORDS, text);
  if (found === null) return null;
  const confidence = ofFile(unit, found.confidence) - less;
  const reasons = [`"${found.word}" in ${where}`];
  const quick = unit.sent.some(({ access }) => isQuick(access));
  // A word for reports on a screen that refreshes every few seconds tells a report, not a monitor, with less confidence.
  if (quick && found.value === 'management-reporting') return evidence('near-real-time-monitoring', 0.6, ['refreshes within five minutes', ...reasons]);
  return evidence(found.value, quick && found.value === 'near-real-time-monitoring' ? 0.9 : confidence, quick ? [...reasons, 'refreshes within five minutes'] : reasons);
}

function lookupsOf({ sent }: Unit): Proposed<DecisionType> | null {
  const keyed = sent.filter(({ access: { statement } }) => statement.keyed || statement.selective || (statement.limited && statement.class === 'operational')).length;
  return keyed * 2 > sent.length ? evidence('operational-read', 0.65, [`${keyed} of its ${sent.length} statements look up or list a few rows`]) : null;
}

function decisionByShape({ sent }: Unit): Proposed<DecisionType> | null {
  if (sent.some(({ access }) => isQuick(access))) return evidence('near-real-time-monitoring', 0.7, ['refreshes within five minutes']);
  const grouped = sent.filter(({ access }) => access.statement.grouped || access.statement.windowed).length;
  return grouped * 2 >= sent.length && grouped > 0 ? evidence('management-reporting', 0.55, [`${grouped} of its ${sent.length} statements group or rank`]) : null;
}

export function levelOf(unit: Unit, decision: Proposed<DecisionType> | null, confirmed: ConfirmedConsumer | null): Proposed<CorrectnessLevel> | null {
  if (confirmed?.level) return configured(confirmed.level);
  const [title, others] = textsOf(unit);
  const found = unit.kind === 'role' || unit.kind === 'code' ? null : (wordIn(LEVEL_WORDS, title) ?? (decision?.value === 'regulatory-report' ? wordIn(LEVEL_WORDS, others) : null));
  if (found !== null && (decision === null || found.value !== 'financial-regulatory' || ['regulatory-report', 'management-reporting'].includes(decision.value))) return evidence(found.value, ofFile(unit, found.confidence), [`"${found.word}" in its name`]);
  if (decision === null) return null;
  return { value: LEVEL_OF[decision.value], via: 'evidence', confidence: decision.confidence, reasons: [`what ${decision.value.replaceAll('-', ' ')} asks for`, ...decision.reasons] };
}

export function domainOf(unit: Unit, decision: Proposed<DecisionType> | null, confirmed: ConfirmedConsumer | null): Proposed<TruthDomain> | null {
  if (confirmed?.domain) return configured(confirmed.domain);
  const relations = unit.sent.flatMap(({ access }) => access.statement.relations).join(' ');
  const found = wordIn(DOMAIN_WORDS, relations.replaceAll('_', ' ')) ?? wordIn(DOMAIN_WORDS, textsOf(unit).join(' '));
  if (found !== null) return evidence(found.value, found.confidence, [`"${found.word}" in what it reads`]);
  if (decision === null) return null;
  const operational = ['operational-command', 'operational-read', 'near-real-time-monitoring'].includes(decision.value);
  return evidence(operational ? 'operational' : 'analytical', decision.confidence, [`what ${decision.value.replaceAll('-', ' ')} shows`]);
}

export function freshnessOf(decision: Proposed<DecisionType> | null, confirmed: ConfirmedConsumer | null): Proposed<number> | null {
  if (confirmed !== null && confirmed.freshness_seconds !== null) return configured(confirmed.freshness_seconds);
  return decision === null ? null : evidence(FRESHNESS_OF[decision.value], decision.confidence, [`usual for ${decision.value.replaceAll('-', ' ')}`]);
}

export function historyOf({ sent }: Unit, decision: Proposed<DecisionType> | null, confirmed: ConfirmedConsumer | null): Proposed<number> | null {
  if (confirmed !== null && confirmed.history_seconds !== null) return configured(confirmed.history_seconds);
  const days = sent.map(({ access }) => access.statement.time_range_days).filter((range) => !Number.isNaN(range));
  if (days.length > 0) return evidence(Math.round(Math.max(...days) * 86_400), 0.8, ['the widest time range in its conditions']);
  if (decision === null) return null;
  return ['operational-command', 'operational-read', 'near-real-time-monitoring'].includes(decision.value) ? evidence(0, decision.confidence, ['shows the present state']) : null;
}

/** Its own name, and the titles and descriptions of what it consists of. */
export function textsOf({ name, sent }: Unit): [own: string, parts: string] {
  const queries = sent.flatMap(({ access }) => access.query ?? []);
  const parts = queries.flatMap(({ title, description, container }) => [title ?? '', description ?? '', container?.within?.title ?? '']);
  return [name, [...new Set(parts)].join(' · ')];
}

/** A file of reports named `compliance` or `board` is that report. */
const ofFile = ({ kind }: Unit, confidence: number): number => (kind === 'report' && confidence === WEAK ? 0.8 : confidence);

const configured = <T>(value: T): Proposed<T> => ({ value, via: 'configured', confidence: 1, reasons: ['confirmed in the configuration'] });
const evidence = <T>(value: T, confidence: number, reasons: string[]): Proposed<T> => ({ value, via: 'evidence', confidence, reasons });
