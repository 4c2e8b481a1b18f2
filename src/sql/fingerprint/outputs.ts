import type { CommonTable, Expression } from '../../model/syntax-tree.js';
import { outputsOf } from '../unwrap.js';
import { walkExpression } from '../walk.js';
import { type OutputNames, firstPositions } from './scope.js';

/** The outputs of a query as ORDER BY and GROUP BY refer to them. */
export class Outputs {
  readonly #names: ReadonlyMap<string | null, number>;
  readonly #count: number;
  readonly #shown: readonly string[];
  readonly #texts: ReadonlyMap<string, number>;

  /** @param shown what each output is, where that is one expression */
  constructor(names: OutputNames, shown: readonly string[]) {
    this.#names = firstPositions(names);
    this.#count = names.length;
    this.#shown = shown;
    this.#texts = firstPositions(shown);
  }

  /** By number, from 1. Behind a star nobody knows which one it is. */
  atOrdinal(ordinal: number): string {
    const star = this.#names.get(null) ?? this.#count;
    return ordinal <= star ? this.#at(ordinal - 1) : `@#${ordinal}`;
  }

  named(name: string): string | null {
    const position = this.#names.get(name);
    return position === undefined ? null : this.#at(position);
  }

  same(text: string): string | null {
    const position = this.#texts.get(text);
    return position === undefined ? null : `@${position}`;
  }

  /** Outputs that are the same have one place. */
  #at(position: number): string {
    return this.same(this.#shown[position] ?? '') ?? `@${position}`;
  }
}

/** Names by an alias list, as far as it goes. */
export function withAliases(names: OutputNames, aliases: readonly string[]): OutputNames {
  if (aliases.length === 0) return names;
  return [...aliases, ...names.slice(aliases.length)];
}

/** What a recursive common table shows, by its text alone. */
export function namesAhead({ statement, columns }: CommonTable): OutputNames {
  const names = statement.type === 'query_statement' ? outputsOf(statement.query) : null;
  return withAliases(names ?? [null], columns);
}

/** Whether an expression uses a column of that name. */
export function mentions(expression: Expression, name: string): boolean {
  let found = false;
  walkExpression(expression, {
    expression: (inner) => {
      if (inner.type === 'column' && inner.parts.at(-1) === name) found = true;
    },
  });
  return found;
}
