-- Statements of published benchmarks, each in a variation of our own.
-- schema: standards

-- name: tpc-c new order: warehouse | operational | one row by key
SELECT w_tax FROM warehouse WHERE w_id = $1

-- name: tpc-c new order: district | operational | one row by key
UPDATE district SET d_next_o_id = d_next_o_id + 1 WHERE d_w_id = $1 AND d_id = $2 RETURNING d_tax, d_next_o_id

-- name: tpc-c new order: customer with warehouse | operational | two rows by key
SELECT c_discount, c_last, c_credit, w_tax FROM customer, warehouse WHERE w_id = $1 AND c_w_id = w_id AND c_d_id = $2 AND c_id = $3

-- name: tpc-c new order: stock | operational | one row by key, locked
SELECT s_quantity, s_data, s_dist_01 FROM stock WHERE s_i_id = $1 AND s_w_id = $2 FOR UPDATE

-- name: tpc-c new order: line | operational | a row that the client sends
INSERT INTO order_line (ol_o_id, ol_d_id, ol_w_id, ol_number, ol_i_id, ol_supply_w_id, ol_quantity, ol_amount) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: tpc-c payment: customers of a name | operational | a few rows of one district by name
SELECT c_id, c_first, c_balance FROM customer WHERE c_w_id = $1 AND c_d_id = $2 AND c_last = $3 ORDER BY c_first

-- name: tpc-c payment: how many of a name | operational | a count of a few rows of one district by name
SELECT count(c_id) FROM customer WHERE c_last = $1 AND c_d_id = $2 AND c_w_id = $3

-- name: tpc-c payment: history | operational | a row that the client sends
INSERT INTO history (h_c_id, h_c_d_id, h_c_w_id, h_d_id, h_w_id, h_date, h_amount) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: tpc-c order status | operational | the latest order of one customer
SELECT o_id, o_entry_d, o_carrier_id FROM oorder WHERE o_w_id = $1 AND o_d_id = $2 AND o_c_id = $3 ORDER BY o_id DESC LIMIT 1

-- name: tpc-c order status by a maximum | operational | an aggregate below one customer
SELECT max(o_id) FROM oorder WHERE o_w_id = $1 AND o_d_id = $2 AND o_c_id = $3

-- name: tpc-c delivery: the oldest | operational | a minimum below one district
SELECT min(no_o_id) FROM new_order WHERE no_d_id = $1 AND no_w_id = $2

-- name: tpc-c delivery: amount | operational | a sum below one order
SELECT sum(ol_amount) FROM order_line WHERE ol_o_id = $1 AND ol_d_id = $2 AND ol_w_id = $3

-- name: tpc-c delivery: removes | operational | one row by key
DELETE FROM new_order WHERE no_o_id = $1 AND no_d_id = $2 AND no_w_id = $3

-- name: tpc-c stock level | operational | the lines of twenty orders of one district
SELECT count(DISTINCT s_i_id) FROM order_line JOIN stock ON s_w_id = ol_w_id AND s_i_id = ol_i_id WHERE ol_w_id = $1 AND ol_d_id = $2 AND ol_o_id >= $3 AND ol_o_id < $4 AND s_quantity < $5

-- name: tpc-c consistency: districts against warehouses | analytical | sums every district
SELECT w_id, w_ytd, sum(d_ytd) FROM warehouse JOIN district ON d_w_id = w_id GROUP BY w_id, w_ytd HAVING w_ytd <> sum(d_ytd)

-- name: pgbench: account | operational | one row by key
UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2

-- name: pgbench: branch | operational | one row by key
UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2

-- name: pgbench: select | operational | one row by key
SELECT abalance FROM pgbench_accounts WHERE aid = $1

-- name: pgbench: counts branches | analytical or mixed | a whole table is counted; that it is small the text does not tell
select count(*) from pgbench_branches

-- name: pgbench: fills | operational | rows that come from no table
insert into pgbench_tellers(tid,bid,tbalance) select tid + 1, tid / 10 + 1, 0 from generate_series(0, 99) as tid

-- name: pgbench: key | operational | changes a definition
alter table pgbench_accounts add primary key (aid)

-- name: sysbench: point | operational | one row by key
SELECT c FROM sbtest1 WHERE id=$1

-- name: sysbench: simple range | operational or mixed | a range of the key whose width the text does not tell
SELECT c FROM sbtest1 WHERE id BETWEEN $1 AND $2

-- name: sysbench: sum range | operational or mixed | a sum over a range of the key whose width the text does not tell
SELECT SUM(k) FROM sbtest1 WHERE id BETWEEN $1 AND $2

-- name: sysbench: distinct range | operational or mixed | a range of the key whose width the text does not tell
SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN $1 AND $2 ORDER BY c

