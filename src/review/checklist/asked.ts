import type { StoreBoundary } from '../../graph/boundary.js';
import type { Area, Finding } from '../../model/finding.js';
import type { Answer, ReviewArea } from '../../model/review.js';
import type { RolePurpose, Zone } from '../../model/store.js';
import { count } from '../../text/quantity.js';
import type { Look } from '../input.js';

/** What the evidence answers. */
export interface Asked {
  answer: Answer;
  /** 0 to 1; null where it is not counted. */
  value: number | null;
  sentence: string;
  evidence: string[];
}

/** One of the 25 questions of Part 066 §29, turned so that yes is the good answer. */
export interface Question {
  number: number;
  area: ReviewArea;
  question: string;
  /** Ids of rules, or their beginnings with a star behind. */
  rules: readonly string[];
  /** `machine` decides, `proposed` waits for a person to confirm, `person`: only people know. */
  by: 'machine' | 'proposed' | 'person';
  ask: (look: Look) => Asked;
}

/** One condition of a question. `null`: could not be determined. */
export interface Check {
  /** What holds, as a clause: `no login of reports is a superuser`. */
  holds: string;
  state: boolean | null;
  /** What breaks it, or what could not be seen. */
  evidence: string[];
}

const SHOWN_MAX = 5;

export function unknown(sentence: string, evidence: string[] = []): Asked {
  return { answer: 'unknown', value: null, sentence, evidence };
}

export function notApplicable(sentence: string): Asked {
  return { answer: 'not-applicable', value: null, sentence, evidence: [] };
}

/**
 * Things of which some are as they should be. What could not be told counts on neither side; where nothing is wrong and something
 * could not be told, the answer is open.
 *
 * @param good how many are right, of those that could be told
 */
export function ofUnits({ good, known, unseen = 0 }: { good: number; known: number; unseen?: number }, sentence: string, evidence: readonly string[]): Asked {
  if (known === 0 || (good === known && unseen > 0)) return unknown(unseen > 0 ? `${sentence}; ${unseen} could not be told` : sentence, firstOf(evidence));
  const told = unseen > 0 ? `${sentence}; ${unseen} more could not be told` : sentence;
  return { ...answered(good / known), sentence: told, evidence: firstOf(evidence) };
}

/** Conditions that all must hold; the value is the part of those that could be told. */
export function ofChecks(checks: readonly Check[]): Asked {
  const held = checks.filter(({ state }) => state === true);
  const broken = checks.filter(({ state }) => state === false);
  const open = checks.filter(({ state }) => state === null);
  const evidence = firstOf([...broken, ...open].flatMap((check) => check.evidence));
  const missing = open.length === 0 ? '' : `; could not be told: ${open.map(({ holds }) => holds).join('; ')}`;
  if (broken.length === 0) {
    const said = held.map(({ holds }) => holds).join('; ');
    if (open.length > 0 || held.length === 0) return unknown(said === '' ? `Could not be told: ${open.map(({ holds }) => holds).join('; ')}` : `${capital(said)}${missing}`, evidence);
    return { ...answered(1), sentence: capital(said), evidence: firstOf(held.flatMap((check) => check.evidence)) };
  }
  const known = held.length + broken.length;
  return { ...answered(held.length / known), sentence: `${held.length} of ${count(known, 'condition')} ${held.length === 1 ? 'holds' : 'hold'}; broken: ${broken.map(({ holds }) => holds).join('; ')}${missing}`, evidence };
}

function answered(value: number): Pick<Asked, 'answer' | 'value'> {
  return { answer: value >= 1 ? 'yes' : value <= 0 ? 'no' : 'partly', value };
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function firstOf(lines: readonly string[]): string[] {
  const own = [...new Set(lines)];
  return own.length <= SHOWN_MAX ? own : [...own.slice(0, SHOWN_MAX), `… and ${own.length - SHOWN_MAX} more`];
}

/** Whether a rule is one of those that a question names. */
export function isAmong(ruleId: string, rules: readonly string[]): boolean {
  return rules.some((rule) => (rule.endsWith('*') ? ruleId.startsWith(rule.slice(0, -1)) : rule === ruleId));
}

/** Findings of these rules that break an area: notes do not. */
export function breaking({ report }: Look, ...rules: string[]): Finding[] {
  return report.findings.filter(({ ruleId, level }) => level !== 'note' && isAmong(ruleId, rules));
}

/**
 * That no rule is broken. It holds only where the look at its area was whole and there was something to look at.
 *
 * @param looked whether what the rules ask was seen at all
 */
export function noneOf(look: Look, holds: string, { area, rules, looked = true }: { area: Area; rules: readonly string[]; looked?: boolean }): Check {
  const found = breaking(look, ...rules);
  if (found.length > 0) return { holds, state: false, evidence: found.map(({ message }) => message) };
  const verdict = look.report.verdicts.find((one) => one.area === area);
  const isOpen = !looked || verdict?.outcome === 'undetermined' || isBlind(look);
  return { holds, state: isOpen ? null : true, evidence: isOpen && looked && verdict?.outcome === 'undetermined' ? [verdict.sentence] : [] };
}

/** Whether a whole store or source could not be looked at. */
export function isBlind({ report }: Look): boolean {
  return report.gaps.some(({ severity }) => severity === 'blind');
}

/** The stores whose load the boundary protects, their physical copies included. */
export function operationalOf({ boundaries }: Look): StoreBoundary[] {
  return boundaries.filter(({ store }) => store.role === 'operational' || store.role === 'replica');
}

export function warehousesOf({ boundaries }: Look): StoreBoundary[] {
  return boundaries.filter(({ store }) => store.role === 'warehouse');
}

export function withStatistics(boundaries: readonly StoreBoundary[]): StoreBoundary[] {
  return boundaries.filter(({ store }) => store.statementWindow !== null);
}

/** Names of login roles with one of the purposes, as `store role`. */
export function rolesOf(boundaries: readonly StoreBoundary[], purposes: readonly RolePurpose[]): string[] {
  return boundaries.flatMap(({ store, roles }) => {
    const logins = new Set(store.catalog.roles.filter(({ canLogin }) => canLogin).map(({ name }) => name));
    return [...roles].flatMap(([name, { purpose }]) => (logins.has(name) && purposes.includes(purpose) ? [`${store.name} ${name}`] : []));
  });
}

/** Relations of zones, as `store schema.name`. */
export function relationsOf(boundaries: readonly StoreBoundary[], zones: readonly Zone[]): { store: string; relation: string }[] {
  return boundaries.flatMap(({ store, zones: assigned }) => [...assigned].flatMap(([relation, { zone }]) => (zones.includes(zone) ? [{ store: store.name, relation }] : [])));
}

/** What `graph/movement/loads.ts` says of rows that arrive without anybody's name on them. */
const NAMELESS = 'a load that nothing names';

/** Relations of warehouses that rows of an operational store come into directly, with how. */
export function landedOf(look: Look): { store: string; relation: string; by: string; via: string; from: string; isNamed: boolean }[] {
  const operational = new Set(operationalOf(look).map(({ store }) => store.name));
  const warehouses = new Set(warehousesOf(look).map(({ store }) => store.name));
  const seen = new Map<string, ReturnType<typeof landedOf>[number]>();
  for (const { from, to, by, via } of look.movements) {
    if (!operational.has(from.store) || !warehouses.has(to.store)) continue;
    const key = `${to.store} ${to.relation}`;
    if (seen.get(key)?.isNamed !== true) seen.set(key, { ...to, by, via, from: `${from.store} ${from.relation}`, isNamed: by !== NAMELESS });
  }
  return [...seen.values()];
}
