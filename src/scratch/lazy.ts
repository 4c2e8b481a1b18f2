import type { ScratchEngine, ScratchSpace } from '../model/scratch-engine.js';

/** Loads an engine with its first space: their programs are large. */
export class LazyEngine implements ScratchEngine {
  #engine: Promise<ScratchEngine> | null = null;
  #label: string;

  constructor(readonly kind: ScratchEngine['kind'], label: string, readonly load: () => Promise<ScratchEngine>) {
    this.#label = label;
  }

  get label(): string {
    return this.#label;
  }

  async open(): Promise<ScratchSpace> {
    this.#engine ??= this.load();
    const engine = await this.#engine;
    const space = await engine.open();
    this.#label = engine.label;
    return space;
  }

  async close(): Promise<void> {
    await (await this.#engine)?.close();
  }
}
