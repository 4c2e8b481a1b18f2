import type { Subject } from '../../facts/subjects.js';
import type { Finding } from '../../model/finding.js';
import { count } from '../../text/quantity.js';
import type { AreaVerdict, VerdictContext } from '../verdict.js';
import { distinct, holdsInternals, name, ofKind, subjectsOf, text, truth, unknownFacts } from './support.js';

/** The guardrail that most roles lack, and how many roles of that purpose there are. */
export function guardrail(findings: readonly Finding[], context: VerdictContext): AreaVerdict {
  const roles = ofKind(context.subjects, 'role').filter((role) => holdsInternals(role) && truth(role, 'role', 'can_login'));
  const guarded = roles.filter((role) => ['reporting', 'person', 'loader'].includes(text(role, 'role', 'purpose')));
  return {
    violated: violated(findings, roles, context),
    holds: holds(roles.length, guarded.length),
    missing: missing(roles, context),
  };
}

function holds(roles: number, guarded: number): string {
  if (roles === 0) return '';
  if (guarded === 0) return 'there is no role for reports, loads or people to guard';
  return `no broken guardrail was found on ${count(guarded, 'role')} for reports, loads and people`;
}

function violated(findings: readonly Finding[], roles: readonly Subject[], context: VerdictContext): string {
  const worst = findings.filter((finding) => finding.level === findings[0]?.level);
  const byRule = distinct(worst.map(({ ruleId }) => ruleId)).map((ruleId) => ({
    ruleId,
    roles: subjectsOf(worst.filter((finding) => finding.ruleId === ruleId), roles),
  }));
  const counted = byRule.filter(({ ruleId, roles }) => context.tallies.has(ruleId) && roles.length > 0);
  const [most] = counted.sort((a, b) => b.roles.length - a.roles.length || (a.ruleId < b.ruleId ? -1 : 1));
  const tally = most === undefined ? undefined : context.tallies.get(most.ruleId);
  if (most === undefined || tally === undefined) return '';
  const purposes = distinct(most.roles.map((role) => text(role, 'role', 'purpose')));
  const all = roles.filter((role) => purposes.includes(text(role, 'role', 'purpose')));
  const others = distinct(findings.map(({ ruleId }) => ruleId)).length - 1;
  const rest = others === 0 ? '' : `; ${count(others, 'other guardrail is', 'other guardrails are')} broken`;
  const of = `${most.roles.length} of ${all.length} ${purposes.map(purposeWord).join(' and ')}`;
  const what = most.roles.length === 1 ? tally.one : tally.many;
  return `${of} ${all.length === 1 ? 'role' : 'roles'} ${what}${rest}`;
}

function purposeWord(purpose: string): string {
  return { person: 'personal', unknown: 'unassigned' }[purpose] ?? name(purpose);
}

function missing(roles: readonly Subject[], context: VerdictContext): string[] {
  const unassigned = roles.filter((role) => text(role, 'role', 'purpose') === 'unknown');
  return [
    ...(roles.length === 0 ? ['no role of an operational store was seen'] : []),
    ...unknownFacts('guardrail', 'role', context),
    ...(unassigned.length > 0 ? [`the purpose of ${count(unassigned.length, 'role')} is unknown`] : []),
  ];
}
