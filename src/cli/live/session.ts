import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { JournalWriter, type JournalStatus } from '../../live/journal/writer.js';
import { RecordingWriter } from '../../live/journal/recording.js';
import { readJournal } from '../../live/journal/reader.js';
import type { EpochSeconds, LiveView } from '../../model/live.js';
import type { ProbeId, Sample } from '../../probes/index.js';
import type { CommandContext } from '../command.js';
import type { Prepared } from '../targets.js';
import { toolVersion } from '../version.js';
import { passHost } from './pass-host.js';
import { systemClock } from './system-clock.js';
import { Watching } from './watching.js';

/** Everything of the last hour is seen again, so that averages, causes and curves do not begin anew with each start. */
const MEMORY_SECONDS = 3_600;
/** What budgets over days are made of, and passes that come hours apart. */
const BUDGET_PROBES: readonly ProbeId[] = ['watermarks', 'landed', 'dbt', 'keys'];

const JOURNAL_STATEMENTS_MAX = 300;

export interface SessionOptions {
  /** Every sample goes into this file too. */
  record: string | undefined;
  /** Where the journal is kept; null keeps none. */
  journalFolder: string | null;
  audit: boolean;
}

/** A watch that runs, with its journal. */
export interface LiveSessionRun {
  watching: Watching;
  /** Null where nothing is kept. */
  journalFolder: string | null;
  /** What cannot be written at the moment; empty while all is well. */
  problems(): string[];
  view(): LiveView;
  /** Null where no journal is kept. */
  journal(): JournalStatus | null;
  /** Samples on their way to the journal are on disk afterwards. */
  flush(): Promise<void>;
}

/**
 * Begins to watch what the configuration names. It ends with the lifetime of the run.
 * @throws JournalError when the recording cannot be written.
 */
export async function beginWatching(context: CommandContext, { configuration, directory }: Prepared, options: SessionOptions): Promise<LiveSessionRun> {
  const { host, lifetime, redactor } = context;
  const { journalFolder: folder } = options;
  const header = { tool: `tidemark ${toolVersion()}`, configuration: configuration.file };
  const { bytes_max, seconds_max } = configuration.live.journal;
  const name = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const journal = folder === null ? null : new JournalWriter({ folder, name, header, bytes_max, seconds_max, clock: systemClock });
  const recording = options.record === undefined ? null : await RecordingWriter.open(path.resolve(host.directory, options.record), header, systemClock);
  const keep = (sample: Sample): void => {
    journal?.append(withoutTail(sample));
    recording?.append(sample);
  };
  const watching = new Watching({
    configuration,
    directory,
    version: toolVersion(),
    environment: host.environment,
    homeDirectory: host.homeDirectory,
    clock: systemClock,
    signal: lifetime.signal,
    audits: options.audit,
    onSample: keep,
    redact: (value) => redactor.redactAll(value),
    passes: passHost(context, configuration.stores, folder === null ? null : path.join(folder, 'reconcile')),
  });
  lifetime.onEnd(async () => {
    await watching.stop();
    await Promise.all([journal?.close(), recording?.close()]);
  });
  const remembered = folder === null ? [] : await remember(watching, folder, systemClock.now(), seconds_max);
  keep(setupSample(configuration, options.audit, systemClock.now()));
  watching.start();
  return {
    watching,
    journalFolder: folder,
    problems: () => [...remembered, ...[journal, recording].flatMap((writer) => writer?.status().problem ?? [])],
    view: () => watching.view(),
    journal: () => journal?.status() ?? null,
    flush: async () => void (await journal?.flush()),
  };
}

/** Feeds what the journal knows. Resolves with what could not be read of it. */
async function remember(watching: Watching, folder: string, now: EpochSeconds, seconds_max: number): Promise<string[]> {
  if ((await stat(folder).catch(() => null)) === null) return [];
  try {
    const before = await readJournal(folder, { from: now - seconds_max, to: now - MEMORY_SECONDS, probes: BUDGET_PROBES });
    for await (const sample of before) watching.remember(sample);
    const lately = await readJournal(folder, { from: now - MEMORY_SECONDS, to: now });
    for await (const sample of lately) watching.remember(sample);
    return lately.report.problems;
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Thousands of statements that hardly run would fill days of journal; a recording keeps them. */
function withoutTail(sample: Sample): Sample {
  if (sample.probe !== 'statements' || sample.payload === null || sample.payload.work.length <= JOURNAL_STATEMENTS_MAX) return sample;
  const costliest = [...sample.payload.work].sort((a, b) => b.execution_ms - a.execution_ms).slice(0, JOURNAL_STATEMENTS_MAX);
  return { ...sample, payload: { ...sample.payload, work: costliest } };
}

function setupSample({ stores, live }: Prepared['configuration'], audits: boolean, at: EpochSeconds): Sample {
  return {
    probe: 'setup',
    store: '',
    at,
    elapsed_ms: 0,
    received_bytes: 0,
    pace_seconds: 3_600,
    slowed: null,
    payload: { stores: stores.map(({ name, role, engine }) => ({ name, role, engine })), settings: live, audits },
    failure: null,
  };
}
