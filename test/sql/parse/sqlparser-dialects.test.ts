import { beforeAll, describe, expect, test } from 'vitest';
import { type DialectId, dialectOf, POSTGRES } from '../../../src/sql/dialect.js';
import type { FrontEnd } from '../../../src/sql/parse/front-end.js';
import { createSqlparserFrontEnd } from '../../../src/sql/parse/sqlparser.js';
import { renderStatement } from './sqlparser-render.js';

let frontEnd: FrontEnd;
beforeAll(async () => {
  frontEnd = await createSqlparserFrontEnd();
});

function read(dialect: DialectId, text: string): string {
  const outcome = frontEnd.parse(text, dialectOf(dialect) ?? POSTGRES);
  expect(outcome.diagnostics).toEqual([]);
  return outcome.statements.map(({ statement }) => renderStatement(statement)).join('; ');
}

/** Statement and its tree, written down from the dialect's manual. */
const READINGS: Partial<Record<DialectId, [string, string][]>> = {
  redshift: [
    ['SELECT TOP 5 case_id, opened_at::date FROM app.case_files ORDER BY opened_at DESC', 'select case_id, opened_at::date from app.case_files order by opened_at desc limit 5'],
    ['SELECT f.id, o.name FROM app.case_files f, f.officers AS o', 'select f.id, o.name from app.case_files as f, fn unnest(f.officers) as o'],
    ['SELECT payload.person.name, payload.phones[0] FROM app.letters', 'select payload.person.name, payload.phones[0] from app.letters'],
    ['SELECT items[position], ARRAY[a, b] FROM shop.orders', 'select items[position], array{a, b} from shop.orders'],
    ["UNLOAD ('SELECT email FROM shop.customers WHERE city = ''Graz''') TO 's3://exports/c' IAM_ROLE 'arn:role'", "copy to select email from shop.customers where (= city 'Graz')"],
    ["COPY shop.orders (id, amount) FROM 's3://in/orders' IAM_ROLE 'arn:role'", 'copy from shop.orders(id, amount)'],
    ['SELECT tenant_id, count(*) FROM app.case_files GROUP BY ROLLUP (tenant_id, (status, stage))', 'select tenant_id, count(*) from app.case_files group by rollup[tenant_id, row{status, stage}]'],
    ['SELECT LISTAGG(DISTINCT name, \',\') WITHIN GROUP (ORDER BY name) FROM app.officers', "select listagg(distinct name, ',' within group order by name) from app.officers"],
    ['SELECT * EXCLUDE (email) FROM shop.customers QUALIFY row_number() OVER (PARTITION BY id ORDER BY changed_at DESC) = 1', 'select * except (email) from shop.customers qualify (= row_number() over (by id order changed_at desc) 1)'],
    ['CREATE VIEW mart.open_cases (id, state) AS SELECT case_id, status FROM app.case_files WITH NO SCHEMA BINDING', 'create view mart.open_cases(id, state) as select case_id, status from app.case_files'],
    ['SELECT sysdate, current_user, convert(int, amount) FROM shop.orders', 'select sysdate(), current_user(), amount::integer from shop.orders'],
  ],
  duckdb: [
    ['FROM shop.orders', 'select * from shop.orders'],
    ['FROM shop.orders SELECT id WHERE amount > 10', 'select id from shop.orders where (> amount 10)'],
    ["SELECT * FROM read_csv('cases.csv', header => true) r, 'orders.parquet' p", "select * from fn read_csv('cases.csv', (header => true)) as r, fn read_parquet('orders.parquet') as p"],
    ["SELECT {'city': city, zip: postcode}, [1, 2], address.street FROM shop.customers", 'select row{(city => city), (zip => postcode)}, array{1, 2}, address.street from shop.customers'],
    ["SELECT payload -> 'person' ->> 'name', doc.body -> '$.x' = 'y' FROM app.letters", "select (->> (-> payload 'person') 'name'), (= (-> doc.body '$.x') 'y') from app.letters"],
    ["SELECT id FROM app.letters WHERE doc ->> 'state' = 'sent' AND doc ->> 'to' IS NOT NULL AND doc ->> 'by' IN ('post', 'mail')", "select id from app.letters where (and (= (->> doc 'state') 'sent') (is_not_null (->> doc 'to')) (in (->> doc 'by') 'post' 'mail'))"],
    ['SELECT mail: c.email, n: c.amount::integer, mart.initial(status) FROM shop.customers c', 'select c.email as mail, c.amount::integer as n, mart.initial(status) from shop.customers as c'],
    ['SELECT list_transform(amounts, x -> x * rate), list_filter(amounts, lambda y: y > 0) FROM shop.orders', 'select list_transform(amounts, (x -> (* x rate))), list_filter(amounts, (y -> (> y 0))) from shop.orders'],
    ['SELECT status, sum(amount) FILTER (WHERE paid) AS paid FROM shop.orders GROUP BY ALL ORDER BY ALL', 'select status, sum(amount) filter paid as paid from shop.orders group by all order by 1, 2'],
    ['SELECT * EXCLUDE (email) REPLACE (upper(name) AS name) FROM shop.customers', 'select * except (email) replace (upper(name) as name) from shop.customers'],
    ['SELECT id FROM shop.orders UNION ALL BY NAME SELECT id, note FROM shop.refunds', '{select id from shop.orders} union all by name {select id, note from shop.refunds}'],
    ["SELECT e'x', 1_000, 'a' 'b', closed_at ISNULL, b'101', name.lower() FROM app.case_files", "select 'x', 1000, 'ab', (is_null closed_at), bits:b101, lower(name) from app.case_files"],
    ["COPY (SELECT id FROM shop.orders) TO 'orders.parquet' (FORMAT parquet)", 'copy to select id from shop.orders'],
    ['INSERT INTO shop.stock (id, n) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET n = excluded.n WHERE stock.n < 5', 'insert shop.stock(id, n) values (1, 2) on conflict n=excluded.n where (< stock.n 5)'],
    ['SELECT * FROM shop.orders PIVOT (sum(amount) FOR status IN (\'OPEN\', \'PAID\')) p', "select * from (select * except (amount, status), sum(amount) filter (= status 'OPEN') as open, sum(amount) filter (= status 'PAID') as paid from shop.orders group by all) as p"],
    ['SELECT * FROM app.hours UNPIVOT (hours FOR day IN (monday, tuesday))', "select * from (select * except (monday, tuesday), (coalesce 'monday' 'tuesday') as day, (coalesce monday tuesday) as hours from app.hours) as hours"],
    ['CREATE TABLE shop.t (id INTEGER PRIMARY KEY, tags VARCHAR[], size STRUCT(w INTEGER, h INTEGER), UNIQUE (tags))', 'table shop.t (id integer not null, tags character varying[], size struct<w integer, h integer>, primary_key(id), unique(tags))'],
  ],
  snowflake: [
    ['SELECT payload:person.name::string, payload:phones[0]."Number", payload[\'id\'] FROM app.letters', 'select ((payload).person).name::string, ((payload).phones[0]).Number, payload[\'id\'] from app.letters'],
    ['SELECT f.value:name FROM app.letters l, LATERAL FLATTEN(input => l.payload:officers) f', 'select (f.value).name from app.letters as l, fn flatten((input => (l.payload).officers)) as f'],
    ['SELECT g.value FROM TABLE(FLATTEN(parse_json(\'[]\'))) g', "select g.value from fn flatten(parse_json('[]')) as g"],
    ['SELECT * EXCLUDE (email, phone) RENAME (id AS customer_id) FROM db.shop.customers', 'select * except (email, phone) rename (id as customer_id) from db.shop.customers'],
    ["SELECT name FROM shop.customers WHERE name ILIKE ANY ('a%', 'b%') AND city RLIKE 'G.*'", "select name from shop.customers where (and (~~* any name array{'a%', 'b%'}) (rlike city 'G.*'))"],
    ['SELECT c.id, s.price FROM shop.orders c ASOF JOIN shop.prices s MATCH_CONDITION (c.at >= s.at) ON c.item = s.item', 'select c.id, s.price from (shop.orders as c left shop.prices as s on (and (>= c.at s.at) (= c.item s.item)))'],
    ["SELECT * FROM shop.orders PIVOT (sum(amount) FOR status IN ('OPEN', 'PAID')) AS p (id, open_amount, paid_amount)", "select * from (select * except (amount, status), sum(amount) filter (= status 'OPEN') as 'open', sum(amount) filter (= status 'PAID') as 'paid' from shop.orders group by all) as p(id, open_amount, paid_amount)"],
    ['SELECT * FROM app.events MATCH_RECOGNIZE (PARTITION BY case_id ORDER BY at MEASURES first(at) AS started ONE ROW PER MATCH PATTERN (a b+) DEFINE b AS b.stage > 1) m', 'select * from MatchRecognize[app.events; first(at), case_id, at, (> b.stage 1) -> started] as m'],
    ['INSERT ALL INTO mart.a (x) VALUES (id) INTO mart.b SELECT id, amount FROM shop.orders', 'insert mart.a(x) select id from (select id, amount from shop.orders); insert mart.b select id, amount from shop.orders'],
    ["SELECT DATEADD(day, -30, opened_at), DATEDIFF(month, opened_at, closed_at), DATE_TRUNC(MONTH, opened_at), LAST_DAY(opened_at, year) FROM app.case_files", "select dateadd('day', -30, opened_at), datediff('month', opened_at, closed_at), date_trunc('month', opened_at), last_day(opened_at, 'year') from app.case_files"],
    ['COPY INTO @exports/out FROM (SELECT email FROM shop.customers)', 'copy to select email from shop.customers'],
    ["SELECT id FROM IDENTIFIER('shop.orders') AT (OFFSET => -60) o", 'select id from shop.orders as o'],
    ['SELECT transform(amounts, a -> a + 1), object_construct(*) FROM shop.orders', 'select transform(amounts, (a -> (+ a 1))), object_construct(*) from shop.orders'],
    ['CREATE TABLE mart.copy CLONE mart.daily', 'utility create_table mart.copy mart.daily'],
    ['MERGE INTO mart.d USING stage.s ON d.id = s.id WHEN MATCHED AND s.gone THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)', 'merge mart.d using stage.s on (= d.id s.id) | delete if s.gone | insert id=s.id'],
  ],
  bigquery: [
    ['SELECT c.person.name FROM `regulator-prod.app.case_files` c', 'select c.person.name from regulator-prod.app.case_files as c'],
    ['SELECT id FROM regulator-prod.app.letters, shop.`orders_*`', 'select id from regulator-prod.app.letters, shop.orders_*'],
    ['SELECT o.name, n FROM app.case_files c, UNNEST(c.officers) AS o WITH OFFSET AS n', 'select o.name, n from app.case_files as c, fn unnest(c.officers) with ordinality as o(o, n)'],
    ['SELECT o.name FROM app.case_files c CROSS JOIN c.officers o', 'select o.name from (app.case_files as c cross fn unnest(c.officers) as o)'],
    ['SELECT * EXCEPT (email) REPLACE (lower(name) AS name) FROM shop.customers', 'select * except (email) replace (lower(name) as name) from shop.customers'],
    ['SELECT STRUCT(name AS n, city), ARRAY<INT64>[1, 2], tags[SAFE_OFFSET(0)] FROM shop.customers', 'select row{(n => name), city}, array{1, 2}, tags[0] from shop.customers'],
    ['SELECT ARRAY(SELECT AS STRUCT id, amount FROM shop.orders o WHERE o.customer_id = c.id) FROM shop.customers c', 'select array[select row{id, amount} from shop.orders as o where (= o.customer_id c.id)] from shop.customers as c'],
    ['SELECT DATE_ADD(day, INTERVAL 7 DAY), SAFE_CAST(n AS INT64) FROM t WHERE id IN UNNEST(@ids) AND tenant = @tenant', 'select date_add(day, 7::interval day), n::int64 from t where (and (= any id $1) (= tenant $2))'],
    ['SELECT DATE_TRUNC(day, MONTH), TIMESTAMP_TRUNC(at, WEEK(MONDAY)), DATE_DIFF(a, b, DAY) FROM app.hours', "select date_trunc(day, 'month'), timestamp_trunc(at, 'week(monday)'), date_diff(a, b, 'day') from app.hours"],
    ['MERGE app.c t USING app.s s ON t.id = s.id WHEN NOT MATCHED THEN INSERT ROW WHEN NOT MATCHED BY SOURCE THEN DELETE', 'merge app.c as t using app.s as s on (= t.id s.id) | insert =s.* | delete'],
    ['SELECT id FROM app.case_files QUALIFY ROW_NUMBER() OVER (PARTITION BY tenant ORDER BY at) = 1', 'select id from app.case_files qualify (= row_number() over (by tenant order at) 1)'],
    ["EXPORT DATA OPTIONS (uri='gs://x/*.csv', format='CSV') AS SELECT email FROM shop.customers", 'copy to select email from shop.customers'],
    ['CREATE TABLE mart.d (id INT64 NOT NULL, tags ARRAY<STRUCT<name STRING>>) PARTITION BY day', 'table mart.d (id int64 not null, tags struct<name string>[])'],
    ['DECLARE since DATE DEFAULT CURRENT_DATE(); SELECT since', 'utility declare; select since'],
  ],
  clickhouse: [
    ['SELECT quantile(0.9)(amount), arrayMap(x -> x + 1, sizes), countIf(paid) FROM shop.orders', 'select quantile(0.9, amount), arraymap((x -> (+ x 1)), sizes), countif(paid) from shop.orders'],
    ['SELECT id, tag FROM shop.orders ARRAY JOIN tags AS tag, sizes AS size', 'select id, tag from ((shop.orders cross fn arrayjoin(tags) as tag) cross fn arrayjoin(sizes) as size)'],
    ['SELECT id FROM shop.orders LEFT ARRAY JOIN tags', 'select id from (shop.orders left fn arrayjoin(tags) as tags)'],
    ['SELECT id FROM shop.orders FINAL PREWHERE paid WHERE amount > 1', 'select id from shop.orders where (and paid (> amount 1))'],
    ['SELECT orders.id FROM shop.orders ANY LEFT JOIN shop.customers AS c USING (customer_id)', 'select orders.id from (shop.orders left shop.customers as c using (customer_id))'],
    ['SELECT id FROM shop.orders ORDER BY at DESC LIMIT 2 BY customer_id', 'select id from shop.orders qualify (<= row_number() over (by customer_id order at desc) 2) order by at desc'],
    ['SELECT Status, count() FROM Shop.Orders GROUP BY Status WITH ROLLUP', 'select Status, count() from Shop.Orders group by rollup[Status]'],
    ['SELECT number FROM numbers(10) SETTINGS max_threads = 1', 'select number from fn numbers(10)'],
    ['CREATE TABLE shop.t (Id UInt64, Note Nullable(String)) ENGINE = MergeTree() ORDER BY Id', 'table shop.t (Id uint64 not null, Note nullable(string))'],
    ['CREATE MATERIALIZED VIEW shop.v TO shop.t AS SELECT id FROM shop.orders', 'insert shop.t select id from shop.orders'],
  ],
  mysql: [
    ['SELECT `o`.`id`, IFNULL(note, \'-\') FROM shop.orders `o` LIMIT 5, 10', "select o.id, ifnull(note, '-') from shop.orders as o limit 10 offset 5"],
    ["SELECT GROUP_CONCAT(DISTINCT name ORDER BY name SEPARATOR '|') FROM shop.customers", "select group_concat(distinct name, '|' order by name) from shop.customers"],
    ["SELECT doc->'$.a', doc->>'$.b', a <=> b, paid XOR shipped, paid && shipped, paid || shipped FROM shop.orders", "select (-> doc '$.a'), (->> doc '$.b'), (is_not_distinct a b), (xor paid shipped), (and paid shipped), (or paid shipped) from shop.orders"],
    ['INSERT INTO shop.stock (id, n) VALUES (1, 2) ON DUPLICATE KEY UPDATE n = n + VALUES(n)', 'insert shop.stock(id, n) values (1, 2) on conflict n=(+ n excluded.n)'],
    ['INSERT INTO shop.stock VALUES (1, 2) AS new ON DUPLICATE KEY UPDATE n = new.n', 'insert shop.stock values (1, 2) on conflict n=excluded.n'],
    ['INSERT INTO shop.stock SET id = 1, n = 2', 'insert shop.stock(id, n) values (1, 2)'],
    ['UPDATE shop.orders o JOIN shop.customers c ON c.id = o.customer_id SET o.email = c.email WHERE o.open', 'update shop.orders as o set email=c.email from ((values ()) inner shop.customers as c on (= c.id o.customer_id)) where o.open'],
    ['DELETE o FROM shop.orders o JOIN shop.customers c USING (customer_id) WHERE c.gone', 'delete shop.orders as o from ((values ()) inner shop.customers as c on (= o.customer_id c.customer_id)) where c.gone'],
    ["SELECT j.x FROM shop.orders o, JSON_TABLE(o.doc, '$[*]' COLUMNS (x INT PATH '$.x')) AS j", 'select j.x from shop.orders as o, JsonTable[o.doc -> x] as j'],
    ["SELECT MATCH (title, body) AGAINST ('late'), CAST(n AS UNSIGNED), @since FROM app.letters", "select (match_against title body 'late'), n::unsigned, $1 from app.letters"],
    ['SELECT id FROM shop.orders FOR UPDATE SKIP LOCKED', 'select id from shop.orders lock LCS_FORUPDATE skip'],
    ['CREATE TABLE t (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40), UNIQUE KEY k (name)) ENGINE = InnoDB', 'table t (id integer unsigned not null, name character varying(40), primary_key(id), unique(name))'],
  ],
  databricks: [
    ['SELECT payload:person.name::string, `full name`.x FROM main.app.letters', 'select ((payload).person).name::string, full name.x from main.app.letters'],
    ['SELECT transform(sizes, s -> s + 1), aggregate(sizes, 0, (a, s) -> a + s) FROM shop.orders', 'select transform(sizes, (s -> (+ s 1))), aggregate(sizes, 0, (a, s -> (+ a s))) from shop.orders'],
    ['SELECT c.id FROM shop.customers c LEFT ANTI JOIN shop.orders o ON o.customer_id = c.id', 'select c.id from (shop.customers as c anti shop.orders as o on (= o.customer_id c.id))'],
    ['SELECT id, tag FROM shop.orders LATERAL VIEW explode(tags) t AS tag', 'select id, tag from (shop.orders cross fn explode(tags) as t(tag))'],
    ['SELECT tenant, status, count(*) FROM app.case_files GROUP BY tenant, status WITH CUBE', 'select tenant, status, count(*) from app.case_files group by cube[tenant, status]'],
    ['SELECT * EXCEPT (email) FROM shop.customers QUALIFY rank() OVER (ORDER BY at) = 1', 'select * except (email) from shop.customers qualify (= rank() over (order at) 1)'],
    ['SELECT 1L, INTERVAL 2 DAYS, try_cast(n AS int), a <=> b FROM t', 'select 1, 2::interval day, n::integer, (is_not_distinct a b) from t'],
    ['INSERT OVERWRITE TABLE mart.d PARTITION (day) SELECT id, day FROM shop.orders', 'insert mart.d select id, day from shop.orders'],
    ['SELECT * FROM app.case_files VERSION AS OF 3', 'select * from app.case_files'],
    ['MERGE INTO mart.d t USING stage.s s ON t.id = s.id WHEN MATCHED THEN UPDATE SET t.n = s.n', 'merge mart.d as t using stage.s as s on (= t.id s.id) | update n=s.n'],
  ],
  spark: [
    ['SELECT id, pos, tag FROM shop.orders LATERAL VIEW OUTER posexplode(tags) t AS pos, tag', 'select id, pos, tag from (shop.orders left fn posexplode(tags) as t(pos, tag))'],
    ['SELECT stack(2, a, b) AS (x, y) FROM t', 'select stack(2, a, b) as x, stack(2, a, b) as y from t'],
    ['SELECT id FROM shop.orders LEFT SEMI JOIN shop.refunds USING (id)', 'select id from (shop.orders semi shop.refunds using (id))'],
    ['SELECT id FROM a UNION BY NAME SELECT id FROM b', '{select id from a} union by name {select id from b}'],
    ['SELECT id FROM a MINUS SELECT id FROM b', '{select id from a} except {select id from b}'],
    ['SELECT m[\'k\'], arr[0], named_struct(\'a\', 1).a FROM t', "select m['k'], arr[0], (named_struct('a', 1)).a from t"],
    ['WITH open AS (SELECT * FROM app.case_files) INSERT INTO mart.o SELECT id FROM open', 'with open as (select * from app.case_files) insert mart.o select id from open'],
    ["SELECT DATE'2026-01-31', name RLIKE '^A', NOT paid FROM shop.orders", "select '2026-01-31'::date, (rlike name '^A'), (not paid) from shop.orders"],
    ['SELECT * FROM VALUES (1, 2) AS t(a, b)', 'select * from (values (1, 2)) as t(a, b)'],
  ],
  hive: [
    ['SELECT x FROM t LATERAL VIEW explode(xs) AS x', 'select x from (t cross fn explode(xs)(x))'],
    ['SELECT id FROM t DISTRIBUTE BY tenant SORT BY at DESC', 'select id from t order by tenant, at desc'],
    ['SELECT id FROM t CLUSTER BY tenant', 'select id from t order by tenant'],
    ["INSERT OVERWRITE DIRECTORY '/out' SELECT email FROM shop.customers", 'copy to select email from shop.customers'],
    ["INSERT OVERWRITE TABLE mart.d PARTITION (day = '2026') SELECT id FROM t", 'insert mart.d select id from t'],
    ['SELECT a.id FROM a LEFT SEMI JOIN b ON a.id = b.id', 'select a.id from (a semi b on (= a.id b.id))'],
    ['SELECT tenant, count(DISTINCT id) FROM t GROUP BY tenant WITH ROLLUP', 'select tenant, count(distinct id) from t group by rollup[tenant]'],
    ['SELECT CAST(n AS BIGINT), size(tags), tags[0] FROM t', 'select n::bigint, size(tags), tags[0] from t'],
  ],
  tsql: [
    ['SELECT TOP (10) [c].[Case Id], @since FROM dbo.Cases AS c WITH (NOLOCK)', 'select c.case id, $1 from dbo.cases as c limit 10'],
    ['SELECT name = c.Name, CONVERT(varchar(10), c.At, 120) FROM Cases c', 'select c.name as name, c.at::character varying(10) from cases as c'],
    ['SELECT c.id, l.n FROM Cases c CROSS APPLY (SELECT count(*) AS n FROM Letters l WHERE l.case_id = c.id) l', 'select c.id, l.n from (cases as c cross lateral (select count(*) as n from letters as l where (= l.case_id c.id)) as l)'],
    ['SELECT c.id FROM Cases c OUTER APPLY dbo.letters_of(c.id) l', 'select c.id from (cases as c left fn dbo.letters_of(c.id) as l)'],
    ['UPDATE c SET c.Owner = o.Name FROM Cases c JOIN Officers o ON o.Id = c.OwnerId WHERE o.Active = 1', 'update cases as c set owner=o.name from ((values ()) inner officers as o on (= o.id c.ownerid)) where (= o.active 1)'],
    ['DELETE c FROM Cases c JOIN Gone g ON g.Id = c.Id', 'delete cases as c from ((values ()) inner gone as g on (= g.id c.id))'],
    ['DELETE FROM Cases OUTPUT deleted.Id WHERE Closed = 1', 'delete cases where (= closed 1) returning cases.id'],
    ['UPDATE TOP (5) Cases SET Owner = 1 OUTPUT inserted.Id', 'update cases set owner=1 returning cases.id'],
    ['SELECT Id INTO #open FROM Cases', 'create table #open as select id from cases'],
    ['SELECT Id FROM Cases OPTION (RECOMPILE)', 'select id from cases'],
    ['SELECT Id FROM archive..Cases ORDER BY Id OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY', 'select id from archive.cases order by id limit 10 offset 5'],
    ["SELECT j.a FROM OPENJSON(@doc) WITH (a int '$.a') j", 'select j.a from OpenJsonTable[$1 -> a] as j'],
    ['IF EXISTS (SELECT 1 FROM Cases) DELETE FROM Tasks', 'delete tasks'],
  ],
  oracle: [
    ['SELECT c.id FROM cases c, officers o WHERE c.officer_id = o.id(+) AND ROWNUM <= 10', 'select c.id from cases as c, officers as o where (and (= c.officer_id ((+) o.id)) (<= rownum() 10))'],
    ['SELECT id FROM cases MINUS SELECT id FROM archive', '{select id from cases} except {select id from archive}'],
    ['SELECT NVL(note, \'-\'), DECODE(status, 1, \'o\'), SYSDATE FROM dual', "select nvl(note, '-'), decode(status, 1, 'o'), sysdate() from dual"],
    ['SELECT id FROM cases WHERE tenant = :tenant AND status IN (:1, :2)', 'select id from cases where (and (= tenant $1) (in status $1 $2))'],
    ['SELECT LISTAGG(name, \',\') WITHIN GROUP (ORDER BY name) FROM officers', "select listagg(name, ',' within group order by name) from officers"],
    ['MERGE INTO d USING (SELECT 1 id FROM dual) s ON (d.id = s.id) WHEN MATCHED THEN UPDATE SET d.n = 1 WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)', 'merge d using (select 1 as id from dual) as s on (= d.id s.id) | update n=1 | insert id=s.id'],
    ["SELECT q'[it's]', DATE '2026-01-31' FROM dual", "select 'it's', '2026-01-31'::date from dual"],
    ['SELECT id FROM cases ORDER BY at FETCH FIRST 5 ROWS ONLY', 'select id from cases order by at limit 5'],
    ['CREATE TABLE cases (id NUMBER(10) NOT NULL, note VARCHAR2(40), CONSTRAINT pk PRIMARY KEY (id))', 'table cases (id number(10) not null, note varchar2(40), primary_key(id))'],
  ],
  sqlite: [
    ['SELECT id FROM cases WHERE closed_at NOTNULL AND owner = ?1', 'select id from cases where (and (is_not_null closed_at) (= owner $1))'],
    ["SELECT json_extract(doc, '$.a'), doc ->> 'b', date('now') FROM letters", "select json_extract(doc, '$.a'), (->> doc 'b'), date('now') from letters"],
    ['INSERT OR REPLACE INTO stock (id, n) VALUES (1, 2)', 'insert stock(id, n) values (1, 2)'],
    ['INSERT INTO stock (id, n) VALUES (1, 2) ON CONFLICT (id) DO NOTHING', 'insert stock(id, n) values (1, 2) on conflict '],
    ['SELECT "Case Id", `owner` FROM [Case Files]', 'select case id, owner from case files'],
    ['SELECT c.id FROM cases c NATURAL LEFT JOIN letters', 'select c.id from (cases as c natural left letters)'],
    ['CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT NOT NULL) STRICT', 'table t (id integer not null, note text not null, primary_key(id))'],
    ['WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n', 'with recursive n(i) as ({select 1} union all {select (+ i 1) from n where (< i 9)}) select i from n'],
    ['UPDATE cases SET owner = :owner WHERE id = @id RETURNING id', 'update cases set owner=$1 where (= id $2) returning id'],
  ],
  teradata: [
    ['SELECT TOP 10 id FROM app.cases QUALIFY ROW_NUMBER() OVER (PARTITION BY tenant ORDER BY at) = 1', 'select id from app.cases qualify (= row_number() over (by tenant order at) 1) limit 10'],
    ['UPDATE cases FROM officers o SET owner = o.name WHERE cases.officer_id = o.id', 'update cases set owner=o.name from officers as o where (= cases.officer_id o.id)'],
    ["SELECT CAST(at AS DATE FORMAT 'YYYY-MM') FROM cases", 'select at::date from cases'],
    ['SELECT zeroifnull(amount) AS a, a + 1 FROM orders', 'select zeroifnull(amount) as a, (+ a 1) from orders'],
    ['SELECT c.id FROM cases c LEFT JOIN officers o ON o.id = c.officer_id GROUP BY 1', 'select c.id from (cases as c left officers as o on (= o.id c.officer_id)) group by 1'],
    ['SELECT id FROM cases SAMPLE 10', 'select id from cases'],
    ['MERGE INTO d USING s ON d.id = s.id WHEN MATCHED THEN UPDATE SET n = s.n', 'merge d using s on (= d.id s.id) | update n=s.n'],
    ['SELECT oreplace(name, \'a\', \'b\'), extract(month FROM at) FROM cases', "select oreplace(name, 'a', 'b'), pg_catalog.extract('month', at) from cases"],
  ],
};

describe.each(Object.entries(READINGS))('%s', (dialect, readings) => {
  test.each(readings)('%s', (text, tree) => {
    const known = dialectOf(dialect);
    expect(known?.id).toBe(dialect);
    if (known) expect(read(known.id, text)).toBe(tree);
  });
});
