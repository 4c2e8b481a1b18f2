import { randomBytes } from 'node:crypto';
import type { ReconcilePair } from '../../model/configuration.js';
import type { PairReport } from '../../model/reconciliation.js';
import type { Sample } from '../../probes/index.js';
import type { KeysReport } from '../../probes/keys.js';
import type { CommandContext } from '../command.js';
import { journalFolderOf } from '../live/state-folder.js';
import { systemClock } from '../live/system-clock.js';
import type { Prepared } from '../targets.js';
import { toolVersion } from '../version.js';

/** A pair without a schedule is taken to be compared so often. */
const PACE_SECONDS = 86_400;

/**
 * Writes what was found into the journal of the system, as a watch writes its own passes: the screen, `serve` and a replay show
 * it, and a schedule counts from it. Digests in the place of keys. What cannot be written is said in one line.
 */
export async function keepHistory(context: CommandContext, prepared: Prepared, found: readonly { pair: ReconcilePair; report: PairReport }[]): Promise<void> {
  const folder = journalFolderOf(context, prepared, true);
  if (folder === null || found.length === 0) return;
  const [{ JournalWriter }, { reportToKeep }] = await Promise.all([import('../../live/journal/writer.js'), import('../../probes/keys.js')]);
  const { configuration } = prepared;
  const { bytes_max, seconds_max } = configuration.live.journal;
  const header = { tool: `tidemark ${toolVersion()}`, configuration: configuration.file };
  const name = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const journal = new JournalWriter({ folder, name, header, bytes_max, seconds_max, clock: systemClock });
  for (const { pair, report } of found) journal.append(context.redactor.redactAll(sampleOf(pair, reportToKeep(report))));
  await journal.close();
  const { problem } = journal.status();
  if (problem !== null) context.output.note(`${problem}.`);
}

function sampleOf(pair: ReconcilePair, report: KeysReport): Sample {
  const at = systemClock.now();
  const { cost } = report.source;
  return {
    probe: 'keys',
    store: pair.source.store,
    at,
    elapsed_ms: cost.elapsed_ms,
    received_bytes: cost.received_bytes,
    pace_seconds: pair.every_seconds ?? PACE_SECONDS,
    slowed: null,
    payload: { pairs: [{ name: pair.name, next_at: pair.every_seconds === null ? null : at + pair.every_seconds, running: null, waits_because: null, report }] },
    failure: null,
  };
}
