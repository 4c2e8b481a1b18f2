import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './problem.js';

const FOLDER_MODE = 0o700;

/**
 * Makes a folder and those above it, for this user only. Each is tried twice at most: the `recursive` of Node 20 tries for ever where a
 * file system (`/proc`, an automounter) says that a folder is not there and does not let it be made.
 * @throws the error of the operating system
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: FOLDER_MODE });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: FOLDER_MODE }).catch((again: unknown) => {
      if (codeOf(again) !== 'EEXIST') throw again;
    });
  }
}
