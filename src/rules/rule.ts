import { z } from 'zod';
import type { SubjectId } from '../facts/subjects.js';
import type { Tally } from '../findings/verdict.js';
import { type Area, AREAS, type Level } from '../model/finding.js';
import type { Predicate } from './cel.js';
import { subjectIds } from './facts.js';
import type { Template } from './message.js';

export const levels = ['error', 'warning', 'note'] as const satisfies readonly Level[];

const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: 'an id is made of lower-case words joined by hyphens' });
/** Not trimmed: places of problems are offsets in the text as it stands. */
const text = z.string().regex(/\S/, { error: 'must say something' });
const wordings = z.union([text, z.array(text).min(1)], { error: 'must be a text or a list of texts' });
const measureError = { error: 'must be a number from 0 to 1 or the name of a fact, group.field' };
const part = z.number().min(0, measureError).max(1, measureError);
const path = z.string().regex(/^[a-z_]+\.[a-z0-9_]+$/, measureError);
const measure = z.union([part, path], measureError);
/** Null makes a fact unknown that `given` gives. */
const factValue = z.union([z.string(), z.boolean(), z.number(), z.array(z.string()), z.null()], {
  error: 'must be a text, a number, true, false, a list of texts, or null for unknown',
});
const facts = z.record(z.string(), z.record(z.string(), factValue));

const example = z.strictObject({
  name: text,
  facts: facts.default({}),
  sql: text.nullable().default(null),
});

const exampleSet = z.strictObject({
  given: facts.default({}),
  bad: z.array(example).min(1, { error: 'needs at least one example' }),
  good: z.array(example).min(1, { error: 'needs at least one example' }),
});

const tally = z.strictObject({ one: text, many: text });

/** A rule as its file writes it: `rules/<area>/<id>.yaml`. */
export const ruleFile = z.strictObject({
  id,
  title: text,
  level: z.enum(levels),
  area: z.enum(AREAS),
  subject: z.enum(subjectIds),
  match: text,
  message: wordings,
  evidence: z.array(text).default([]),
  why: text,
  fix: wordings,
  clause: text,
  confidence: measure.default(1),
  weight: measure.default(0),
  aliases: z.array(id).default([]),
  tally: tally.nullable().default(null),
  examples: exampleSet,
});

export type RuleFile = z.infer<typeof ruleFile>;

/** The keys that may stand in each mapping of a rule file, by its path; lists have `*` for their entries. */
export const ruleFileKeys: Record<string, readonly string[]> = {
  '': Object.keys(ruleFile.shape),
  tally: Object.keys(tally.shape),
  examples: Object.keys(exampleSet.shape),
  'examples.bad.*': Object.keys(example.shape),
  'examples.good.*': Object.keys(example.shape),
};

export type ExampleFacts = z.infer<typeof facts>;

/** One situation. Facts that are not given are unknown; later ones replace earlier ones: given, of the SQL, own. */
export interface Example {
  name: string;
  /** What all examples of the rule have in common. */
  given: ExampleFacts;
  /** A statement whose facts the tester computes, against the tables of `rules/example-schema.sql`. */
  sql: string | null;
  facts: ExampleFacts;
  /** Where its name stands in the file; both start at 1. */
  line: number;
  column: number;
}

/** A rule that was read and checked. */
export interface Rule {
  /** As the file was named when it was loaded. */
  file: string;
  id: string;
  title: string;
  level: Level;
  area: Area;
  subject: SubjectId;
  predicate: Predicate;
  /** Wordings: the first whose holes can all be filled is used. */
  message: readonly Template[];
  evidence: readonly Template[];
  why: string;
  fix: readonly Template[];
  clause: string;
  confidence: Measure;
  weight: Measure;
  /** Ids that this rule had before; an id is never used again. */
  aliases: readonly string[];
  /** What the roles that break the rule have in common, for the verdict. */
  tally: Tally | null;
  examples: { bad: readonly Example[]; good: readonly Example[] };
}

/** A number from 0 to 1, fixed or read from a fact; `share` says that the fact lies between 0 and 1 by nature. */
export type Measure = number | { group: string; field: string; share: boolean };
