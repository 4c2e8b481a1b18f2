import { beforeAll, describe, expect, test } from 'vitest';
import { type Dialect, dialectOf } from '../../../src/sql/dialect.js';
import type { FrontEnd } from '../../../src/sql/parse/front-end.js';
import { createPolyglotFrontEnd } from '../../../src/sql/parse/polyglot.js';
import { rendered } from './polyglot-rendering.js';

let frontEnd: FrontEnd;
let clickhouse: Dialect;

beforeAll(async () => {
  frontEnd = await createPolyglotFrontEnd();
  const found = dialectOf('clickhouse');
  if (!found) throw new Error('no ClickHouse');
  clickhouse = found;
});

function read(sql: string): string {
  return rendered(frontEnd.parse(sql, clickhouse));
}

/** The statement, and how it is to be understood. */
const STATEMENTS: [string, string][] = [
  [
    'SELECT toStartOfMinute(Timestamp) AS time, count() AS requests FROM logs.access WHERE Timestamp >= toDateTime(1700000000) AND Timestamp <= toDateTime(1700003600) GROUP BY time ORDER BY time',
    'select tostartofminute(Timestamp) as time, count(*) as requests from logs.access where [and]([>=](Timestamp, todatetime(1700000000)), [<=](Timestamp, todatetime(1700003600))) group time order time',
  ],
  [
    'WITH today() - 7 AS from_day, 5 AS few SELECT UserID FROM shop.visits WHERE day >= from_day LIMIT 10',
    'with from_day := [-](today(), 7), few := 5 select UserID from shop.visits where [>=](day, from_day) limit 10',
  ],
  [
    'WITH (SELECT max(price) FROM shop.orders) AS highest SELECT order_id, price / highest AS share FROM shop.orders',
    'with highest := scalar({select max(price) from shop.orders}) select order_id, [/](price, highest) as share from shop.orders',
  ],
  [
    'WITH paid AS (SELECT order_id, sum(amount) AS total FROM shop.payments GROUP BY order_id) SELECT count() FROM paid WHERE total > 100',
    'with paid as [select order_id, sum(amount) as total from shop.payments group order_id] select count(*) from paid where [>](total, 100)',
  ],
  [
    'SELECT order_id, tag FROM shop.orders ARRAY JOIN tags AS tag WHERE tag != \'test\'',
    "select order_id, tag from <shop.orders cross rows of arrayjoin(tags) -> (tag) as tag> where [<>](tag, 'test')",
  ],
  [
    'SELECT order_id, item, n FROM shop.orders LEFT ARRAY JOIN items AS item, arrayEnumerate(items) AS n',
    'select order_id, item, n from <shop.orders left rows of arrayjoin(items) -> (item) & arrayjoin(arrayenumerate(items)) -> (n)>',
  ],
  [
    'SELECT Email FROM shop.customers FINAL SAMPLE 1 / 10 PREWHERE country = \'NL\' WHERE Email ILIKE \'%@example.org\'',
    "select Email from shop.customers where [and]([=](country, 'NL'), [ilike](Email, '%@example.org'))",
  ],
  [
    'SELECT c.Email FROM shop.orders AS o GLOBAL ANY LEFT JOIN shop.customers AS c ON o.customer_id = c.id',
    'select c.Email from <shop.orders as o left shop.customers as c on [=](o.customer_id, c.id)>',
  ],
  [
    'SELECT count() FROM orders GLOBAL INNER JOIN customers USING customer_id',
    'select count(*) from <orders inner customers using (customer_id)>',
  ],
  [
    'SELECT count() FROM shop.orders WHERE customer_id GLOBAL NOT IN (SELECT id FROM shop.blocked)',
    'select count(*) from shop.orders where [not](in(customer_id {select id from shop.blocked}))',
  ],
  [
    'SELECT t.price, q.bid FROM trades AS t ASOF LEFT JOIN quotes AS q ON t.symbol = q.symbol AND t.at >= q.at',
    'select t.price, q.bid from <trades as t left quotes as q on [and]([=](t.symbol, q.symbol), [>=](t.at, q.at))>',
  ],
  [
    'SELECT id FROM shop.customers LEFT SEMI JOIN shop.orders ON customers.id = orders.customer_id',
    'select id from <shop.customers semi shop.orders on [=](customers.id, orders.customer_id)>',
  ],
  [
    'SELECT id FROM shop.customers LEFT ANTI JOIN shop.orders USING (id)',
    'select id from <shop.customers anti shop.orders using (id)>',
  ],
  [
    'SELECT host, cpu FROM metrics.samples ORDER BY at DESC LIMIT 2 BY host',
    'select host, cpu from metrics.samples qualify [<=](row_number() over(by host order at desc), 2) order at desc',
  ],
  [
    'SELECT host, cpu FROM metrics.samples ORDER BY at DESC LIMIT 3 BY host, region LIMIT 100',
    'select host, cpu from metrics.samples qualify [<=](row_number() over(by host, region order at desc), 3) order at desc limit 100',
  ],
  [
    'SELECT host, cpu FROM metrics.samples LIMIT 1, 3 BY host',
    'select host, cpu from metrics.samples qualify [and]([>](row_number() over(by host), 1), [<=](row_number() over(by host), 4))',
  ],
  [
    'SELECT region, count() FROM shop.orders GROUP BY region WITH TOTALS HAVING count() > 10 SETTINGS max_threads = 4 FORMAT JSONCompact',
    'select region, count(*) from shop.orders group sets(region, empty()) having [>](count(*), 10)',
  ],
  [
    'SELECT region, kind, sum(amount) FROM shop.orders GROUP BY region, kind WITH ROLLUP',
    'select region, kind, sum(amount) from shop.orders group rollup(region, kind)',
  ],
  [
    "SELECT countIf(status = 'paid'), sumIf(amount, status = 'paid'), uniqExact(customer_id), uniqCombinedIf(customer_id, amount > 0) FROM shop.orders",
    "select countif([=](status, 'paid')), sumif(amount, [=](status, 'paid')), uniqexact(customer_id), uniqcombinedif(customer_id, [>](amount, 0)) from shop.orders",
  ],
  [
    'SELECT quantile(0.95)(duration), quantilesTiming(0.5, 0.99)(duration), topK(10)(path), argMax(status, at) FROM logs.access',
    'select quantile(0.95, duration), quantilestiming(0.5, 0.99, duration), topk(10, path), argmax(status, at) from logs.access',
  ],
  [
    'SELECT arrayMap(x -> lower(x), tags), arrayFilter((name, n) -> n > 1, names, counts), arrayExists(t -> t LIKE \'vip%\', tags) FROM shop.customers',
    "select arraymap((x => lower(x)), tags), arrayfilter((name, n => [>](n, 1)), names, counts), arrayexists((t => [like](t, 'vip%')), tags) from shop.customers",
  ],
  [
    "SELECT (name, surname) AS pair, pair.1, tuple(1, 'x').2, [price, tax], prices[1], attributes['colour'], map('a', 1) FROM shop.products",
    "select row<name, surname> as pair, field<pair>.1, field<row<1, 'x'>>.2, array<price, tax>, subscript<prices, 1>, subscript<attributes, 'colour'>, map('a', 1) from shop.products",
  ],
  [
    "SELECT dictGet('regions', 'name', toUInt64(region_id)), dictGetOrDefault('regions', 'code', region_id, '??') FROM shop.orders",
    "select dictget('regions', 'name', touint64(region_id)), dictgetordefault('regions', 'code', region_id, '??') from shop.orders",
  ],
  [
    'SELECT sum(price * amount AS turnover) AS total, max(turnover) FROM shop.lines',
    'with turnover := [*](price, amount) select sum([*](price, amount)) as total, max(turnover) from shop.lines',
  ],
  [
    'SELECT Email FROM shop.customers WHERE id = {customer:UInt64} AND country IN {countries:Array(String)} AND id != {customer:UInt64}',
    'select Email from shop.customers where [and]([=](id, $1), [in](country, $2), [<>](id, $1))',
  ],
  [
    'SELECT toStartOfInterval(at, INTERVAL 5 minute) AS slot, at - INTERVAL 1 DAY, dateDiff(\'day\', opened, closed), dateAdd(day, 1, opened) FROM shop.orders',
    "select tostartofinterval(at, 5::interval minute) as slot, [-](at, 1::interval day), datediff('day', opened, closed), dateadd('day', 1, opened) from shop.orders",
  ],
  [
    "SELECT if(amount > 0, 'paid', 'free') AS kind, multiIf(a, 1, b, 2, 3), amount > 0 ? email : NULL FROM shop.orders",
    "select if([>](amount, 0), 'paid', 'free') as kind, multiif(a, 1, b, 2, 3), if([>](amount, 0), email, null) from shop.orders",
  ],
  [
    "SELECT CAST(id AS String), CAST(id, 'Nullable(UInt32)'), id::UInt16, toString(id), CAST(name AS LowCardinality(String)) FROM shop.orders",
    'select id::text, id::uint32, id::uint16, tostring(id), name::text from shop.orders',
  ],
  [
    'SELECT * EXCEPT (password, token), * REPLACE (lower(email) AS email), c.* EXCEPT ssn FROM shop.customers AS c',
    'select * except(password, token), * replace(lower(email) as email), c.* except(ssn) from shop.customers as c',
  ],
  [
    "SELECT COLUMNS('^mail') FROM shop.customers",
    "select columns('^mail') from shop.customers",
  ],
  [
    "SELECT n FROM numbers(10) AS n UNION ALL SELECT id FROM remote('replica', shop, orders)",
    "{select n from rows of numbers(10) as n} union all {select id from rows of remote('replica', shop, orders)}",
  ],
  [
    'SELECT id FROM shop.orders WHERE customer_id IN blocked AND id NOT IN (1, 2)',
    'select id from shop.orders where [and](in(customer_id {select * from blocked}), [not_in](id, 1, 2))',
  ],
  [
    'WITH [1, 2] AS wanted SELECT id FROM shop.orders WHERE id IN wanted',
    'with wanted := array<1, 2> select id from shop.orders where [in](id, wanted)',
  ],
  [
    'SELECT region, sum(amount) OVER (PARTITION BY region ORDER BY at ROWS BETWEEN 6 PRECEDING AND CURRENT ROW), lagInFrame(amount) OVER w FROM shop.orders WINDOW w AS (ORDER BY at)',
    'select region, sum(amount) over(by region order at), laginframe(amount) over(w) from shop.orders window w(order at)',
  ],
  [
    'SELECT ID, id, "Id", `iD` FROM Shop.Orders',
    'select ID, id, Id, iD from Shop.Orders',
  ],
  [
    'SELECT max(at) FROM shop.orders WHERE amount = (SELECT max(amount) FROM shop.orders) UNION ALL SELECT now()',
    '{select max(at) from shop.orders where [=](amount, scalar({select max(amount) from shop.orders}))} union all {select now()}',
  ],
  [
    'INSERT INTO report.daily (day, n) SELECT toDate(at), count() FROM shop.orders GROUP BY 1',
    'insert report.daily(day, n) select todate(at), count(*) from shop.orders group 1',
  ],
  ['INSERT INTO shop.orders FORMAT JSONEachRow', 'insert shop.orders'],
  [
    "INSERT INTO FUNCTION s3('https://example.org/out.csv', 'CSV') SELECT Email FROM shop.customers",
    'copy to select Email from shop.customers',
  ],
  [
    "SELECT Email FROM shop.customers INTO OUTFILE 'customers.csv' FORMAT CSV",
    'copy to select Email from shop.customers',
  ],
  [
    'CREATE TABLE shop.orders (id UInt64, customer Nullable(UInt64), tags Array(String), at DateTime) ENGINE = MergeTree ORDER BY (id, at)',
    'table shop.orders (id uint64 required, customer uint64, tags text[] required, at datetime required)',
  ],
  [
    'CREATE MATERIALIZED VIEW report.by_day ENGINE = SummingMergeTree ORDER BY day AS SELECT toDate(at) AS day, count() AS n FROM shop.orders GROUP BY day',
    'create materialized_view report.by_day as select todate(at) as day, count(*) as n from shop.orders group day',
  ],
  [
    'CREATE MATERIALIZED VIEW report.feed TO report.daily AS SELECT toDate(at) AS day FROM shop.orders',
    'insert report.daily select todate(at) as day from shop.orders',
  ],
  ['ALTER TABLE shop.orders DELETE WHERE at < now()', 'delete shop.orders where [<](at, now())'],
  ["ALTER TABLE shop.customers UPDATE email = '' WHERE deleted = 1", "update shop.customers set email := '' where [=](deleted, 1)"],
  ['EXPLAIN PIPELINE SELECT id FROM shop.orders', 'utility explain [select id from shop.orders]'],
  ['OPTIMIZE TABLE shop.orders FINAL', 'utility optimize_table shop.orders\nwarning: the statement was not read: only what it does is known'],
  ['TRUNCATE TABLE shop.orders', 'utility truncate shop.orders'],
];

