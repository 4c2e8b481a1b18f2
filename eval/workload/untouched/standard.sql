-- Statements of published benchmarks, each in a variation of our own, and of warehouses.
-- schema: star

-- name: pricing summary | analytical | aggregates all lines up to a day
select l_returnflag, l_linestatus, sum(l_quantity) as sum_qty, sum(l_extendedprice * (1 - l_discount)) as sum_disc_price, avg(l_discount) as avg_disc, count(*) as count_order from lineitem where l_shipdate <= date '1998-12-01' - interval '97' day group by l_returnflag, l_linestatus order by l_returnflag, l_linestatus

-- name: shipping priority | analytical | joins and groups large tables, with a limit
select l_orderkey, sum(l_extendedprice * (1 - l_discount)) as revenue, o_orderdate from customer, orders, lineitem where c_mktsegment = 'MACHINERY' and c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate < date '1995-03-11' and l_shipdate > date '1995-03-11' group by l_orderkey, o_orderdate order by revenue desc limit 10

-- name: forecast of revenue | analytical | one sum over a range, no group
select sum(l_extendedprice * l_discount) as revenue from lineitem where l_shipdate >= $1 and l_shipdate < $2 and l_discount between $3 and $4 and l_quantity < $5

-- name: the cheapest supplier | analytical | joins whole tables with a correlated minimum
select s_acctbal, s_name, n_name, p_partkey from part, supplier, partsupp, nation, region where p_partkey = ps_partkey and s_suppkey = ps_suppkey and p_size = 23 and p_type like '%TIN' and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = 'ASIA' and ps_supplycost = (select min(ps_supplycost) from partsupp, supplier, nation, region where p_partkey = ps_partkey and s_suppkey = ps_suppkey and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = 'ASIA') order by s_acctbal desc limit 100

-- name: waiting suppliers | analytical | existence is tested for every line
select s_name, count(*) as numwait from supplier, lineitem l1, orders where s_suppkey = l1.l_suppkey and o_orderkey = l1.l_orderkey and o_orderstatus = 'F' and l1.l_receiptdate > l1.l_commitdate and exists (select * from lineitem l2 where l2.l_orderkey = l1.l_orderkey and l2.l_suppkey <> l1.l_suppkey) group by s_name order by numwait desc limit 100

-- name: customers without orders | analytical | an anti-join with an average of all
select substring(c_phone from 1 for 2) as code, count(*), sum(c_acctbal) from customer where c_acctbal > (select avg(c_acctbal) from customer where c_acctbal > 0.00) and not exists (select * from orders where o_custkey = c_custkey) group by 1

-- name: the smallest titles | analytical | minima over a join of whole tables
SELECT MIN(mc.note) AS production_note, MIN(t.title) AS movie_title FROM company_type AS ct, info_type AS it, movie_companies AS mc, movie_info_idx AS mi_idx, title AS t WHERE ct.kind = 'production companies' AND it.info = 'bottom 10 rank' AND mc.note NOT LIKE '%(as Metro)%' AND ct.id = mc.company_type_id AND t.id = mc.movie_id AND t.id = mi_idx.movie_id AND it.id = mi_idx.info_type_id

-- name: clicks by phrase | analytical | groups the whole table
SELECT SearchPhrase, COUNT(DISTINCT UserID) AS u FROM hits WHERE SearchPhrase <> '' GROUP BY SearchPhrase ORDER BY u DESC LIMIT 10

-- name: clicks of a substring | analytical | counts rows of the whole table by a pattern
SELECT COUNT(*) FROM hits WHERE URL LIKE '%google%'

-- name: the newest phrases | mixed or analytical | a page of ten, for which the whole table is sorted
SELECT SearchPhrase FROM hits WHERE SearchPhrase <> '' ORDER BY EventTime LIMIT 10

-- name: clicks of one user | operational or mixed | some rows of one value, which no index begins with here
SELECT UserID FROM hits WHERE UserID = 435090932899640449

-- name: tpc-b reads a balance | operational | one row by key
SELECT abalance FROM pgbench_accounts WHERE aid = $1

-- name: tpc-b adds a row | operational | a row that the client sends
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)

-- name: tpc-b prepares itself | operational | a utility statement
truncate pgbench_history

-- name: stock level | operational | the lines of twenty orders of one district
SELECT COUNT(DISTINCT s_i_id) FROM order_line, stock WHERE ol_w_id = $1 AND ol_d_id = $2 AND ol_o_id < $3 AND ol_o_id >= $3 - 20 AND s_w_id = $1 AND s_i_id = ol_i_id AND s_quantity < $4

-- name: the sum of one order | operational | an aggregate below one key
SELECT sum(ol_amount) FROM order_line WHERE ol_o_id = $1 AND ol_d_id = $2 AND ol_w_id = $3

-- name: links of a node | operational | a page below one node
select id1, id2, link_type, visibility, data, time from linktable where id1 = $1 and link_type = $2 and time >= $3 and time <= $4 and visibility = 1 order by time desc limit 50

-- name: links of a node counted | operational | a count below one node
select count(*) from linktable where id1 = $1 and link_type = $2 and visibility = 1

-- name: a scan of the key-value benchmark | operational | a short range in order of the key
SELECT aid, filler FROM pgbench_accounts WHERE aid >= $1 ORDER BY aid LIMIT 40

-- name: the mart is asked for one customer | operational | an application reads one row of a dimension by key
SELECT segment, country FROM dim_customer WHERE customer_id = $1

-- name: recommendations of one customer | operational or mixed | one customer's rows of a fact table without an index on the customer
SELECT product_id FROM fact_sales WHERE customer_id = $1 ORDER BY sold_at DESC LIMIT 20

-- name: sales by segment | analytical | groups the fact table
SELECT d.segment, p.category, SUM(f.net_amount) FROM fact_sales f JOIN dim_customer d ON d.customer_id = f.customer_id JOIN dim_product p ON p.product_id = f.product_id WHERE f.sold_at >= TIMESTAMP '2026-01-01 00:00:00' GROUP BY d.segment, p.category
