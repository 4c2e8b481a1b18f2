import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineIds, openLive, openStore } from '../../src/stores/index.js';
import { loadSql } from '../../src/stores/sql/load.js';
import type { Engine } from '../../src/model/store.js';
import { ConnectError, type StoreTarget } from '../../src/stores/store.js';
import { noContext } from '../support/store-context.js';

/** A port that was free a moment ago: fetch refuses the low ones by itself. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const port = await freePort();
/** Where nobody listens, with whatever an engine wants to know before it looks. */
const NOWHERE: Record<Engine, Pick<StoreTarget, 'url' | 'credentials'>> = {
  bigquery: { url: `bigquery://casework-prod/mart?location=EU&endpoint=http://127.0.0.1:${port}/`, credentials: { token: 'spring-tide-token' } },
  clickhouse: { url: 'clickhouse://tidemark:spring-tide@127.0.0.1:1/casework' },
  databricks: { url: `databricks://127.0.0.1:${port}/main/mart?warehouse=ab12`, credentials: { token: 'spring-tide-token' } },
  duckdb: { url: '/no/such/warehouse.duckdb' },
  postgres: { url: 'postgres://tidemark:spring-tide@127.0.0.1:1/casework' },
  redshift: { url: 'redshift://tidemark:spring-tide@127.0.0.1:1/casework' },
  snowflake: { url: `snowflake://tidemark@127.0.0.1:${port}/CASEWORK?protocol=http&account=casework`, credentials: { token: 'spring-tide-token' } },
  trino: { url: `trino://tidemark:spring-tide@127.0.0.1:${port}/hive`, credentials: {} },
};
const SCHEMES: Record<Engine, string> = { bigquery: 'bigquery', clickhouse: 'clickhouse', databricks: 'databricks', duckdb: 'duckdb', postgres: 'postgresql', redshift: 'redshift', snowflake: 'snowflake', trino: 'trino' };

function messagesOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${messagesOf(error.cause)}` : '';
}

const folder = new URL('../../src/stores/', import.meta.url);
const sqlFolder = new URL('sql/', folder);

/** What every database engine keeps, whatever it is: `src/stores/store.ts` says it in words. */
describe('every engine', () => {
  it('is a file of its own, named as its id', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !['store.ts', 'live.ts', 'index.ts', 'description.ts'].includes(name));
    expect(files.map((name) => name.slice(0, -3)).sort()).toEqual(engineIds);
  });

  it.each(engineIds)('%s: refuses a place that is not there with one line that names the store and the next step', async (id) => {
    const error = await openStore(id, { name: 'case\u001b[31mwork', ...NOWHERE[id] }, noContext).catch((reason: unknown) => reason);
    if (!(error instanceof ConnectError)) throw new Error(`no ConnectError: ${String(error)}`);
    expect(error.reason).not.toBe('configuration');
    expect(error.message).toMatch(/^case \[31mwork: cannot open .+: .+\. [A-Z].+\.$/);
    expect(`${error.message} ${messagesOf(error.cause)}`).not.toMatch(/spring-tide|BEGIN PRIVATE KEY/);
    expect(error.message).not.toMatch(/[\p{Cc}]/u);
    expect(error.nextStep).not.toBe('');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it.each(engineIds)('%s: refuses credentials that it has no use for, by their name and never their value', async (id) => {
    const given = { ...NOWHERE[id].credentials, ...(id === 'duckdb' || id === 'snowflake' || id === 'bigquery' ? { client_secret: 'spring-tide-77' } : { credentials_file: '/etc/spring-tide.json' }) };
    for (const open of [openStore, openLive]) {
      const error: unknown = await open(id, { name: 'casework', ...NOWHERE[id], credentials: given }, noContext).catch((reason: unknown) => reason);
      if (!(error instanceof ConnectError)) throw new Error(`no ConnectError: ${String(error)}`);
      expect(error.reason).toBe('configuration');
      expect(error.message).toMatch(/credentials\.(client_secret|credentials_file)/);
      expect(error.message).not.toContain('spring-tide');
    }
  });

  it.each(engineIds)('%s: reads neither SQL nor a secret out of a place that is none', async (id) => {
    for (const url of ['', '://', `${SCHEMES[id]}://%zz:spring-tide@[::`, `${SCHEMES[id]}://tidemark:spring-tide@`]) {
      // Without a place PostgreSQL's is the one of the environment, and that is not what is tested here.
      if (url === '' && (id === 'postgres' || id === 'redshift')) continue;
      const error: unknown = await openStore(id, { name: 'casework', url }, noContext).catch((reason: unknown) => reason);
      if (!(error instanceof ConnectError)) throw new Error(`no ConnectError for '${url}': ${String(error)}`);
      expect(error.nextStep).not.toBe('');
      // The name of a file is shown.
      if (id !== 'duckdb') expect(`${error.message} ${messagesOf(error.cause)}`).not.toContain('spring-tide');
    }
  });

  it.each(engineIds)('%s: gives up when it is told to', async (id) => {
    const context = { ...noContext, signal: AbortSignal.abort(new Error('interrupted')) };
    await expect(openStore(id, { name: 'casework', ...NOWHERE[id] }, context)).rejects.toThrow('interrupted');
    await expect(openLive(id, { name: 'casework', ...NOWHERE[id] }, context)).rejects.toThrow('interrupted');
  });
});

