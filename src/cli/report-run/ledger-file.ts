import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ledgerLine, readLedger, type Ledger, type LedgerEvent, type LedgerText } from '../../official/ledger.js';
import { formatQuantity } from '../../text/quantity.js';
import { plainText } from '../../text/plain-text.js';
import { systemMeaning } from '../error-message.js';

/** A run is a few kilobytes, and a file of ten thousand of them is no problem; a larger one is not ours. */
const FILE_BYTES_MAX = 256 * 2 ** 20;
/** A query of 256 kB with 10,000 parts; longer lines are never written. */
const LINE_BYTES_MAX = 4 * 2 ** 20;
const FILE_MODE = 0o600;
const LOCK_WAIT_MS = 10_000;
const LOCK_PAUSE_MS = 25;
const NEWLINE = 0x0a;

/** The file of runs cannot be read or written. Message and next step are one line each. */
export class LedgerProblemError extends Error {
  override readonly name = 'LedgerProblemError';

  constructor(
    message: string,
    readonly nextStep: string,
    options?: ErrorOptions,
  ) {
    super(`${message}\n  ${nextStep}`, options);
  }
}

/** What stands in the file; an empty ledger where there is none. Never changes it. @throws LedgerProblemError */
export async function readLedgerFile(file: string): Promise<Ledger> {
  return readLedger(linesOf(await contentOf(file)));
}

/**
 * Adds an event behind the last line. Runs that append at the same time wait for each other; what could not be written whole is taken away
 * again.
 * @param mayFollow looks at what stands there before: what it gives is why nothing is added
 * @throws LedgerProblemError
 */
export async function appendToLedger(file: string, entry: LedgerEvent, mayFollow: (ledger: Ledger) => string | null = () => null): Promise<{ head: string } | { refused: string }> {
  const release = await locked(file);
  try {
    const content = await contentOf(file);
    const ledger = readLedger(linesOf(content));
    const refused = mayFollow(ledger);
    if (refused !== null) return { refused };
    const { line, hash } = ledgerLine(entry, ledger.head);
    // Behind a line that was cut off a new one begins.
    const text = `${content.length > 0 && content.at(-1) !== NEWLINE ? '\n' : ''}${line}\n`;
    if (Buffer.byteLength(text) > LINE_BYTES_MAX) throw new LedgerProblemError(`${plainText(file)}: a run of ${formatQuantity(Buffer.byteLength(text), 'bytes')} is not kept`, 'Shorten the query, or name a --bucket with fewer parts.');
    await appended(file, text);
    return { head: hash };
  } finally {
    await release();
  }
}

async function contentOf(file: string): Promise<Buffer> {
  let handle: FileHandle | null = null;
  try {
    // Opening a pipe would wait for its other end.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    if (!found.isFile()) throw new LedgerProblemError(`${plainText(file)} is no file`, 'Name a file with --to.');
    if (found.size > FILE_BYTES_MAX) throw new LedgerProblemError(`${plainText(file)} has ${formatQuantity(found.size, 'bytes')}, and tidemark reads at most ${formatQuantity(FILE_BYTES_MAX, 'bytes')}`, 'Is it a file of report runs? Begin a new one with --to.');
    return await handle.readFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    if (error instanceof LedgerProblemError) throw error;
    throw problem(file, 'read', error);
  } finally {
    await handle?.close();
  }
}

function linesOf(content: Buffer): LedgerText[] {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const lines: LedgerText[] = [];
  for (let from = 0; from < content.length; ) {
    const end = content.indexOf(NEWLINE, from);
    const line = content.subarray(from, end < 0 ? content.length : end);
    lines.push({ text: line.length > LINE_BYTES_MAX ? null : decoded(decoder, line), whole: end >= 0 });
    from = end < 0 ? content.length : end + 1;
  }
  return lines;
}

function decoded(decoder: InstanceType<typeof TextDecoder>, line: Buffer): string | null {
  try {
    return decoder.decode(line);
  } catch {
    return null;
  }
}

async function appended(file: string, text: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'a', FILE_MODE);
  } catch (error) {
    throw problem(file, 'written', error);
  }
  try {
    const { size } = await handle.stat();
    try {
      await handle.appendFile(text);
      await handle.datasync();
    } catch (error) {
      // A disk that is full takes a part of a line.
      await handle.truncate(size).catch(() => undefined);
      throw problem(file, 'written', error);
    }
  } finally {
    await handle.close();
  }
}

const lockForm = z.object({ pid: z.number().int().positive(), host: z.string() });

/** Waits until this process alone appends. @throws LedgerProblemError where another holds the file for ten seconds */
async function locked(file: string): Promise<() => Promise<void>> {
  const lock = `${file}.lock`;
  for (let waited_ms = 0; ; waited_ms += LOCK_PAUSE_MS) {
    try {
      const handle = await open(lock, 'wx', FILE_MODE);
      await handle.writeFile(`${JSON.stringify({ pid: process.pid, host: hostname() })}\n`).finally(() => handle.close());
      return () => rm(lock, { force: true }).catch(() => undefined);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw problem(file, 'written', error);
    }
    await takenFromTheDead(lock);
    if (waited_ms >= LOCK_WAIT_MS) throw new LedgerProblemError(`${plainText(file)} is being written by another run`, `Run it again when that has ended; remove ${plainText(lock)} if there is none.`);
    await pause(LOCK_PAUSE_MS);
  }
}

/** Removes a lock whose process is gone. By a rename first: one that is another's meanwhile is put back. */
async function takenFromTheDead(lock: string): Promise<void> {
  const text = await readFile(lock, 'utf8').catch(() => '');
  const held = lockForm.safeParse(parsedJson(text));
  if (!held.success || held.data.host !== hostname() || isAlive(held.data.pid)) return;
  const aside = `${lock}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await rename(lock, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => text);
  if (moved !== text) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function problem(file: string, what: 'read' | 'written', error: unknown): LedgerProblemError {
  const cause = systemMeaning(error) ?? (error instanceof Error ? error.message : String(error));
  return new LedgerProblemError(`${plainText(file)} cannot be ${what}: ${plainText(cause)}`, what === 'read' ? 'Give this user the right to read it.' : 'Make room or grant the right, name another place with --to, or use --print-sql.', { cause: error });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
