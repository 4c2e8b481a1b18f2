import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { MirrorCopy } from './mirror.js';

/** Where a watch reads from: copies of a file, or Parquet files themselves. */
export interface LiveSource {
  /** What is to be read now; its path changes when it must be opened anew. @throws ConnectError */
  current(): Promise<MirrorCopy>;
  open(path: string): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }>;
  /** Lets what is opened from now on use more memory; false where it has all that it may. */
  takeMemory?(): boolean;
  /** What was given last cannot be read. */
  discard(): void;
  /** Never rejects. */
  remove(): Promise<void>;
}
