import type { StoreSnapshot } from '../model/snapshot.js';
import type { SqlStatement } from '../model/syntax-tree.js';
import { fingerprint } from '../sql/fingerprint.js';
import { type ViewResolution, lineageContext, resolveStatement } from '../sql/lineage.js';
import type { Parse } from '../sql/parse/front-end.js';
import { type TableReach, reachOf } from '../sql/reach.js';
import type { Resolution } from '../sql/resolution.js';
import { SchemaIndex } from '../sql/schema-index.js';
import { type Shape, shapeOf } from '../sql/shape.js';

export type ReadStatus = 'parsed' | 'partial' | 'unparsed';

/** One statement of a text, understood against its store. */
export interface ReadPart {
  statement: SqlStatement;
  shape: Shape;
  resolution: Resolution;
  reach: Map<string, TableReach>;
  fingerprint: string;
}

export interface ReadText {
  text: string;
  status: ReadStatus;
  parts: ReadPart[];
  /** Why the text is not fully understood, in words. */
  problems: string[];
}

/** Reads the texts that run on one store. Equal texts are read once. */
export class StatementReader {
  readonly index: SchemaIndex;
  readonly #parse: Parse;
  readonly #defaultPath: readonly string[];
  readonly #views = new Map<string, Map<string, ViewResolution>>();
  readonly #read = new Map<string, ReadText>();

  constructor(store: Pick<StoreSnapshot, 'catalog' | 'engine'>, parse: Parse) {
    this.index = new SchemaIndex(store.catalog);
    this.#parse = parse;
    this.#defaultPath = store.engine === 'duckdb' ? ['main'] : ['public'];
  }

  /** @param searchPath as the session has it; null where nothing tells */
  read(text: string, searchPath: readonly string[] | null): ReadText {
    const path = searchPath ?? this.#defaultPath;
    const key = `${path.join(',')}\n${text}`;
    const known = this.#read.get(key);
    if (known) return known;
    const read = this.#readNew(text, path);
    this.#read.set(key, read);
    return read;
  }

  #readNew(text: string, searchPath: readonly string[]): ReadText {
    const outcome = this.#parse(text);
    const problems = outcome.diagnostics.map(({ message, offset }) => (offset === null ? message : `${message}, at character ${offset + 1}`));
    const parts = outcome.statements.flatMap(({ statement }) => {
      try {
        return [this.#part(statement, searchPath)];
      } catch (error) {
        // The parser's stack is deeper than ours: thousands of nested queries can be read and not be followed.
        if (!(error instanceof RangeError)) throw error;
        problems.push('the statement is nested too deeply to be followed');
        return [];
      }
    });
    for (const part of parts) for (const what of part.resolution.opaque) problems.push(`${what} is not understood in full`);
    const status = parts.length === 0 ? 'unparsed' : problems.length > 0 ? 'partial' : 'parsed';
    return { text, status, parts, problems: [...new Set(problems)] };
  }

  #part(statement: SqlStatement, searchPath: readonly string[]): ReadPart {
    const pathKey = searchPath.join(',');
    const views = this.#views.get(pathKey) ?? new Map<string, ViewResolution>();
    this.#views.set(pathKey, views);
    const resolution = resolveStatement(statement, lineageContext(this.index, this.#parse, { searchPath, views }));
    return { statement, shape: shapeOf(statement), resolution, reach: reachOf(resolution.block, this.index), fingerprint: fingerprint(statement) };
  }
}

/** The schemas of a `search_path` setting, without the ones that only a session knows. */
export function parseSearchPath(setting: string | undefined, role: string): string[] | null {
  if (setting === undefined) return null;
  return setting
    .split(',')
    .map((part) => part.trim().replace(/^"(.*)"$/, '$1'))
    .map((schema) => (schema === '$user' ? role : schema))
    .filter((schema) => schema !== '');
}
