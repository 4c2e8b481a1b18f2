import type { Configuration } from '../../model/configuration.js';
import type { Relation } from '../../model/catalog.js';
import { dialectOfEngine } from '../../sql/dialect.js';
import type { Parsers } from '../../sql/parse/parsers.js';
import type { StoreBoundary } from '../boundary.js';
import { searchPathsOf } from '../search-paths.js';
import { StatementReader } from '../statement-reader.js';

/**
 * A reader for which views are tables: what a text reads is what it names, so that each way goes one stop only and every stop
 * has its name.
 */
export function hopReader({ store }: Pick<StoreBoundary, 'store'>, configuration: Pick<Configuration, 'maskingFunctions'>, parsers: Pick<Parsers, 'parse'>): StatementReader {
  const dialect = dialectOfEngine(store.engine);
  return new StatementReader({
    catalog: { ...store.catalog, relations: store.catalog.relations.map(asTable) },
    searchPaths: searchPathsOf(store),
    dialect,
    parse: parsers.parse(dialect),
    declaredMasks: new Map(Object.entries(configuration.maskingFunctions)),
  });
}

function asTable(relation: Relation): Relation {
  return relation.definition === null ? relation : { ...relation, definition: null, recordedColumns: null };
}