-- name: sysbench: index update | operational | one row by key
UPDATE sbtest1 SET k=k+1 WHERE id=$1

-- name: ycsb read | operational | one row by key
SELECT * FROM usertable WHERE YCSB_KEY = $1

-- name: ycsb scan | operational | a short page in order of the key
SELECT * FROM usertable WHERE YCSB_KEY >= $1 ORDER BY YCSB_KEY LIMIT 50

-- name: ycsb update | operational | one row by key
UPDATE usertable SET FIELD1=$1 WHERE YCSB_KEY = $2

-- name: linkbench count | operational | one row by key
select count from counttable where id = $1 and link_type = $2

-- name: linkbench list | operational | a page below one node
select id1, id2, link_type, visibility, data, time, version from linktable where id1 = $1 and link_type = $2 and time >= $3 and time <= $4 and visibility = 1 order by time desc limit 10000

-- name: linkbench multiget | operational | rows by a list of keys
select id1, id2, link_type, visibility, data, time, version from linktable where id1 = $1 and link_type = $2 and id2 in ($3, $4, $5)

-- name: tpc-h pricing | analytical | aggregates all lines up to a day
select l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice), avg(l_quantity), count(*) from lineitem where l_shipdate <= date '1998-12-01' - interval '65 day' group by 1, 2 order by 1, 2

-- name: tpc-h minimum cost | analytical | joins whole tables with a correlated minimum
select s_acctbal, s_name, p_partkey from part, supplier, partsupp, nation, region where p_partkey = ps_partkey and s_suppkey = ps_suppkey and p_size = 41 and p_type like '%STEEL' and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = 'AMERICA' and ps_supplycost = (select min(ps_supplycost) from partsupp, supplier where p_partkey = ps_partkey and s_suppkey = ps_suppkey) order by s_acctbal desc limit 100

-- name: tpc-h order priority | analytical | counts orders of a quarter by existence of late lines
select o_orderpriority, count(*) as order_count from orders where o_orderdate >= date '1995-07-01' and o_orderdate < date '1995-07-01' + interval '3 month' and exists (select * from lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate) group by o_orderpriority order by o_orderpriority

-- name: tpc-h local suppliers | analytical | joins and groups six tables
select n_name, sum(l_extendedprice * (1 - l_discount)) as revenue from tpch_customer, orders, lineitem, supplier, nation, region where c_custkey = o_custkey and l_orderkey = o_orderkey and l_suppkey = s_suppkey and c_nationkey = s_nationkey and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = 'EUROPE' group by n_name order by revenue desc

-- name: tpc-h forecast | analytical | one sum over a range
select sum(l_extendedprice * l_discount) from lineitem where l_shipdate >= $1 and l_shipdate < $2 and l_discount between $3 and $4 and l_quantity < $5

-- name: tpc-h returned items | analytical | the top twenty of all customers of a quarter
select c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) as revenue from tpch_customer, orders, lineitem where c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate >= date '1994-03-01' and o_orderdate < date '1994-06-01' and l_returnflag = 'R' group by c_custkey, c_name order by revenue desc limit 20

-- name: tpc-h distribution | analytical | counts of counts over all customers
select c_count, count(*) as custdist from (select c_custkey, count(o_orderkey) from tpch_customer left outer join orders on c_custkey = o_custkey and o_comment not like '%express%packages%' group by c_custkey) as c_orders (c_custkey, c_count) group by c_count order by custdist desc

-- name: tpc-h top supplier | analytical | the maximum of the groups of a quarter
with revenue as (select l_suppkey as supplier_no, sum(l_extendedprice * (1 - l_discount)) as total from lineitem where l_shipdate >= date '1996-05-01' and l_shipdate < date '1996-08-01' group by l_suppkey) select s_suppkey, s_name, total from supplier, revenue where s_suppkey = supplier_no and total = (select max(total) from revenue)

-- name: tpc-h small quantity | analytical | an average for every part of a kind
select sum(l_extendedprice) / 7.0 from lineitem, part where p_partkey = l_partkey and p_brand = 'Brand#34' and l_quantity < (select 0.2 * avg(l_quantity) from lineitem where l_partkey = p_partkey)

-- name: tpc-h large orders | analytical | groups all lines to find large orders
select c_name, o_orderkey, o_totalprice, sum(l_quantity) from tpch_customer, orders, lineitem where o_orderkey in (select l_orderkey from lineitem group by l_orderkey having sum(l_quantity) > 313) and c_custkey = o_custkey and o_orderkey = l_orderkey group by c_name, o_orderkey, o_totalprice order by o_totalprice desc limit 100

-- name: tpc-h refresh: removes | operational | rows by key
DELETE FROM lineitem WHERE l_orderkey = $1

