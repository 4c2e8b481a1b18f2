import type { Problem } from '../../model/query.js';
import { Notes } from '../../template/result.js';

/** What a text is read for: a fragment by itself, or a query of an explore. */
export interface Setting {
  explore: string | null;
  /** From the names in FROM to views; null outside an explore, where each view has its own name. */
  aliases: ReadonlyMap<string, string> | null;
  /** Fields that a query asks for and filters by; null where that is not known. */
  selected: ReadonlySet<string> | null;
  filtered: ReadonlySet<string> | null;
  /** Values that filters of the query give to parameters. */
  parameters: ReadonlyMap<string, string>;
  /** Names in FROM whose rows joins multiply. */
  multiplied: ReadonlySet<string>;
}

export const ALONE: Setting = { explore: null, aliases: null, selected: null, filtered: null, parameters: new Map(), multiplied: new Set() };

/** What was met on the way to a text. */
export class Trace {
  readonly notes = new Notes();
  /** Other names that FROM must hold. */
  readonly touched = new Set<string>();

  take({ touched, notes }: Trace): void {
    for (const name of touched) this.touched.add(name);
    for (const { code, message } of notes.problems) this.notes.problem(code, message);
    for (const assumption of notes.assumptions) this.notes.assume(assumption);
  }

  addProblems(problems: readonly Problem[]): void {
    for (const { code, message } of problems) this.notes.problem(code, message);
  }
}
