import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

export interface OldClickHouse {
  url(database?: string, user?: string, password?: string): string;
  /** Runs statements as the user `default`, each by itself. */
  run(...statements: string[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts Debian's ClickHouse 18.16, a whole server with users, profiles and its own log of queries. Users: `default`, and `reader`
 * with the password `secret`, whose profile is read-only.
 * @throws Error where `scripts/install-clickhouse-18.sh` has not run.
 */
export async function startOldClickHouse(): Promise<OldClickHouse> {
  const programs = join(process.env['TIDEMARK_TEST_ENGINES'] ?? join(REPOSITORY, '.engines'), 'clickhouse-18');
  const program = join(programs, 'usr/sbin/clickhouse-server');
  if (!existsSync(program)) throw new Error('ClickHouse 18 is missing: run scripts/install-clickhouse-18.sh');
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-clickhouse-18-'));
  const [port, tcpPort] = [await freePort(), await freePort()];
  for (const name of ['data', 'tmp', 'formats']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'config.xml'), configuration(folder, port, tcpPort));
  writeFileSync(join(folder, 'users.xml'), USERS);
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((path) => join(programs, path)).join(':');
  const child = spawn(program, [`--config-file=${join(folder, 'config.xml')}`], { cwd: folder, env: { LD_LIBRARY_PATH: libraries, TZ: 'UTC' }, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
  const exited = once(child, 'exit');
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const post = async (body: string): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers: { 'user-agent': 'shop-loader' } });
    if (!response.ok) throw new Error(await response.text());
    await response.text();
  };
  const server: OldClickHouse = {
    url: (database = 'default', user = 'default', password) => `clickhouse://${user}${password === undefined ? '' : `:${password}`}@127.0.0.1:${port}/${database}`,
    async run(...statements) {
      for (const statement of statements) await post(statement);
    },
    async stop() {
      process.off('exit', end);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const deadline = Date.now() + 30_000; ; ) {
    try {
      await post('SELECT 1');
      return server;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await server.stop();
        throw new Error(`ClickHouse 18 did not start: ${log}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const configuration = (folder: string, port: number, tcpPort: number): string => `<yandex>
<logger><level>warning</level><console>1</console></logger>
<listen_host>127.0.0.1</listen_host><http_port>${port}</http_port><tcp_port>${tcpPort}</tcp_port><timezone>UTC</timezone>
<path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><format_schema_path>${folder}/formats/</format_schema_path>
<users_config>${folder}/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>16000000</mark_cache_size><max_concurrent_queries>10</max_concurrent_queries>
<query_log><database>system</database><table>query_log</table><flush_interval_milliseconds>100</flush_interval_milliseconds></query_log>
</yandex>`;

const USERS = `<yandex><profiles><default><log_queries>1</log_queries></default><readonly><readonly>1</readonly></readonly></profiles><quotas><default/></quotas><users>
<default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default>
<reader><password>secret</password><networks><ip>::/0</ip></networks><profile>readonly</profile><quota>default</quota></reader>
</users></yandex>`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
