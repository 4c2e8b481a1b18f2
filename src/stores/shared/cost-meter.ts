import type { CollectionCost } from '../../model/snapshot.js';

/** What a store has cost, over all its connections. */
export class CostMeter {
  #elapsed_ms = 0;
  #queries = 0;
  #received_bytes = 0;

  add(elapsed_ms: number, received_bytes: number): void {
    this.#elapsed_ms += elapsed_ms;
    this.#received_bytes += received_bytes;
    this.#queries++;
  }

  read(): CollectionCost {
    return {
      elapsed_ms: Math.round(this.#elapsed_ms * 1000) / 1000,
      queries: this.#queries,
      received_bytes: this.#received_bytes,
    };
  }
}
