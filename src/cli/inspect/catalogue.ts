import path from 'node:path';
import type { Targets } from '../../config/defaults.js';
import type { StoreConfiguration } from '../../model/configuration.js';
import type { Catalog } from '../../model/catalog.js';
import type { Engine } from '../../model/store.js';
import type { CommandContext } from '../command.js';
import { givenTargets, namesStores, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { suggestion } from '../../text/nearest-name.js';

/** The flags that say against which catalogue a text is read. */
export interface CatalogueOptions extends Partial<Targets> {
  ddl?: string[];
  bundle?: string;
  store?: string;
}

/** A catalogue of a store with the engine that it is of. */
export interface FoundCatalogue {
  catalog: Catalog;
  engine: Engine;
}

/** The catalogue of a bundle's store, or of a live one; null where the flags name neither. Throws UsageError and ConnectError. */
export async function findCatalogue(context: CommandContext, options: CatalogueOptions): Promise<FoundCatalogue | null> {
  const live = namesStores(options);
  const named = [options.ddl && '--ddl', options.bundle && '--bundle', live && '--postgres, --duckdb or --warehouse'].filter((flag) => typeof flag === 'string');
  if (options.ddl && options.store !== undefined) throw new UsageError('--ddl and --store each name a catalogue', 'give one of them');
  if (named.length > 1) throw new UsageError(`${named.join(' and ')} each name a catalogue`, 'give one of them');
  if (options.bundle !== undefined) return fromBundle(context, options.bundle, options.store);
  if (live || (options.store !== undefined && options.ddl === undefined)) return fromStore(context, options);
  return null;
}

async function fromBundle({ host }: CommandContext, file: string, wanted: string | undefined): Promise<FoundCatalogue> {
  const { readBundle } = await import('../../snapshot/bundle.js');
  const { stores } = await readBundle(path.resolve(host.directory, file));
  return chosen(stores, wanted, file);
}

async function fromStore(context: CommandContext, options: CatalogueOptions): Promise<FoundCatalogue> {
  const { configuration } = await prepareLive(context, { ...givenTargets(options), dashboards: [] });
  const store = chosen(configuration.stores, options.store, null);
  return { catalog: await readCatalogue(context, store), engine: store.engine };
}

async function readCatalogue(context: CommandContext, configured: StoreConfiguration): Promise<Catalog> {
  const { name, engine, url } = configured;
  if (url === null) throw new UsageError(`the store ${name} has no url`, 'give it one in tidemark.yaml, or read against a bundle with --bundle FILE');
  const { openStore } = await import('../../stores/index.js');
  const { targetOf } = await import('../../stores/shared/target.js');
  const { environment, homeDirectory } = context.host;
  context.progress.stage(`reading the catalogue of ${name}`);
  const store = await openStore(engine, targetOf(configured), { environment, homeDirectory, signal: context.lifetime.signal });
  try {
    const { value, gaps } = await store.catalog();
    context.progress.end();
    for (const { subject, missing, cause } of gaps) context.output.note(context.redactor.redact(`${subject}: ${missing} could not be read: ${cause}`));
    return value;
  } finally {
    await store.close();
  }
}

/** The store that is meant; `bundle` holds the stores, null stands for the configuration or the flags. */
function chosen<T extends { name: string }>(stores: readonly T[], wanted: string | undefined, bundle: string | null): T {
  const names = stores.map(({ name }) => name);
  const where = bundle ?? 'the configuration';
  const found = wanted === undefined ? stores[0] : stores.find(({ name }) => name === wanted);
  if (found === undefined) {
    const hint = names.length === 0 ? null : `stores: ${names.join(', ')}`;
    throw new UsageError(wanted === undefined ? `${where} has no store` : `${where} has no store named '${wanted}'${suggestion(wanted, names)}`, hint);
  }
  if (wanted === undefined && stores.length > 1) {
    throw new UsageError(`${where} has ${stores.length} stores, and a text is read against one`, `name it with --store: ${names.join(', ')}`);
  }
  return found;
}
