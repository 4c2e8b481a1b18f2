import type { Targets } from '../../config/defaults.js';
import type { StoreConfiguration } from '../../model/configuration.js';
import { openLive } from '../../stores/index.js';
import type { LiveSession } from '../../stores/live.js';
import { targetOf } from '../../stores/shared/target.js';
import { plainText } from '../../text/plain-text.js';
import { suggestion } from '../../text/nearest-name.js';
import type { CommandContext } from '../command.js';
import { givenTargets, prepareLive, type Prepared } from '../targets.js';
import { UsageError } from '../usage-error.js';

/** The flags that name stores. */
export type StoreFlags = Partial<Targets>;

export interface Opened {
  prepared: Prepared;
  store: StoreConfiguration;
  engine: 'postgres' | 'duckdb';
  session: LiveSession;
}

/**
 * Opens the store that a flag names, or the only one; it is closed at the end of the run.
 * @throws UsageError, ConfigurationError, ConnectError
 */
export async function openedStore(context: CommandContext, options: StoreFlags, name: string | undefined, flag: string): Promise<Opened> {
  const prepared = await prepareLive(context, givenTargets(options));
  const store = chosenStore(prepared.configuration.stores, name, flag);
  const { engine } = store;
  if (engine !== 'postgres' && engine !== 'duckdb') throw new UsageError(`${plainText(store.name, 60)} is ${engine}: report runs are recorded on PostgreSQL and DuckDB`);
  const { host, lifetime, progress } = context;
  progress.stage(`connecting to ${plainText(store.name, 60)}`);
  const session = await openLive(engine, targetOf(store), { environment: host.environment, homeDirectory: host.homeDirectory, signal: lifetime.signal, lockFree: true });
  lifetime.onEnd(() => session.close());
  return { prepared, store, engine, session };
}

function chosenStore(stores: readonly StoreConfiguration[], name: string | undefined, flag: string): StoreConfiguration {
  const names = stores.map((store) => store.name);
  if (name !== undefined) {
    const named = stores.find((store) => store.name === name);
    if (named === undefined) throw new UsageError(`${flag}: there is no store '${plainText(name, 60)}'${suggestion(name, names)}`, `stores: ${names.map((one) => plainText(one, 60)).join(', ')}`);
    return named;
  }
  const [only, another] = stores;
  if (only === undefined) throw new UsageError('there is no store to ask', 'name one with --postgres or --duckdb, or in tidemark.yaml');
  if (another !== undefined) throw new UsageError('there are several stores', `name one, as in ${flag} ${plainText(only.name, 60)}; stores: ${names.map((one) => plainText(one, 60)).join(', ')}`);
  return only;
}
