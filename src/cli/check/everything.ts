import type { SourceReading } from '../../model/check.js';
import type { CommandContext } from '../command.js';
import type { Prepared } from '../targets.js';
import { redactedReadings } from './redact-readings.js';
import { readSide } from './sides.js';

/** What the sources on disk hold, for a check of all of it. Tools are not asked: what they hold the bundle knows. */
export async function readEverything(context: CommandContext, { configuration, directory }: Prepared): Promise<SourceReading> {
  context.progress.stage('reading dashboards');
  const onDisk = configuration.sources.filter(({ remote }) => remote === undefined);
  const reading = await readSide(context, onDisk.map((source) => ({ source })), directory);
  const [clean = reading] = redactedReadings([reading]);
  return clean;
}
