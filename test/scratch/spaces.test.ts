import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScratchError, type ScratchEngine, type ScratchSpace } from '../../src/model/scratch-engine.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

/** What every engine promises of its spaces. */

let server: TestServer;
const engines = new Map<string, ScratchEngine>();

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run(["create role scratch login createdb password 'scratch'"]);
  engines.set('pglite', scratchEngine('pglite'));
  engines.set('postgres', scratchEngine({ url: server.url('postgres', 'scratch', 'scratch') }));
  engines.set('duckdb', scratchEngine('duckdb'));
});

afterAll(async () => {
  for (const engine of engines.values()) await engine.close();
  await server.stop();
});

async function inSpace<T>(kind: string, work: (space: ScratchSpace) => Promise<T>): Promise<T> {
  const engine = engines.get(kind);
  if (!engine) throw new Error(`no engine ${kind}`);
  const space = await engine.open();
  try {
    return await work(space);
  } finally {
    await space.close();
  }
}

async function refusal(work: Promise<unknown>): Promise<ScratchError> {
  return await work.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: unknown) => {
      if (error instanceof ScratchError) return error;
      throw error;
    },
  );
}

const CASES = "create schema app; create type app.status as enum ('OPEN', 'CLOSED'); create table app.case_file (case_id integer primary key, status app.status, fee numeric(10, 2), note text)";
const CASE_FILE = { schema: 'app', name: 'case_file' };
const COLUMNS = [{ name: 'case_id', type: 'integer' }, { name: 'status', type: 'app.status' }, { name: 'fee', type: 'numeric(10, 2)' }, { name: 'note', type: 'text' }];
const ENDLESS = 'with recursive walk as (select 1 as step union all select step + 1 from walk) select count(*) from walk';

describe.each(['pglite', 'postgres', 'duckdb'])('a space of %s', (kind) => {
  test('takes rows as text and gives them back as the engine spells them', async () => {
    const answer = await inSpace(kind, async (space) => {
      await space.run(CASES);
      await space.insert(CASE_FILE, COLUMNS, [['1', 'OPEN', '12.5', 'tab\t, line\n and \\ back'], ['2', null, null, ''], ['3', 'CLOSED', '-0', '\\N']]);
      return await space.rows('select * from app.case_file order by case_id');
    });
    expect(answer.columns.map(({ name }) => name)).toEqual(['case_id', 'status', 'fee', 'note']);
    expect(answer.rows).toEqual([['1', 'OPEN', '12.50', 'tab\t, line\n and \\ back'], ['2', null, null, ''], ['3', 'CLOSED', '0.00', '\\N']]);
  });

  test('leaves nothing behind', async () => {
    await inSpace(kind, (space) => space.run(CASES));
    await inSpace(kind, async (space) => {
      await space.run(CASES);
      expect((await space.rows('select * from app.case_file')).rows).toEqual([]);
    });
  });

  test('undoes a call of which one statement fails, and goes on', async () => {
    await inSpace(kind, async (space) => {
      await space.run(CASES);
      await refusal(space.run("insert into app.case_file (case_id) values (1); insert into app.case_file (case_id) values (1)"));
      await refusal(space.rows('select nothing_of_this_name from app.case_file'));
      await refusal(space.insert(CASE_FILE, COLUMNS, [['5', 'OPEN', null, null], ['6', 'LOST', null, null]]));
      await space.run("insert into app.case_file (case_id) values (7)");
      expect((await space.rows('select case_id from app.case_file')).rows).toEqual([['7']]);
    });
  });

  test('undoes work as a whole, also work within work and after a failure in it', async () => {
    await inSpace(kind, async (space) => {
      await space.run(CASES);
      await space.undone(async () => {
        await space.run('insert into app.case_file (case_id) values (1)');
        await refusal(space.rows('select nothing_of_this_name from app.case_file'));
        await space.undone(() => space.run('insert into app.case_file (case_id) values (2)'));
        expect((await space.rows('select case_id from app.case_file')).rows).toEqual([['1']]);
      });
      expect((await space.rows('select case_id from app.case_file')).rows).toEqual([]);
      await expect(space.undone(() => Promise.reject(new RangeError('of the work')))).rejects.toThrow('of the work');
      await space.run('insert into app.case_file (case_id) values (3)');
      expect((await space.rows('select case_id from app.case_file')).rows).toEqual([['3']]);
    });
  });

  test('answers in the time zone that was set', async () => {
    const answers = await inSpace(kind, async (space) => {
      const shown = [];
      for (const zone of ['UTC', 'Asia/Jakarta']) {
        await space.timeZone(zone);
        shown.push((await space.rows("select cast('2024-01-31 20:00:00+00' as timestamptz)")).rows[0]?.[0]);
      }
      return shown;
    });
    expect(answers).toEqual(['2024-01-31 20:00:00+00', '2024-02-01 03:00:00+07']);
  });

  test('reads one statement at a time', async () => {
    await inSpace(kind, async (space) => {
      await refusal(space.rows('select 1; select 2'));
      expect((await space.rows('select 1 as one -- the number')).rows).toEqual([['1']]);
    });
  });

  test('is cut off where a call takes too long, and the next one is as good as new', async () => {
    await inSpace(kind, async (space) => {
      space.limit(300);
      const error = await refusal(space.rows(ENDLESS));
      expect(error.timedOut).toBe(true);
      expect(error.message).toBe('no answer within 0.3 seconds');
      expect((await refusal(space.rows('select 1'))).timedOut).toBe(true);
    });
    expect(await inSpace(kind, async (space) => (await space.rows('select 1')).rows)).toEqual([['1']]);
  });

  test('is the only one that is open', async () => {
    await inSpace(kind, async () => {
      expect((await refusal(engines.get(kind)?.open() ?? Promise.resolve())).message).toBe('another space is open');
    });
  });
});

