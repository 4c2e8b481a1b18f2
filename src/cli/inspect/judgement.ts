import { defaultThresholds } from '../../config/defaults.js';
import type { Thresholds } from '../../model/thresholds.js';
import type { MaskLevel } from '../../sql/flow.js';
import type { CommandContext } from '../command.js';
import { configurationFile, readConfiguration } from '../configuration.js';

/** What the configuration says of judging a text: that of `--config`, or of the nearest file, or the defaults. */
export async function judgementOf(context: CommandContext): Promise<{ masks: ReadonlyMap<string, MaskLevel>; thresholds: Thresholds }> {
  const file = await configurationFile(context);
  if (file === null) return { masks: new Map(), thresholds: defaultThresholds };
  const { configuration } = await readConfiguration(context, file, false);
  return { masks: new Map(Object.entries(configuration.maskingFunctions)), thresholds: configuration.thresholds };
}
