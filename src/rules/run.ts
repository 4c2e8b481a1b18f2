import { nearestName } from '../text/nearest-name.js';
import { unknownFacts } from '../facts/schema.js';
import type { Subject } from '../facts/subjects.js';
import { deduplicate } from '../findings/deduplicate.js';
import { fingerprint } from '../findings/fingerprint.js';
import { compareText } from '../findings/order.js';
import type { Undecided } from '../findings/verdict.js';
import type { Thresholds } from '../model/thresholds.js';
import type { Finding, Level } from '../model/finding.js';
import { UnknownFact } from './cel.js';
import { thresholdSchema, type Facts } from './facts.js';
import { fillFirst, fillLines } from './message.js';
import type { Measure, Rule } from './rule.js';

/** An override names a rule that does not exist: an error of the configuration. */
export class UnknownRuleError extends Error {
  override readonly name = 'UnknownRuleError';
  readonly id: string;
  /** The rule that was most likely meant. */
  readonly nearest: string | null;

  constructor(id: string, nearest: string | null) {
    super(`there is no rule '${id}'${nearest === null ? '' : `; did you mean '${nearest}'?`}`);
    this.id = id;
    this.nearest = nearest;
  }
}

/** A predicate could not be evaluated although it was checked: facts are not as their schema declares them. Our fault. */
export class RuleEvaluationError extends Error {
  override readonly name = 'RuleEvaluationError';
}

export interface RunOptions {
  /** Rule id or former id → level, or `off`. */
  levels?: Readonly<Record<string, Level | 'off'>>;
  /** Without them every comparison with a threshold is undecided. */
  thresholds?: Thresholds;
}

export interface Judgement {
  /** Without duplicates, worst first. */
  findings: Finding[];
  /** Where a rule needed a number that is not known. Sorted. */
  undecided: Undecided[];
}

/**
 * Judges every subject by every rule about its kind. Pure; the result does not depend on the order of rules or subjects.
 * Throws UnknownRuleError for an override that names no rule, RuleEvaluationError for facts that break their schema.
 */
export function judge(rules: readonly Rule[], subjects: readonly Subject[], options: RunOptions = {}): Judgement {
  const active = bySubject(applyLevels(rules, options.levels ?? {}));
  const threshold = { ...(options.thresholds ?? unknownFacts(thresholdSchema)) };
  const findings: Finding[] = [];
  const undecided = new Map<string, Undecided>();
  for (const subject of subjects) {
    const facts: Facts = { ...subject.facts, threshold };
    for (const rule of active.get(subject.subject) ?? []) {
      const outcome = decide(rule, facts);
      if (outcome === true) findings.push(makeFinding(rule, subject, facts));
      if (outcome instanceof UnknownFact) {
        const { consumer, store, relation } = subject;
        const entry = { ruleId: rule.id, area: rule.area, consumer, store, relation, fact: outcome.path };
        undecided.set(JSON.stringify(Object.values(entry)), entry);
      }
    }
  }
  const sorted = [...undecided].sort(([a], [b]) => compareText(a, b)).map(([, entry]) => entry);
  return { findings: deduplicate(findings), undecided: sorted };
}

/** The rules with the levels of the configuration, without those that are off. Throws UnknownRuleError. */
export function applyLevels(rules: readonly Rule[], levels: Readonly<Record<string, Level | 'off'>>): Rule[] {
  const known = new Map(rules.flatMap((rule) => [rule.id, ...rule.aliases].map((id) => [id, rule.id] as const)));
  const wanted = new Map<string, Level | 'off'>();
  for (const [id, level] of Object.entries(levels)) {
    const current = known.get(id);
    if (current === undefined) throw new UnknownRuleError(id, nearestName(id, [...known.keys()]));
    wanted.set(current, level);
  }
  return rules.flatMap((rule) => {
    const level = wanted.get(rule.id) ?? rule.level;
    return level === 'off' ? [] : [{ ...rule, level }];
  });
}

function bySubject(rules: readonly Rule[]): Map<string, Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const group = groups.get(rule.subject);
    if (group === undefined) groups.set(rule.subject, [rule]);
    else group.push(rule);
  }
  return groups;
}

function decide(rule: Rule, facts: Facts): boolean | UnknownFact {
  try {
    return rule.predicate.evaluate(facts);
  } catch (error) {
    throw new RuleEvaluationError(`the rule ${rule.id} cannot be evaluated on the facts of a ${rule.subject}`, { cause: error });
  }
}

/** The finding that a rule makes of a subject it matches. */
export function makeFinding(rule: Rule, subject: Subject, facts: Facts): Finding {
  const { consumer, owner, store, relation, locations, links } = subject;
  return {
    ruleId: rule.id,
    area: rule.area,
    level: rule.level,
    message: fillFirst(rule.message, facts),
    consumer,
    owner,
    store,
    relation,
    evidence: [...new Set(fillLines(rule.evidence, facts))],
    why: rule.why,
    fix: fillFirst(rule.fix, facts),
    clause: rule.clause,
    locations: [...locations],
    confidence: Math.min(1, valueOf(rule.confidence, facts)),
    weight: weigh(rule.weight, facts),
    partialFingerprints: { boundary: fingerprint({ ruleId: rule.id, consumer, store, relation }) },
    ...(links && links.length > 0 ? { links: [...links] } : {}),
  };
}

function valueOf(measure: Measure, facts: Facts): number {
  if (typeof measure === 'number') return measure;
  const value = facts[measure.group]?.[measure.field];
  // What is not known is not sure and weighs nothing.
  return typeof value === 'number' && value > 0 ? value : 0;
}

/**
 * From 0 to 1. A count has no end, so it is bent into that range: ten readers weigh a half, as much as half of all blocks
 * read.
 */
function weigh(weight: Measure, facts: Facts): number {
  const value = valueOf(weight, facts);
  return typeof weight === 'number' || weight.share ? Math.min(1, value) : value / (value + 10);
}
