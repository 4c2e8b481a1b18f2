import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { engine } from '../../src/stores/duckdb.js';
import { enumMembers, referencedSchema, viewQuery } from '../../src/stores/duckdb/names.js';
import { ConnectError, type Store } from '../../src/stores/store.js';
import { noContext } from '../support/store-context.js';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-duckdb-'));
const file = join(folder, 'warehouse.duckdb');
const open = (path: string): Promise<Store> => engine.open({ name: 'warehouse', url: path }, noContext);

async function refusal(path: string): Promise<ConnectError> {
  const outcome = await open(path).catch((error: unknown) => error);
  if (!(outcome instanceof ConnectError)) throw new Error(`no ConnectError: ${String(outcome)}`);
  return outcome;
}

/** Another process with the file open for writing, as a loader is: it says so, then waits for a line. */
async function startLoader(statement: string): Promise<ChildProcess> {
  const script = `
    import { DuckDBInstance } from '@duckdb/node-api';
    const instance = await DuckDBInstance.create(process.argv[1]);
    const connection = await instance.connect();
    await connection.run(process.argv[2]);
    console.log('loaded');
    process.stdin.once('data', () => { connection.closeSync(); instance.closeSync(); process.exit(0); });`;
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const loader = spawn(process.execPath, ['--input-type=module', '-e', script, file, statement], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  await once(loader.stdout, 'data');
  return loader;
}

async function stopLoader(loader: ChildProcess): Promise<void> {
  const exit = once(loader, 'exit');
  loader.stdin?.write('done\n');
  await exit;
}

const copies = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('tidemark-copy-'));

