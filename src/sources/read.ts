import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { SourceConfiguration } from '../model/configuration.js';
import type { CollectedQuery } from '../model/query.js';
import type { Gap, SourceSummary } from '../model/snapshot.js';
import { decode } from './common/decode.js';
import { SourceFile } from './common/source-file.js';
import { loadSource, sourceIds, UnknownSourceError } from './index.js';
import { findSyntaxError } from './json-position.js';
import { RECOGNISED_AS_STATED_MIN, RECOGNISED_MIN, type ReadContext, type Source } from './source.js';
import { errorCode, UnreachablePathError, walk, type Walk } from './walk.js';

/** How many bytes of recognised files one configured source may hold in memory together. */
const SOURCE_BYTES_MAX = 500_000_000;

export interface ReadProgress {
  /** As configured. */
  path: string;
  files: number;
  filesTotal: number;
}

export interface ReadOptions {
  /** Paths are relative to it, and reported so. */
  baseDirectory: string;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: ReadProgress) => void) | undefined;
}

export interface Reading {
  /** Sorted by id; ids are unique. */
  queries: CollectedQuery[];
  /** In the order of the configuration. */
  sources: SourceSummary[];
  gaps: Gap[];
}

/**
 * Reads every configured file or folder. A path that does not exist, an unknown tool, and a folder without a file that is
 * understood are `blind` gaps; a broken file is a `partial` one and costs only itself.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function readSources(configured: readonly SourceConfiguration[], options: ReadOptions): Promise<Reading> {
  const gaps: Gap[] = [];
  const sources: SourceSummary[] = [];
  const queries = new Map<string, CollectedQuery>();
  for (const configuration of configured) {
    const reader = new ConfiguredSource(configuration, options, (gap) => gaps.push(gap));
    for (const query of await reader.read()) keep(query, configuration, queries);
    sources.push(reader.summary);
  }
  return { queries: [...queries.values()].toSorted((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)), sources, gaps };
}

/** One text under one id. Another text with the same id comes from another instance and gets the path as its mark. */
function keep(query: CollectedQuery, { path }: SourceConfiguration, queries: Map<string, CollectedQuery>): void {
  const known = queries.get(query.id);
  if (known !== undefined && known.raw === query.raw && known.origin.file === query.origin.file) return;
  if (known !== undefined && known.raw === query.raw && known.raw !== '') {
    known.container ??= query.container;
    return;
  }
  let id = query.id;
  for (let count = 1; queries.has(id); count++) id = count === 1 ? `${query.id}@${path}` : `${query.id}@${path}#${count}`;
  queries.set(id, { ...query, id });
}

class ConfiguredSource {
  readonly summary: SourceSummary;
  readonly #files = new Map<Source, SourceFile[]>();
  #failed = false;
  #bytes = 0;

  constructor(
    readonly configuration: SourceConfiguration,
    readonly options: ReadOptions,
    readonly report: (gap: Gap) => void,
  ) {
    this.summary = { path: configuration.path, files: 0, queries: {}, ignored: 0 };
  }

  async read(): Promise<CollectedQuery[]> {
    const found = await this.#walk();
    const candidates = found === null ? null : await this.#candidates();
    if (found === null || candidates === null) return [];
    for (const problem of found.problems) this.#fileGap(this.#shownPath(problem.path, found.root), problem.cause, problem.remedy, 'partial');
    this.summary.files = found.files.length;
    for (const [index, file] of found.files.entries()) {
      this.options.signal?.throwIfAborted();
      await this.#file(file.path, this.#shownPath(file.path, found.root), candidates);
      this.options.onProgress?.({ path: this.configuration.path, files: index + 1, filesTotal: found.files.length });
    }
    const queries = this.#query();
    if (queries.length === 0 && !this.#failed) this.#nothing(found, candidates);
    return queries;
  }

  get #root(): string {
    return resolve(this.options.baseDirectory, this.configuration.path);
  }

  async #walk(): Promise<Walk | null> {
    try {
      return await walk(this.#root);
    } catch (error) {
      if (!(error instanceof UnreachablePathError)) throw error;
      switch (error.code) {
        case 'ENOENT':
          this.#sourceGap('the path does not exist', 'correct the path, or remove the source');
          break;
        case 'ENOTDIR':
          this.#sourceGap('the path is neither a file nor a folder', 'name a file, or a folder of files');
          break;
        case 'ELOOP':
          this.#sourceGap('the path is a symbolic link that leads back to itself', 'mend the link, or name its target');
          break;
        default:
          this.#sourceGap(`the path cannot be read (${error.code})`, 'grant read access to it');
      }
      return null;
    }
  }

