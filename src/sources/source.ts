import type { CollectedQuery, ConnectionReference, SourceKind } from '../model/query.js';
import type { Gap } from '../model/snapshot.js';
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
 */
export interface Source {
  readonly id: SourceKind;
  /** How sure the source is that it understands the file, 0 to 1. At 0.5 and above it may be given it. */
  recognises(file: SourceFile): number;
  read(files: readonly SourceFile[], context: ReadContext): CollectedQuery[];
}

export interface ReadContext {
  /** For a query that names no connection: the store that the configuration gives for this source. */
  connection: ConnectionReference | null;
  /** States what could not be looked at apart from a single query. */
  gap(gap: Gap): void;
}

/** Below this a source does not claim a file. */
export const RECOGNISED_MIN = 0.5;

/** The same where the configuration states the tool: a weaker sign is enough, none is not. */
export const RECOGNISED_AS_STATED_MIN = 0.3;
