import type { Call, Expression } from '../../model/syntax-tree.js';
import type { DialectId } from '../dialect.js';
import type { MaskLevel } from '../flow.js';

/** What is known around an expression; without it the judgement falls back to the more revealing reading. */
export interface MaskContext {
  /** Names that mean different things by dialect (`mask`, `regexp_replace`) are read as this one does. PostgreSQL where it is missing. */
  dialect?: DialectId;
  /** What the configuration says of functions, by `schema.name` or by bare name. */
  declared?: ReadonlyMap<string, MaskLevel>;
  /** The declared type of a column that reaches this place unchanged, as `varchar(2)`; null where nobody knows. */
  typeOf?: (expression: Expression) => string | null;
}

/** What a function leaves of its arguments: one level for all, or one an argument. Null where the rule has nothing to say. */
export type MaskRule = (call: Call, context: MaskContext) => MaskLevel | MaskLevel[] | null;

/** Rules by function name, lower case. */
export type MaskRules = Readonly<Record<string, MaskRule>>;

/** The same rule under several names. */
export function rulesOf(names: string, rule: MaskRule): MaskRules {
  return Object.fromEntries(wordsOf(names).map((name) => [name, rule]));
}

export function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}
