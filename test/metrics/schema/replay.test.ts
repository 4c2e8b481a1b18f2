import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Definition, MetricSchema, World } from '../../../src/metrics/definition.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import { replay, type Replayed, reproductionSql } from '../../../src/metrics/schema/replay.js';
import type { ScratchEngine, ScratchSpace } from '../../../src/model/scratch-engine.js';
import { scratchEngine } from '../../../src/scratch/index.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';

let parse: Awaited<ReturnType<typeof createPostgresParser>>;
const engines: Record<'pglite' | 'duckdb', ScratchEngine> = { pglite: scratchEngine('pglite'), duckdb: scratchEngine('duckdb') };

beforeAll(async () => {
  parse = await createPostgresParser();
  await (await engines.pglite.open()).close();
});

afterAll(async () => {
  await engines.pglite.close();
  await engines.duckdb.close();
});

function definition(text: string, timeZone: string | null = null): Definition {
  const statement = parse(text).statements[0]?.statement;
  if (!statement) throw new Error(`not parsed: ${text}`);
  return { text, statement, dialect: 'postgres', timeZone };
}

interface Case {
  ddl: string;
  late?: string;
  kind?: 'pglite' | 'duckdb';
}

async function withSchema<T>({ ddl, late = '', kind = 'pglite' }: Case, work: (space: ScratchSpace, schema: MetricSchema) => Promise<T>): Promise<T> {
  const space = await engines[kind].open();
  try {
    const schema = await schemaFromDdl(space, ddl, late);
    expect(schema.failures).toEqual([]);
    return await work(space, schema);
  } finally {
    await space.close();
  }
}

/** The rows of each answer, or its error. */
function answersOf({ answers }: Replayed): unknown[] {
  return answers.map((answer) => ('error' in answer ? answer.error : answer.rows));
}

async function answers(of: Case, world: World, texts: readonly string[], instant: string | null = null): Promise<unknown[]> {
  return await withSchema(of, async (space, schema) => answersOf(await replay(space, schema, world, texts.map((text) => definition(text)), instant)));
}

const CASEWORK = `
  create table officer (officer_id int primary key, team text not null);
  create table case_file (
    case_id bigint generated always as identity primary key, status text not null, closed_at timestamptz, officer_id int references officer,
    fee numeric(10, 2), doubled numeric generated always as (fee * 2) stored, opened_on date not null default date '2024-01-01',
    constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)));`;

describe('rows', () => {
  test('go in parents first; what the engine computes is left to it, what must be there gets its default', async () => {
    const world = { 'public.case_file': [{ status: 'OPEN', officer_id: '7', fee: '1.5', doubled: '99' }, { case_id: '12', status: 'CLOSED', closed_at: '2024-02-01', officer_id: null, opened_on: '2024-01-31' }], 'public.officer': [{ officer_id: '7', team: 'Fraud' }] };
    expect(await answers({ ddl: CASEWORK }, world, ['select case_id, team, doubled, opened_on from case_file left join officer using (officer_id) order by case_id'])).toEqual([
      [['1', 'Fraud', '3.00', '2024-01-01'], ['12', null, null, '2024-01-31']],
    ]);
  });

  test('are refused by the constraint that they break, and the space stays as it was', async () => {
    await withSchema({ ddl: CASEWORK }, async (space, schema) => {
      const query = definition('select count(*) from case_file');
      await expect(replay(space, schema, { 'public.case_file': [{ status: 'CLOSED' }] }, [query], null)).rejects.toThrow('violates check constraint "closed_has_date"');
      await expect(replay(space, schema, { 'public.case_file': [{ status: 'OPEN', officer_id: '1' }] }, [query], null)).rejects.toThrow('violates foreign key constraint "case_file_officer_id_fkey"');
      expect(answersOf(await replay(space, schema, { 'public.case_file': [{ status: 'OPEN' }] }, [query], null))).toEqual([[['1']]]);
      expect((await space.rows('select count(*) from case_file')).rows).toEqual([['0']]);
    });
  });

  test('may refer to each other in a circle, and to themselves', async () => {
    const ddl = `
      create table team (team_id int primary key, lead_id int);
      create table officer (officer_id int primary key, team_id int not null references team, mentor_id int references officer);
      alter table team add constraint team_lead foreign key (lead_id) references officer`;
    const world = { 'public.officer': [{ officer_id: '1', team_id: '5', mentor_id: '2' }, { officer_id: '2', team_id: '5' }], 'public.team': [{ team_id: '5', lead_id: '2' }] };
    expect(await answers({ ddl }, world, ['select count(*) from team join officer on officer_id = lead_id'])).toEqual([[['1']]]);
    await expect(answers({ ddl }, { ...world, 'public.team': [{ team_id: '5', lead_id: '3' }] }, ['select 1'])).rejects.toThrow('team_lead');
  });

  test('that only old states of the schema admit go in at the right time', async () => {
    const late = `
      alter table case_file add constraint positive_fee check (fee > 0) not valid;
      alter table case_file drop constraint closed_has_date;
      alter table case_file add column source text`;
    await withSchema({ ddl: CASEWORK, late }, async (space, schema) => {
      // The first breaks what is NOT VALID, the second what was dropped, the third has a column that came later.
      const world = { 'public.case_file': [{ case_id: '1', status: 'OPEN', fee: '-1' }, { case_id: '2', status: 'CLOSED', fee: '2' }, { case_id: '3', status: 'OPEN', source: 'post' }] };
      const query = definition('select case_id, status, fee, source from case_file order by 1');
      const result = await replay(space, schema, { 'public.case_file': world['public.case_file'].slice(0, 2) }, [query], null);
      expect(answersOf(result)).toEqual([[['1', 'OPEN', '-1.00', null], ['2', 'CLOSED', '2.00', null]]]);
      expect(Object.values(result.afterLate).flat().map(({ case_id }) => case_id)).toEqual(['2']);
      const both = { 'public.case_file': [{ case_id: '2', status: 'CLOSED', fee: '-2' }] };
      await expect(replay(space, schema, both, [query], null)).rejects.toThrow('positive_fee');
    });
  });

  test('are seen by materialized views and through partitions', async () => {
    const ddl = `
      create table sale (at date not null, net numeric) partition by range (at);
      create table sale_2024 partition of sale for values from ('2024-01-01') to ('2025-01-01');
      create materialized view sale_total as select sum(net) as net from sale;
      create materialized view sale_share as select net / 2 as half from sale_total`;
    const world = { 'public.sale': [{ at: '2024-05-01', net: '10' }] };
    expect(await answers({ ddl }, world, ['select half::int from sale_share', 'select count(*) from sale_2024'])).toEqual([[['5']], [['1']]]);
    await expect(answers({ ddl }, { 'public.sale': [{ at: '2025-05-01', net: '10' }] }, ['select 1'])).rejects.toThrow('no partition');
  });

  test('are not changed by triggers of the schema', async () => {
    const ddl = `create table case_file (case_id int, status text);
      create function close_it() returns trigger language plpgsql as $$ begin new.status := 'CLOSED'; return new; end $$;
      create trigger close_it before insert on case_file for each row execute function close_it();`;
    expect(await answers({ ddl }, { 'public.case_file': [{ case_id: '1', status: 'OPEN' }] }, ['select status from case_file'])).toEqual([[['OPEN']]]);
  });
});