-- name: tpc-ds report of a month | analytical | groups a fact table by two dimensions
select dt.d_year, item.i_brand_id, sum(ss_ext_sales_price) as sum_agg from date_dim dt, store_sales, item where dt.d_date_sk = store_sales.ss_sold_date_sk and store_sales.ss_item_sk = item.i_item_sk and item.i_manufact_id = 816 and dt.d_moy = 11 group by dt.d_year, item.i_brand_id order by dt.d_year, sum_agg desc limit 100

-- name: tpc-ds frequent returns | analytical | compares each customer with the average of a store
with r as (select sr_customer_sk, sr_store_sk, sum(sr_return_amt) as total from store_returns, date_dim where sr_returned_date_sk = d_date_sk and d_year = 2001 group by sr_customer_sk, sr_store_sk) select sr_customer_sk from r r1 where r1.total > (select avg(total) * 1.2 from r r2 where r1.sr_store_sk = r2.sr_store_sk) limit 100

-- name: tpc-ds buckets | analytical | counts and averages of ranges of a fact table
select case when (select count(*) from store_sales where ss_quantity between 1 and 20) > 25000 then (select avg(ss_ext_sales_price) from store_sales where ss_quantity between 1 and 20) else (select avg(ss_net_paid) from store_sales where ss_quantity between 1 and 20) end

-- name: tpc-ds ranks | analytical | a window over groups with a rollup
select i_category, i_class, sum(ss_net_paid), rank() over (partition by grouping(i_category) + grouping(i_class) order by sum(ss_net_paid) desc) from store_sales, item where i_item_sk = ss_item_sk group by rollup (i_category, i_class) limit 100

-- name: ssb flight one | analytical | a sum over a fact table by a dimension
select sum(lo_extendedprice * lo_discount) as revenue from lineorder, ssb_date where lo_orderdate = d_datekey and d_year = 1994 and lo_discount between 4 and 6 and lo_quantity < 35

-- name: ssb flight two | analytical | groups a fact table by two dimensions
select sum(lo_revenue), d_year, p_brand1 from lineorder, ssb_date, ssb_part, ssb_supplier where lo_orderdate = d_datekey and lo_partkey = p_partkey and lo_suppkey = s_suppkey and p_category = 'MFGR#14' and s_region = 'ASIA' group by d_year, p_brand1 order by d_year, p_brand1

-- name: job: one row of minima | analytical | minima over a join of whole tables
SELECT MIN(k.keyword) AS movie_keyword, MIN(n.name) AS actor_name, MIN(t.title) AS title FROM cast_info AS ci, keyword AS k, movie_keyword AS mk, name AS n, title AS t WHERE k.keyword = 'sequel' AND n.name LIKE '%Downey%' AND t.production_year > 2011 AND k.id = mk.keyword_id AND t.id = mk.movie_id AND t.id = ci.movie_id AND ci.movie_id = mk.movie_id AND n.id = ci.person_id

-- name: clickbench counts | analytical | counts all rows with a condition
SELECT COUNT(*) FROM hits WHERE AdvEngineID <> 0

-- name: clickbench averages | analytical | an average of a whole table
SELECT AVG(UserID) FROM hits

-- name: clickbench top | analytical | groups the whole table, cut
SELECT RegionID, SUM(AdvEngineID), COUNT(*) AS c, COUNT(DISTINCT UserID) FROM hits GROUP BY RegionID ORDER BY c DESC LIMIT 10

-- name: clickbench top of nothing ordered | analytical | groups the whole table, cut
SELECT UserID, SearchPhrase, COUNT(*) FROM hits GROUP BY UserID, SearchPhrase LIMIT 10

-- name: clickbench wide | analytical | thirty sums of a whole table
SELECT SUM(ResolutionWidth), SUM(ResolutionWidth + 1), SUM(ResolutionWidth + 2), SUM(ResolutionWidth + 3) FROM hits

-- name: clickbench one counter | analytical or mixed | groups the rows of one counter and a month along the key: one site's report, large or small
SELECT URL, COUNT(*) AS PageViews FROM hits WHERE CounterID = 62 AND EventDate >= '2013-07-01' AND EventDate <= '2013-07-31' AND IsRefresh = 0 AND URL <> '' GROUP BY URL ORDER BY PageViews DESC LIMIT 10

-- name: clickbench newest by pattern | mixed or analytical | ten rows, for which the whole table is searched and sorted
SELECT * FROM hits WHERE URL LIKE '%google%' ORDER BY EventTime LIMIT 10

-- name: ch-benchmark | analytical | a report over the tables of an order system
SELECT ol_number, sum(ol_quantity), sum(ol_amount), avg(ol_quantity), count(*) FROM order_line WHERE ol_delivery_d > '2007-01-02 00:00:00.000000' GROUP BY ol_number ORDER BY ol_number
