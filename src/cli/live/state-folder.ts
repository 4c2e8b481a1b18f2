import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Configuration } from '../../model/configuration.js';
import type { CommandContext } from '../command.js';
import type { Host } from '../host.js';
import type { Prepared } from '../targets.js';

const NAME_LENGTH = 12;

/**
 * Where the journal of this system is kept between runs, by the XDG base directory specification 0.8; the same system has the
 * same folder whatever folder it is watched from.
 */
function stateFolder({ environment, homeDirectory }: Pick<Host, 'environment' | 'homeDirectory'>, configuration: Configuration, directory: string): string {
  const base = environment['XDG_STATE_HOME'] || environment['LOCALAPPDATA'] || path.join(homeDirectory, '.local', 'state');
  const system = configuration.file === null ? configuration.stores.map(({ name, engine, role }) => `${name} ${engine} ${role}`).join('\n') : path.resolve(directory, configuration.file);
  const name = configuration.stores[0]?.name.replace(/[^\w-]/g, '_').slice(0, 40) ?? 'files';
  return path.join(base, 'tidemark', `${name}-${createHash('sha256').update(system).digest('hex').slice(0, NAME_LENGTH)}`);
}

/** The folder of the journal of a run; null where it keeps none. */
export function journalFolderOf({ host }: CommandContext, { configuration, directory }: Prepared, keeps: boolean): string | null {
  return keeps ? stateFolder(host, configuration, directory) : null;
}
