import { constants } from 'node:fs';
import { copyFile, open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/**
 * The write-ahead log beside a database file, and its names while a checkpoint runs and after one that was cut short
 * (DuckDB 1.5, write_ahead_log.hpp). In the order in which commits went into them.
 */
const LOGS = ['.wal', '.wal.checkpoint', '.wal.recovery'];
/** The main header and two database headers of 4,096 bytes each; a checkpoint rewrites one of the two (storage_info.hpp). */
const HEADERS_BYTES = 12_288;
/** Writes within the granularity of a file's time leave no trace in it. ext4 and XFS have 1 to 10 ms. */
const TIME_GRANULARITY_MS = 50;

interface Part {
  name: string;
  inode: bigint;
  bytes: bigint;
  modified_ns: bigint;
}

/** A database file and its logs as the file system shows them. */
export interface FileState {
  file: Part;
  logs: Part[];
  /** All together. */
  bytes: number;
  /** Equal for equal states; null so shortly after a write that another one could follow unseen. */
  stamp: string | null;
}

/** @throws the error of the system where the file itself cannot be looked at. */
export async function fileState(path: string): Promise<FileState> {
  const logs: Part[] = [];
  for (const ending of LOGS) {
    const log = await part(path, ending).catch(() => null);
    if (log) logs.push(log);
  }
  const file = await part(path, '');
  const parts = [file, ...logs];
  const newest_ms = Math.max(...parts.map(({ modified_ns }) => Number(modified_ns / 1_000_000n)));
  const age_ms = Date.now() - newest_ms;
  const settled = age_ms < 0 || age_ms > TIME_GRANULARITY_MS;
  return {
    file,
    logs,
    bytes: parts.reduce((sum, { bytes }) => sum + Number(bytes), 0),
    stamp: settled ? parts.map(({ name, inode, bytes, modified_ns }) => `${name} ${inode} ${bytes} ${modified_ns}`).join('|') : null,
  };
}

async function part(path: string, ending: string): Promise<Part> {
  const { ino, size, mtimeNs } = await stat(`${path}${ending}`, { bigint: true });
  return { name: ending, inode: ino, bytes: size, modified_ns: mtimeNs };
}

/**
 * Copies a database file into a folder, with its logs, while another process may write to it; opens nothing by DuckDB, so
 * no lock is taken and no writer waits.
 *
 * The logs are copied first. Until a checkpoint, a file only gains blocks that the log speaks of later, so a beginning of
 * the log with a later state of the file is what a crash at that moment would have left, which DuckDB can read. A
 * checkpoint in between shows in the headers or as another log: then false, and the copy is worth nothing.
 * @throws the error of the system, e.g. where the file has gone.
 */
export async function copyDatabase(from: string, folder: string, before: FileState): Promise<boolean> {
  const to = join(folder, basename(from));
  const headers = await readHeaders(from);
  for (const { name } of before.logs) {
    try {
      await copyFile(`${from}${name}`, `${to}${name}`, constants.COPYFILE_FICLONE);
    } catch (error) {
      if (hasGone(error)) return false;
      throw error;
    }
  }
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  const after = await fileState(from);
  const sameLogs = before.logs.every(({ name, inode, bytes }) =>
    after.logs.some((log) => log.name === name && log.inode === inode && log.bytes >= bytes),
  );
  return sameLogs && after.file.inode === before.file.inode && headers.equals(await readHeaders(from));
}

async function readHeaders(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADERS_BYTES), 0, HEADERS_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export function hasGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
