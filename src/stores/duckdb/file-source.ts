import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openFiles, type AttachedFiles } from './attached.js';
import type { LiveSource } from './live-source.js';
import { Mirror, type MirrorCopy } from './mirror.js';

/** Enough to group millions of rows; what needs more spills into the private folder. */
const MEMORY = '64MB';
/** Opening replays the log in memory, and a loader's log may be larger than that; so may be two thousand documents, which are read at once. */
const MEMORY_MAX = '1GB';
/** Messages of DuckDB 1.5. */
const OUT_OF_MEMORY = /out of memory/i;

/** A database file and those attached to it, each read through a copy of its own (see `Mirror`). */
export class FileSource implements LiveSource {
  readonly #main: Mirror;
  readonly #attached: ReadonlyMap<string, Mirror>;
  #memory = MEMORY;
  /** The copies behind the path that was given last. */
  #copies: { key: string; main: string; attached: AttachedFiles } = { key: '', main: '', attached: {} };

  /** @param verify opens a copy of the main file and rejects where it cannot be read. */
  constructor(file: { store: string; path: string; signal: AbortSignal | undefined }, attached: AttachedFiles, verify: (copy: string) => Promise<void>) {
    this.#main = new Mirror(file, verify);
    const mirror = (path: string): Mirror => new Mirror({ ...file, path }, openable);
    this.#attached = new Map(Object.entries(attached).map(([alias, path]) => [alias, mirror(path)]));
  }

  async current(): Promise<MirrorCopy> {
    const main = await this.#main.current();
    if (this.#attached.size === 0) return main;
    const copies: [string, MirrorCopy][] = [];
    for (const [alias, mirror] of this.#attached) copies.push([alias, await mirror.current()]);
    const key = JSON.stringify([main.path, ...copies.map(([, { path }]) => path)]);
    this.#copies = { key, main: main.path, attached: Object.fromEntries(copies.map(([alias, { path }]) => [alias, path])) };
    return { path: key, asOf: Math.min(main.asOf, ...copies.map(([, { asOf }]) => asOf)) };
  }

  open(path: string): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> {
    const { key, main, attached } = this.#copies;
    return key === path ? openCopy(main, attached, this.#memory) : openCopy(path, {}, this.#memory);
  }

  takeMemory(): boolean {
    const more = this.#memory !== MEMORY_MAX;
    this.#memory = MEMORY_MAX;
    return more;
  }

  discard(): void {
    for (const mirror of [this.#main, ...this.#attached.values()]) mirror.discard();
  }

  async remove(): Promise<void> {
    await Promise.all([this.#main, ...this.#attached.values()].map((mirror) => mirror.remove()));
  }
}

async function openCopy(path: string, attached: AttachedFiles, memory = MEMORY): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> {
  const open = (max_memory: string) => openFiles(path, attached, { threads: '1', max_memory });
  return open(memory).catch((error: unknown) => {
    if (error instanceof Error && OUT_OF_MEMORY.test(error.message)) return open(MEMORY_MAX);
    throw error;
  });
}

async function openable(path: string): Promise<void> {
  const { instance, connection } = await openCopy(path, {});
  connection.closeSync();
  instance.closeSync();
}
