import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parsePreviousReview, type PreviousReview, PreviousReviewError } from '../../review/previous.js';
import type { CommandContext } from '../command.js';
import { systemMeaning } from '../error-message.js';
import { UsageError } from '../usage-error.js';

/** Longer reviews are of no system. */
const BYTES_MAX = 200_000_000;

/** The review before. Throws UsageError for a file that is none. */
export async function readPrevious({ host }: CommandContext, file: string): Promise<PreviousReview> {
  const place = path.resolve(host.directory, file);
  const found = await stat(place).catch(() => null);
  if (found === null) throw new UsageError(`--previous ${file}: there is no such file`);
  // A pipe is never opened: that would wait for a writer.
  if (!found.isFile()) throw new UsageError(`--previous ${file}: it is not a file`);
  if (found.size > BYTES_MAX) throw new UsageError(`--previous ${file}: it holds more than ${BYTES_MAX} bytes`, 'a review is never so large');
  try {
    return parsePreviousReview(await readFile(place, 'utf8'));
  } catch (error) {
    if (error instanceof PreviousReviewError) throw new UsageError(`--previous ${file}: ${error.message}`);
    throw new UsageError(`--previous ${file}: it cannot be read: ${systemMeaning(error) ?? (error instanceof Error ? error.message : String(error))}`);
  }
}
