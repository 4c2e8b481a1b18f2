import path from 'node:path';
import { findConfiguration, loadConfiguration } from '../config/load.js';
import type { LoadedConfiguration } from '../config/parse.js';
import type { CommandContext } from './command.js';
import { hideSecretsOf } from './store-secrets.js';

/** The file of `--config`, else the nearest one upwards; null where there is none. */
export async function configurationFile({ options, host }: CommandContext): Promise<string | null> {
  return options.config === undefined ? findConfiguration(host.directory) : path.resolve(host.directory, options.config);
}

/** Reads it; passwords that it holds are hidden from now on. `connects` as in LoadOptions. Throws ConfigurationError. */
export async function readConfiguration(context: CommandContext, file: string, connects: boolean): Promise<LoadedConfiguration> {
  const { environment } = context.host;
  const loaded = await loadConfiguration(file, { environment, connects, displayName: displayName(context, file) });
  for (const store of loaded.configuration.stores) await hideSecretsOf(store, connects ? context.host : null, context.redactor);
  for (const { remote } of loaded.configuration.sources) {
    if (remote === undefined) continue;
    context.redactor.addUrl(remote.url);
    context.redactor.addSecrets([remote.token, remote.password].filter((secret) => secret !== null));
  }
  return loaded;
}

/** A path as a person in the working folder would write it. */
export function displayName({ host }: CommandContext, file: string): string {
  const relative = path.relative(host.directory, file);
  return relative.length < file.length ? relative : file;
}
