import { z } from 'zod';
import { Deadline } from '../http/deadline.js';
import { httpConnectError, StatementFailed } from '../http/failure.js';
import { HttpLiveSession, sessionSignal } from '../http/session.js';
import type { Lexis } from '../http/statement-guard.js';
import { CostMeter } from '../shared/cost-meter.js';
import { loadSql } from '../sql/load.js';
import type { ConnectError, OpenContext, StoreTarget } from '../store.js';
import { trinoAddress, type TrinoAddress } from './address.js';
import { TrinoClient } from './client.js';

const CONNECT_TIMEOUT_MS = 15_000;
const LEXIS: Lexis = { backslash: [], quotes: ["'", '"'], lineComments: ['--'] };
const identityRow = z.object({ role: z.string() });

/** An open Trino catalogue: session and where it is. */
export interface OpenTrino {
  session: HttpLiveSession;
  catalog: string;
}

/**
 * Asks the coordinator for its version and, as the user, for its name.
 * @throws ConnectError
 */
export async function openTrino(target: StoreTarget, context: OpenContext): Promise<OpenTrino> {
  const address = trinoAddress(target, context);
  const meter = new CostMeter();
  const { stop, signal } = sessionSignal(context.signal);
  const client = new TrinoClient({ store: target.name, address, meter, signal, scan_bytes_max: target.scan_bytes_max });
  try {
    const deadline = new Deadline(CONNECT_TIMEOUT_MS);
    const version = await client.version(deadline);
    const [row] = z.array(identityRow).parse(await client.run(loadSql('trino', 'identity', 0), deadline));
    const session = new HttpLiveSession({
      store: target.name,
      engine: 'trino',
      version_num: Number.parseInt(version, 10) || 0,
      identity: { version, database: address.catalog, inRecovery: false, role: row?.role ?? address.user, superuser: false },
      meter,
      runner: client,
      lexis: LEXIS,
      signal,
      stop,
      scan_bytes_max: target.scan_bytes_max,
    });
    return { session, catalog: address.catalog };
  } catch (error) {
    context.signal?.throwIfAborted();
    throw connectError(target.name, address, error);
  }
}

function connectError(store: string, { place, token, password }: TrinoAddress, error: unknown): ConnectError {
  const where = { store, place, service: 'Trino' };
  if (error instanceof z.ZodError) return httpConnectError(where, error, { reason: 'unsupported', detail: 'it does not answer as Trino does', nextStep: 'Correct host and port of the coordinator.' });
  if (error instanceof StatementFailed) {
    const detail = error.message.replace(`${store}: `, '');
    const reason = error.code === 'CATALOG_NOT_FOUND' ? 'not-found' : 'unavailable';
    return httpConnectError(where, error, { reason, detail, nextStep: reason === 'not-found' ? 'Correct the catalog in the URL.' : 'Run it again when the coordinator answers.' });
  }
  const found = httpConnectError(where, error);
  if (/names an address on another host/.test(found.detail)) {
    const next = 'Name the address that it has for itself; behind a proxy the coordinator needs http-server.process-forwarded=true and the X-Forwarded headers.';
    return httpConnectError(where, error, { reason: 'configuration', detail: found.detail, nextStep: next });
  }
  if (found.reason !== 'authentication') return found;
  const nextStep = token !== null ? 'Get a new token and give it as credentials.token or TRINO_TOKEN.' : password === null ? 'Give credentials.password, or credentials.token where Trino asks for OAuth or JWT.' : 'Correct credentials.user and credentials.password.';
  return httpConnectError(where, error, { reason: 'authentication', detail: found.detail, nextStep });
}
