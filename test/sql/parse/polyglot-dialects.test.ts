import { beforeAll, describe, expect, test } from 'vitest';
import { type DialectId, dialectOf } from '../../../src/sql/dialect.js';
import type { FrontEnd } from '../../../src/sql/parse/front-end.js';
import { createPolyglotFrontEnd } from '../../../src/sql/parse/polyglot.js';
import { rendered } from './polyglot-rendering.js';

let frontEnd: FrontEnd;

beforeAll(async () => {
  frontEnd = await createPolyglotFrontEnd();
});

/** The statements of each dialect that are its own, and how they are to be understood. */
const STATEMENTS: Partial<Record<DialectId, [string, string][]>> = {
  duckdb: [
    ['SELECT * EXCLUDE (email) REPLACE (lower(name) AS name) FROM customers', 'select * except(email) replace(lower(name) as name) from customers'],
    ['FROM orders SELECT order_id WHERE total > 10', 'select order_id from orders where [>](total, 10)'],
    ['SELECT region, sum(total) FROM orders GROUP BY ALL ORDER BY region', 'select region, sum(total) from orders group all order region'],
    ['SELECT name FROM customers UNION BY NAME SELECT surname FROM staff', '{select name from customers} union by name {select surname from staff}'],
    ["SELECT list_transform(tags, t -> lower(t)), [1, 2], {'name': name, 'age': 3} FROM customers", "select list_transform(tags, (t => lower(t))), array<1, 2>, row<[name =>](name), [age =>](3)> from customers"],
    ["SELECT payload -> 'email', payload ->> '$.name', struct_pack(a := total) FROM events", "select [->](payload, 'email'), [->>](payload, '$.name'), struct_pack([a =>](total)) from events"],
    ['PIVOT orders ON region USING sum(total)', 'select * from ?pivot(region, sum(total)) of orders'],
    ['SELECT id FROM orders QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY at DESC) = 1', 'select id from orders qualify [=](row_number() over(by customer_id order at desc), 1)'],
    ["COPY (SELECT email FROM customers) TO 'out.parquet'", 'copy to select email from customers'],
    ['INSERT INTO report BY NAME SELECT total AS amount, region FROM orders', 'insert report(amount, region) select total as amount, region from orders'],
    ['EXPLAIN SELECT id FROM orders', 'utility explain [select id from orders]'],
    ['SELECT TRY_CAST(total AS INTEGER), total::DECIMAL(10, 2), 0x1F FROM orders', 'select total::integer, total::numeric(10,2), 31 from orders'],
    ['SELECT * FROM customers SEMI JOIN orders ON customers.id = orders.customer_id', 'select * from <customers semi orders on [=](customers.id, orders.customer_id)>'],
    ['SELECT id FROM orders WHERE NOT name LIKE $1', 'select id from orders where [not]([like](name, $1))'],
  ],
  snowflake: [
    ["SELECT PAYLOAD:customer.emails[0]::string, payload['id'] FROM raw.events", "select subscript<field<field<payload>.customer>.emails, 0>::text, subscript<payload, 'id'> from raw.events"],
    ['SELECT f.value:sku::int FROM raw.orders o, LATERAL FLATTEN(input => o.payload:lines) f', 'select field<f.value>.sku::integer from raw.orders as o, rows of flatten([input =>](field<o.payload>.lines)) -> (seq, key, path, index, value, this) as f'],
    ['SELECT t.value FROM TABLE(FLATTEN(PARSE_JSON(\'[1]\'))) t', "select t.value from rows of flatten(parse_json('[1]')) -> (seq, key, path, index, value, this) as t"],
    ['SELECT TOP 5 ID FROM DB.SALES.ORDERS QUALIFY ROW_NUMBER() OVER (PARTITION BY ID ORDER BY AT) = 1', 'select id from db.sales.orders qualify [=](row_number() over(by id order at), 1) limit 5'],
    ["SELECT IFF(total > 0, 'x', 'y'), NVL(a, b), DATEADD(day, 1, at), DATEDIFF('day', a, b), LISTAGG(name, ',') WITHIN GROUP (ORDER BY name) FROM orders", "select iff([>](total, 0), 'x', 'y'), nvl(a, b), dateadd('day', 1, at), datediff('day', a, b), listagg(name, ',') within(name) from orders"],
    ["SELECT * FROM sales PIVOT (SUM(amount) FOR month IN ('JAN', 'FEB')) AS p (region, jan, feb)", "select * from {select * except(amount, month), sum(amount) filter([=](month, 'JAN')) as 'jan', sum(amount) filter([=](month, 'FEB')) as 'feb' from sales group all} as p(region, jan, feb)"],
    ['SELECT * FROM sales UNPIVOT (amount FOR month IN (jan, feb))', "select * from {select * except(jan, feb), [coalesce]('jan', 'feb') as month, [coalesce](jan, feb) as amount from sales} as sales"],
    ['SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY symbol ORDER BY at MEASURES last(price) AS peak PATTERN (up+) DEFINE up AS price > 1) AS m', 'select * from ?match_recognize(symbol, at, [peak =>](last(price)), [>](price, 1)) -> (symbol, peak) of t as m'],
    ['SELECT * EXCLUDE (ssn) RENAME (mail AS email) FROM customers', 'select * except(ssn) rename(mail as email) from customers'],
    ['COPY INTO raw.orders FROM @stage/orders FILE_FORMAT = (TYPE = CSV)', 'copy from raw.orders'],
    ['COPY INTO @stage/out FROM (SELECT email FROM customers)', 'copy to select email from customers'],
    ['CREATE OR REPLACE TABLE backup.orders CLONE sales.orders', 'create table backup.orders as select * from sales.orders'],
    ['SELECT t.price FROM trades t ASOF JOIN quotes q MATCH_CONDITION (t.at >= q.at) ON t.symbol = q.symbol', 'select t.price from <trades as t left quotes as q on [and]([=](t.symbol, q.symbol), [>=](t.at, q.at))>'],
    ['SELECT id FROM orders WHERE name ILIKE ANY (\'a%\', \'b%\')', "select id from orders where [ilike any](name, array<'a%', 'b%'>)"],
    ["CALL maintenance.rebuild('x')", 'utility call\nwarning: the statement was not read: only what it does is known'],
  ],
  bigquery: [
    ['SELECT email FROM `proj-1.crm.Customers` AS c', 'select email from proj-1.crm.customers as c'],
    ['SELECT `proj.crm.customers`.email FROM `proj.crm`.customers', 'select proj.crm.customers.email from proj.crm.customers'],
    ['SELECT o.id, line.sku, n FROM shop.orders AS o, UNNEST(o.lines) AS line WITH OFFSET AS n', 'select o.id, line.sku, n from shop.orders as o, rows of unnest(o.lines) numbered as line(line, n)'],
    ['SELECT l FROM shop.orders AS o, o.lines AS l', 'select l from shop.orders as o, rows of unnest(o.lines) as l'],
    ['SELECT * EXCEPT (ssn) REPLACE (LOWER(email) AS email) FROM crm.customers', 'select * except(ssn) replace(lower(email) as email) from crm.customers'],
    ['SELECT STRUCT(name AS n, 1), a.b.c, ARRAY_AGG(x IGNORE NULLS ORDER BY y LIMIT 1)[OFFSET(0)], SAFE_CAST(a AS INT64) FROM t', 'select row<[n =>](name), 1>, a.b.c, subscript<array_agg(x order y), 0>, a::bigint from t'],
    ['SELECT ARRAY(SELECT AS STRUCT sku, price FROM UNNEST(lines)) FROM shop.orders', 'select array({select row<[sku =>](sku), [price =>](price)> from rows of unnest(lines)}) from shop.orders'],
    ['SELECT DATE_TRUNC(at, MONTH), TIMESTAMP_DIFF(a, b, DAY), IF(a, b, c), IFNULL(a, b), COUNTIF(paid) FROM shop.orders WHERE id IN UNNEST(@ids)', "select date_trunc(at, 'month'), timestamp_diff(a, b, 'day'), if(a, b, c), ifnull(a, b), countif(paid) from shop.orders where [= any](id, $1)"],
    ['SELECT * FROM sales PIVOT(SUM(amount) FOR quarter IN (\'Q1\' AS first, \'Q2\'))', "select * from {select * except(amount, quarter), sum(amount) filter([=](quarter, 'Q1')) as first, sum(amount) filter([=](quarter, 'Q2')) as q2 from sales group all} as sales"],
    ['SELECT table_name FROM shop.INFORMATION_SCHEMA.TABLES', 'select table_name from shop.information_schema.tables'],
    ['CREATE OR REPLACE TABLE report.daily PARTITION BY day AS SELECT DATE(at) AS day FROM shop.orders', 'create table report.daily as select date(at) as day from shop.orders'],
    ['MERGE report.daily d USING shop.orders o ON d.id = o.id WHEN MATCHED THEN UPDATE SET total = o.total WHEN NOT MATCHED THEN INSERT ROW', 'merge report.daily as d using shop.orders as o on [=](d.id, o.id) | update total := o.total | insert  := o.*'],
    ["EXPORT DATA OPTIONS (uri = 'gs://out/*') AS SELECT email FROM crm.customers", 'copy to select email from crm.customers'],
  ],
  redshift: [
    ["UNLOAD ('SELECT email FROM crm.customers WHERE country = ''NL''') TO 's3://out' IAM_ROLE 'r'", "copy to select email from crm.customers where [=](country, 'NL')"],
    ["COPY crm.customers FROM 's3://in' IAM_ROLE 'r'", 'copy from crm.customers'],
    ['SELECT o.id, l.sku FROM shop.orders o, o.lines AS l', 'select o.id, l.sku from shop.orders as o, rows of unnest(o.lines) as l'],
    ['SELECT DATEDIFF(day, opened, closed), CONVERT(int, fee), NVL(a, b), LEN(name), GETDATE() FROM app.task', "select datediff('day', opened, closed), fee::integer, nvl(a, b), len(name), getdate() from app.task"],
    ["SELECT LISTAGG(name, ',') WITHIN GROUP (ORDER BY name) FROM crm.customers", "select listagg(name, ',') within(name) from crm.customers"],
    ['CREATE TABLE report.daily (day date NOT NULL ENCODE az64, n int) DISTKEY (day) SORTKEY (day)', 'table report.daily (day date required, n integer)'],
    ['SELECT id INTO report.copy FROM shop.orders', 'create table report.copy as select id from shop.orders'],
    ['SELECT id FROM shop.orders QUALIFY row_number() OVER (PARTITION BY id ORDER BY at) = 1', 'select id from shop.orders qualify [=](row_number() over(by id order at), 1)'],
  ],
  mysql: [
    ['SELECT `Name`, IFNULL(a, b), a <=> b, a REGEXP \'x\', a DIV b FROM `shop`.`orders` LIMIT 5, 10', "select name, ifnull(a, b), [is_not_distinct](a, b), [rlike](a, 'x'), [div](a, b) from shop.orders limit 10 offset 5"],
    ["SELECT GROUP_CONCAT(DISTINCT name ORDER BY id SEPARATOR ';'), DATE_ADD(at, INTERVAL 1 DAY), DATE_FORMAT(at, '%Y') FROM orders", "select group_concat(distinct name, ';' order id), date_add(at, 1::interval day), date_format(at, '%Y') from orders"],
    ["SELECT doc->'$.name', doc->>'$.mail', JSON_EXTRACT(doc, '$.id') FROM orders", "select [->](doc, '$.name'), [->>](doc, '$.mail'), json_extract(doc, '$.id') from orders"],
    ['INSERT INTO stock (sku, n) VALUES (1, 2) ON DUPLICATE KEY UPDATE n = n + 1', 'insert stock(sku, n) values (1, 2) on conflict n := [+](n, 1)'],
    ['INSERT INTO stock (sku, n) VALUES (1, 2) ON DUPLICATE KEY UPDATE n = VALUES(n)', 'insert stock(sku, n) values (1, 2) on conflict n := excluded.n'],
    ['UPDATE orders o JOIN customers c ON o.customer_id = c.id SET o.email = c.email WHERE c.active = 1', 'update orders as o set email := c.email from <{values ()} inner customers as c on [=](o.customer_id, c.id)> where [=](c.active, 1)'],
    ['DELETE o FROM orders o JOIN customers c ON o.customer_id = c.id', 'delete orders as o from <{values ()} inner customers as c on [=](o.customer_id, c.id)>'],
    ['SELECT region, COUNT(*) FROM orders WHERE @limit > total AND id = ? GROUP BY region WITH ROLLUP', 'select region, count(*) from orders where [and]([>]($1, total), [=](id, $2)) group rollup(region)'],
    ['DELETE FROM queue WHERE done = 1 ORDER BY at LIMIT 100', 'delete queue where [and]([=](done, 1), [<=](row_number() over(order at), 100))'],
    ['CREATE TABLE `orders` (`id` int NOT NULL, `mail` varchar(80) DEFAULT NULL, PRIMARY KEY (`id`), UNIQUE KEY `m` (`mail`))', 'table orders (id integer required, mail character varying(80)) primary_key(id), unique(mail)'],
  ],
  databricks: [
    ['SELECT payload:customer.id::int, * EXCEPT (email) FROM main.shop.orders', 'select field<field<payload>.customer>.id::integer, * except(email) from main.shop.orders'],
    ['SELECT id, line FROM shop.orders LATERAL VIEW explode(lines) AS line', 'select id, line from <shop.orders cross rows of explode(lines) -> (line)(line)>'],
    ['SELECT filter(tags, t -> t > 1), collect_set(name), try_cast(a AS INT) FROM shop.orders', 'select filter(tags, (t => [>](t, 1))), collect_set(name), a::integer from shop.orders'],
    ['MERGE INTO shop.orders t USING staged s ON t.id = s.id WHEN MATCHED THEN UPDATE SET t.total = s.total WHEN NOT MATCHED THEN INSERT (id, total) VALUES (s.id, s.total)', 'merge shop.orders as t using staged as s on [=](t.id, s.id) | update total := s.total | insert id := s.id, total := s.total'],
    ["COPY INTO raw.orders FROM '/landing' FILEFORMAT = JSON", 'copy from raw.orders'],
    ['SELECT id FROM shop.orders VERSION AS OF 3 QUALIFY row_number() OVER (PARTITION BY id ORDER BY at) = 1', 'select id from shop.orders qualify [=](row_number() over(by id order at), 1)'],
    ['OPTIMIZE shop.orders ZORDER BY (id)', 'utility optimize\nwarning: the statement was not read: only what it does is known'],
  ],
  spark: [
    ['SELECT id, line FROM shop.orders LATERAL VIEW OUTER explode(lines) l AS line LATERAL VIEW posexplode(tags) t AS n, tag', 'select id, line from <<shop.orders left rows of explode(lines) -> (line) as l(line)> cross rows of posexplode(tags) -> (pos, col) as t(n, tag)>'],
    ['SELECT * FROM a LEFT SEMI JOIN b ON a.id = b.id LEFT ANTI JOIN c ON a.id = c.id', 'select * from <<a semi b on [=](a.id, b.id)> anti c on [=](a.id, c.id)>'],
    ["INSERT OVERWRITE TABLE report.daily PARTITION (day = '2024-01-01') SELECT id FROM shop.orders", 'insert report.daily select id from shop.orders'],
    ['SELECT region, count(*) FROM shop.orders GROUP BY region WITH CUBE', 'select region, count(*) from shop.orders group cube(region)'],
    ['SELECT a <=> b, name RLIKE \'x\', named_struct(\'n\', name), s.city.code FROM t DISTRIBUTE BY a SORT BY b DESC', "select [is_not_distinct](a, b), [rlike](name, 'x'), named_struct('n', name), s.city.code from t order b desc, a"],
    ['CACHE TABLE recent AS SELECT id FROM shop.orders', 'utility cache_table recent [select id from shop.orders]'],
    ['CREATE TABLE report.copy USING DELTA AS SELECT id FROM shop.orders', 'create table report.copy as select id from shop.orders'],
  ],
  hive: [
    ["SELECT j.a, j.b FROM logs.raw LATERAL VIEW json_tuple(line, 'a', 'b') j AS a, b", "select j.a, j.b from <logs.raw cross rows of json_tuple(line, 'a', 'b') -> (a, b) as j(a, b)>"],
    ['INSERT OVERWRITE TABLE report.daily PARTITION (day) SELECT id, day FROM logs.raw', 'insert report.daily select id, day from logs.raw'],
    ["SELECT lines[0], attributes['colour'], address.city FROM shop.orders", "select subscript<lines, 0>, subscript<attributes, 'colour'>, address.city from shop.orders"],
    ['SELECT id FROM shop.orders CLUSTER BY id', 'select id from shop.orders order id'],
    ['CREATE TABLE report.copy STORED AS PARQUET AS SELECT id FROM shop.orders', 'create table report.copy as select id from shop.orders'],
    ['CREATE EXTERNAL TABLE logs.raw (line string) PARTITIONED BY (day string) LOCATION \'/logs\'', 'table logs.raw (line text, day text)'],
    ['SELECT collect_list(name), concat_ws(\',\', a, b), from_unixtime(at) FROM shop.orders', "select collect_list(name), concat_ws(',', a, b), from_unixtime(at) from shop.orders"],
  ],
  trino: [
    ['SELECT id, tag, n FROM shop.orders CROSS JOIN UNNEST(tags) WITH ORDINALITY AS t (tag, n)', 'select id, tag, n from <shop.orders cross rows of unnest(tags) numbered as t(tag, n)>'],
    ['SELECT * FROM shop.orders CROSS JOIN UNNEST(skus, prices) WITH ORDINALITY AS t (sku, price, n)', 'select * from <shop.orders cross rows of unnest(skus) -> (sku) & unnest(prices) -> (price) numbered as t(sku, price, n)>'],
    ['SELECT k, v FROM shop.orders CROSS JOIN UNNEST(attributes) WITH ORDINALITY AS t (k, v, n)', 'select k, v from <shop.orders cross rows of unnest(attributes) -> (k, v) numbered as t(k, v, n)>'],
    ["SELECT TRY_CAST(a AS bigint), transform(tags, t -> lower(t)), reduce(tags, 0, (s, t) -> s + t, s -> s), element_at(m, 'k') FROM t", "select a::bigint, transform(tags, (t => lower(t))), reduce(tags, 0, (s, t => [+](s, t)), (s => s)), element_at(m, 'k') from t"],
    ['SELECT "Id" FROM hive.shop."Orders" WHERE at > TIMESTAMP \'2024-01-01 00:00:00\' - INTERVAL \'7\' DAY', "select id from hive.shop.orders where [>](at, [-]('2024-01-01 00:00:00'::timestamp without time zone, '7'::interval day))"],
    ["SELECT date_diff('day', a, b), json_extract_scalar(j, '$.mail'), approx_distinct(id), max_by(a, b) FROM t", "select date_diff('day', a, b), json_extract_scalar(j, '$.mail'), approx_distinct(id), max_by(a, b) from t"],
    ['SELECT row(1, name).field0, CAST(a AS ROW(x integer)), lines[1].sku FROM t', 'select field<row<1, name>>.field0, a::struct(x integer), field<subscript<lines, 1>>.sku from t'],
  ],
  athena: [
    ["UNLOAD (SELECT email FROM crm.customers WHERE name <> ')') TO 's3://out' WITH (format = 'PARQUET')", "copy to select email from crm.customers where [<>](name, ')')"],
    ['SELECT a FROM "crm"."customers" WHERE id = ? AND name = ?', 'select a from crm.customers where [and]([=](id, $1), [=](name, $2))'],
    ["CREATE TABLE report.copy WITH (format = 'PARQUET') AS SELECT id FROM shop.orders", 'create table report.copy as select id from shop.orders'],
    ["CREATE EXTERNAL TABLE raw.events (id int, body struct<mail:string>) PARTITIONED BY (day string) LOCATION 's3://in'", 'table raw.events (id integer, body struct(mail text), day text)'],
    ['SELECT e FROM raw.events CROSS JOIN UNNEST(lines) AS u (e)', 'select e from <raw.events cross rows of unnest(lines) as u(e)>'],
    ['SELECT body.mail, count(*) FROM raw.events GROUP BY 1 ORDER BY 2 DESC LIMIT 10', 'select body.mail, count(*) from raw.events group 1 order 2 desc limit 10'],
    ['CREATE OR REPLACE VIEW crm.v AS SELECT id FROM crm.customers', 'create view crm.v as select id from crm.customers'],
  ],
  tsql: [
    ['SELECT TOP 10 [Name], total = price * 2, ISNULL(a, b), LEN(name) FROM [shop].[dbo].[Orders] WITH (NOLOCK)', 'select name, [*](price, 2) as total, isnull(a, b), len(name) from shop.dbo.orders limit 10'],
    ['SELECT o.id, l.sku FROM dbo.orders o CROSS APPLY dbo.lines_of(o.id) l', 'select o.id, l.sku from <dbo.orders as o cross rows of dbo.lines_of(o.id) as l>'],
    ['SELECT c.id, o.at FROM dbo.customers c OUTER APPLY (SELECT TOP 1 at FROM dbo.orders WHERE customer_id = c.id ORDER BY at DESC) o', 'select c.id, o.at from <dbo.customers as c left lateral {select at from dbo.orders where [=](customer_id, c.id) order at desc limit 1} as o>'],
    ['UPDATE o SET email = c.email FROM dbo.orders o JOIN dbo.customers c ON o.customer_id = c.id', 'update dbo.orders as o set email := c.email from <{values ()} inner dbo.customers as c on [=](o.customer_id, c.id)>'],
    ['SELECT CONVERT(varchar(10), at, 120), DATEADD(day, 1, at), DATEDIFF(day, a, b), GETDATE(), @cut FROM dbo.orders', "select at::character varying(10), dateadd('day', 1, at), datediff('day', a, b), getdate(), $1 from dbo.orders"],
    ['SELECT id INTO #recent FROM dbo.orders', 'create table #recent as select id from dbo.orders'],
    ['SELECT id FROM dbo.orders ORDER BY id OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY', 'select id from dbo.orders order id limit 5 offset 10'],
    ['INSERT INTO dbo.orders (id) OUTPUT inserted.id VALUES (1)', 'insert dbo.orders(id) values (1) returning orders.id'],
    ['SELECT * FROM dbo.sales PIVOT (SUM(amount) FOR month IN ([jan], [feb])) AS p', "select * from {select * except(amount, month), sum(amount) filter([=](month, 'jan')) as jan, sum(amount) filter([=](month, 'feb')) as feb from dbo.sales group all} as p"],
    ["SELECT name FROM dbo.orders FOR XML PATH('')", "select name from dbo.orders where ?for_xml(?query_option(''))\nwarning: the clause FOR XML of a query was not read"],
  ],
  oracle: [
    ['SELECT NVL(a, b), DECODE(a, 1, 2, 3), SYSDATE, ROWNUM FROM hr.staff WHERE id = :id', 'select nvl(a, b), decode(a, 1, 2, 3), sysdate(), rownum() from hr.staff where [=](id, $1)'],
    ['SELECT name FROM hr.staff START WITH boss IS NULL CONNECT BY PRIOR id = boss', 'select name from hr.staff where ?connect_by([is_null](boss), [=]([prior](id), boss))'],
    ['SELECT id FROM a MINUS SELECT id FROM b', '{select id from a} except {select id from b}'],
    ['SELECT id FROM a UNION SELECT id FROM b INTERSECT SELECT id FROM c', '{{select id from a} union {select id from b}} intersect {select id from c}'],
    ["SELECT LISTAGG(name, ',') WITHIN GROUP (ORDER BY id), MAX(pay) KEEP (DENSE_RANK LAST ORDER BY at) FROM hr.staff", "select listagg(name, ',') within(id), max(pay order at) from hr.staff"],
    ['SELECT s.name FROM hr.staff s, hr.desk d WHERE s.id = d.staff_id(+) FETCH FIRST 5 ROWS ONLY', 'select s.name from hr.staff as s, hr.desk as d where [=](s.id, [(+)](d.staff_id)) limit 5'],
    ['INSERT ALL INTO a VALUES (x) INTO b VALUES (y) SELECT x, y FROM c', 'utility insert_all a, b [select x, y from c]'],
    ['SELECT * FROM sales PIVOT (SUM(amount) FOR month IN (1 AS jan, 2 AS feb))', 'select * from {select * except(amount, month), sum(amount) filter([=](month, 1)) as jan, sum(amount) filter([=](month, 2)) as feb from sales group all} as sales'],
  ],
  sqlite: [
    ["SELECT a IS b, a IS NOT b, name COLLATE NOCASE, ifnull(a, b), iif(a, b, c) FROM t", 'select [is_not_distinct](a, b), [is_distinct](a, b), [collate NOCASE](name), ifnull(a, b), iif(a, b, c) from t'],
    ["SELECT strftime('%Y', at), date('now'), total(fee), doc ->> '$.mail' FROM orders", "select strftime('%Y', at), date('now'), total(fee), [->>](doc, '$.mail') from orders"],
    ['SELECT id FROM a UNION SELECT id FROM b INTERSECT SELECT id FROM c', '{{select id from a} union {select id from b}} intersect {select id from c}'],
    ['INSERT OR REPLACE INTO orders (id) VALUES (1)', 'insert orders(id) values (1)'],
    ['SELECT "Id", [Name], `mail` FROM main.Orders LIMIT 5 OFFSET 2', 'select id, name, mail from main.orders limit 5 offset 2'],
    ['SELECT id FROM orders WHERE name GLOB \'x*\' AND rowid = ?', "select id from orders where [and]([glob](name, 'x*'), [=](rowid, $1))"],
    ['PRAGMA table_info(orders)', 'utility pragma'],
  ],
  teradata: [
    ['SEL TOP 5 id, fee MOD 2 FROM shop.orders', 'select id, [%](fee, 2) from shop.orders limit 5'],
    ['LOCKING ROW FOR ACCESS SELECT id FROM shop.orders', 'select id from shop.orders'],
    ['SELECT id FROM shop.orders QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY at DESC) = 1', 'select id from shop.orders qualify [=](row_number() over(by id order at desc), 1)'],
    ['CREATE MULTISET VOLATILE TABLE recent AS (SELECT id FROM shop.orders) WITH DATA ON COMMIT PRESERVE ROWS', 'create table recent as select id from shop.orders'],
    ['REPLACE VIEW report.v AS SELECT id FROM shop.orders', 'create view report.v as select id from shop.orders'],
    ["SELECT ZEROIFNULL(fee), CAST(at AS DATE FORMAT 'YYYY-MM-DD') FROM shop.orders", 'select zeroifnull(fee), at::date from shop.orders'],
    ['COLLECT STATISTICS ON shop.orders', 'utility collect_statistics\nwarning: the statement was not read: only what it does is known'],
  ],
  postgres: [
    ["SELECT a ~ 'x', a !~* 'y', a @> b, a -> 'x' ->> 'y', a #>> '{x}', a && b FROM t", "select [~](a, 'x'), [!~*](a, 'y'), [@>](a, b), [->>]([->](a, 'x'), 'y'), [#>>](a, '{x}'), [&&](a, b) from t"],
    ['SELECT (a).b, a[1], ROW(a, b), ARRAY(SELECT id FROM u) FROM t', 'select field<a>.b, subscript<a, 1>, row<a, b>, array({select id from u}) from t'],
    ['SELECT "Id", ID FROM "App".Task', 'select Id, id from App.task'],
    ['SELECT a FROM ONLY t FOR UPDATE', 'select a from only t lock LCS_FORUPDATE'],
    ["INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = excluded.a RETURNING *", 'insert t(a) values ($1) on conflict a := excluded.a returning *'],
    ['WITH gone AS (DELETE FROM t WHERE a = 1 RETURNING b) SELECT b FROM gone', 'with gone as [delete t where [=](a, 1) returning b] select b from gone'],
    ['SELECT g FROM generate_series(1, 3) AS g', 'select g from rows of generate_series(1, 3) as g'],
  ],
};

describe.each(Object.entries(STATEMENTS))('%s', (id, statements) => {
  test.each(statements)('%s', (sql, expected) => {
    const dialect = dialectOf(id);
    if (!dialect) throw new Error(`no dialect ${id}`);
    expect(rendered(frontEnd.parse(sql, dialect))).toBe(expected);
  });
});
