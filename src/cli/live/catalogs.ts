import type { Catalog } from '../../model/catalog.js';
import type { StoreConfiguration } from '../../model/configuration.js';
import type { SampleFailure } from '../../model/sample.js';
import { needsPerson, sampleFailure } from '../../probes/failure.js';
import { openStore } from '../../stores/index.js';
import { targetOf } from '../../stores/shared/target.js';
import type { OpenContext } from '../../stores/store.js';

/** What a store holds, or why it cannot be said. */
export type CatalogReading = { catalog: Catalog; failure: null } | { catalog: null; failure: SampleFailure; needsPerson: boolean };

/** Of one statement, as a collection has it. */
const DEADLINE_MS = 30_000;

/** Opens the store, reads its catalogue and closes it again. Never rejects but for an abort. */
export async function readCatalog(configured: StoreConfiguration, context: OpenContext): Promise<CatalogReading> {
  const { name, engine, url } = configured;
  if (url === null) {
    const failure: SampleFailure = { reason: 'connect', message: `${name}: the configuration gives no connection`, next_step: 'Give the store a url.' };
    return { catalog: null, failure, needsPerson: true };
  }
  try {
    const store = await openStore(engine, targetOf(configured), context);
    try {
      const { value, gaps } = await store.catalog();
      const blind = gaps.find(({ severity }) => severity === 'blind');
      if (blind === undefined) return { catalog: value, failure: null };
      // Half of a catalogue would hide what there is to look at.
      const failure: SampleFailure = { reason: 'lost', message: `${name}: its catalogue could not be read: ${blind.cause}`, next_step: blind.remedy ?? 'It is read again by itself.' };
      return { catalog: null, failure, needsPerson: false };
    } finally {
      await store.close();
    }
  } catch (error) {
    context.signal?.throwIfAborted();
    const failure = sampleFailure(error, { probe: 'the catalogue', store: name, role: null, deadline_ms: DEADLINE_MS, engine });
    return { catalog: null, failure, needsPerson: needsPerson(error) };
  }
}

/** Changes when relations or columns do. */
export function shapeOf({ relations }: Catalog): string {
  return relations.map(({ schema, name, columns }) => `${schema}.${name}(${columns.map((column) => `${column.name} ${column.type}`).join()})`).join('\n');
}
