import type { ScratchEngine } from '../model/scratch-engine.js';
import { LazyEngine } from './lazy.js';

/** PGlite, DuckDB, or a PostgreSQL server by its connection URL. */
export type ScratchEngineKind = 'pglite' | 'duckdb' | { url: string };

/** An engine of the kind that is asked for. It is loaded and started with its first space. */
export function scratchEngine(kind: ScratchEngineKind): ScratchEngine {
  if (kind === 'pglite') return new LazyEngine('pglite', 'PostgreSQL (PGlite)', async () => new (await import('./pglite.js')).PgliteEngine());
  if (kind === 'duckdb') return new LazyEngine('duckdb', 'DuckDB', async () => new (await import('./duckdb.js')).DuckDbEngine());
  return new LazyEngine('postgres', 'PostgreSQL', async () => new (await import('./postgres.js')).PostgresEngine(kind.url));
}
