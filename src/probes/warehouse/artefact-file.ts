import { open, type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import type { z } from 'zod';
import { plainText } from '../../text/plain-text.js';
import { ProbeUnsupported } from '../probe.js';

const BYTES_MAX = 64 * 1024 * 1024;

/** A JSON file that a tool writes anew now and then. It is read again only when it has changed. */
export class ArtefactFile<T> {
  #known: { state: string; value: T } | null = null;

  /** @param paths where it may be; the first that is there is read. */
  constructor(
    private readonly paths: readonly string[],
    private readonly form: z.ZodType<T>,
  ) {}

  /**
   * Null where there is no such file.
   * @throws Error that names the file where it cannot be read or is not what it should be. One that is being written just now is
   * no JSON yet, and the next call finds it whole.
   */
  async read(signal: AbortSignal): Promise<T | null> {
    for (const path of this.paths) {
      signal.throwIfAborted();
      const handle = await openFile(path);
      if (handle === null) continue;
      try {
        return await this.#readFrom(handle, path, signal);
      } finally {
        await handle.close();
      }
    }
    return null;
  }

  async #readFrom(handle: FileHandle, path: string, signal: AbortSignal): Promise<T> {
    const name = plainText(path, 300);
    const file = await handle.stat();
    if (!file.isFile()) throw new ProbeUnsupported(`${name} is not a file`, 'Correct the folder under dbt.');
    const state = `${file.ino} ${file.size} ${file.mtimeMs}`;
    if (this.#known?.state === state) return this.#known.value;
    if (file.size > BYTES_MAX) throw new ProbeUnsupported(`${name} has ${file.size} bytes, and tidemark reads at most ${BYTES_MAX}`, 'Leave compiled code out of the artefacts, or take the folder out of dbt.');
    const bytes = await readAtMost(handle, BYTES_MAX, signal);
    const value = this.form.safeParse(parse(bytes, name));
    if (!value.success) {
      const [issue] = value.error.issues;
      throw new ProbeUnsupported(`${name} is not what dbt writes: ${plainText(issue?.path.map(String).join('.') ?? '', 80)} is missing or of another type`, 'Write it anew with a current dbt.');
    }
    this.#known = { state, value: value.data };
    return value.data;
  }
}

/** Null where there is none. A pipe or device is opened without waiting for its other end. */
async function openFile(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const cause = code === 'EACCES' ? 'this user may not read it' : plainText(error instanceof Error ? error.message : String(error));
    throw new ProbeUnsupported(`${plainText(path, 300)} cannot be opened: ${cause}`, 'Give this user the right to read it.', { cause: error });
  }
}

/** A file may grow while it is read. */
async function readAtMost(handle: FileHandle, bytes_max: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    signal.throwIfAborted();
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(1 << 20), 0, 1 << 20, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    size += bytesRead;
    if (size > bytes_max) throw new Error('it grows without end');
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

function parse(bytes: Buffer, name: string): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ProbeUnsupported(`${name} is no UTF-8 text`, 'Write it anew.', { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch {
    // The reader's own message quotes the text, and quoting it as a cause would too.
    throw new ProbeUnsupported(`${name} is no whole JSON`, 'If dbt is writing it now, the next look finds it whole; else write it anew.');
  }
}
