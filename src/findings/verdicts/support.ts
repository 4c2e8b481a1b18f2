import type { Subject, SubjectId } from '../../facts/subjects.js';
import type { Area, Finding } from '../../model/finding.js';
import { plainText } from '../../text/plain-text.js';
import { count } from '../../text/quantity.js';
import type { VerdictContext } from '../verdict.js';

/** The facts of a subject by kind, for reading them without asking for each. */
export function text(subject: Subject, group: string, field: string): string {
  const value = subject.facts[group]?.[field];
  return typeof value === 'string' ? value : '';
}

export function number(subject: Subject, group: string, field: string): number {
  const value = subject.facts[group]?.[field];
  return typeof value === 'number' ? value : Number.NaN;
}

export function list(subject: Subject, group: string, field: string): string[] {
  const value = subject.facts[group]?.[field];
  return Array.isArray(value) ? value : [];
}

export function truth(subject: Subject, group: string, field: string): boolean {
  return subject.facts[group]?.[field] === true;
}

export function ofKind(subjects: readonly Subject[], kind: SubjectId): Subject[] {
  return subjects.filter((subject) => subject.subject === kind);
}

/** The subjects that the findings are about: the same consumer, store and relation. */
export function subjectsOf(findings: readonly Finding[], subjects: readonly Subject[]): Subject[] {
  const keys = new Set(findings.map(key));
  return subjects.filter((subject) => keys.has(key(subject)));
}

function key({ consumer, store, relation }: { consumer: string; store: string; relation: string }): string {
  return JSON.stringify([consumer, store, relation]);
}

export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/** A name from outside within a sentence. */
export function name(value: string): string {
  return plainText(value, 80);
}

/** `production`, `production and shop`, `3 stores`; `any store` where there is none. */
export function storeNames(stores: readonly string[]): string {
  const [first = 'any store', second, ...more] = distinct(stores).map(name);
  if (second === undefined) return first;
  return more.length === 0 ? `${first} and ${second}` : `${more.length + 2} stores`;
}

/** The numbers that rules of the area lacked, and for how many of what they judge: undecided is never in order. */
export function unknownFacts(area: Area, judged: string, context: VerdictContext): string[] {
  const undecided = context.undecided.filter((entry) => entry.area === area);
  return distinct(undecided.map(({ fact }) => fact)).map((fact) => {
    const lacking = undecided.filter((entry) => entry.fact === fact);
    return `${fact} is unknown for ${count(distinct(lacking.map(key)).length, judged)} on ${storeNames(lacking.map(({ store }) => store))}`;
  });
}

/** Stores that hold the authority's own relations, a copy included. */
export function holdsInternals(subject: Subject): boolean {
  return ['operational', 'replica'].includes(text(subject, 'store', 'role'));
}
