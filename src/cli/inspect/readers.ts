import { StatementReader } from '../../graph/statement-reader.js';
import type { Catalog } from '../../model/catalog.js';
import type { Diagnostic, ParseOutcome, Span } from '../../model/syntax-tree.js';
import { emptyCatalog } from '../../sql/catalog.js';
import { catalogFromStatements } from '../../sql/ddl.js';
import type { Dialect } from '../../sql/dialect.js';
import type { MaskLevel } from '../../sql/flow.js';
import { lexingOf } from '../../sql/parse/lexing.js';
import type { Parsers } from '../../sql/parse/parsers.js';
import { Joined, piecesOf } from '../../sql/parse/pieces.js';
import { readDdl } from '../../sql/parse/postgres/ddl.js';

/** A reader of texts, and what could not be read of the catalogue behind it. */
export interface PreparedReader {
  reader: StatementReader;
  diagnostics: Diagnostic[];
}

/** In UTF-16 units. A schema of thousands of tables is longer than a statement may be. */
const READ_AS_ONE_MAX = 200_000;

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
    const { catalog, diagnostics } = catalogFromStatements(await this.#read(ddl, dialect), ddl, dialect, this.#parsers.parse(dialect));
    return { reader: await this.forCatalog(catalog, dialect), diagnostics };
  }

  /** The statements of a text: of a long one each by itself, since the parsers refuse what is too long. */
  async #read(ddl: string, dialect: Dialect): Promise<ParseOutcome> {
    const parse = this.#parsers.parse(dialect);
    if (ddl.length <= READ_AS_ONE_MAX) {
      await this.#parsers.prepare(dialect, [ddl]);
      return parse(ddl);
    }
    const { options, view } = lexingOf(dialect.id);
    const pieces = piecesOf(view(ddl), options);
    const textOf = ({ start, end }: Span) => ddl.slice(start, end);
    await this.#parsers.prepare(dialect, pieces.map(textOf));
    const joined = new Joined();
    for (const piece of pieces) {
      // Equal pieces share what was read of them, and joining moves it to its place.
      if (!joined.add(structuredClone(parse(textOf(piece))), piece)) break;
    }
    return joined.outcome();
  }
}

/** The SQL that a catalogue itself holds. */
export function definitionsOf({ relations, functions }: Catalog): string[] {
  return [...relations.map(({ definition }) => definition), ...functions.map(({ body }) => body)].filter((text) => text !== null);
}
