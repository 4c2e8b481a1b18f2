import { afterAll, describe, expect, test } from 'vitest';
import { search } from '../../../src/metrics/search/index.js';
import { closeEngine, compare, definition, fill, inSpace, INSTANTS, plainAnswer, schemaOf } from './support.js';

afterAll(closeEngine);

const DDL = `
  create table officer (officer_id integer primary key, name text not null unique, unit text);
  create table case_file (
    case_id bigint primary key, status text not null, officer_id integer not null references officer, opened_at timestamptz not null, fee numeric(8,2),
    constraint known_status check (status in ('OPEN', 'REVIEW', 'CLOSED', 'DUPLICATE')));`;
const OPEN = [
  `select count(*) from case_file where status <> 'CLOSED'`,
  `select count(*) from case_file where status in ('OPEN', 'REVIEW', 'DUPLICATE')`,
  `select count(*) from case_file where status not in ('CLOSED', 'DUPLICATE')`,
  `select count(distinct officer_id) from case_file where status <> 'CLOSED'`,
  `select count(*) from case_file c join officer o on o.officer_id = c.officer_id where c.status <> 'CLOSED' and o.unit is not null`,
];
const BOUNDS = { milliseconds: 20_000, worlds: 600 };

describe('several definitions on shared worlds', () => {
  test('every pair that differs is told apart by rows that hold on real tables', async () => {
    await inSpace(async (space) => {
      const schema = await schemaOf(space, DDL);
      const definitions = await Promise.all(OPEN.map(async (text) => await definition(text)));
      const result = await search(definitions, schema, space, BOUNDS);
      expect(result.unsupported).toEqual([null, null, null, null, null]);
      expect(result.differences.map(({ a, b, how }) => `${a}-${b} ${how}`)).toEqual(['0-2 real', '0-3 real', '0-4 real', '1-2 real', '1-3 real', '1-4 real', '2-3 real', '2-4 real', '3-4 real']);
      expect(Math.min(...result.answers)).toBeGreaterThan(3);
      for (const { a, b, world } of result.differences) {
        await space.run('truncate case_file, officer');
        await fill(space, schema, world);
        const [one, other] = [definitions[a], definitions[b]];
        if (one === undefined || other === undefined) throw new Error('a pair of nothing');
        expect(await plainAnswer(space, one)).not.toEqual(await plainAnswer(space, other));
      }
    });
  });

  test('the witness is the smallest: a case that only one of them counts, and the officer it must have', async () => {
    const { found } = await compare(DDL, OPEN[0] ?? '', OPEN[2] ?? '');
    expect(found?.world).toEqual({
      'public.officer': [{ officer_id: '1', name: 'a', unit: null }],
      'public.case_file': [{ case_id: '1', status: 'DUPLICATE', officer_id: '1', opened_at: '2024-01-15 10:00:00+00', fee: null }],
    });
  });

  test('only the pairs that are asked for', async () => {
    await inSpace(async (space) => {
      const schema = await schemaOf(space, DDL);
      const definitions = await Promise.all(OPEN.map(async (text) => await definition(text)));
      const result = await search(definitions, schema, space, { ...BOUNDS, pairs: [[1, 4]] });
      expect(result.differences.map(({ a, b }) => [a, b])).toEqual([[1, 4]]);
    });
  });

  test('the same seed finds the same', async () => {
    const [first, second] = [await compare(DDL, OPEN[0] ?? '', OPEN[3] ?? '', { seed: 3 }), await compare(DDL, OPEN[0] ?? '', OPEN[3] ?? '', { seed: 3 })];
    expect(first.result).toEqual(second.result);
    expect(first.found).not.toBeNull();
  });
});

describe('what is handed in', () => {
  test('a hint is tried before anything is invented', async () => {
    const hint = { 'public.officer': [{ officer_id: '7', name: 'Ada', unit: null }], 'public.case_file': [{ case_id: '70', status: 'DUPLICATE', officer_id: '7', opened_at: '2024-05-01 00:00:00+00', fee: null }] };
    const { result, found } = await compare(DDL, OPEN[0] ?? '', OPEN[2] ?? '', { hints: [hint] });
    expect(result.worlds).toBe(1);
    expect(found?.world['public.case_file']?.[0]).toMatchObject({ status: 'DUPLICATE' });
  });

  test('a hint that the constraints refuse tells nothing apart', async () => {
    const hint = { 'public.case_file': [{ case_id: '70', status: 'LOST', officer_id: '7', opened_at: '2024-05-01 00:00:00+00', fee: null }] };
    const { found } = await compare(DDL, OPEN[0] ?? '', OPEN[1] ?? '', { hints: [hint] });
    expect(found).toBeNull();
  });

  test('a hint with a value that its column cannot read costs that hint', async () => {
    const hint = { 'public.officer': [{ officer_id: 'seven', name: 'Ada', unit: null }] };
    const { result, found } = await compare(DDL, OPEN[0] ?? '', OPEN[2] ?? '', { hints: [hint] });
    expect(result.doubts).toEqual([]);
    expect(found).toMatchObject({ how: 'real' });
  });

  test('a bound of worlds is kept, and said', async () => {
    const { result } = await compare(DDL, OPEN[0] ?? '', OPEN[1] ?? '', { worlds: 100 });
    expect(result.worlds).toBeLessThanOrEqual(100);
    expect(result.worlds).toBeGreaterThan(50);
    expect(result.rows_per_table_max).toBeGreaterThan(1);
  });

  test('two definitions that never leave their empty answer have reached one answer each', async () => {
    const { result, found } = await compare(DDL, `select case_id from case_file where status = 'LOST'`, `select case_id from case_file where status = 'GONE'`, { worlds: 200 });
    expect(found).toBeNull();
    expect(result.answers).toEqual([1, 1]);
  });
});

