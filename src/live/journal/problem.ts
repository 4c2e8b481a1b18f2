import { plainText } from '../../text/plain-text.js';

/** A journal or recording that cannot be read at all. One line: the thing, the cause, the next step. */
export class JournalError extends Error {
  override readonly name = 'JournalError';

  constructor(path: string, cause: string, nextStep: string, options?: ErrorOptions) {
    super(`${plainText(path, 300)} ${cause}. ${nextStep}`, options);
  }
}

const MEANINGS: Record<string, string> = {
  EACCES: 'this user may not',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file is in the way',
  EFBIG: 'the file would be larger than this system allows',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a symbolic link',
  EMFILE: 'too many files are open',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it lies below a file',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
};

/** Why the operating system refused, in words that follow a colon. */
export function meaningOf(error: unknown): string {
  const code = codeOf(error);
  const known = code === null ? undefined : MEANINGS[code];
  return known ?? plainText(error instanceof Error ? error.message : String(error));
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
