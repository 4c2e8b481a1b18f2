import type { CollectedQuery, ConnectionReference, Container, Origin, QueryRole, SqlKind } from '../../model/query.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { titleOf } from '../common/words.js';

/** What differs from one query of a project to the next. */
export interface EvidenceQuery extends Pick<CollectedQuery, 'raw' | 'variants' | 'problems'> {
  /** Behind `evidence:`. */
  id: string;
  role?: QueryRole;
  sqlKind?: SqlKind;
  title: string | null;
  description?: string | null;
  container: Container | null;
  connection: ConnectionReference | null;
  origin: Origin;
  reconstructed?: boolean;
  schedule: string | null;
}

export function queryRecord(query: EvidenceQuery): CollectedQuery {
  return {
    ...query,
    id: `evidence:${query.id}`,
    kind: 'evidence',
    role: query.role ?? 'query',
    sqlKind: query.sqlKind ?? 'statement',
    title: titleOf(query.title),
    description: query.description ?? null,
    owners: [],
    raw: query.raw.length > TEXT_LENGTH_MAX ? '' : query.raw,
    reconstructed: query.reconstructed ?? false,
    isPublic: false,
    lifecycle: 'active',
    usage: null,
  };
}

/** Pages of the older tool ask DuckDB in the browser, over what the build extracted: no store is touched. */
export const EXTRACT: ConnectionReference = { id: null, name: 'extract', engine: 'duckdb-extract', host: null, database: null };

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
}
