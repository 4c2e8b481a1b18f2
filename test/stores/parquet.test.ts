import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describe as describeRelation, openLive, openStore, relationFacts } from '../../src/stores/index.js';
import { ConnectError } from '../../src/stores/store.js';
import { noContext } from '../support/store-context.js';

let folder: string;

async function write(file: string, query: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (${query}) to '${join(folder, file).replaceAll("'", "''")}'`);
  connection.closeSync();
  instance.closeSync();
}

const countRow = z.object({ rows: z.coerce.number() });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-lake-'));
  for (const part of ['lake/order_placed/day=2026-03-01', 'lake/order_placed/day=2026-03-02', 'lake/_temporary', 'lake/ledger/_delta_log', "lake/anna's"]) await mkdir(join(folder, part), { recursive: true });
  await write('lake/order_placed/day=2026-03-01/a.parquet', "select range as order_id, 'EUR' as currency from range(1000)");
  await write('lake/order_placed/day=2026-03-02/a.parquet', "select range as order_id, 'EUR' as currency from range(500)");
  await write('lake/case_file.parquet', "select 7 as case_id, 'OPEN' as status");
  await write('lake/_temporary/part.parquet', 'select 1 as x');
  await write('lake/ledger/a.parquet', 'select 1 as entry_id');
  await write("lake/anna's/a.parquet", 'select 1 as note_id');
  await writeFile(join(folder, 'lake/damaged.parquet'), 'PAR1 this is not what it says it is PAR1');
  await writeFile(join(folder, 'secret.csv'), 'password\nspring-tide\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a folder of Parquet files', () => {
  it('is a store: each file a table, each folder a table with its partitions, sizes and rows by the footers', async () => {
    const store = await openStore('duckdb', { name: 'lake', url: join(folder, 'lake/') }, noContext);
    const { value, gaps } = await store.catalog();
    expect(value.relations.map(({ schema, name, kind, rows, columns }) => `${schema}.${name} ${kind} ${rows}: ${columns.map((column) => `${column.name} ${column.type}`).join(', ')}`)).toEqual([
      "main.anna's table 1: note_id INTEGER",
      'main.case_file table 1: case_id INTEGER, status VARCHAR',
      'main.order_placed table 1500: order_id BIGINT, currency VARCHAR, day DATE',
    ]);
    expect(value.relations.every(({ size_bytes, definition }) => (size_bytes ?? 0) > 100 && definition === null)).toBe(true);
    expect(gaps.map(({ missing, cause }) => `${missing}: ${cause}`.replaceAll(folder, 'FOLDER'))).toMatchInlineSnapshot(`
      [
        "the table ledger: it is a Delta table, whose files also hold rows that were deleted",
        "the table damaged: Invalid Input Error: Footer length error in file 'FOLDER/lake/damaged.parquet'",
      ]
    `);
    await store.close();
  });

  it('of a pattern, gives one table of its parts', async () => {
    const store = await openStore('duckdb', { name: 'lake', url: join(folder, 'lake/order_placed/*/*.parquet') }, noContext);
    expect((await store.catalog()).value.relations.map(({ name, rows }) => `${name} ${rows}`)).toEqual(['order_placed 1500']);
    const one = await openStore('duckdb', { name: 'lake', url: join(folder, 'lake/order_placed/day=2026-03-0[12]/*.parquet') }, noContext);
    expect((await one.catalog()).value.relations).toHaveLength(1);
  });

  it('says in one line what is wrong with a place', async () => {
    const refusals = await Promise.all(
      ['nowhere/', 'nothing.parquet', 'secret.csv', 'lake/*.csv.parquet'].map((place) =>
        openStore('duckdb', { name: 'lake', url: join(folder, place) }, noContext).catch((error: unknown) => (error instanceof ConnectError ? error.message.replaceAll(folder, 'FOLDER') : error)),
      ),
    );
    expect(refusals).toMatchInlineSnapshot(`
      [
        "lake: cannot open FOLDER/nowhere/: there is no such file. Correct the path; it counts from the working folder.",
        "lake: cannot open FOLDER/nothing.parquet: there is no such file. Correct the path; it counts from the working folder.",
        "lake: cannot open FOLDER/secret.csv: it is not a DuckDB database file. Correct the path.",
        "lake: cannot open FOLDER/lake/*.csv.parquet: there is no Parquet file. Correct the path; it counts from the working folder. A folder ends in /.",
      ]
    `);
  });
});

