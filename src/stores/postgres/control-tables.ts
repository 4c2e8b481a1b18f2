import { z } from 'zod';
import type { Catalog } from '../../model/catalog.js';
import type { ControlRecords } from '../../model/control-record.js';
import { columnsRead, POSTGRES_CONTROL } from '../control/dialect.js';
import { type ControlSettings, findControlTables, type FoundTable } from '../control/find.js';
import { readControl } from '../control/read.js';
import { PermissionGap, type Reading } from '../store.js';
import { errorCode, errorText, quoteName } from './failure.js';
import type { Session } from './session.js';

/** Of one statement. A table of runs is sorted by its time; where that has no index it is read whole. */
const DEADLINE_MS = 5_000;

/**
 * What the control tables of the database say; null where they are not asked for.
 * @param role that tidemark is, for the grant that would mend it
 * @throws the reason of an abort; StoreLost when the connection is gone.
 */
export async function readControlTables(session: Session, store: string, role: string | null, catalog: Catalog, settings: ControlSettings | undefined): Promise<Reading<ControlRecords | null>> {
  if (settings === undefined) return { value: null, gaps: [] };
  return readControl({
    store, dialect: POSTGRES_CONTROL,
    run: (row, sql) => session.query(row, sql, { deadline_ms: DEADLINE_MS }),
    now: async () => (await session.query(z.object({ seconds: z.number() }), 'select extract(epoch from now())::float8 as seconds'))[0]?.seconds ?? Number.NaN,
    failed: (table, error) => {
      session.rethrowFatal(error);
      if (error instanceof PermissionGap) return { cause: error.detail, remedy: grantOf(table, role ?? 'tidemark') };
      return { cause: errorCode(error) === '55P03' ? 'another session holds a lock on it' : errorText(error), remedy: 'Run it again when the server is less busy; an index on its time makes it cheap.' };
    },
  }, findControlTables(catalog, 'postgres', settings));
}

/** On the columns that are read, and no other. */
function grantOf(table: FoundTable, role: string): string {
  const columns = columnsRead(table).map(quoteName).join(', ');
  return `GRANT USAGE ON SCHEMA ${quoteName(table.schema)} TO ${quoteName(role)}; GRANT SELECT (${columns}) ON ${quoteName(table.schema)}.${quoteName(table.name)} TO ${quoteName(role)};`;
}