describe.each(['pglite', 'postgres'])('PostgreSQL in %s', (kind) => {
  test('refuses with its SQLSTATE', async () => {
    const codes = await inSpace(kind, async (space) => {
      await space.run(CASES);
      return [
        (await refusal(space.rows('select 1 / 0'))).code,
        (await refusal(space.insert(CASE_FILE, COLUMNS, [['1', 'LOST', null, null]]))).code,
        (await refusal(space.run('create table case_file (a varchar(2)); insert into case_file values (1 / 0)'))).code,
      ];
    });
    expect(codes).toEqual(['22012', '22P02', '22012']);
  });

  test('reads a text that is too long for its column as an error, and does not cut it', async () => {
    await inSpace(kind, async (space) => {
      await space.run('create table region (code char(2), name varchar(3))');
      const columns = [{ name: 'code', type: 'character(2)' }, { name: 'name', type: 'character varying(3)' }];
      expect((await refusal(space.insert({ schema: 'public', name: 'region' }, columns, [['EUR', 'x']]))).code).toBe('22001');
    });
  });

  test('adds members to an enum in the call that makes it', async () => {
    const members = await inSpace(kind, async (space) => {
      await space.run("create type status as enum ('OPEN'); alter type status add value 'CLOSED'; create table case_file (status status check (status <> 'CLOSED'))");
      return (await space.rows('select unnest(enum_range(null::status))')).rows;
    });
    expect(members).toEqual([['OPEN'], ['CLOSED']]);
  });

  test('names the types of an answer', async () => {
    const { columns } = await inSpace(kind, (space) => space.rows("select 1::numeric(10,2) as fee, 'x'::varchar(3) as code, now() as at, array[1] as list"));
    expect(columns.map(({ type }) => type)).toEqual(['numeric(10,2)', 'character varying(3)', 'timestamp with time zone', 'integer[]']);
  });

  test('that was cut off has ended, and the next one opens though nobody closed it', async () => {
    const engine = engines.get(kind);
    if (!engine) throw new Error(`no engine ${kind}`);
    const cut = await engine.open();
    expect(cut.ended).toBe(false);
    cut.limit(100);
    expect((await refusal(cut.rows(ENDLESS))).timedOut).toBe(true);
    expect(cut.ended).toBe(true);
    const next = await engine.open();
    expect((await next.rows('select 1')).rows).toEqual([['1']]);
    await cut.close();
    expect(next.ended).toBe(false);
    await next.close();
    expect(next.ended).toBe(true);
  });

  test('refuses a text with a NUL, of which the engine would run the half before it', async () => {
    await inSpace(kind, async (space) => {
      expect((await refusal(space.run('create table a (n int);\0 drop table b'))).message).toBe('a NUL character stands in the text');
      expect((await refusal(space.rows('select 1\0 from nothing'))).message).toBe('a NUL character stands in the text');
      expect((await space.rows('select 1')).rows).toEqual([['1']]);
    });
  });
});
