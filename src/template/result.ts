import type { Problem, ProblemCode, QueryVariant } from '../model/query.js';
import { TEXT_LENGTH_MAX } from './limits.js';

/** What a template gives: every text that may reach the database, the one with stored defaults first, and what hindered. */
export interface Neutralised {
  /** Empty only with a problem. */
  variants: QueryVariant[];
  problems: Problem[];
}

/** Collects problems and assumptions once each, in the order they were met. */
export class Notes {
  readonly #problems = new Map<string, Problem>();
  readonly #assumptions = new Set<string>();

  problem(code: ProblemCode, message: string): void {
    const key = `${code}\n${message}`;
    if (!this.#problems.has(key)) this.#problems.set(key, { code, message });
  }

  assume(assumption: string): void {
    this.#assumptions.add(assumption);
  }

  get problems(): Problem[] {
    return [...this.#problems.values()];
  }

  get assumptions(): string[] {
    return [...this.#assumptions];
  }
}

/** The answer for a text that is too long to render, or null. */
export function refuseLength(text: string): Neutralised | null {
  if (text.length <= TEXT_LENGTH_MAX) return null;
  const message = `the SQL text has ${text.length} characters, more than the ${TEXT_LENGTH_MAX} that are read`;
  return { variants: [], problems: [{ code: 'too-large', message }] };
}

/** The problems of several renderings of one template, once each. */
export function mergeProblems(lists: readonly (readonly Problem[])[]): Problem[] {
  const notes = new Notes();
  for (const { code, message } of lists.flat()) notes.problem(code, message);
  return notes.problems;
}
