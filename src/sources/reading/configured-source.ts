import { readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { RemoteSource, SourceConfiguration } from '../../model/configuration.js';
import type { DeclaredContract } from '../../model/contract.js';
import type { ColumnDeclaration } from '../../model/personal-column.js';
import type { CollectedQuery } from '../../model/query.js';
import type { Gap, SourceSummary } from '../../model/snapshot.js';
import { ApiRefused } from '../api/client.js';
import { decode } from '../common/decode.js';
import { SourceFile } from '../common/source-file.js';
import { loadSource, sourceIds, UnknownSourceError } from '../index.js';
import { RECOGNISED_AS_STATED_MIN, RECOGNISED_MIN, type ReadContext, type Source } from '../source.js';
import { isArchive, unpack } from './archive.js';
import { withBlame } from './blame.js';
import { findCodeOwners, type CodeOwners } from './codeowners.js';
import type { ReadOptions } from './read.js';
import { askTool } from './remote.js';
import { FileSet } from './surroundings.js';
import { errorCode, UnreachablePathError, walk, type Walk } from './walk.js';

/** How many bytes of recognised files one configured source may hold in memory together. */
const SOURCE_BYTES_MAX = 500_000_000;

/** After so many files the process sees whether it is asked to end. */
const FILES_A_TURN = 20;

/** One entry of the configuration: finds its files, gives each to the sources that know it, and has them read. */
export class ConfiguredSource {
  readonly summary: SourceSummary;
  readonly contracts: DeclaredContract[] = [];
  readonly columnDeclarations: ColumnDeclaration[] = [];
  readonly #files = new Map<Source, SourceFile[]>();
  /** Paths on disk by the names that reports give them, for CODEOWNERS. */
  readonly #paths = new Map<string, string>();
  #surroundings = new FileSet([]);
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
    const { remote } = this.configuration;
    return remote === undefined ? this.#readDisk() : this.#readRemote(remote);
  }

  async #readDisk(): Promise<CollectedQuery[]> {
    const found = await this.#walk();
    const candidates = found === null ? null : await this.#candidates();
    if (found === null || candidates === null) return [];
    for (const problem of found.problems) this.#fileGap(this.#shownPath(problem.path, found.root), problem.cause, problem.remedy, 'partial');
    this.summary.files = found.files.length;
    for (const { path } of found.files) this.#paths.set(this.#shownPath(path, found.root), path);
    this.#surroundings = new FileSet(this.#paths.keys());
    let read = 0;
    for (const [shown, path] of this.#paths) {
      if (read % FILES_A_TURN === 0) await setImmediate();
      this.options.signal?.throwIfAborted();
      await this.#file(path, shown, candidates);
      this.options.onProgress?.({ path: this.configuration.path, files: ++read, filesTotal: found.files.length });
    }
    const queries = this.#query();
    if (queries.length === 0 && !this.#failed) this.#nothing(found, candidates);
    const owned = this.#withCodeOwners(queries, await findCodeOwners(this.#root));
    return this.options.blame === undefined ? owned : withBlame(owned, (file) => this.#paths.get(file), this.options.blame);
  }

  async #readRemote(remote: RemoteSource): Promise<CollectedQuery[]> {
    const candidates = await this.#candidates();
    const [source] = candidates ?? [];
    if (source === undefined) return [];
    const { path } = this.configuration;
    try {
      for await (const answer of askTool(this.configuration, remote, source, this.options, this.report)) {
        this.summary.files++;
        this.#admit(new SourceFile(`${path.replace(/\/+$/, '')}/${answer.path}`, answer.text), Buffer.byteLength(answer.text), [source]);
        this.options.onProgress?.({ path, files: this.summary.files, filesTotal: null });
      }
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
      this.#failed = true;
      this.report({ subject: path, missing: this.summary.files > 0 ? 'what was not answered before' : 'every query of this source', cause: error.detail, remedy: error.nextStep, severity: 'blind' });
    }
    const queries = this.#query();
    if (queries.length === 0 && !this.#failed) this.#sourceGap(`the ${source.id} at this address shows no query`, 'give an account that sees its dashboards');
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
      // Waiting for each of a thousand small files costs five times what reading it does.
      bytes = readFileSync(path);
    } catch (error) {
      return this.#fileGap(shown, `the file cannot be read (${errorCode(error)})`, 'grant read access to it', 'partial');
    }
    if (isArchive(bytes)) return this.#archive(bytes, shown, candidates);
    this.#decode(bytes, shown, candidates);
  }

  async #archive(bytes: Buffer, shown: string, candidates: readonly Source[]): Promise<void> {
    const { members, problems } = await unpack(bytes);
    for (const { name, cause } of problems) this.#fileGap(name === '' ? shown : `${shown}!/${name}`, cause, 'export it again, or unpack it and name the folder', 'partial');
    for (const { name } of members) this.#surroundings.add(`${shown}!/${name}`);
    this.summary.files += members.length;
    if (members.length === 0 && problems.length === 0) this.#ignore();
    for (const { name, bytes: content } of members) this.#decode(content, `${shown}!/${name}`, candidates);
  }

  #decode(bytes: Buffer, shown: string, candidates: readonly Source[]): void {
    const decoded = decode(bytes);
    if (decoded.kind === 'binary') return this.#ignore();
    const file = new SourceFile(shown, decoded.text);
    const isRead = this.#admit(file, bytes.length, candidates);
    if (isRead && decoded.kind === 'damaged') {
      this.#fileGap(shown, `byte ${decoded.offset} is not UTF-8; such bytes were read as U+FFFD`, 'save the file as UTF-8', 'partial');
    }
  }

  /** Gives the file to the sources that know it; false where none does. */
  #admit(file: SourceFile, size_bytes: number, candidates: readonly Source[]): boolean {
    const { syntaxProblem } = file;
    if (syntaxProblem?.format === 'JSON') {
      this.#broken(file);
      return false;
    }
    const sources = this.#recognise(file, candidates);
    if (sources.length === 0) {
      if (syntaxProblem === null) this.#ignore();
      else this.#broken(file);
      return false;
    }
    this.#bytes += size_bytes;
    if (this.#bytes > SOURCE_BYTES_MAX) {
      this.#fileGap(file.path, `the files before it already hold ${SOURCE_BYTES_MAX} bytes`, 'name smaller folders as sources', 'partial');
      return false;
    }
    for (const source of sources) {
      const files = this.#files.get(source);
      if (files === undefined) this.#files.set(source, [file]);
      else files.push(file);
    }
    return true;
  }

  #ignore(): void {
    this.summary.ignored++;
  }

  /** The surest source, and those that read what others own. */
  #recognise(file: SourceFile, candidates: readonly Source[]): Source[] {
    const needed = this.configuration.tool === null ? RECOGNISED_MIN : RECOGNISED_AS_STATED_MIN;
    const sure: { source: Source; certainty: number }[] = [];
    for (const source of candidates) {
      const certainty = this.#certainty(source, file);
      if (certainty >= needed) sure.push({ source, certainty });
    }
    const owners = sure.filter(({ source }) => source.shares !== true);
    const best = owners.reduce<{ source: Source; certainty: number } | null>((known, one) => (known === null || one.certainty > known.certainty ? one : known), null);
    return sure.filter((one) => one === best || one.source.shares === true).map(({ source }) => source);
  }

  /** A source that fails at a foreign file leaves it to the others. */
  #certainty(source: Source, file: SourceFile): number {
    try {
      return source.recognises(file, this.#surroundings);
    } catch (error) {
      const words = error instanceof Error ? error.message.slice(0, 200) : 'unknown error';
      this.#fileGap(file.path, `tidemark failed to see whether it is of ${source.id}: ${words}`, 'report this as a defect of tidemark', 'partial');
      return 0;
    }
  }

  #broken(file: SourceFile): void {
    const problem = file.syntaxProblem;
    if (problem === null) return;
    const { format, line, column, message } = problem;
    const cause = `the ${format} is malformed at line ${line}, column ${column}: ${message}`;
    this.#fileGap(file.path, cause, 'export the file again; the other files were read', 'partial');
  }

  #query(): CollectedQuery[] {
    const { store } = this.configuration;
    const context: ReadContext = {
      connection: store === null ? null : { id: null, name: store, engine: null, host: null, database: null },
      gap: this.report,
      contract: (contract) => this.contracts.push(contract),
      declare: (declaration) => this.columnDeclarations.push(declaration),
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

  /** CODEOWNERS says who answers for a file; what the tool itself says of a query stands above it. */
  #withCodeOwners(queries: CollectedQuery[], owners: CodeOwners | null): CollectedQuery[] {
    if (owners === null) return queries;
    return queries.map((query) => {
      const path = this.#paths.get(query.origin.file.replace(/!\/.*$/, ''));
      const names = path === undefined ? [] : owners.ownersOf(path).filter((name) => !query.owners.some((known) => known.name === name));
      return names.length === 0 ? query : { ...query, owners: [...query.owners, ...names.map((name) => ({ name, via: 'codeowners' as const }))] };
    });
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
