import { StatementReader } from '../../graph/statement-reader.js';
import type { Catalog } from '../../model/catalog.js';
import type { Diagnostic } from '../../model/syntax-tree.js';
import { emptyCatalog } from '../../sql/catalog.js';
import { catalogFromStatements } from '../../sql/ddl.js';
import type { Dialect } from '../../sql/dialect.js';
import type { MaskLevel } from '../../sql/flow.js';
import type { Parsers } from '../../sql/parse/parsers.js';
import { readDdl } from '../../sql/parse/postgres/ddl.js';

/** A reader of texts, and what could not be read of the catalogue behind it. */
export interface PreparedReader {
  reader: StatementReader;
  diagnostics: Diagnostic[];
}

/** So many catalogues are kept: a stream often repeats its DDL, line by line. */
const KEPT_MAX = 16;

/** Makes readers for texts that bring their own catalogue, or none. */
export class Readers {
  readonly #parsers: Parsers;
  readonly #masks: ReadonlyMap<string, MaskLevel>;
  readonly #kept = new Map<string, PreparedReader>();

  constructor(parsers: Parsers, masks: ReadonlyMap<string, MaskLevel>) {
    this.#parsers = parsers;
    this.#masks = masks;
  }

  /** A reader against the catalogue that a text of DDL describes; against an empty one for null. */
  async forDdl(ddl: string | null, dialect: Dialect): Promise<PreparedReader> {
    const key = `${dialect.id}\n${ddl ?? ''}`;
    const known = this.#kept.get(key);
    if (known) return known;
    const prepared = await this.#make(ddl, dialect);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, prepared);
    return prepared;
  }

  /** A reader against a catalogue that is there already. */
  async forCatalog(catalog: Catalog, dialect: Dialect, searchPath: readonly string[] = dialect.searchPath): Promise<StatementReader> {
    const definitions = definitionsOf(catalog);
    await this.#parsers.prepare(dialect, definitions);
    const parse = this.#parsers.parse(dialect);
    // Kept apart, since a stream forgets what it has answered.
    const own = new Map(dialect.id === 'postgres' ? [] : definitions.map((text) => [text, parse(text)] as const));
    return new StatementReader({ catalog, dialect: { ...dialect, searchPath }, parse: (text) => own.get(text) ?? parse(text), declaredMasks: this.#masks });
  }

  async #make(ddl: string | null, dialect: Dialect): Promise<PreparedReader> {
    if (ddl === null) return { reader: await this.forCatalog(emptyCatalog(), dialect), diagnostics: [] };
    if (dialect.id === 'postgres') {
      const { catalog, searchPath, diagnostics } = await readDdl(ddl);
      return { reader: await this.forCatalog(catalog, dialect, searchPath), diagnostics };
    }
    await this.#parsers.prepare(dialect, [ddl]);
    const parse = this.#parsers.parse(dialect);
    const { catalog, diagnostics } = catalogFromStatements(parse(ddl), ddl, dialect, parse);
    return { reader: await this.forCatalog(catalog, dialect), diagnostics };
  }
}

/** The SQL that a catalogue itself holds. */
export function definitionsOf({ relations, functions }: Catalog): string[] {
  return [...relations.map(({ definition }) => definition), ...functions.map(({ body }) => body)].filter((text) => text !== null);
}
