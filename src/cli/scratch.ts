import type { ScratchEngine, ScratchSpace } from '../model/scratch-engine.js';
import type { Gap } from '../model/snapshot.js';

const KINDS: Readonly<Record<string, 'pglite' | 'duckdb'>> = { postgres: 'pglite', duckdb: 'duckdb' };

/** Engines over invented rows, started when the first group needs one. Without an engine only proofs decide, and that is said. */
export class Scratch {
  readonly gaps: Gap[] = [];
  readonly #engines = new Map<'pglite' | 'duckdb', ScratchEngine>();
  readonly #failed = new Set<'pglite' | 'duckdb'>();

  readonly #signal: AbortSignal;

  /** @param signal after which no engine is started */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** A space with the semantics of a store's engine; null where there is none, or it could not be started. */
  async space(engine: string): Promise<ScratchSpace | null> {
    const kind = KINDS[engine];
    if (kind === undefined || this.#failed.has(kind)) return null;
    this.#signal.throwIfAborted();
    try {
      const { scratchEngine } = await import('../scratch/index.js');
      const known = this.#engines.get(kind) ?? scratchEngine(kind);
      this.#engines.set(kind, known);
      return await known.open();
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#failed.add(kind);
      const cause = error instanceof Error ? error.message : String(error);
      this.gaps.push({ subject: `the ${kind} engine for invented rows`, missing: 'differences are proved or not, and none is searched for', cause, remedy: 'make room in memory, then run again', severity: 'partial' });
      return null;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.close()));
  }
}
