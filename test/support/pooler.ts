import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const SSL_REQUEST_CODE = 80_877_103;

export interface Pooler {
  port: number;
  /** How often it has passed a connection on. */
  passed(): number;
  stop(): Promise<void>;
}

/**
 * Stands between client and server as a pooler does with the `options` of a connection request: PgBouncer refuses them, or
 * drops them where `ignore_startup_parameters` says so.
 */
export async function startPooler(serverPort: number, options: 'refuse' | 'drop'): Promise<Pooler> {
  let passed = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    client.on('data', function first(chunk: Buffer) {
      if (chunk.readInt32BE(4) === SSL_REQUEST_CODE) {
        client.write('N');
        return;
      }
      client.off('data', first);
      const parameters = startupParameters(chunk);
      if (parameters.has('options') && options === 'refuse') {
        client.end(fatal('08P01', 'unsupported startup parameter: options'));
        return;
      }
      parameters.delete('options');
      passed++;
      const upstream = connect(serverPort, '127.0.0.1');
      sockets.add(upstream);
      upstream.on('error', () => client.destroy());
      upstream.write(startupMessage(parameters));
      client.pipe(upstream).pipe(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    passed: () => passed,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** PostgreSQL 18, 54.7: length, protocol, then names and values, each ended by a zero. */
function startupParameters(message: Buffer): Map<string, string> {
  const words = message.subarray(8).toString('utf8').split('\0');
  const parameters = new Map<string, string>();
  for (let at = 0; words[at]; at += 2) parameters.set(words[at] ?? '', words[at + 1] ?? '');
  return parameters;
}

function startupMessage(parameters: ReadonlyMap<string, string>): Buffer {
  const body = Buffer.from(`${[...parameters].map(([name, value]) => `${name}\0${value}\0`).join('')}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}

function fatal(code: string, message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
