import { z } from 'zod';
import type { Catalog } from '../../model/catalog.js';
import type { ControlRecords } from '../../model/control-record.js';
import { DUCKDB_CONTROL } from '../control/dialect.js';
import { type ControlSettings, findControlTables } from '../control/find.js';
import { readControl } from '../control/read.js';
import type { Reading } from '../store.js';
import type { Run } from './catalog.js';

/** What the control tables of the file say; null where they are not asked for. */
export async function readControlTables(store: string, run: Run, catalog: Catalog, settings: ControlSettings | undefined): Promise<Reading<ControlRecords | null>> {
  if (settings === undefined) return { value: null, gaps: [] };
  return readControl({
    store, dialect: DUCKDB_CONTROL,
    run,
    now: async () => (await run(z.object({ seconds: z.number() }), 'select epoch(now()) as seconds'))[0]?.seconds ?? Number.NaN,
    failed: (_, error) => ({ cause: error instanceof Error ? error.message : String(error), remedy: null }),
  }, findControlTables(catalog, 'duckdb', settings));
}
