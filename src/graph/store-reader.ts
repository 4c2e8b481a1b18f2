import type { Configuration } from '../model/configuration.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import { dialectOfEngine } from '../sql/dialect.js';
import type { Parse } from '../sql/parse/front-end.js';
import { searchPathsOf } from './search-paths.js';
import { StatementReader } from './statement-reader.js';

/** What reads the texts of a store; it depends on nothing but the catalogue and the functions that mask. */
export function readerOf(store: StoreSnapshot, { maskingFunctions }: Pick<Configuration, 'maskingFunctions'>, parse: Parse): StatementReader {
  return new StatementReader({ catalog: store.catalog, searchPaths: searchPathsOf(store), dialect: dialectOfEngine(store.engine), parse, declaredMasks: new Map(Object.entries(maskingFunctions)) });
}

/** Readers that are kept, for who judges one catalogue more than once: a text is read once for all of its judgements. */
export class StoreReaders {
  readonly #known = new Map<StoreSnapshot['catalog'], { masks: string; reader: StatementReader }[]>();

  /** That of the store's catalogue, whatever else is known of the store. */
  of(store: StoreSnapshot, configuration: Pick<Configuration, 'maskingFunctions'>, parse: Parse): StatementReader {
    const masks = JSON.stringify(configuration.maskingFunctions);
    const known = this.#known.get(store.catalog) ?? [];
    this.#known.set(store.catalog, known);
    const kept = known.find((entry) => entry.masks === masks);
    if (kept) return kept.reader;
    const reader = readerOf(store, configuration, parse);
    known.push({ masks, reader });
    return reader;
  }
}
