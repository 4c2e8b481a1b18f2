import { constants } from 'node:fs';
import { copyFile, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from '../store.js';
import { isLocked } from './failure.js';

/** A loader that only commits holds its lock for less; one that keeps the file open is read through a copy. */
const RETRY_DELAYS_MS = [100, 200, 400];
const COPY_BYTES_MAX = 4 * 1024 ** 3;
const COPY_ATTEMPTS_MAX = 5;

/**
 * Calls `read` with the file itself, or with a copy of it while a loader holds the lock.
 *
 * DuckDB locks the whole file: a writer shuts every reader out, and a reader shuts the writer out (seen on 1.5). So the
 * caller must open, read and close within `read`. The copy takes the write-ahead log along, without which the loader's
 * latest commits would be missing, and is removed in any case.
 * @throws ConnectError with reason `locked` where no copy can be made; what `read` throws otherwise.
 */
export async function withReadableFile<T>(
  file: { store: string; path: string; signal: AbortSignal | undefined },
  read: (path: string) => Promise<T>,
): Promise<T> {
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
  return readCopy(file, read, lockError);
}

async function readCopy<T>(
  file: { store: string; path: string; signal: AbortSignal | undefined },
  read: (path: string) => Promise<T>,
  lockError: unknown,
): Promise<T> {
  const locked = (why: string, nextStep: string): ConnectError =>
    new ConnectError(
      { reason: 'locked', store: file.store, place: file.path, detail: `another process has it open for writing and ${why}`, nextStep },
      { cause: lockError },
    );
  const { size } = await stat(file.path);
  const noFolder = (): ConnectError =>
    locked(`the temporary folder ${tmpdir()} takes no copy`, 'Set TMPDIR to a folder that can be written to, or run tidemark when the loader has closed it.');
  const room = await statfs(tmpdir()).catch(() => {
    throw noFolder();
  });
  if (size > COPY_BYTES_MAX) throw locked('it is too large to copy', 'Run tidemark when the loader has closed it.');
  if (size * 1.5 > room.bavail * room.bsize) throw locked('there is no room for a copy', `Free ${size} bytes in ${tmpdir()}.`);
  let last: unknown;
  for (let attempt = 0; attempt < COPY_ATTEMPTS_MAX; attempt++) {
    file.signal?.throwIfAborted();
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-copy-')).catch(() => {
      throw noFolder();
    });
    try {
      const copy = join(folder, basename(file.path));
      if (await copyUnchanged(file.path, copy)) return await read(copy);
    } catch (error) {
      // The loader may have written within the granularity of the file's time: the copy is then torn. Try again.
      last = error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await sleep(100, undefined, { signal: file.signal });
  }
  if (last !== undefined) throw last;
  throw locked('it changes all the time', 'Run tidemark when the loader has closed it.');
}

/** Copies the file and its log; false when either changed meanwhile. */
async function copyUnchanged(from: string, to: string): Promise<boolean> {
  const before = await state(from);
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  if (before.includes('|log ')) await copyFile(`${from}.wal`, `${to}.wal`, constants.COPYFILE_FICLONE);
  return before === (await state(from));
}

async function state(path: string): Promise<string> {
  const file = await stat(path);
  const log = await stat(`${path}.wal`).catch(() => null);
  return `${file.size} ${file.mtimeMs}${log ? `|log ${log.size} ${log.mtimeMs}` : ''}`;
}
