import { readFileSync, readdirSync } from 'node:fs';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineIds, openStore } from '../../src/stores/index.js';
import { loadSql } from '../../src/stores/sql/load.js';
import { ConnectError } from '../../src/stores/store.js';
import { noContext } from '../support/store-context.js';

const folder = new URL('../../src/stores/', import.meta.url);
const sqlFolder = new URL('sql/', folder);

/** What every database engine keeps, whatever it is: `src/stores/store.ts` says it in words. */
describe('every engine', () => {
  it('is a file of its own, named as its id', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'store.ts' && name !== 'live.ts' && name !== 'index.ts');
    expect(files.map((name) => name.slice(0, -3)).sort()).toEqual(engineIds);
  });

  it.each(engineIds)('%s: refuses a place that is not there with one line that names the store and the next step', async (id) => {
    if (id !== 'postgres' && id !== 'duckdb') throw new Error(`no place for ${id} in this test`);
    const places = { postgres: 'postgres://tidemark:spring-tide@127.0.0.1:1/casework', duckdb: '/no/such/warehouse.duckdb' };
    const error = await openStore(id, { name: 'case\u001b[31mwork', url: places[id] }, noContext).catch((reason: unknown) => reason);
    if (!(error instanceof ConnectError)) throw new Error(`no ConnectError: ${String(error)}`);
    expect(error.message).toMatch(/^case \[31mwork: cannot open .+: .+\. [A-Z].+\.$/);
    expect(error.message).not.toMatch(/[\p{Cc}]|spring-tide/u);
    expect(error.nextStep).not.toBe('');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it.each(engineIds)('%s: gives up when it is told to', async (id) => {
    if (id !== 'postgres' && id !== 'duckdb') throw new Error(`no place for ${id} in this test`);
    const places = { postgres: 'postgres://tidemark@127.0.0.1:1/casework', duckdb: '/no/such/warehouse.duckdb' };
    const context = { ...noContext, signal: AbortSignal.abort(new Error('interrupted')) };
    await expect(openStore(id, { name: 'casework', url: places[id] }, context)).rejects.toThrow('interrupted');
  });
});

const values = {
  row_max: '10', text_max: '10', texts_max: '10', relations: '1,2', schema: 'public', toplevel: 'true',
  columns: 's.calls::float8 as calls', since_seconds: '60', pids: '1,2', head: '10', heaviest: '1,2', wanted: '',
  name: 'contract_name', version: 'version', owner: 'owner_team', policy: 'null', definition: 'schema_definition', deprecated_seconds: 'null', deprecated_text: 'null',
  relation: 'integration.data_contract_registry', word_max: '10', schema_max: '10',
};
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
    const parsed: unknown = parseSync(loadSql('postgres', name, Number(version) || 130_000, values));
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
