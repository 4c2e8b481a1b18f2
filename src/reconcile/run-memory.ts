import type { ReconcilePair } from '../model/configuration.js';
import type { ReconcileContext } from './context.js';
import { emptyMemory, parseMemory, type PairMemoryFile } from './judge/memory.js';
import type { CheckpointFile } from './keys/types.js';

/** What is kept of one pair from run to run. That it cannot be kept costs time at the next run, never correctness. */
export class KeptMemory {
  #file: PairMemoryFile;
  #failure: unknown = null;

  private constructor(
    private readonly pair: string,
    private readonly context: Pick<ReconcileContext, 'memory' | 'signal'>,
    plan: string,
    content: unknown,
  ) {
    this.#file = parseMemory(content, plan) ?? emptyMemory(plan);
  }

  /** @param plan fingerprint: what was kept under another one counts as not there. */
  static async load({ name }: ReconcilePair, plan: string, context: ReconcileContext): Promise<KeptMemory> {
    const content = await (context.memory?.load(name) ?? Promise.resolve(null)).catch((error: unknown) => {
      context.signal.throwIfAborted();
      return error instanceof Error ? null : undefined;
    });
    return new KeptMemory(name, context, plan, content);
  }

  get file(): PairMemoryFile {
    return this.#file;
  }

  /** One line where something could not be kept. */
  get note(): string | null {
    return this.#failure === null ? null : 'what was seen could not be kept for the next run: the state folder cannot be written';
  }

  async change(changes: Partial<PairMemoryFile>): Promise<void> {
    this.#file = { ...this.#file, ...changes };
    try {
      await this.context.memory?.save(this.pair, this.#file);
    } catch (error) {
      this.context.signal.throwIfAborted();
      this.#failure = error;
    }
  }

  /** For the pass; null where nothing is kept. */
  checkpoint(): CheckpointFile | null {
    if (this.context.memory === null) return null;
    return { load: () => Promise.resolve(this.#file.checkpoint ?? null), save: (checkpoint) => this.change({ checkpoint }) };
  }
}
