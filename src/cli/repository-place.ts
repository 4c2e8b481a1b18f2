import { stat } from 'node:fs/promises';
import path from 'node:path';
import { findConfiguration } from '../config/load.js';
import type { Host } from './host.js';

/** What CI services call the folder that they cloned into: GitHub, GitLab. */
const CLONES = ['GITHUB_WORKSPACE', 'CI_PROJECT_DIR'];

/** Where the configuration lies in the repository, so that reports can name files from its root as forges want them. */
export async function repositoryPlace(host: Host, config: string | undefined): Promise<{ folder: string; configurationName: string | undefined }> {
  const file = config === undefined ? await findConfiguration(host.directory) : path.resolve(host.directory, config);
  const start = file === null ? host.directory : path.dirname(file);
  const given = CLONES.flatMap((name) => host.environment[name] ?? []).find((root) => root !== '' && isBelow(start, root));
  const root = given ?? (await clonedFolder(start)) ?? start;
  return { folder: path.relative(root, start).split(path.sep).join('/'), configurationName: file === null ? undefined : path.basename(file) };
}

function isBelow(folder: string, root: string): boolean {
  const relative = path.relative(root, folder);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

/** The nearest folder upwards that holds `.git`, a folder or, in a work tree, a file. */
async function clonedFolder(start: string): Promise<string | null> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (await stat(path.join(folder, '.git')).catch(() => null)) return folder;
    if (folder === path.dirname(folder)) return null;
  }
}
