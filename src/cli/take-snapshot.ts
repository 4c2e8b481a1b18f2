import type { Configuration } from '../model/configuration.js';
import type { Snapshot } from '../model/snapshot.js';
import { collectSnapshot } from '../snapshot/collect.js';
import { type StoreSample, sampleStores } from '../snapshot/sample.js';
import { readSources } from '../sources/reading/read.js';
import type { CommandContext } from './command.js';
import { journalFolderOf } from './live/state-folder.js';
import { withClosedPeriods } from './metrics/history/remembered.js';
import { readerOptions } from './sources/reader-options.js';
import type { Prepared } from './targets.js';

export interface Looking {
  /** How long it is looked who runs what; absent for not at all. */
  sample_seconds?: number | undefined;
  /** False where who wrote a file by git says nothing: an example that tidemark brings along. */
  blame?: boolean;
  /** An earlier snapshot of the same stores: texts of statements that it has are not read again. */
  previous?: Snapshot | undefined;
}

/** Looks at everything that the configuration names, with progress, until the run is stopped. */
export async function takeSnapshot(context: CommandContext, prepared: Prepared, { sample_seconds, blame = true, previous }: Looking = {}): Promise<Snapshot> {
  const { configuration, directory } = prepared;
  const { host, lifetime, progress, redactor } = context;
  const { signal } = lifetime;
  progress.stage('reading dashboards');
  const read = await readSources(configuration.sources, {
    ...readerOptions(context, { blame }),
    baseDirectory: directory,
    onProgress: ({ path, files, filesTotal }) => progress.detail(`reading dashboards: ${path}, ${filesTotal === null ? `${files} answers` : `file ${files} of ${filesTotal}`}`),
  });
  signal.throwIfAborted();
  progress.stage('looking at stores');
  const { environment, homeDirectory } = host;
  const samples = sample_seconds === undefined ? [] : await sample(context, configuration, sample_seconds);
  const snapshot = await collectSnapshot({ configuration, read, samples, previous, environment, homeDirectory, signal, onProgress: progress.stage });
  signal.throwIfAborted();
  const state = journalFolderOf(context, prepared, true);
  const remembered = state === null ? snapshot : await withClosedPeriods(snapshot, configuration, state);
  // Causes often quote a driver, and a bundle leaves the machine.
  return { ...remembered, gaps: redactor.redactAll(remembered.gaps) };
}

/** Before the rest, so that the statistics that are read next hold what was seen. Ctrl-C ends the sampling, not the run. */
async function sample({ host, lifetime, progress }: CommandContext, configuration: Configuration, seconds: number): Promise<StoreSample[]> {
  const { environment, homeDirectory } = host;
  const { stop, end } = lifetime.interruptible('sampling stopped; going on with what was seen');
  try {
    return await sampleStores({ configuration, environment, homeDirectory, seconds, stop, signal: lifetime.signal, onProgress: progress.detail });
  } finally {
    end();
  }
}