beforeAll(async () => {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  const statements = [
    'create schema raw',
    'create schema analytics',
    "create type raw.case_status as enum ('OPEN', 'JUDGE''S DESK')",
    `create table raw.case_file (
       case_id bigint primary key,
       status raw.case_status not null,
       closed_at timestamp,
       fee decimal(10,2) check (fee > 0 or fee is null))`,
    'create table raw.task (task_id integer, case_id bigint references raw.case_file (case_id))',
    'create index task_case on raw.task (case_id)',
    "comment on table raw.case_file is 'Loaded every night.'",
    "comment on column raw.case_file.fee is 'in euro'",
    "create view analytics.open_cases(id) as select case_id from raw.case_file where status = 'OPEN'",
    "create view analytics.\"as (of) today\" as select 'x' as as_of",
    'create macro analytics.is_late(opened, allowed := 30) as opened < now() - to_days(allowed)',
    "create macro analytics.cases_of(wanted) as table select case_id from raw.case_file where status = wanted",
    "create macro label(a) as a, (a, b) as a || ' of ' || b",
    'create temporary macro scratch(a) as a',
    "insert into raw.case_file select i, 'OPEN', null, 1 from range(100) t(i)",
  ];
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a DuckDB file', () => {
  it('gives relations, columns, constraints, views and indexes', async () => {
    const store = await open(file);
    expect(store.identity()).toEqual({ version: expect.stringMatching(/^1\.\d+\.\d+$/), database: 'warehouse', inRecovery: false, role: null, superuser: false });
    const { value, gaps } = await store.catalog();
    expect(gaps).toEqual([]);
    expect(value.relations.map((r) => [r.schema, r.name, r.kind, r.rows, r.comment, r.definition])).toEqual([
      ['analytics', 'as (of) today', 'view', null, null, "SELECT 'x' AS as_of"],
      ['analytics', 'open_cases', 'view', null, null, "SELECT case_id FROM raw.case_file WHERE (status = 'OPEN')"],
      ['raw', 'case_file', 'table', 100, 'Loaded every night.', null],
      ['raw', 'task', 'table', 0, null, null],
    ]);
    expect(value.relations[1]?.columns.map((c) => c.name)).toEqual(['id']);
    expect(value.relations[2]?.columns.map((c) => [c.name, c.type, c.nullable, c.comment, c.enumValues])).toEqual([
      ['case_id', 'BIGINT', false, null, null],
      ['status', 'ENUM', false, null, ['OPEN', "JUDGE'S DESK"]],
      ['closed_at', 'TIMESTAMP', true, null, null],
      ['fee', 'DECIMAL(10,2)', true, 'in euro', null],
    ]);
    expect(value.constraints.map((c) => [c.relation, c.kind, c.columns.join(', '), c.expression, c.references])).toEqual([
      ['case_file', 'not_null', 'case_id', null, null],
      ['case_file', 'primary_key', 'case_id', null, null],
      ['case_file', 'check', 'fee', '(fee > 0) OR (fee IS NULL)', null],
      ['case_file', 'not_null', 'status', null, null],
      ['task', 'foreign_key', 'case_id', null, { schema: 'raw', relation: 'case_file', columns: ['case_id'] }],
    ]);
    expect(value.indexes.map((i) => [i.relation, i.name, i.columns, i.unique])).toEqual([['task', 'task_case', ['case_id'], false]]);
    expect(value.functions.map((f) => [f.schema, f.name, f.arguments.map(({ name }) => name), f.defaults, f.returnsSet, f.body])).toEqual([
      ['analytics', 'cases_of', ['wanted'], 1, true, 'SELECT case_id FROM raw.case_file WHERE (status = wanted)'],
      ['analytics', 'is_late', ['opened', 'allowed'], 2, false, 'SELECT (opened < (now() - to_days(allowed)))'],
      ['main', 'label', ['a'], 0, false, 'SELECT a'],
      ['main', 'label', ['a', 'b'], 0, false, "SELECT ((a || ' of ') || b)"],
    ]);
    // DuckDB keeps no statistics: nothing is hidden, so that there is no gap.
    expect(await store.statements()).toEqual({ value: { own: [], statements: [], window: null }, gaps: [] });
    await store.close();
    expect(store.cost().queries).toBe(6);
  });

  it('is closed again when open returns: a loader can write at once', async () => {
    const store = await open(file);
    const loader = await startLoader('create or replace table raw.batch as select 1 as batch_id');
    await stopLoader(loader);
    await store.close();
    const { value } = await (await open(file)).catalog();
    expect(value.relations.map((r) => r.name)).toContain('batch');
  });

  it('is read through a copy while a loader has it, with what the loader has just committed', async () => {
    const loader = await startLoader('create table raw.just_loaded as select 1 as batch_id');
    try {
      const store = await open(file);
      const { value } = await store.catalog();
      expect(value.relations.map((r) => r.name)).toContain('just_loaded');
      expect(store.identity().database).toBe('warehouse');
      expect(copies()).toEqual([]);
    } finally {
      await stopLoader(loader);
    }
  });

  it('names the temporary folder where no copy can be made, not the file', async () => {
    const loader = await startLoader('create table raw.loaded_without_room as select 1 as batch_id');
    vi.stubEnv('TMPDIR', '/no-such-folder');
    try {
      const error = await open(file).catch((thrown: unknown) => thrown);
      expect(String(error).replaceAll(file, 'FILE')).toMatchInlineSnapshot(`"ConnectError: warehouse: cannot open FILE: another process has it open for writing and the temporary folder /no-such-folder takes no copy. Set TMPDIR to a folder that can be written to, or run tidemark when the loader has closed it."`);
    } finally {
      vi.unstubAllEnvs();
      await stopLoader(loader);
    }
  });

  it('is never changed', async () => {
    const before = readFileSync(file);
    await (await open(file)).close();
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('leaves no copy behind when it is stopped', async () => {
    const loader = await startLoader('create or replace table raw.just_loaded as select 2 as batch_id');
    const controller = new AbortController();
    const opening = engine.open({ name: 'warehouse', url: file }, { ...noContext, signal: controller.signal });
    controller.abort(new Error('interrupted'));
    await expect(opening).rejects.toThrow('interrupted');
    await stopLoader(loader);
    expect(copies()).toEqual([]);
  });
});

describe('a file that cannot be read', () => {
  const place = (error: ConnectError): string => error.message.replaceAll(folder, 'FOLDER');

  it('names a missing file', async () => {
    const error = await refusal(join(folder, 'missing.duckdb'));
    expect(error.reason).toBe('not-found');
    expect(place(error)).toMatchInlineSnapshot(
      `"warehouse: cannot open FOLDER/missing.duckdb: there is no such file. Correct the path; it counts from the working folder."`,
    );
  });

  it('names a file that is something else, and a folder', async () => {
    const other = join(folder, 'export.csv');
    writeFileSync(other, 'case_id,status\n'.repeat(2_000));
    expect(await refusal(other)).toMatchObject({ reason: 'unsupported', detail: 'it is not a DuckDB database file' });
    mkdirSync(join(folder, 'exports'));
    expect(await refusal(join(folder, 'exports'))).toMatchObject({ reason: 'not-found', detail: 'it is a folder' });
    expect(await refusal('')).toMatchObject({ reason: 'configuration', detail: 'no path is given' });
    expect(await refusal('md:casework')).toMatchObject({ reason: 'configuration', detail: 'it is not a file' });
  });

  it('names a file of a newer DuckDB', async () => {
    const newer = join(folder, 'newer.duckdb');
    writeFileSync(newer, withStorageVersion(readFileSync(file), 9_999n));
    const error = await refusal(newer);
    expect(error.reason).toBe('unsupported');
    expect(error.message).toMatch(/version number 9999, but we can only read versions between \d+ and \d+\. The file was written by a newer DuckDB; update tidemark\.$/);
  });

  it('names a damaged file', async () => {
    const damaged = join(folder, 'damaged.duckdb');
    const content = readFileSync(file);
    content.writeUInt8(content.readUInt8(40) ^ 0xff, 40);
    writeFileSync(damaged, content);
    expect(await refusal(damaged)).toMatchObject({ reason: 'unsupported', detail: 'the file is damaged' });
    truncateSync(damaged, 5_000);
    expect((await refusal(damaged)).reason).toBe('unsupported');
  });
});

/** The main header: checksum of the rest of the first 4,096 bytes, `DUCK`, storage version (DuckDB 1.5, storage_info). */
function withStorageVersion(content: Buffer, version: bigint): Buffer {
  const changed = Buffer.from(content);
  changed.writeBigUInt64LE(version, 12);
  let checksum = 5381n;
  for (let at = 8; at < 4096; at += 8) checksum ^= BigInt.asUintN(64, changed.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  changed.writeBigUInt64LE(checksum, 0);
  return changed;
}

describe('texts that DuckDB prints', () => {
  it.each([
    ['CREATE VIEW v AS SELECT 1;', 'SELECT 1'],
    ['CREATE VIEW analytics.v (a, "b)") AS SELECT 1, 2;', 'SELECT 1, 2'],
    ['CREATE OR REPLACE VIEW "my as ""view""".v AS (SELECT 1);', '(SELECT 1)'],
    ['CREATE MACRO v() AS 1', null],
    ['CREATE VIEW v (a', null],
    ['', null],
  ])('viewQuery(%s)', (sql, query) => expect(viewQuery(sql)).toBe(query));

  it('knows the schema of a referenced table where it is said', () => {
    expect(referencedSchema('FOREIGN KEY (a) REFERENCES raw.case_file(case_id)')).toBe('raw');
    expect(referencedSchema('FOREIGN KEY (a) REFERENCES "my raw"."case file"(case_id)')).toBe('my raw');
    expect(referencedSchema('FOREIGN KEY (a) REFERENCES case_file(case_id)')).toBeNull();
  });

  it('knows members of an enum', () => {
    expect(enumMembers("ENUM('a, b', 'it''s')")).toEqual(['a, b', "it's"]);
    expect(enumMembers('VARCHAR')).toBeNull();
  });
});
