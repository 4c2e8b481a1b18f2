import type { Catalog, Relation } from '../model/catalog.js';
import type { Diagnostic, FrontEndId, ParseOutcome, Span, SqlStatement } from '../model/syntax-tree.js';
import type { Dialect } from '../sql/dialect.js';
import { type KnownRelation, fingerprint } from '../sql/fingerprint.js';
import type { MaskLevel } from '../sql/flow.js';
import { type LineageContext, lineageContext, resolveStatement } from '../sql/lineage.js';
import type { Parse } from '../sql/parse/front-end.js';
import { usingPlaces } from '../sql/parse/using-places.js';
import { type TableReach, reachOf } from '../sql/reach.js';
import type { Resolution } from '../sql/resolution.js';
import { SchemaIndex, relationKey } from '../sql/schema-index.js';
import { type Shape, shapeOf } from '../sql/shape.js';
import { type Core, coresOf } from '../sql/unwrap.js';
import { walkStatement } from '../sql/walk.js';
import { ScriptScope } from './script-scope.js';
import { type SelfCheck, doubtsOf, selfCheck } from './self-check.js';

export type ReadStatus = 'parsed' | 'partial' | 'unparsed';

/** One statement of a text, understood against its store. */
export interface ReadPart {
  statement: SqlStatement;
  /** Where it stands in the text. */
  span: Span;
  shape: Shape;
  resolution: Resolution;
  reach: Map<string, TableReach>;
  fingerprint: string;
  /** Fingerprints of the queries that it may have been made of, the outermost first (see `coresOf`). */
  cores: () => { fingerprint: string; use: Core['use']; statement: SqlStatement }[];
}

export interface ReadText {
  text: string;
  status: ReadStatus;
  parts: ReadPart[];
  /** What keeps the text from being understood in full, each with its position where one is known. */
  diagnostics: Diagnostic[];
  /** The same in words, without repetition. */
  problems: string[];
  frontEnd: FrontEndId | null;
  confidence: ParseOutcome['confidence'];
}

/** What texts are read against. */
export interface ReaderInput {
  catalog: Catalog;
  dialect: Dialect;
  /** Reads the dialect. */
  parse: Parse;
  /** How sessions of the store look names up besides the usual way, where roles have a setting of their own. */
  searchPaths?: readonly (readonly string[])[];
  /** What functions leave of their argument, by the configuration. */
  declaredMasks?: ReadonlyMap<string, MaskLevel>;
}

/** Reads the texts that run on one store. */
export class StatementReader {
  readonly index: SchemaIndex;
  readonly #input: ReaderInput;
  /** By search path: each keeps the views and functions that it has resolved. */
  readonly #contexts = new Map<string, LineageContext>();
  readonly #read = new Map<string, ReadText>();
  readonly #knownRelations = new Map<Relation, KnownRelation>();
  /** Whether the views of the store are read as the server recorded them. */
  readonly check: SelfCheck;

  constructor(input: ReaderInput) {
    this.index = new SchemaIndex(input.catalog, input.dialect);
    this.#input = input;
    this.check = selfCheck(this.#context([]));
  }

  /**
   * Reads a text, and equal texts once.
   *
   * @param searchPath as the session has it; null where nothing tells
   */
  read(text: string, searchPath: readonly string[] | null): ReadText {
    const path = searchPath ?? this.#pathFor(text);
    const key = `${path.join(',')}\n${text}`;
    const known = this.#read.get(key);
    if (known) return known;
    const read = this.readOnce(text, path);
    this.#read.set(key, read);
    return read;
  }

  /** The one path on which every relation that the text names is found; the usual one where that is none or several. */
  #pathFor(text: string): readonly string[] {
    const { dialect, searchPaths = [], parse } = this.#input;
    if (searchPaths.length === 0) return dialect.searchPath;
    const names = parse(text).statements.flatMap(({ statement }) => bareNames(statement));
    const finds = (path: readonly string[]): boolean => names.every((name) => this.index.find(null, name, path) !== null);
    if (names.length === 0 || finds(dialect.searchPath)) return dialect.searchPath;
    const [only, another] = searchPaths.filter(finds);
    return only && !another ? only : dialect.searchPath;
  }