describe('ClickHouse', () => {
  test.each(STATEMENTS)('%s', (sql, expected) => {
    expect(read(sql)).toBe(expected);
  });

  test.each([
    ['SELEC Email FROM shop.customers', 'error: this is no statement'],
    ['SELECT Email name surname FROM shop.customers', 'error: this does not belong here'],
    ['SELECT id FROM shop.orders WHERE a = 1 b = 2', 'error: this does not belong here'],
    ['INSERT INTO report.daily SELECT id FROM shop.orders AS o garbage', 'error: this does not belong here'],
    ['CREATE VIEW report.v AS SELECT id FROM shop.orders WHERE a = 1 2', 'error: this does not belong here'],
  ])('what the parser would drop in silence is an error: %s', (sql, expected) => {
    const outcome = frontEnd.parse(sql, clickhouse);
    expect(rendered(outcome)).toBe(expected);
    expect(outcome.frontEnd).toBeNull();
  });

  test('the offset of an error is that in the text that was given', () => {
    const sql = "SELECT '😀', id FROM shop.orders WHERE a = 1 b = 2";
    const [diagnostic] = frontEnd.parse(sql, clickhouse).diagnostics;
    expect(sql.slice(diagnostic?.offset ?? 0)).toBe('b = 2');
  });

  test('a comment at the end changes nothing', () => {
    expect(read('SELECT id FROM shop.orders -- all of them')).toBe('select id from shop.orders');
  });
});
