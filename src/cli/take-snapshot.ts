import type { Snapshot } from '../model/snapshot.js';
import { collectSnapshot } from '../snapshot/collect.js';
import { readSources } from '../sources/reading/read.js';
import type { CommandContext } from './command.js';
import { remoteOptions } from './sources/remote-options.js';
import type { Prepared } from './targets.js';

/** Looks at everything that the configuration names, with progress, until the run is stopped. */
export async function takeSnapshot(context: CommandContext, { configuration, directory }: Prepared): Promise<Snapshot> {
  const { host, lifetime, progress, redactor } = context;
  const { signal } = lifetime;
  progress.stage('reading dashboards');
  const read = await readSources(configuration.sources, {
    ...remoteOptions(context, undefined),
    baseDirectory: directory,
    onProgress: ({ path, files, filesTotal }) => progress.detail(`reading dashboards: ${path}, ${filesTotal === null ? `${files} answers` : `file ${files} of ${filesTotal}`}`),
  });
  signal.throwIfAborted();
  progress.stage('looking at stores');
  const { environment, homeDirectory } = host;
  const snapshot = await collectSnapshot({ configuration, read, environment, homeDirectory, signal, onProgress: progress.stage });
  signal.throwIfAborted();
  // Causes often quote a driver, and a bundle leaves the machine.
  return { ...snapshot, gaps: redactor.redactAll(snapshot.gaps) };
}
