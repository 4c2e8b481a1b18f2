import type { StoreBoundary } from '../graph/boundary.js';
import { type BacklogItem, PHASES } from '../model/backlog.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { Configuration } from '../model/configuration.js';
import type { Finding } from '../model/finding.js';
import type { Report } from '../model/report.js';
import type { Gap } from '../model/snapshot.js';
import { plainText } from '../text/plain-text.js';
import { count } from '../text/quantity.js';
import { effortOf } from './effort.js';
import { groupsOf, type WorkGroup } from './group.js';
import { commandOf, PHASE_OF, titleOf } from './words.js';

export interface PlanInput {
  report: Pick<Report, 'findings' | 'gaps'>;
  consumers: readonly ClassifiedConsumer[];
  boundaries: readonly StoreBoundary[];
  configuration: Configuration;
}

/** Of the store's blocks: less is not worth the words. */
const SHARE_MIN = 0.001;

/**
 * The findings as work, most urgent first: by phase, then by what an hour of it gains. Each finding of level error or warning belongs to
 * exactly one piece; notes come along where there is work on the same thing. What could not be looked at comes first, as nothing else can be
 * trusted before. What somebody has accepted (suppressed) is no work.
 */
export function backlog({ report, consumers }: PlanInput): BacklogItem[] {
  const open = report.findings.filter(({ suppressions = [], baselineState }) => suppressions.length === 0 && baselineState !== 'absent');
  const groups = groupsOf(open, consumers).filter(({ findings }) => findings.some(({ level }) => level !== 'note'));
  const items = [...looksOf(report.gaps), ...groups.map((group) => itemOf(group, consumers))];
  const urgent = new Set(report.findings.filter(({ ruleId }) => URGENT.has(ruleId)).map(({ partialFingerprints }) => partialFingerprints.boundary));
  const ranks = new Map(items.map((item) => [item, rankOf(item, urgent)]));
  const yields = new Map(items.map((item) => [item, yieldOf(item, report.findings)]));
  return items.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0) || (yields.get(b) ?? 0) - (yields.get(a) ?? 0) || (a.id < b.id ? -1 : 1));
}

/** The phase; within it what hides other things first, then what does harm at this moment. */
function rankOf({ phase, kind, findings }: BacklogItem, urgent: ReadonlySet<string>): number {
  return PHASES.indexOf(phase) * 3 + (kind === 'look' ? 0 : findings.some((finding) => urgent.has(finding)) ? 1 : 2);
}

function itemOf(group: WorkGroup, consumers: readonly ClassifiedConsumer[]): BacklogItem {
  const { kind, store, about, findings } = group;
  const consumer = consumers.find(({ name }) => name === about);
  // Who stops reading the warehouse frees nothing on production.
  const freed = kind === 'move' && findings.some(({ area }) => area !== 'coupling') ? (consumer?.frees?.blockShare ?? null) : null;
  const share = freed !== null && freed >= SHARE_MIN ? freed : null;
  const [worst] = findings;
  return {
    id: `${kind}:${store}:${about}`, kind, phase: phaseOf(group), title: titleOf(group, consumer), why: whyOf(group, kind === 'move' ? consumer : undefined),
    effort: effortOf(kind, unitsOf(group, consumer)),
    gain: `ends ${count(findings.length, 'finding')}${share === null ? '' : `; frees ${(share * 100).toFixed(share < 0.1 ? 1 : 0)} % of the block reads of production`}`,
    frees_block_share: share, owner: consumer?.ownership.accountable ?? ownerOf(findings), store: worst?.store ?? store,
    findings: [...new Set(findings.map(({ partialFingerprints }) => partialFingerprints.boundary))].sort(), command: commandOf(group),
  };
}

/** What anyone with the link sees, a secret, and history that changed, do not wait for a month. */
const URGENT = new Set(['personal-data-on-public-dashboard', 'personal-data-on-embedded-dashboard', 'secret-read', 'history-changed-unexplained']);

function phaseOf({ kind, findings }: WorkGroup): BacklogItem['phase'] {
  if (findings.some(({ ruleId }) => URGENT.has(ruleId))) return 'today';
  const usual = PHASE_OF[kind];
  return usual !== 'today' && findings.every(({ level }) => level !== 'error') && (kind === 'metric' || kind === 'evidence') ? 'later' : usual;
}

function unitsOf({ kind, findings }: WorkGroup, consumer: ClassifiedConsumer | undefined): number {
  if (kind === 'move') return Math.max(consumer?.members.length ?? 0, 1);
  if (kind === 'guardrail' || kind === 'ownership' || kind === 'reconcile' || kind === 'evidence') return findings.length;
  return Math.max(1, new Set(findings.map(({ consumer: who, relation }) => (kind === 'privacy' ? `${who} ${relation}` : who)).filter((one) => one !== '')).size);
}

function whyOf({ findings }: WorkGroup, consumer: ClassifiedConsumer | undefined): string {
  const [worst] = findings;
  const message = plainText(worst?.message ?? '', 300);
  return consumer?.target ? `${message}; ${consumer.target.reason}` : message;
}

/** Whom most of the findings name. */
function ownerOf(findings: readonly Finding[]): string | null {
  const counts = new Map<string, number>();
  for (const { owner } of findings) if (owner !== null) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
}

/** A store or folder that could not be looked at at all hides more than anything else. */
function looksOf(gaps: readonly Gap[]): BacklogItem[] {
  const groups = new Map<string, Gap[]>();
  for (const gap of gaps) groups.set(gap.subject, [...(groups.get(gap.subject) ?? []), gap]);
  return [...groups].map(([subject, own]) => {
    const [first] = own.toSorted((a, b) => Number(b.severity === 'blind') - Number(a.severity === 'blind'));
    return {
      id: `look::${subject}`, kind: 'look' as const, phase: own.some(({ severity }) => severity === 'blind') ? ('today' as const) : ('this-week' as const),
      title: `Make visible: ${plainText(first?.missing ?? '', 160)} of ${plainText(subject, 160)}`, why: plainText(`${first?.cause ?? ''}. ${first?.remedy ?? ''}`.trim(), 400),
      effort: effortOf('look', own.length), gain: `${count(own.length, 'thing')} that nobody can judge today`, frees_block_share: null, owner: null, store: subject, findings: [], command: 'tidemark doctor',
    };
  });
}

const WEIGHT: Record<Finding['level'], number> = { error: 3, warning: 1, note: 0.2 };

/** What an hour of it gains: weighed findings, and shares of production. */
function yieldOf({ findings, frees_block_share, effort }: BacklogItem, all: readonly Finding[]): number {
  const own = new Set(findings);
  const weight = all.filter(({ partialFingerprints }) => own.has(partialFingerprints.boundary)).reduce((sum, { level }) => sum + WEIGHT[level], 0);
  return (weight + (frees_block_share ?? 0) * 100) / ((effort.hours_min + effort.hours_max) / 2);
}
