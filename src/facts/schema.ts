import type { Unit } from '../text/quantity.js';

/**
 * How a group of facts declares itself. Rules see exactly these fields, typed, and `tidemark rules facts` prints them.
 *
 * A number that is not known is NaN, so that every comparison with it is false: what was not measured is never judged.
 * A text or list that is not known is empty.
 */
export interface Field {
  type: 'string' | 'bool' | 'number' | 'list';
  /** How a number is written in messages. Default: a plain count. */
  unit?: Exclude<Unit, 'count'>;
  doc: string;
}

export type GroupSchema = Record<string, Field>;

interface FieldTypes {
  string: string;
  bool: boolean;
  number: number;
  list: string[];
}

/** The TypeScript type of the facts that a schema declares. */
export type FactsOf<S extends GroupSchema> = { [K in keyof S]: FieldTypes[S[K]['type']] };

/** The facts of a group about which nothing is known. */
export function unknownFacts<S extends GroupSchema>(schema: S): FactsOf<S> {
  const empty: FieldTypes = { string: '', bool: false, number: Number.NaN, list: [] };
  const entries = Object.entries(schema).map(([name, field]) => {
    const value = empty[field.type];
    return [name, Array.isArray(value) ? [] : value] as const;
  });
  return Object.fromEntries(entries) as FactsOf<S>;
}
