import type { SchemaChange } from '../model/migration.js';

/** What a change is made to, under the names that it had before the first migration. */
export interface Original {
  /** Null for what the migrations make themselves: nobody reads it yet. */
  relation: string | null;
  /** Null where the change is of no column, and for a column that the migrations make themselves. */
  column: string | null;
}

/**
 * Changes call relations as they are called when they are made; consumers know them by the names before. Gives the original of
 * each change, in their order.
 */
export function originalsOf(changes: readonly SchemaChange[]): Original[] {
  const names = new Names();
  return changes.map((change) => names.after(change));
}

/** A name that stands for something else after the migrations than before them. */
export interface ReusedName {
  /** Under the name before. */
  relation: string;
  /** Null where the relation itself is another one. */
  column: string | null;
  /** What has the name now, as it was called before; null for what the migrations made. */
  now: string | null;
}

/** Names that went and were given again: who asks for them is answered, with something else. */
export function reusedNames(changes: readonly SchemaChange[]): ReusedName[] {
  const names = new Names();
  for (const change of changes) names.after(change);
  return names.reused();
}

class Names {
  /** By the name of now: the name before; null for what was made on the way. */
  readonly #relations = new Map<string, string | null>();
  /** By `relation of before` and the name of now. */
  readonly #columns = new Map<string, string | null>();

  /** The original of a change; what follows is called as the change leaves it. */
  after(change: SchemaChange): Original {
    const relation = this.#relation(change.relation);
    const column = 'column' in change && relation !== null ? this.#column(relation, change.column) : null;
    switch (change.kind) {
      case 'relation-added':
        // A relation that takes the name of another that went: whoever names it reads it from now on.
        if (!this.#relations.has(change.relation)) this.#relations.set(change.relation, null);
        break;
      case 'relation-renamed':
        this.#relations.set(change.to, relation);
        this.#relations.set(change.relation, null);
        break;
      case 'column-added':
        if (relation !== null && !this.#columns.has(`${relation}\n${change.column}`)) this.#columns.set(`${relation}\n${change.column}`, null);
        return { relation, column: change.column };
      case 'column-renamed':
        if (relation === null) break;
        this.#columns.set(`${relation}\n${change.to}`, column);
        this.#columns.set(`${relation}\n${change.column}`, null);
        break;
      default:
    }
    return { relation, column };
  }

  reused(): ReusedName[] {
    const relations = [...this.#relations].filter(([name, now]) => name !== now).map(([name, now]): ReusedName => ({ relation: name, column: null, now }));
    const columns = [...this.#columns].flatMap(([key, now]): ReusedName[] => {
      const [relation = '', column = ''] = key.split('\n');
      return column === now ? [] : [{ relation, column, now }];
    });
    return [...relations, ...columns];
  }

  #relation(name: string): string | null {
    const known = this.#relations.get(name);
    return known === undefined ? name : known;
  }

  #column(relation: string, name: string): string | null {
    const known = this.#columns.get(`${relation}\n${name}`);
    return known === undefined ? name : known;
  }
}
