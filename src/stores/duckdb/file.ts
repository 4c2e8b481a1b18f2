import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from '../store.js';
import { copyDatabase, fileState } from './copy.js';
import { isLocked } from './failure.js';

/** A loader that only commits holds its lock for less; one that keeps the file open is read through a copy. */
const RETRY_DELAYS_MS = [100, 200, 400];
export const COPY_BYTES_MAX = 4 * 1024 ** 3;
const COPY_ATTEMPTS_MAX = 5;

interface ReadableFile {
  store: string;
  path: string;
  signal: AbortSignal | undefined;
  /** True where the file itself must not be opened, because its writer would wait. */
  lockFree: boolean;
}

/**
 * Calls `read` with the file itself, or with a copy of it while a loader holds the lock.
 *
 * DuckDB locks the whole file: a writer shuts every reader out, and a reader shuts the writer out (seen on 1.5). So the
 * caller must open, read and close within `read`. The copy takes the write-ahead log along, without which the loader's
 * latest commits would be missing, and is removed in any case.
 * @throws ConnectError with reason `locked` where no copy can be made; what `read` throws otherwise.
 */
export async function withReadableFile<T>(file: ReadableFile, read: (path: string) => Promise<T>): Promise<T> {
  if (file.lockFree) return readCopy(file, read, 'a watch reads a copy, so as never to keep its loader waiting,');
  let lockError: unknown;
  for (const delay_ms of [0, ...RETRY_DELAYS_MS]) {
    await sleep(delay_ms, undefined, { signal: file.signal });
    try {
      return await read(file.path);
    } catch (error) {
      if (!isLocked(error)) throw error;
      lockError = error;
    }
  }
  return readCopy(file, read, 'another process has it open for writing', lockError);
}

async function readCopy<T>(file: ReadableFile, read: (path: string) => Promise<T>, why: string, cause?: unknown): Promise<T> {
  const locked = (detail: string, nextStep: string): ConnectError =>
    new ConnectError({ reason: 'locked', store: file.store, place: file.path, detail: `${why} and ${detail}`, nextStep }, { cause });
  const noFolder = (): ConnectError =>
    locked(`the temporary folder ${tmpdir()} takes no copy`, 'Set TMPDIR to a folder that can be written to, or run tidemark when the loader has closed it.');
  const { bytes } = await fileState(file.path);
  const room = await statfs(tmpdir()).catch(() => {
    throw noFolder();
  });
  if (bytes > COPY_BYTES_MAX) throw locked('it is too large to copy', 'Run tidemark when the loader has closed it.');
  if (bytes * 1.5 > room.bavail * room.bsize) throw locked('there is no room for a copy', `Free ${bytes} bytes in ${tmpdir()}.`);
  let last: unknown;
  for (let attempt = 0; attempt < COPY_ATTEMPTS_MAX; attempt++) {
    file.signal?.throwIfAborted();
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-copy-')).catch(() => {
      throw noFolder();
    });
    try {
      if (await copyDatabase(file.path, folder, await fileState(file.path))) return await read(join(folder, basename(file.path)));
    } catch (error) {
      // What was copied may be torn all the same. Try again.
      last = error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await sleep(100, undefined, { signal: file.signal });
  }
  if (last !== undefined) throw last;
  throw locked('it changes all the time', 'Run tidemark when the loader has closed it.');
}
