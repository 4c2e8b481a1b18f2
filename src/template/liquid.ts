import type { Neutralised } from './result.js';
import type { Hole, HoleOptions } from './holes.js';
import type { ValueType } from './placeholder.js';
import { neutralise } from './liquid/variants.js';

/** A variable that the template may name: a parameter of the tool, a filter, an attribute of a user. */
export interface LiquidVariable {
  /** What it may hold, as conditions compare it, the stored default first. Empty or missing where nothing is known. */
  values?: readonly string[] | undefined;
  type?: ValueType | undefined;
  /**
   * How a value is written into the SQL: `raw` as it stands wherever the variable is put out, `quoted` as a string literal;
   * by default (`slot`) it stands only where it is a name or a relation, and a placeholder elsewhere.
   */
  written?: 'slot' | 'raw' | 'quoted' | undefined;
}

export interface LiquidEnvironment {
  /**
   * By name: `currency`, `_user_attributes.region` for `_user_attributes['region']`. For Looker's `orders.currency._parameter_value`
   * and `{% parameter orders.currency %}` the entry `orders.currency`, then `currency`.
   */
  variables?: ReadonlyMap<string, LiquidVariable> | undefined;
  /** Templates that `{{ @name }}` and `{{ @name as alias }}` put in as `(source) AS alias` (Mode's definitions). */
  definitions?: ReadonlyMap<string, string> | undefined;
  /** Whether a name such as `orders.created._in_query` holds; null where nobody knows: then every branch is rendered. */
  truth?: ((name: string) => boolean | null) | undefined;
  /** SQL text or word that a name stands for: `_view._name`, `orders.id._sql`; null where nobody knows. */
  text?: ((name: string) => string | null) | undefined;
  /** Further holes of the rendered text: references of the language around, such as `${orders.id}`. */
  references?: ((rendered: string) => readonly Hole[]) | undefined;
  /** What a hole is called, and what stands for a value of unknown type. */
  holes?: HoleOptions | undefined;
}

/**
 * Renders a Liquid template of a SQL text into every statement that it may become, at most eight: `default` with the stored
 * values, `maximal` with the first branch everywhere, then one variant a value or branch. Looker's tags `condition`,
 * `parameter`, `date_start`, `date_end`, `incrementcondition` and Mode's `form` are known. The text of a `condition` survives as a
 * read: `(text) IS NOT NULL`. Nothing is executed; loops, nesting and output are bounded.
 */
export function neutraliseLiquid(text: string, environment: LiquidEnvironment = {}): Neutralised {
  return neutralise(text, environment);
}
