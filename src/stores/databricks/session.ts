import { z } from 'zod';
import { Deadline } from '../http/deadline.js';
import { httpConnectError } from '../http/failure.js';
import { HttpLiveSession, sessionSignal } from '../http/session.js';
import type { Lexis } from '../http/statement-guard.js';
import { DeadlineExceeded } from '../live.js';
import { CostMeter } from '../shared/cost-meter.js';
import { loadSql } from '../sql/load.js';
import type { OpenContext, StoreTarget } from '../store.js';
import { databricksAddress } from './address.js';
import { DatabricksClient, type Warehouse } from './client.js';
import { openingDiagnosis } from './failure.js';

/** A serverless warehouse starts within seconds, another one within some minutes. */
const CONNECT_TIMEOUT_MS = 90_000;
const LEXIS: Lexis = { quotes: ["'", '"', '`'], backslash: ["'", '"'], rawTexts: true, lineComments: ['--'] };
const identityRow = z.object({ role: z.string(), version: z.string().nullable() });

/** An open catalogue of a Databricks workspace. */
export interface OpenDatabricks {
  session: HttpLiveSession;
  catalog: string;
  /** As it was before the first statement, which starts it; null where it may not be seen. */
  warehouse: Warehouse | null;
}

/**
 * Proves who asks, looks at the warehouse, and runs the first statement on it.
 * @throws ConnectError
 */
export async function openDatabricks(target: StoreTarget, context: OpenContext): Promise<OpenDatabricks> {
  const address = databricksAddress(target, context);
  const meter = new CostMeter();
  const { stop, signal } = sessionSignal(context.signal);
  const client = new DatabricksClient({ store: target.name, address, meter, signal });
  let warehouse: Warehouse | null = null;
  try {
    const deadline = new Deadline(CONNECT_TIMEOUT_MS);
    warehouse = await client.warehouse(deadline);
    const [row] = z.array(identityRow).parse(await client.run(loadSql('databricks', 'identity', 0), deadline));
    const version = row?.version ?? '';
    const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
    const session = new HttpLiveSession({
      store: target.name,
      engine: 'databricks',
      version_num: major * 10_000 + minor * 100,
      identity: { version, database: address.catalog, inRecovery: false, role: row?.role ?? null, superuser: false },
      meter,
      runner: client,
      lexis: LEXIS,
      signal,
      stop,
      scan_bytes_max: target.scan_bytes_max,
    });
    return { session, catalog: address.catalog, warehouse };
  } catch (error) {
    context.signal?.throwIfAborted();
    const isStarting = warehouse !== null && warehouse.state !== 'RUNNING';
    const late = isStarting ? new DeadlineExceeded(target.name, `the SQL warehouse was ${warehouse?.state.toLowerCase() ?? ''} and has not started within ${CONNECT_TIMEOUT_MS / 1000} s`) : error;
    const isLate = error instanceof Error && error.name === 'NoAnswer';
    throw httpConnectError({ store: target.name, place: address.place, service: 'Databricks' }, error, openingDiagnosis(target.name, isLate ? late : error, 'token' in address.proof));
  }
}
