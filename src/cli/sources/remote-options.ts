import path from 'node:path';
import type { RemoteOptions } from '../../sources/reading/remote.js';
import { openApplicationDatabase } from '../../stores/postgres/application-database.js';
import type { CommandContext } from '../command.js';

/** How tools are asked from here: databases of tools are opened as every other PostgreSQL is. */
export function remoteOptions({ host, lifetime }: CommandContext, dump: string | undefined): RemoteOptions {
  const { signal } = lifetime;
  const { environment, homeDirectory } = host;
  return {
    signal,
    openDatabase: (url) => openApplicationDatabase(url, 'the database of the tool', { environment, homeDirectory, signal }),
    ...(dump === undefined ? {} : { dumpDirectory: path.resolve(host.directory, dump) }),
  };
}
