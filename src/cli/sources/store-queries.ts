import type { Configuration } from '../../model/configuration.js';
import type { CollectedQuery } from '../../model/query.js';
import type { Gap } from '../../model/snapshot.js';
import { collectSnapshot } from '../../snapshot/collect.js';
import { queriesOfStore } from '../../sources/common/store-queries.js';
import type { CommandContext } from '../command.js';

/** Looks at the stores of the configuration and gives the queries that they hold. */
export async function queriesOfStores(context: CommandContext, configuration: Configuration): Promise<{ queries: CollectedQuery[]; gaps: Gap[] }> {
  const { host, lifetime, progress } = context;
  const { environment, homeDirectory } = host;
  const snapshot = await collectSnapshot({
    configuration, read: { queries: [], sources: [], gaps: [] }, environment, homeDirectory, signal: lifetime.signal, onProgress: progress.stage,
  });
  return { queries: snapshot.stores.flatMap(queriesOfStore), gaps: snapshot.gaps };
}
