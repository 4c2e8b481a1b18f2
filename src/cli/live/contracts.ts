import { withContracts } from '../../config/live.js';
import { readText } from '../../config/load.js';
import { objectivesFromContract } from '../../config/odcs.js';
import { displayName } from '../configuration.js';
import type { CommandContext } from '../command.js';
import type { Prepared } from '../targets.js';

/** What the data contracts of the configuration promise, added to it. Throws ConfigurationError with the file's name. */
export async function readContracts(context: CommandContext, prepared: Prepared): Promise<Prepared> {
  const { configuration } = prepared;
  const files = configuration.live.contracts;
  const promised = await Promise.all(
    files.map(async (file) => {
      const name = `the data contract ${displayName(context, file)}`;
      return objectivesFromContract(await readText(file, name), name);
    }),
  );
  return { ...prepared, configuration: { ...configuration, live: withContracts(configuration.live, promised.flat()) } };
}
