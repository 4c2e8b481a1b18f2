import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { fileLines, type FileReport } from './file-lines.js';
import { headerLine, readHeader } from './format.js';
import type { SegmentName } from './segment-name.js';
import { Thinner } from './thinning.js';

export const SEGMENT_BYTES_MAX = 64 * 2 ** 20;
const OWNER_ONLY = 0o600;
/** Lines are compressed in pieces of this size: one by one costs more than the compression. */
const PIECE_CHARACTERS = 65_536;

/**
 * Compresses a closed segment, thinned to one good sample in `step_seconds` (0 keeps all). The new file is complete before it takes
 * the place of the old one, so a crash leaves one or both, never less. Several writers may do so at once: they write the same.
 * Resolves to how far the file is thinned now, null where it is none of ours and was left alone.
 * @throws what the operating system refuses
 */
export async function rewriteSegment(folder: string, segment: SegmentName, step_seconds: number, writer: string): Promise<number | null> {
  const path = join(folder, segment.file);
  const target = segment.compressed ? path : `${path}.gz`;
  const header = await headerOf(path);
  if (header === null) return null;
  if (segment.compressed && header.thinned_seconds >= step_seconds) return header.thinned_seconds;
  const thinned_seconds = Math.max(step_seconds, header.thinned_seconds);
  const temporary = join(folder, `.${segment.file}.${writer}.tmp`);
  try {
    const file = await open(temporary, 'w', OWNER_ONLY);
    try {
      const content = Readable.from(pieces(path, headerLine(header, header.started_at, thinned_seconds), thinned_seconds));
      // An error of either ends both and is thrown here; so nothing is left for the callback.
      for await (const piece of pipeline(content, createGzip(), () => undefined)) await file.appendFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (target !== path) await rm(path, { force: true });
  return thinned_seconds;
}

/** Whether a file in the folder is left over from a rewriting that was stopped. */
export function isTemporary(file: string): boolean {
  return /^\.\d{8}T\d{6}Z\..*\.tmp$/.test(file);
}

async function headerOf(path: string) {
  const report: FileReport = { unreadable_lines: 0, torn: false, stopped: null };
  for await (const line of fileLines(path, { bytes_max: SEGMENT_BYTES_MAX, followLinks: false }, report)) {
    const reading = readHeader(line);
    return reading.kind === 'ours' ? reading.header : null;
  }
  return null;
}

async function* pieces(path: string, header: string, step_seconds: number): AsyncGenerator<string> {
  const report: FileReport = { unreadable_lines: 0, torn: false, stopped: null };
  const thinner = new Thinner(step_seconds);
  let piece = header;
  for await (const line of fileLines(path, { bytes_max: SEGMENT_BYTES_MAX, followLinks: false }, report)) {
    if (!thinner.keeps(line)) continue;
    piece += `${line}\n`;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
