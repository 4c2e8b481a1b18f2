import type { ColumnReference, Expression, Star } from '../../model/syntax-tree.js';
import type { ColumnKey } from './facts.js';

/** A column as a query sees it: the stored columns that it is made of. */
export interface Output {
  name: string;
  origins: ReadonlySet<ColumnKey>;
  /** Made by an aggregate. */
  aggregate: boolean;
  /** Constants that it holds, as of a common table of parameters, or that a series runs between. */
  constants?: readonly Expression[];
}

/** What a name may mean in a query, and in the queries around it. */
export class QueryScope {
  readonly items: { alias: string; outputs: readonly Output[] }[] = [];
  /** The outputs of its SELECT, once they are known: ORDER BY and GROUP BY may name them. */
  outputs: readonly Output[] = [];

  constructor(
    readonly parent: QueryScope | null,
    readonly commonTables: Map<string, readonly Output[]>,
  ) {}

  find({ parts }: Pick<ColumnReference, 'parts'>): Output | null {
    return this.own(parts.at(-1) ?? '', parts.at(-2)) ?? this.parent?.find({ parts }) ?? null;
  }

  private own(column: string, qualifier: string | undefined): Output | null {
    for (const { alias, outputs } of this.items) {
      const found = qualifier === undefined || alias === qualifier ? outputs.find(({ name }) => name === column) : undefined;
      if (found !== undefined) return found;
    }
    if (qualifier !== undefined) return null;
    const whole = this.items.find(({ alias }) => alias === column);
    return this.outputs.find(({ name }) => name === column) ?? (whole === undefined ? null : merged(column, whole.outputs));
  }

  star({ qualifier, except }: Star): Output[] {
    const alias = qualifier.at(-1);
    return this.items.flatMap((item) => (alias === undefined || item.alias === alias ? item.outputs : [])).filter(({ name }) => !except.includes(name));
  }
}

/** More of one column say little. */
const CONSTANTS_MAX = 20;

/** One value made of several. */
export function merged(name: string, outputs: readonly Output[]): Output {
  return { name, origins: new Set(outputs.flatMap(({ origins }) => [...origins])), aggregate: outputs.some(({ aggregate }) => aggregate), constants: outputs.flatMap(({ constants }) => constants ?? []).slice(0, CONSTANTS_MAX) };
}
