import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { formatQuantity } from '../../text/quantity.js';
import { LINE_BYTES_MAX } from './format.js';
import { codeOf, meaningOf } from './problem.js';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 65_536;
const BEGINNING_BYTES = 64;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** What became of one file, filled in while its lines are read. */
export interface FileReport {
  /** Lines that are no UTF-8. */
  unreadable_lines: number;
  /** The last line has no end: its writer was stopped in the middle, or is writing it now. */
  torn: boolean;
  /** Why the rest of the file was not read, in words that follow its name; null when all of it was. */
  stopped: string | null;
}

export interface LineOptions {
  /** After decompression; what lies beyond is not read. */
  bytes_max: number;
  /** False refuses symbolic links, which may lead anywhere. */
  followLinks: boolean;
  /** Lines that nobody wants need not be made into text; told of their beginning. */
  passesOver?: (beginning: string) => boolean;
}

/**
 * The lines of a plain or compressed file, whatever is in it: never throws, never holds more than one line and one chunk, and
 * says in `report` where and why it stopped.
 */
export async function* fileLines(path: string, options: LineOptions, report: FileReport): AsyncGenerator<string> {
  let file: FileHandle | null = null;
  try {
    // Opening a pipe would wait for its other end.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | (options.followLinks ? 0 : constants.O_NOFOLLOW));
    const found = await file.stat();
    if (!found.isFile()) report.stopped = found.isDirectory() ? 'is a folder' : 'is not a file';
    else if (found.size === 0) report.stopped = 'is empty';
    else yield* linesOf(await chunksOf(file, path), options, report);
  } catch (error) {
    report.stopped = stoppedBy(error);
  } finally {
    await file?.close().catch(() => undefined);
  }
}

async function chunksOf(file: FileHandle, path: string): Promise<AsyncIterable<Buffer>> {
  const magic = Buffer.alloc(2);
  await file.read(magic, 0, 2, 0);
  const compressed = magic[0] === GZIP_MAGIC[0] && magic[1] === GZIP_MAGIC[1];
  if (!compressed && path.endsWith('.gz')) throw new NotGzip();
  const content = contentOf(file);
  // An error of either ends both, and the consumer of the last sees it; so nothing is left for the callback.
  return compressed ? pipeline(Readable.from(content), createGunzip({ chunkSize: 4 * CHUNK_BYTES }), () => undefined) : content;
}

/** Not a stream of the handle's own: that would keep the handle from closing until it is read to its end. */
async function* contentOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    // oxlint-disable-next-line no-await-in-loop
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

class NotGzip extends Error {}

function stoppedBy(error: unknown): string {
  if (error instanceof NotGzip) return 'is not gzip, as its name says';
  const code = codeOf(error);
  if (code === 'Z_BUF_ERROR') return 'is cut off: what stands before the cut was read';
  if (code?.startsWith('Z_') === true) return 'is damaged: what stands before the damage was read';
  if (code === 'ELOOP') return 'is a symbolic link';
  return `cannot be read: ${meaningOf(error)}`;
}

async function* linesOf(chunks: AsyncIterable<Buffer>, { bytes_max, passesOver }: LineOptions, report: FileReport): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Buffer[] = [];
  let part_bytes = 0;
  let total_bytes = 0;
  for await (const chunk of chunks) {
    total_bytes += chunk.length;
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE, from); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = joined(parts, chunk.subarray(from, end));
      parts = [];
      part_bytes = 0;
      from = end + 1;
      if (passesOver?.(line.toString('latin1', 0, BEGINNING_BYTES)) === true) continue;
      const text = line.length > LINE_BYTES_MAX ? null : decoded(decoder, line);
      if (text === null) report.unreadable_lines += 1;
      else yield text;
    }
    part_bytes += chunk.length - from;
    if (part_bytes > LINE_BYTES_MAX) {
      report.stopped = `has a line of more than ${formatQuantity(LINE_BYTES_MAX, 'bytes')}, which tidemark never writes: the rest was not read`;
      return;
    }
    if (total_bytes > bytes_max) {
      report.stopped = `holds more than ${formatQuantity(bytes_max, 'bytes')}: the rest was not read`;
      return;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  report.torn = part_bytes > 0;
}

function joined(parts: readonly Buffer[], last: Buffer): Buffer {
  return parts.length === 0 ? last : Buffer.concat([...parts, last]);
}

function decoded(decoder: InstanceType<typeof TextDecoder>, line: Buffer): string | null {
  try {
    return decoder.decode(line);
  } catch {
    return null;
  }
}
