import type { Zone } from '../model/store.js';
import { relationKey } from '../sql/schema-index.js';
import type { StoreBoundary } from './boundary.js';

/** Zones of views of which nobody said that they are a promise; a read model is its application's own affair. */
const UNPROMISED: ReadonlySet<Zone> = new Set(['unknown', 'mart', 'semantic', 'raw']);

/** Tells the internal relations that hide behind views of operational stores which nobody declared to be for others. */
export class InternalSources {
  readonly #boundary: Pick<StoreBoundary, 'store' | 'zones' | 'reader'>;
  readonly #known = new Map<string, string[]>();

  constructor(boundary: Pick<StoreBoundary, 'store' | 'zones' | 'reader'>) {
    this.#boundary = boundary;
  }

  /** Sorted; empty for tables, for views of a configured or declared zone, and for what shows nothing internal. */
  of(key: string): string[] {
    const { store, zones, reader } = this.#boundary;
    const zone = zones.get(key);
    if (store.role === 'warehouse' || zone === undefined || !zone.guessed || !UNPROMISED.has(zone.zone)) return [];
    if (reader.index.get(key)?.definition == null) return [];
    return [...this.#behind(key, new Set())].sort();
  }

  /** Through other views, but not through contracts: what stands behind these is their affair. */
  #behind(key: string, entered: ReadonlySet<string>): string[] {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { reader, zones } = this.#boundary;
    const relation = reader.index.get(key);
    if (relation?.definition == null || entered.has(key)) return [];
    const within = new Set([...entered, key]);
    const named = reader.read(relation.definition, null).parts.flatMap(({ resolution }) => [...resolution.direct.keys()]);
    const found = named.filter((name) => name !== relationKey(relation)).flatMap((name) => {
      const zone = zones.get(name)?.zone;
      if (zone === 'internal') return [name];
      return zone === 'contract' ? [] : this.#behind(name, within);
    });
    const sources = [...new Set(found)];
    this.#known.set(key, sources);
    return sources;
  }
}