describe('Parquet files that are watched', () => {
  it('are read, and nothing else is: no other file, no write, no setting', async () => {
    const session = await openLive('duckdb', { name: 'lake', url: join(folder, 'lake/') }, noContext);
    try {
      expect(await session.query(countRow, 'select count(*) as rows from order_placed')).toEqual([{ rows: 1500 }]);
      expect(await describeRelation(session, { schema: 'main', name: 'case_file' })).toMatchObject({ columns: [{ name: 'case_id', type: 'INTEGER' }, { name: 'status', type: 'VARCHAR' }] });
      const refused = async (sql: string): Promise<string> => {
        const error: unknown = await session.query(z.object({}), sql).catch((reason: unknown) => reason);
        if (!(error instanceof Error)) throw new Error(`it ran: ${sql}`);
        return (error.message.split('\n')[0] ?? '').replaceAll(folder, 'FOLDER');
      };
      const own = join(folder, "lake/case_file.parquet");
      expect([
        await refused(`select * from read_csv('${folder}/secret.csv')`),
        await refused(`copy (select 1) to '${own}' (use_tmp_file false)`),
        await refused('create table t (i int)'),
        await refused("set enable_external_access = true"),
        await refused('select 1; drop view case_file'),
        await refused(`attach '${folder}/other.duckdb'`),
      ]).toMatchInlineSnapshot(`
        [
          "Permission Error: Cannot access file "FOLDER/secret.csv" - file system operations are disabled by configuration",
          "only SELECT is run on Parquet files",
          "only SELECT is run on Parquet files",
          "only SELECT is run on Parquet files",
          "only SELECT is run on Parquet files",
          "only SELECT is run on Parquet files",
        ]
      `);
      expect(await session.query(countRow, 'select count(*) as rows from case_file')).toEqual([{ rows: 1 }]);
    } finally {
      await session.close();
    }
  });

  it('are seen anew when a file is replaced, comes or goes', async () => {
    await mkdir(join(folder, 'daily'));
    await write('daily/a.parquet', 'select range as i from range(10)');
    const session = await openLive('duckdb', { name: 'lake', url: join(folder, 'daily/*.parquet') }, noContext);
    const rows = async (): Promise<number | undefined> => (await session.query(countRow, 'select count(*) as rows from daily'))[0]?.rows;
    const settled = async (wanted: number): Promise<number | undefined> => {
      for (let attempt = 0; attempt < 40; attempt++) {
        if ((await rows()) === wanted) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return rows();
    };
    try {
      expect(await rows()).toBe(10);
      await write('replacement.parquet', 'select range as i from range(25)');
      await rename(join(folder, 'replacement.parquet'), join(folder, 'daily/a.parquet'));
      expect(await settled(25)).toBe(25);
      await write('daily/b.parquet', 'select range as i from range(5)');
      expect(await settled(30)).toBe(30);
      await rm(join(folder, 'daily/b.parquet'));
      expect(await settled(25)).toBe(25);
      expect(session.asOf()).toBeGreaterThan(Date.now() / 1000 - 60);
    } finally {
      await session.close();
    }
  });
});

describe('files of one table that differ', () => {
  it('give the columns of all of them; what does not go together, and links that lead away, are said', async () => {
    for (const part of ['grown/case_file', 'grown/task', 'elsewhere']) await mkdir(join(folder, part), { recursive: true });
    await write('grown/case_file/2025.parquet', 'select 1 as case_id');
    await write('grown/case_file/2026.parquet', "select 2 as case_id, 'a@example.org' as applicant_email");
    await write('grown/task/a.parquet', 'select 1 as task_id');
    await writeFile(join(folder, 'grown/task/b.parquet'), 'PAR1 cut');
    await write('elsewhere/payroll.parquet', 'select 1 as salary');
    await symlink(join(folder, 'elsewhere/payroll.parquet'), join(folder, 'grown/payroll.parquet'));
    await symlink(join(folder, 'grown'), join(folder, 'grown/again'));
    const { value, gaps } = await (await openStore('duckdb', { name: 'lake', url: join(folder, 'grown/') }, noContext)).catalog();
    expect(value.relations.map(({ name, columns }) => `${name}: ${columns.map((column) => column.name).join(', ')}`)).toEqual(['case_file: case_id, applicant_email', 'task: task_id']);
    expect(gaps.map(({ missing, cause }) => `${missing}: ${cause.replaceAll(folder, '')}`)).toMatchInlineSnapshot(`
      [
        "the table again: it is a link out of the folder, or to a folder, and such links are not followed",
        "the table payroll.parquet: it is a link out of the folder, or to a folder, and such links are not followed",
        "columns of the table task: files of it do not go together: Invalid Input Error: File '/grown/task/b.parquet' too small to be a Parquet file",
      ]
    `);
  });
});

describe('a DuckDB file with another one attached', () => {
  it('shows both, by the name of the other, read-only and apart from everything else', async () => {
    for (const [file, sql] of [['mart.duckdb', 'create table backlog as select 7 as case_id'], ['reference.duckdb', "create table country (code varchar primary key); insert into country values ('DE')"]] as const) {
      const instance = await DuckDBInstance.create(join(folder, file));
      const connection = await instance.connect();
      await connection.run(sql);
      connection.closeSync();
      instance.closeSync();
    }
    const target = { name: 'mart', url: join(folder, 'mart.duckdb'), attached: { reference: join(folder, 'reference.duckdb') } };
    const store = await openStore('duckdb', target, noContext);
    expect((await store.catalog()).value.relations.map(({ schema, name }) => `${schema}.${name}`)).toEqual(['main.backlog', 'reference.main.country']);
    const session = await openLive('duckdb', target, noContext);
    try {
      expect(await session.query(countRow, 'select count(*) as rows from main.backlog, reference.main.country')).toEqual([{ rows: 1 }]);
      expect(await describeRelation(session, { schema: 'reference.main', name: 'country' })).toMatchObject({ kind: 'table', columns: [{ name: 'code' }], keys: [{ columns: ['code'] }] });
      expect(await describeRelation(session, { schema: 'main', name: 'country' })).toBeNull();
      expect(await relationFacts(session, [{ schema: 'main', name: 'backlog' }, { schema: 'reference.main', name: 'country' }])).toMatchObject([{ rows: 1 }, { rows: 1 }]);
      await expect(session.query(z.object({}), "insert into reference.main.country values ('FR')")).rejects.toThrow(/read-only/);
      await expect(session.query(z.object({}), `select * from read_csv('${folder}/secret.csv')`)).rejects.toThrow(/disabled by configuration/);
    } finally {
      await session.close();
    }
    const said = async (attached: Record<string, string>): Promise<string> =>
      openStore('duckdb', { ...target, attached }, noContext).then(() => 'opened', (error: unknown) => (error instanceof ConnectError ? error.message.replaceAll(folder, '') : 'another error'));
    expect([await said({ reference: join(folder, 'gone.duckdb') }), await said({ temp: join(folder, 'reference.duckdb') }), await said({ reference: folder })]).toMatchInlineSnapshot(`
      [
        "mart: cannot open /gone.duckdb: there is no such file. Correct the path; it counts from the working folder.",
        "mart: cannot open /mart.duckdb: the file attached as temp: Binder Error: Attached database name "temp" cannot be used because it is a reserved name. Attach it by another name in tidemark.yaml.",
        "mart: cannot open : it is a folder. Name the database file in it.",
      ]
    `);
  });
});
