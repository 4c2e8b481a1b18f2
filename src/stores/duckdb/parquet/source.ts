import type { LiveSource } from '../live-source.js';
import type { MirrorCopy } from '../mirror.js';
import { openParquet } from './instance.js';
import { listParquet, type ParquetListing } from './listing.js';

/** The folder is not listed more often. */
const LISTED_FOR_MS = 1_000;

/** Parquet files that are looked at again and again: never copied, since whoever writes them writes new ones and no reader locks them. */
export class ParquetSource implements LiveSource {
  #listing: ParquetListing | null = null;
  #asOf = 0;
  #listed_ms = Number.NEGATIVE_INFINITY;
  /** Counts what was opened, so that a listing with files of the same names is opened anew. */
  #generation = 0;

  constructor(private readonly store: string, private readonly path: string) {}

  async current(): Promise<MirrorCopy> {
    if (this.#listing === null || performance.now() - this.#listed_ms >= LISTED_FOR_MS) {
      const asOf = Date.now() / 1000;
      const listing = await listParquet(this.store, this.path);
      if (listing.stamp !== this.#listing?.stamp) this.#generation++;
      this.#listing = listing;
      this.#asOf = asOf;
      this.#listed_ms = performance.now();
    }
    return { path: `${this.#generation}`, asOf: this.#asOf };
  }

  async open(): Promise<Awaited<ReturnType<typeof openParquet>>> {
    this.#listing ??= await listParquet(this.store, this.path);
    return openParquet(this.#listing, { threads: '1', max_memory: '512MB' });
  }

  discard(): void {
    this.#listing = null;
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }
}