  /** Reads a text and keeps nothing of it. */
  readOnce(text: string, searchPath: readonly string[] = this.#input.dialect.searchPath): ReadText {
    const outcome = this.#input.parse(text);
    const diagnostics = [...outcome.diagnostics];
    if (outcome.statements.length === 0 && diagnostics.length === 0) diagnostics.push({ severity: 'error', message: 'there is no statement in the text', offset: 0 });
    const shared = outcome.statements.length > 1 ? this.#scriptContext(searchPath) : this.#context(searchPath);
    const context = { ...shared, usingPlaces: usingPlaces(text, outcome.statements, this.#input.dialect) };
    const script = context.index === this.index ? null : new ScriptScope(searchPath[0] ?? '');
    const parts = outcome.statements.flatMap(({ statement, span }) => {
      try {
        const part = this.#part(statement, span, context);
        if (script !== null) remember(part, script, context);
        return [part];
      } catch (error) {
        // The parser's stack is deeper than ours: thousands of nested queries can be read and not be followed.
        if (!(error instanceof RangeError)) throw error;
        diagnostics.push({ severity: 'error', message: 'the statement is nested too deeply to be followed', offset: span.start });
        return [];
      }
    });
    for (const { resolution, span } of parts) {
      diagnostics.push(...resolution.diagnostics);
      for (const message of doubtsOf(resolution, this.check)) diagnostics.push({ severity: 'warning', message, offset: null });
      for (const what of resolution.opaque) diagnostics.push({ severity: 'warning', message: `${what} is not understood in full`, offset: span.start });
    }
    const status = parts.length === 0 ? 'unparsed' : diagnostics.length > 0 ? 'partial' : 'parsed';
    const problems = [...new Set(diagnostics.map(({ message, offset }) => (offset === null ? message : `${message}, at character ${offset + 1}`)))];
    return { text, status, parts, diagnostics, problems, frontEnd: outcome.frontEnd, confidence: outcome.confidence };
  }

  /** A text of several statements has a scope of its own: what it makes is known to what follows, and to nobody else. */
  #scriptContext(searchPath: readonly string[]): LineageContext {
    const around = this.#context(searchPath);
    return { ...around, index: new SchemaIndex(this.#input.catalog, this.#input.dialect), views: new Map(around.views) };
  }

  #part(statement: SqlStatement, span: Span, context: LineageContext): ReadPart {
    const { index, searchPath, dialect } = context;
    const resolution = resolveStatement(statement, context);
    const relationOf = (schema: string | null, name: string): KnownRelation | null => this.#knownRelation(index.find(schema, name, searchPath));
    const fingerprintOf = (whole: SqlStatement): string => fingerprint(whole, { dialect, relationOf });
    const cores: ReadPart['cores'] = () => coresOf(statement).map(({ query, use }) => {
      const core: SqlStatement = { type: 'query_statement', form: 'select', query };
      return { fingerprint: fingerprintOf(core), use, statement: core };
    });
    return { statement, span, shape: shapeOf(statement), resolution, reach: reachOf(resolution.block, index), fingerprint: fingerprintOf(statement), cores };
  }

  #knownRelation(relation: Relation | null): KnownRelation | null {
    if (relation === null) return null;
    const known = this.#knownRelations.get(relation) ?? {
      key: relationKey(relation),
      columns: relation.columns.map(({ name }) => ({ name: this.index.fold(name) })),
    };
    this.#knownRelations.set(relation, known);
    return known;
  }

  #context(searchPath: readonly string[]): LineageContext {
    const key = searchPath.join(',');
    const { dialect, parse, declaredMasks = new Map() } = this.#input;
    const context = this.#contexts.get(key) ?? lineageContext(this.index, parse, { searchPath, dialect, declaredMasks });
    this.#contexts.set(key, context);
    return context;
  }
}

function remember({ statement, resolution }: ReadPart, script: ScriptScope, { index, views, searchPath }: LineageContext): void {
  // CREATE TABLE IF NOT EXISTS leaves what is there.
  if (statement.type === 'table_definition' && index.find(statement.target.schema, statement.target.name, searchPath) !== null) return;
  const made = script.after(statement, resolution);
  if (made === null) return;
  index.addRelation(made.relation);
  if (made.relation.kind === 'view') views.set(relationKey(made.relation), made.view);
}

/** Relations that a statement names without a schema, its own common tables aside. */
function bareNames(statement: SqlStatement): string[] {
  const own = new Set<string>();
  const names: string[] = [];
  walkStatement(statement, {
    query: (query) => {
      for (const { name } of query.ctes) own.add(name);
    },
    from: (item) => {
      if (item.type === 'table' && item.schema === null) names.push(item.name);
    },
  });
  return names.filter((name) => !own.has(name));
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
