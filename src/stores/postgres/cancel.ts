import { Socket } from 'node:net';
import type pg from 'pg';
import { z } from 'zod';
import type { Connection } from './connection.js';

const CANCEL_TIMEOUT_MS = 1_000;
/** PostgreSQL 18, 54.7: CancelRequest is its length, this code, the process and its secret key. */
const CANCEL_REQUEST_CODE = 80_877_102;

/** What BackendKeyData told the driver; its types leave both out, and before the login there are none. */
const backendKey = z.object({ processID: z.int32(), secretKey: z.int32() });

/**
 * Asks the server, on a connection of its own, to end the statement that this client runs. Without TLS, as libpq before
 * 17 does: the request holds no more than the key of a session that ends here. Resolves when the server has closed that
 * connection, at the latest after a second, whatever became of it; never rejects.
 */
export function cancelStatement(client: pg.Client, connection: Connection): Promise<void> {
  const key = backendKey.safeParse(client);
  if (!key.success) return Promise.resolve();
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  request.writeInt32BE(key.data.processID, 8);
  request.writeInt32BE(key.data.secretKey, 12);
  return new Promise((resolve) => {
    const socket = new Socket();
    const end = (): void => {
      socket.destroy();
      resolve();
    };
    socket.setTimeout(CANCEL_TIMEOUT_MS, end);
    socket.on('error', end);
    socket.on('close', end);
    socket.resume();
    const send = (): void => void socket.write(request);
    const { host, port } = connection;
    if (host.startsWith('/')) socket.connect(`${host}/.s.PGSQL.${port}`, send);
    else socket.connect(port, host, send);
  });
}
