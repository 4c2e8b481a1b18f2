import type { Reader } from './readers.js';

/** Which views read which relations by name. */
export class ViewGraph {
  /** By relation: the views that name it. */
  readonly #namedBy = new Map<string, Set<string>>();

  /** @param definitions of views */
  constructor(definitions: readonly Reader[]) {
    for (const { thing, part } of definitions) {
      if (thing.kind !== 'view') continue;
      for (const relation of part.resolution.direct.keys()) this.#namedBy.set(relation, (this.#namedBy.get(relation) ?? new Set()).add(thing.name));
    }
  }

  /**
   * The shortest way of views from a relation to one that is named, both left out where they are the same. Null where no view
   * leads there.
   */
  way(from: string, named: ReadonlySet<string>): string[] | null {
    if (named.has(from)) return [];
    const seen = new Set([from]);
    let ways: string[][] = [[]];
    while (ways.length > 0) {
      const next: string[][] = [];
      for (const way of ways) {
        for (const view of [...(this.#namedBy.get(way.at(-1) ?? from) ?? [])].sort()) {
          if (seen.has(view)) continue;
          seen.add(view);
          if (named.has(view)) return [...way, view];
          next.push([...way, view]);
        }
      }
      ways = next;
    }
    return null;
  }

  /** Every view that reads a relation, at any distance, the relation left out. */
  above(relation: string): Set<string> {
    const found = new Set<string>();
    const open = [relation];
    for (let current = open.pop(); current !== undefined; current = open.pop()) {
      for (const view of this.#namedBy.get(current) ?? []) {
        if (found.has(view)) continue;
        found.add(view);
        open.push(view);
      }
    }
    return found;
  }
}