describe('a definition', () => {
  test('runs in its own time zone and as of one moment; its error is its answer', async () => {
    await withSchema({ ddl: CASEWORK }, async (space, schema) => {
      const definitions = [
        definition("select now(), current_date, timestamptz '2024-01-31 20:00Z' from case_file"),
        definition("select now(), current_date, timestamptz '2024-01-31 20:00Z' from case_file", 'Asia/Jakarta'),
        definition('select 1 / (case_id - 1) from case_file'),
      ];
      const world = { 'public.case_file': [{ case_id: '1', status: 'OPEN' }] };
      expect(answersOf(await replay(space, schema, world, definitions, '2024-02-29 23:30:00+00'))).toEqual([
        [['2024-02-29 23:30:00+00', '2024-02-29', '2024-01-31 20:00:00+00']],
        [['2024-03-01 06:30:00+07', '2024-03-01', '2024-02-01 03:00:00+07']],
        'division by zero',
      ]);
    });
  });

  test('answers on DuckDB as well', async () => {
    const ddl = 'create table officer (officer_id int primary key); create table case_file (case_id int primary key, officer_id int references officer (officer_id), fee decimal(10, 2) check (fee > 0))';
    const world = { 'main.case_file': [{ case_id: '1', officer_id: '7', fee: '2.5' }], 'main.officer': [{ officer_id: '7' }] };
    expect(await answers({ ddl, kind: 'duckdb' }, world, ['select fee / 2 from case_file join officer using (officer_id)'])).toEqual([[['1.25']]]);
    await expect(answers({ ddl, kind: 'duckdb' }, { 'main.case_file': [{ case_id: '1', fee: '-1' }] }, ['select 1'])).rejects.toThrow('CHECK constraint failed');
  });
});

describe('the reproduction', () => {
  test('runs by itself on an empty database and shows the same answers', async () => {
    const late = 'alter table case_file add constraint positive_fee check (fee > 0) not valid; alter table case_file drop constraint closed_has_date';
    const world = { 'public.case_file': [{ case_id: '1', status: "it's OPEN", fee: '-1' }, { case_id: '2', status: 'CLOSED' }] };
    const texts = ['select count(*) from case_file where closed_at is null', "select count(*) from case_file where status <> 'CLOSED' -- and not DUPLICATE"];
    const { sql, shown } = await withSchema({ ddl: CASEWORK, late }, async (space, schema) => {
      const definitions = [definition(texts[0] ?? ''), definition(texts[1] ?? '', 'Europe/Berlin')];
      const { answers: given, afterLate } = await replay(space, schema, world, definitions, null);
      return { sql: reproductionSql(schema, world, definitions, ['Open cases', 'Backlog\nweekly'], { afterLate }), shown: answersOf({ answers: given, afterLate }) };
    });
    expect(shown).toEqual([[['2']], [['1']]]);
    expect(sql).toMatchInlineSnapshot(`
      "create table officer (officer_id int primary key, team text not null);
      create table case_file (
          case_id bigint generated always as identity primary key, status text not null, closed_at timestamptz, officer_id int references officer,
          fee numeric(10, 2), doubled numeric generated always as (fee * 2) stored, opened_on date not null default date '2024-01-01',
          constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)));

      insert into public.case_file (case_id, status, closed_at, officer_id, fee) overriding system value values
        (1, 'it''s OPEN', null, null, -1);

      alter table case_file add constraint positive_fee check (fee > 0) not valid;
      alter table case_file drop constraint closed_has_date;

      insert into public.case_file (case_id, status, closed_at, officer_id, fee) overriding system value values
        (2, 'CLOSED', null, null, null);

      -- Open cases
      set time zone 'UTC';
      select count(*) from case_file where closed_at is null;

      -- Backlog weekly
      set time zone 'Europe/Berlin';
      select count(*) from case_file where status <> 'CLOSED' -- and not DUPLICATE
      ;
      "
    `);
    const space = await engines.pglite.open();
    try {
      await space.run(sql);
      expect([(await space.rows(texts[0] ?? '')).rows, (await space.rows(texts[1] ?? '')).rows]).toEqual(shown);
    } finally {
      await space.close();
    }
  });
});