  async #candidates(): Promise<Source[] | null> {
    const { tool } = this.configuration;
    try {
      return await Promise.all((tool === null ? await sourceIds() : [tool]).map(loadSource));
    } catch (error) {
      if (!(error instanceof UnknownSourceError)) throw error;
      this.#sourceGap(error.message, 'name one of them as tool, or leave it out');
      return null;
    }
  }

  /** Relative to the base folder unless an absolute path outside was configured, with forward slashes; links are shown by the name they were reached under. */
  #shownPath(path: string, root: string): string {
    const below = relative(root, path);
    const own = below === '' ? this.#root : join(this.#root, below);
    const shown = relative(this.options.baseDirectory, own);
    const outside = shown.startsWith('..') && isAbsolute(this.configuration.path);
    return (isAbsolute(shown) || outside ? own : shown).split(sep).join('/');
  }

  async #file(path: string, shown: string, candidates: readonly Source[]): Promise<void> {
    let bytes: Buffer;
    try {
      bytes = await readFile(path);
    } catch (error) {
      return this.#fileGap(shown, `the file cannot be read (${errorCode(error)})`, 'grant read access to it', 'partial');
    }
    const decoded = decode(bytes);
    if (decoded.kind === 'binary') return this.#ignore();
    const file = new SourceFile(shown, decoded.text);
    if (file.isBrokenJson) return this.#brokenJson(file);
    const source = this.#recognise(file, candidates);
    if (source === null) return this.#ignore();
    if (decoded.kind === 'damaged') {
      this.#fileGap(shown, `byte ${decoded.offset} is not UTF-8; such bytes were read as U+FFFD`, 'save the file as UTF-8', 'partial');
    }
    this.#bytes += bytes.length;
    if (this.#bytes > SOURCE_BYTES_MAX) {
      return this.#fileGap(shown, `the files before it already hold ${SOURCE_BYTES_MAX} bytes`, 'name smaller folders as sources', 'partial');
    }
    const files = this.#files.get(source);
    if (files === undefined) this.#files.set(source, [file]);
    else files.push(file);
  }

  #ignore(): void {
    this.summary.ignored++;
  }

  #recognise(file: SourceFile, candidates: readonly Source[]): Source | null {
    let best: { source: Source; certainty: number } | null = null;
    for (const source of candidates) {
      const certainty = source.recognises(file);
      if (best === null || certainty > best.certainty) best = { source, certainty };
    }
    const needed = this.configuration.tool === null ? RECOGNISED_MIN : RECOGNISED_AS_STATED_MIN;
    return best !== null && best.certainty >= needed ? best.source : null;
  }

  #brokenJson(file: SourceFile): void {
    const error = findSyntaxError(file.text);
    const { line, column } = file.position(error?.offset ?? 0);
    const cause = error === null ? 'the JSON is malformed' : `the JSON is malformed at line ${line}, column ${column}: expected ${error.expected}`;
    this.#fileGap(file.path, cause, 'export the file again; the other files were read', 'partial');
  }

  #query(): CollectedQuery[] {
    const { store } = this.configuration;
    const context: ReadContext = {
      connection: store === null ? null : { id: null, name: store, engine: null, host: null, database: null },
      gap: this.report,
    };
    const all: CollectedQuery[] = [];
    for (const [source, files] of [...this.#files].toSorted(([one], [other]) => (one.id < other.id ? -1 : 1))) {
      const queries = this.#readBy(source, files, context);
      this.summary.queries[source.id] = queries.length;
      for (const query of queries) all.push(query);
    }
    return all;
  }

  /** A defect of one source must not cost the others; it is stated, never taken for an empty export. */
  #readBy(source: Source, files: readonly SourceFile[], context: ReadContext): CollectedQuery[] {
    try {
      return source.read(files, context);
    } catch (error) {
      this.#failed = true;
      const words = error instanceof Error ? error.message.slice(0, 200) : 'unknown error';
      this.#sourceGap(`tidemark failed to read its ${source.id} files: ${words}`, 'report this as a defect of tidemark');
      return [];
    }
  }

  #nothing(found: Walk, candidates: readonly Source[]): void {
    const tools = candidates.map(({ id }) => id).join(', ');
    if (found.files.length === 0 && found.problems.length === 0) {
      this.#sourceGap('the folder holds no file', `export dashboards into it (${tools})`);
    } else if (this.#files.size > 0) {
      const tool = [...this.#files.keys()].map(({ id }) => id).join(', ');
      this.#sourceGap(`its ${tool} files hold no query`, 'export cards, dashboards or scripts next to them');
    } else if (this.summary.ignored === 0) {
      this.#sourceGap('nothing in it could be read; what hinders is told for each file', 'mend that first');
    } else {
      this.#sourceGap(`none of its ${found.files.length + found.problems.length} files could be read as ${tools}`, 'see the documentation of the export, or name another folder');
    }
  }

  #sourceGap(cause: string, remedy: string): void {
    this.#fileGap(this.configuration.path, cause, remedy, 'blind');
  }

  #fileGap(subject: string, cause: string, remedy: string, severity: Gap['severity']): void {
    const missing = severity === 'blind' ? 'every query of this source' : 'the queries of this file';
    this.report({ subject, missing, cause, remedy, severity });
  }
}
