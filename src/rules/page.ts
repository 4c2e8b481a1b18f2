import type { SubjectId } from '../facts/subjects.js';
import type { Area, Level } from '../model/finding.js';
import { listFacts, type FactPage } from './facts.js';
import type { ExampleFacts, Rule } from './rule.js';

/** Everything that a page about one rule says. Texts are single lines. */
export interface RulePage {
  id: string;
  title: string;
  level: Level;
  area: Area;
  subject: SubjectId;
  why: string;
  clause: string;
  /** The predicate on one line. */
  match: string;
  /** With their holes. */
  message: string[];
  evidence: string[];
  fix: string[];
  /** The facts that the predicate reads, in the order of the schemas. */
  facts: FactPage[];
  aliases: string[];
  file: string;
  examples: { kind: 'bad' | 'good'; name: string; sql: string | null; facts: ExampleFacts }[];
}

/** What `tidemark rules show` prints. */
export function rulePage(rule: Rule): RulePage {
  const { id, title, level, area, subject, why, clause, file } = rule;
  return {
    id,
    title,
    level,
    area,
    subject,
    why,
    clause,
    match: rule.predicate.source.replace(/\s+/g, ' ').trim(),
    message: rule.message.map(({ source }) => oneLine(source)),
    evidence: rule.evidence.map(({ source }) => oneLine(source)),
    fix: rule.fix.map(({ source }) => oneLine(source)),
    facts: listFacts(subject).filter(({ path }) => rule.predicate.paths.includes(path)),
    aliases: [...rule.aliases],
    file,
    examples: (['bad', 'good'] as const).flatMap((kind) =>
      rule.examples[kind].map(({ name, sql, given, facts }) => ({ kind, name, sql, facts: merge(given, facts) })),
    ),
  };
}

/** The rule with this id or former id; undefined where there is none. */
export function findRule(rules: readonly Rule[], id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id) ?? rules.find((rule) => rule.aliases.includes(id));
}

function merge(given: ExampleFacts, facts: ExampleFacts): ExampleFacts {
  const groups = [...new Set([...Object.keys(given), ...Object.keys(facts)])];
  return Object.fromEntries(groups.map((group) => [group, { ...given[group], ...facts[group] }]));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
