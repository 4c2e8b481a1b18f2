import { relationKey } from '../sql/schema-index.js';
import type { LineageContext } from '../sql/lineage.js';
import type { Access, StoreBoundary } from './boundary.js';
import { resolveView } from './contracts.js';

/** Who reads a contract, by its name or through views over it. */
export class ContractReaders {
  readonly #boundary: StoreBoundary;
  /** `schema.name` → views that name it. */
  readonly #viewsOver: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #accesses: ReadonlyMap<string, readonly Access[]>;

  constructor(boundary: StoreBoundary, context: LineageContext) {
    this.#boundary = boundary;
    const views = new Map<string, Set<string>>();
    for (const relation of boundary.store.catalog.relations) {
      for (const key of resolveView(relation, context)?.resolution.direct.keys() ?? []) views.set(key, (views.get(key) ?? new Set()).add(relationKey(relation)));
    }
    this.#viewsOver = views;
    const accesses = new Map<string, Access[]>();
    for (const access of boundary.accesses) {
      // Who looks after the store asks everything.
      if (access.consumer.kind === 'role' && access.consumer.role_purpose === 'administration') continue;
      for (const key of access.part?.resolution.direct.keys() ?? []) accesses.set(key, [...(accesses.get(key) ?? []), access]);
    }
    this.#accesses = accesses;
  }

  /** Names of consumers, sorted, and how often their statements ran; NaN where the store has no statistics. */
  of(key: string): { readers: string[]; calls: number } {
    const accesses = [...this.#above(key)].flatMap((name) => this.#accesses.get(name) ?? []);
    const rows = new Set(accesses.flatMap((access) => access.rows));
    const calls = [...rows].reduce((sum, row) => sum + row.calls, 0);
    return { readers: [...new Set(accesses.map(({ consumer }) => consumer.name))].sort(), calls: this.#boundary.store.statements.length === 0 ? Number.NaN : calls };
  }

  /** A relation and every view over it. */
  #above(key: string): Set<string> {
    const all = new Set([key]);
    for (const name of all) for (const view of this.#viewsOver.get(name) ?? []) all.add(view);
    return all;
  }
}
