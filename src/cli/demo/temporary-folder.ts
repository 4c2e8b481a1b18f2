import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mayEnter, type SystemUser } from './unprivileged-user.js';

/** The server could not be started. The message ends with the last lines that the server wrote. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError';
}

/**
 * A new folder that the server's user can reach; root's own TMPDIR often is closed to others.
 * @throws PostgresStartError where there is no place for one.
 */
export async function createFolder(user: SystemUser | null): Promise<string> {
  const parent = temporaryFolder(user);
  try {
    return await mkdtemp(join(parent, 'tidemark-postgres-'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new PostgresStartError(`The temporary folder ${parent} cannot be written to (${code}). Set TMPDIR to a folder that can.`, { cause: error });
  }
}

/** Where servers of demos have their folders. */
export function temporaryFolders(): string[] {
  return [...new Set([tmpdir(), '/tmp', '/var/tmp'])];
}

/** The first of the usual temporary folders that the server's user can reach; root's own TMPDIR often is closed to others. */
function temporaryFolder(user: SystemUser | null): string {
  const folders = temporaryFolders();
  const folder = user === null ? folders[0] : folders.find((each) => mayEnter(each, user));
  if (folder === undefined) throw new PostgresStartError(`No temporary folder is open to the user ${user?.name ?? ''}.`);
  return folder;
}
