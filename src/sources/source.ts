import type { DeclaredContract } from '../model/contract.js';
import type { ColumnDeclaration } from '../model/personal-column.js';
import type { CollectedQuery, ConnectionReference, SourceKind } from '../model/query.js';
import type { Gap } from '../model/snapshot.js';
import type { ApiAnswer, ApiClient } from './api/client.js';
import type { SourceFile } from './common/source-file.js';

/**
 * A dashboard tool or another origin of SQL. One file in this folder, named after its id, exports it as `source`.
 *
 * What holds for every source:
 * - It looks at contents, never at a path alone: exports are renamed and moved.
 * - It gets all of its files at once, since one names what another defines (cards and their database, panels and their
 *   data source), and it gives every SQL text once, however many files hold it.
 * - It drops nothing. What cannot be read, rendered or resolved becomes a query with a problem; the coverage counts it.
 * - It throws for nothing that stands in a file. A broken part costs that part.
 * - It copies no secret: of a connection only name, engine, host and database.
 * - It does no input or output, and the same files give the same queries in the same order.
 * - It executes nothing that stands in a file: programs and templates are read.
 */
export interface Source {
  readonly id: SourceKind;
  /** How sure the source is that it understands the file, 0 to 1. At 0.5 and above it may be given it. */
  recognises(file: SourceFile, surroundings: Surroundings): number;
  /** True where it reads what other tools' files say besides (Lightdash in those of dbt): it is given the file next to the surest source. */
  readonly shares?: boolean;
  read(files: readonly SourceFile[], context: ReadContext): CollectedQuery[];
  /** How the tool's HTTP interface gives the same files. */
  readonly api?: SourceApi;
  /** How the tool's own database gives the same files. */
  readonly applicationDatabase?: ApplicationDatabase;
}

/** The files among which a file stands. */
export interface Surroundings {
  /** True where the folder or archive has the file; paths as `SourceFile.path`. */
  has(path: string): boolean;
  /** The folder (no slash at its end, '' for the topmost) of the nearest file of that name beside or above `path`; null where there is none. */
  nearest(name: string, path: string): string | null;
}

export interface ReadContext {
  /** For a query that names no connection: the store that the configuration gives for this source. */
  connection: ConnectionReference | null;
  /** States what could not be looked at apart from a single query. */
  gap(gap: Gap): void;
  /** Takes what a data contract declares. */
  contract?(contract: DeclaredContract): unknown;
  /** Takes what the files say of a column, that it holds personal data or none. */
  declare?(declaration: ColumnDeclaration): unknown;
}

/** What a tool's interface takes for a person or program that signs in. Never printed. */
export interface Credentials {
  token: string | null;
  username: string | null;
  password: string | null;
}

export interface SourceApi {
  /** What must be given, in words for a message: `an API key (token), or username and password`. */
  readonly credentials: string;
  /**
   * Every answer that `read` needs, each under the path of its request (`api/card/12.json`), so that a folder of answers
   * kept on disk is read the same way. Signs in first. What one request fails at, the client states and gives null for.
   *
   * @throws ApiRefused where nothing can be read: the credentials are missing or wrong.
   */
  fetch(client: ApiClient, credentials: Credentials): AsyncIterable<ApiAnswer>;
}

export interface ApplicationDatabase {
  /** The rows of the tool's own tables in the form of its interface. `query` runs one statement, read-only, and gives null, with a gap stated, where it fails. */
  fetch(query: (sql: string) => Promise<Record<string, unknown>[] | null>): AsyncIterable<ApiAnswer>;
}

/** Below this a source does not claim a file. */
export const RECOGNISED_MIN = 0.5;

/** The same where the configuration states the tool: a weaker sign is enough, none is not. */
export const RECOGNISED_AS_STATED_MIN = 0.3;
