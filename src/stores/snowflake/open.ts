import { z } from 'zod';
import { Deadline } from '../http/deadline.js';
import { HttpClient } from '../http/client.js';
import { httpConnectError } from '../http/failure.js';
import { Secrets } from '../http/secrets.js';
import { HttpLiveSession, sessionSignal } from '../http/session.js';
import type { Lexis } from '../http/statement-guard.js';
import { CostMeter } from '../shared/cost-meter.js';
import { loadSql } from '../sql/load.js';
import { ConnectError, type OpenContext, type StoreTarget } from '../store.js';
import { snowflakeAddress } from './address.js';
import { snowflakeAuthorization } from './credentials.js';
import { detailOf, openingDiagnosis } from './failure.js';
import { SnowflakeRunner } from './runner.js';

const OPEN_MS = 30_000;
const lexis: Lexis = { quotes: ["'", '"'], backslash: ["'"], dollars: true, lineComments: ['--', '//'] };
const identityRow = z.object({ version: z.string(), database: z.string().nullable(), role: z.string().nullable(), user: z.string().nullable(), warehouse: z.string().nullable() });
/** Roles that may do everything, which tidemark has no use for. */
const ADMINISTRATORS: ReadonlySet<string> = new Set(['ACCOUNTADMIN', 'ORGADMIN', 'SECURITYADMIN', 'SYSADMIN']);

/**
 * Proves who asks and looks who that is, which starts no warehouse.
 * @throws ConnectError; the reason of an abort.
 */
export async function openSnowflake(target: StoreTarget, context: OpenContext): Promise<HttpLiveSession> {
  const address = snowflakeAddress(target.name, target.url);
  const secrets = new Secrets();
  const authorize = await snowflakeAuthorization(target, address, context, secrets);
  const meter = new CostMeter();
  const { stop, signal } = sessionSignal(context.signal);
  const client = new HttpClient({ base: address.base, secrets, meter, signal, authorize, detailOf, headers: { 'user-agent': 'tidemark' } });
  const runner = new SnowflakeRunner({ store: target.name, address, client, secrets, signal });
  try {
    const [row] = z.array(identityRow).parse(await runner.run(loadSql('snowflake', 'identity', 0), new Deadline(OPEN_MS)));
    if (!row) throw new Error('Snowflake answered with no row');
    const database = row.database ?? noDatabase(target.name, address.place);
    const identity = { version: row.version, database, inRecovery: false, role: row.role, superuser: ADMINISTRATORS.has(row.role ?? '') };
    const [major = 0, minor = 0, patch = 0] = row.version.split('.').map((part) => Number.parseInt(part, 10));
    return new HttpLiveSession({
      store: target.name, engine: 'snowflake', version_num: major * 10_000 + minor * 100 + patch, identity, meter, runner, lexis, signal, stop, scan_bytes_max: target.scan_bytes_max,
    });
  } catch (error) {
    context.signal?.throwIfAborted();
    throw httpConnectError({ store: target.name, place: address.place, service: 'Snowflake' }, error, openingDiagnosis(error));
  }
}

function noDatabase(store: string, place: string): never {
  throw new ConnectError({
    reason: 'configuration', store, place, detail: 'no database is chosen, or this role may not use it', nextStep: 'Name it in the URL (snowflake://user@account/DATABASE), in quotes where it has lower-case letters, and GRANT USAGE ON DATABASE … TO ROLE …',
  });
}
