import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { addAbortSignal } from 'node:stream';
import { decode } from '../../sources/common/decode.js';
import { count } from '../../text/quantity.js';
import type { CommandContext } from '../command.js';
import { UsageError } from '../usage-error.js';
import { openPipe } from './named-pipe.js';

/** What no parser reads anyway is not read into memory. */
const BYTES_MAX = 32 * 1024 * 1024;

/** A text with the name by which messages call it. */
export interface NamedText {
  name: string;
  text: string;
}

/**
 * The text of a file, or of standard input for `-`.
 *
 * @throws UsageError for what is no text or is too large; the error of the system for what cannot be opened.
 */
export async function readText(context: CommandContext, file: string): Promise<NamedText> {
  const name = file === '-' ? 'standard input' : file;
  const bytes = await readBytes(context, file, name);
  const decoded = decode(bytes);
  if (decoded.kind === 'binary') throw new UsageError(`${name} is no text: it holds zero bytes`, 'give a file of SQL, in UTF-8 or in UTF-16 with its byte order mark');
  if (decoded.kind === 'damaged') context.output.note(`${name}: byte ${decoded.offset + 1} is no UTF-8; it is read as \uFFFD`);
  return { name, text: decoded.text };
}

export async function readBytes({ host, lifetime }: CommandContext, file: string, name: string): Promise<Buffer> {
  const { signal } = lifetime;
  if (file === '-') return collected(addAbortSignal(signal, host.stdin), name);
  const place = path.resolve(host.directory, file);
  const found = await stat(place);
  if (found.isDirectory()) throw new UsageError(`${name} is a folder, where a file is needed`, 'name the file of SQL in it');
  const stream = found.isFIFO() ? await openPipe(place, signal) : createReadStream(place);
  return collected(addAbortSignal(signal, stream), name);
}

async function collected(stream: AsyncIterable<unknown>, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > BYTES_MAX) throw new UsageError(`${name} is too large: more than ${count(BYTES_MAX / 1024 / 1024, 'MiB', 'MiB')} are not read`, 'give the statement that you ask about');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/**
 * The lines of a stream as they come, in portions, so that who asks one question gets its answer at once. A line longer than
 * `length_max` UTF-16 units arrives as null.
 */
export async function* linesOf(stream: AsyncIterable<unknown>, length_max: number): AsyncGenerator<(string | null)[]> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let tooLong = false;
  for await (const chunk of stream) {
    const text = decoder.decode(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)), { stream: true });
    const parts = text.split('\n');
    const lines: (string | null)[] = [];
    for (const [index, part] of parts.entries()) {
      rest = tooLong ? '' : rest + part;
      if (rest.length > length_max) {
        tooLong = true;
        rest = '';
      }
      if (index === parts.length - 1) break;
      lines.push(tooLong ? null : rest);
      rest = '';
      tooLong = false;
    }
    if (lines.length > 0) yield lines;
  }
  rest += decoder.decode();
  if (tooLong || rest.trim() !== '') yield [tooLong ? null : rest];
}
