import path from 'node:path';
import type { ReadOptions } from '../../sources/reading/read.js';
import type { CommandContext } from '../command.js';
import { gitBlame } from '../git-blame.js';

/** What reading sources needs of the process: databases of tools are opened as every other PostgreSQL is, and git is asked who wrote what. */
export function readerOptions({ host, lifetime }: CommandContext, { dump, blame = true }: { dump?: string | undefined; blame?: boolean } = {}): Omit<ReadOptions, 'baseDirectory' | 'onProgress'> {
  const { signal } = lifetime;
  const { environment, homeDirectory } = host;
  return {
    signal,
    ...(blame ? { blame: gitBlame(host, signal) } : {}),
    // Most sources are files: the driver is loaded for those that are not.
    openDatabase: async (url) => {
      const { openApplicationDatabase } = await import('../../stores/postgres/application-database.js');
      return openApplicationDatabase(url, 'the database of the tool', { environment, homeDirectory, signal });
    },
    ...(dump === undefined ? {} : { dumpDirectory: path.resolve(host.directory, dump) }),
  };
}