const values = {
  row_max: '10', text_max: '10', texts_max: '10', relations: '1,2', schema: 'public', toplevel: 'true',
  columns: 's.calls::float8 as calls', since_seconds: '60', pids: '1,2', head: '10', heaviest: '1,2', wanted: '',
  name: 'contract_name', version: 'version', owner: 'owner_team', policy: 'null', definition: 'schema_definition', deprecated_seconds: 'null', deprecated_text: 'null',
  relation: 'integration.data_contract_registry', word_max: '10', schema_max: '10', query: 'select 1 as case_id', types: 'pg_typeof(q.case_id)::oid',
};
/** Where a piece means something else in one text. */
const OTHER_VALUES: Record<string, Record<string, string>> = { relation_facts: { relations: "('app', 'case_file')" } };
/** Pieces of other texts: a condition or an expression. */
const PIECES = ['user_relation', 'session_query_id', 'lock_wait_start', 'tuples_known'];
const engineFolders = readdirSync(sqlFolder).filter((name) => !name.includes('.'));
const files = engineFolders.flatMap((engine) =>
  readdirSync(new URL(`${engine}/`, sqlFolder)).map((file) => ({ engine, file, text: readFileSync(new URL(`${engine}/${file}`, sqlFolder), 'utf8') })),
);

describe('every SQL text', () => {
  beforeAll(() => loadModule());

  it('belongs to an engine', () => expect(engineFolders.sort()).toEqual(engineIds));

  it.each(files)('$engine/$file is named after what it reads and the version that it is for', ({ engine, file, text }) => {
    expect(file).toMatch(/^[a-z_]+(\.[1-9]\d{5})?\.sql$/);
    if (engine === 'postgres') expect(text.startsWith('-- '), 'its head says for which version').toBe(true);
  });

  it.each(files)('$engine/$file reads definitions and statistics, never values', ({ text }) => {
    expect(text).not.toMatch(/pg_statistic\b|pg_stats\b|most_common|histogram|pg_largeobject|pg_authid|pg_shadow|rolpassword/i);
    expect(text.replace(/^--.*$/gm, '')).not.toMatch(/;\s*$/m);
  });

  const statements = files.filter(({ engine, file }) => engine === 'postgres' && !PIECES.includes(file.replace(/\..*$/, '')));
  it.each(statements)('$engine/$file is one SELECT', ({ file }) => {
    const [name = '', version] = file.split('.');
    const parsed: unknown = parseSync(loadSql('postgres', name, Number(version) || 130_000, { ...values, ...OTHER_VALUES[name] }));
    expect(parsed).toMatchObject({ stmts: [{ stmt: { SelectStmt: expect.anything() } }] });
  });

  it('for a version is the newest that is not above it', () => {
    const text = (version: number): string => loadSql('postgres', 'constraints', version, values);
    expect(text(130_023)).not.toContain('conenforced');
    expect(text(179_999)).not.toContain('conenforced');
    expect(text(180_000)).toContain('conenforced');
    expect(text(190_001)).toContain('conenforced');
  });
});