describe('what cannot be searched', () => {
  test.each([
    ['a column that does not exist', `select count(*) from case_file where verdict = 'x'`, /column "verdict" does not exist/],
    ['a table that does not exist', `select count(*) from appeal`, /relation appeal is not in the schema/],
    ['a function that gives something else each time', `select count(*) from case_file where random() < 0.5`, /random\(\) answers something else each time/],
    ['rows taken by chance', `select count(*) from case_file tablesample system (10)`, /TABLESAMPLE takes rows by chance/],
    ['a function that reads tables', `select open_cases()`, /function public\.open_cases reads tables/],
    ['a name that PostgreSQL takes for one of its own', `select count(*) from pg_class`, /relation pg_class is not in the schema/],
    ['a statement that is no SELECT', `delete from case_file`, /it is not a SELECT/],
  ])('%s costs that definition only', async (_, text, message) => {
    await inSpace(async (space) => {
      const schema = await schemaOf(space, `${DDL} create function open_cases() returns bigint language sql stable as $$ select count(*) from case_file $$;`);
      const definitions = await Promise.all([text, OPEN[0] ?? '', OPEN[2] ?? ''].map(async (each) => await definition(each)));
      const result = await search(definitions, schema, space, BOUNDS);
      expect(result.unsupported).toEqual([expect.stringMatching(message), null, null]);
      expect(result.differences.map(({ a, b }) => [a, b])).toEqual([[1, 2]]);
    });
  });

  test('a definition that never ends is named', async () => {
    await inSpace(async (space) => {
      const schema = await schemaOf(space, DDL);
      const endless = `with recursive counter(n) as (select 1 union all select n + 1 from counter) select count(*) from counter, case_file`;
      const result = await search([await definition(OPEN[0] ?? ''), await definition(endless)], schema, space, { milliseconds: 1_000, worlds: 100 });
      expect(result.unsupported).toEqual([null, 'it did not finish in time']);
    });
  });

  test('rows on which one fails are set aside while anything else differs', async () => {
    const { found } = await compare(DDL, `select 100 / count(fee) from case_file`, `select 100 / count(*) from case_file`);
    expect(found).toMatchObject({ how: 'real' });
  });
});

test('a query that follows a hierarchy sees none that goes round in a circle', async () => {
  const { result, found } = await compare(
    `create table unit (unit_id integer primary key, parent_id integer references unit, name text not null)`,
    `with recursive below as (select unit_id from unit where parent_id is null union all select u.unit_id from unit u join below b on u.parent_id = b.unit_id) select count(*) from below`,
    `with recursive below as (select unit_id, 0 as depth from unit where parent_id is null union all select u.unit_id, b.depth + 1 from unit u join below b on u.parent_id = b.unit_id) select count(*) from below where depth < 2`,
  );
  expect(result.unsupported).toEqual([null, null]);
  expect(found).toMatchObject({ how: 'real' });
  expect(found?.world['public.unit']).toHaveLength(3);
});

describe('the clock', () => {
  test('both see the same present, and the difference says which', async () => {
    const { result } = await compare(DDL, `select count(*) from case_file where opened_at > now()`, `select count(*) from case_file where opened_at >= current_date`);
    expect(INSTANTS).toContain(result.differences[0]?.instant);
  });

  test('a difference that shows when somebody looks, and a day later, is preferred to one of another time', async () => {
    const now = '2026-11-22 14:35:00+00';
    const [recent, fixed] = [`select count(*) from case_file where opened_at >= now() - interval '30 days'`, `select count(*) from case_file where opened_at >= timestamptz '2024-03-01 10:30:00+00'`];
    const { result } = await compare(DDL, recent, fixed, { now });
    expect(result.differences[0]?.instant).toBe(now);
    const opened = result.differences[0]?.world['public.case_file']?.[0]?.['opened_at'] ?? '';
    expect(opened >= '2024-03-01 10:30:00' && opened < '2026-10-23').toBe(true);
  });

  test('a difference that has nothing to do with it has no instant', async () => {
    const { result } = await compare(DDL, OPEN[0] ?? '', OPEN[2] ?? '');
    expect(result.differences[0]?.instant).toBeNull();
  });
});
