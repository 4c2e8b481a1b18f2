import { beforeAll, expect, test } from 'vitest';
import { notReproducible, type ReproducibilityHints } from '../../src/facts/reproducible.js';
import { createParsers, type Parsers } from '../../src/sql/parse/parsers.js';

let parsers: Parsers;

beforeAll(async () => {
  parsers = await createParsers();
});

function kinds(sql: string, hints?: ReproducibilityHints): string[] {
  const [first] = parsers.postgres(sql).statements;
  if (first === undefined) throw new Error(`not parsed: ${sql}`);
  return notReproducible(first.statement, hints).map(({ kind }) => kind);
}

test.each([
  ['select count(*) from ledger.entry where booked_on < current_date', ['clock']],
  ['select count(*) from t where at > now() - interval \'1 day\' and at < now()', ['clock']],
  ["select count(*) from t where at < 'today'::timestamptz", ['clock']],
  ['select age(born_on) from t', ['clock']],
  ['select age(ended_on, begun_on) from t', []],
  ['select id from t order by random() limit 10', ['chance']],
  ['select gen_random_uuid() as row_id, amount from t', ['chance']],
  ['select count(*) from t where owner = current_user', ['session']],
  ['select id, amount from t limit 100', ['unordered-limit']],
  ['select id, amount from t order by amount, id limit 100', []],
  ['select count(*) from t limit 1', []],
  ['select a from (select a from t limit 5) s order by a', ['unordered-limit']],
  ['select count(*) from t where exists (select 1 from u where u.id = t.id limit 1)', []],
  ['select distinct on (customer_id) customer_id, amount from t', ['unordered-choice']],
  ['select distinct on (customer_id) customer_id, amount from t order by customer_id', ['unordered-choice']],
  ['select distinct on (customer_id) customer_id, amount from t order by customer_id, at desc', []],
  ['select id, row_number() over (partition by kind) from t', ['unordered-choice']],
  ['select id, row_number() over (partition by kind order by id) from t', []],
  ['select id, lag(amount) over w from t window w as (order by id)', []],
  ['select kind, string_agg(name, \',\') from t group by kind', ['unordered-aggregate']],
  ['select kind, string_agg(name, \',\' order by name) from t group by kind', []],
  ['select kind, percentile_cont(0.5) within group (order by amount) from t group by kind', []],
  ['select date_trunc(\'month\', booked_at) as month, sum(amount) from t where booked_at < :until group by 1'.replace(':until', "'2026-01-01'"), []],
  ['with now as (select max(at) as now from t) select now from now', []],
  ['select accounting.now() from t', []],
])('%s', (sql, expected) => {
  expect(kinds(sql)).toEqual(expected);
});

test('what columns are is asked where a catalogue tells it', () => {
  const columnKind = (parts: readonly string[]): 'zoned' | 'float' | null => (parts.at(-1) === 'booked_at' ? 'zoned' : parts.at(-1) === 'rate' ? 'float' : null);
  expect(kinds("select date_trunc('day', booked_at), sum(rate), sum(amount) from t group by 1", { columnKind })).toEqual(['session-zone', 'float-sum']);
  expect(kinds("select (booked_at at time zone 'UTC')::date, count(*) from t group by 1", { columnKind })).toEqual([]);
  expect(kinds('select booked_at::date, count(*) from t group by 1', { columnKind })).toEqual(['session-zone']);
});

test('reasons are sentences that hold names only', () => {
  const [first] = parsers.postgres("select id from t where at < now() and name = 'secret' limit 5").statements;
  expect(first && notReproducible(first.statement).map(({ text }) => text)).toEqual(['LIMIT without ORDER BY takes whichever rows come first', 'now() is another moment each time']);
});
