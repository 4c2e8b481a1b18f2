import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the example estate: `fixtures/estate` at the root of the package, from `src` as from `dist`. */
export const ESTATE_FOLDER = fileURLToPath(new URL('../../../fixtures/estate', import.meta.url));

/** Its configuration, which names both stores by environment variables. */
export const ESTATE_CONFIGURATION = join(ESTATE_FOLDER, 'tidemark.yaml');

/** What was collected from the estate when this version was made, for machines without a server. */
export const BUNDLED_SNAPSHOT = join(ESTATE_FOLDER, 'estate.tidemark');

/** A part of the estate could not be built. The message names the file; the cause is the database's own error. */
export class EstateError extends Error {
  override readonly name = 'EstateError';
}

/** Paths of the files of a folder of the estate that end so, in the order of their names. */
export async function estateFiles(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(join(ESTATE_FOLDER, folder));
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(ESTATE_FOLDER, folder, name));
}

/** The SQL scripts of a folder of the estate, in the order in which they must run, with what each is about in words. */
export async function sqlScripts(folder: string): Promise<{ path: string; subject: string; text: string }[]> {
  const paths = await estateFiles(folder, '.sql');
  return Promise.all(paths.map(async (path) => ({ path, subject: subjectOf(path), text: await readFile(path, 'utf8') })));
}

/** `21-casework-data.sql` is about casework data. */
function subjectOf(path: string): string {
  return basename(path, '.sql').replace(/^\d+-/, '').replaceAll('-', ' ');
}
