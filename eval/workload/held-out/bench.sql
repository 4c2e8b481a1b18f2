-- Variations on the known benchmarks, written anew.
-- schema: bench

-- name: pgbench reads a balance | operational | one row by key
SELECT abalance FROM pgbench_accounts WHERE aid = $1;
-- name: pgbench changes a branch | operational | one row by key
UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2;
-- name: pgbench writes history | operational | one row from the client
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)
-- name: pgbench vacuum | operational | runs the server
vacuum analyze pgbench_branches
-- name: sum over branches of accounts | analytical | groups the table
SELECT bid, sum(abalance) FROM pgbench_accounts GROUP BY bid
-- name: sysbench point | operational | one row by key
SELECT c FROM sbtest1 WHERE id=?
-- name: sysbench range | operational | a hundred keys by BETWEEN of two parameters
SELECT c FROM sbtest1 WHERE id BETWEEN 5021 AND 5120
-- name: sysbench sum of a range | operational or mixed | a sum between two parameters, which bound it to what the client asks
SELECT SUM(k) FROM sbtest1 WHERE id BETWEEN ? AND ?
-- name: sysbench distinct of a range | operational or mixed | between two parameters of a key
SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN $1 AND $2 ORDER BY c
-- name: sysbench index update | operational | one row by key
UPDATE sbtest1 SET k=k+1 WHERE id=?
-- name: new order asks for its number | operational | one row by key, locked
SELECT d_next_o_id, d_tax FROM district WHERE d_w_id = $1 AND d_id = $2 FOR UPDATE
-- name: payment by surname | operational | an index up to the surname
SELECT c_id, c_first, c_balance FROM customer WHERE c_w_id = $1 AND c_d_id = $2 AND c_last = $3 ORDER BY c_first
-- name: the oldest order to deliver | operational | the end of an index
SELECT min(no_o_id) FROM new_order WHERE no_w_id = $1 AND no_d_id = $2
-- name: sum of an order | operational | one order by the head of the key
SELECT sum(ol_amount) FROM order_line WHERE ol_w_id = $1 AND ol_d_id = $2 AND ol_o_id = $3
-- name: stock level | operational | the last twenty orders of one district, by keys
SELECT count(DISTINCT s_i_id) FROM order_line JOIN stock ON s_i_id = ol_i_id AND s_w_id = ol_w_id WHERE ol_w_id = $1 AND ol_d_id = $2 AND ol_o_id < $3 AND ol_o_id >= $3 - 20 AND s_quantity < $4
-- name: delivery | operational | one order's rows
UPDATE order_line SET ol_delivery_d = $1 WHERE ol_w_id = $2 AND ol_d_id = $3 AND ol_o_id = $4
-- name: tables of lines by number | analytical | groups the table
SELECT ol_number, sum(ol_quantity), avg(ol_amount), count(*) FROM order_line WHERE ol_delivery_d > '2007-01-02' GROUP BY ol_number ORDER BY ol_number
-- name: stock with most orders | analytical | joins whole tables
SELECT i_id, sum(ol_quantity) FROM order_line JOIN item ON ol_i_id = i_id WHERE i_data NOT LIKE '%z' GROUP BY i_id ORDER BY 2 DESC LIMIT 10
-- name: customers without orders | analytical | an anti-join of whole tables
SELECT substr(c_last, 1, 1), count(*) FROM customer WHERE c_balance > (SELECT avg(c_balance) FROM customer WHERE c_balance > 0) AND NOT EXISTS (SELECT * FROM orders WHERE o_c_id = c_id AND o_w_id = c_w_id AND o_d_id = c_d_id) GROUP BY 1
-- name: star schema, one year's discount | analytical | adds a range of the facts
SELECT sum(lo_extendedprice * lo_discount) AS revenue FROM lineorder, dates WHERE lo_orderdate = d_datekey AND d_year = 1994 AND lo_discount BETWEEN 4 AND 6 AND lo_quantity < 30
-- name: star schema by brand | analytical | four tables grouped
SELECT sum(lo_revenue), d_year, p_brand1 FROM lineorder JOIN dates ON lo_orderdate = d_datekey JOIN part ON lo_partkey = p_partkey JOIN supplier ON lo_suppkey = su_suppkey WHERE p_category = 'MFGR#21' GROUP BY d_year, p_brand1 ORDER BY 2, 3
-- name: clicks, how many of an engine | analytical | scans the table
SELECT COUNT(*) FROM hits WHERE adv_engine_id <> 0
-- name: clicks, rows that match | analytical | scans the table for ten rows by an open pattern, and sorts them
SELECT * FROM hits WHERE url LIKE '%shop%' ORDER BY event_time LIMIT 10
-- name: clicks, users by region | analytical | distinct of all
SELECT region_id, COUNT(DISTINCT user_id) AS u FROM hits GROUP BY region_id ORDER BY u DESC LIMIT 10
-- name: clicks, one user without an index | analytical or mixed | an equality on a column that has no index
SELECT user_id FROM hits WHERE user_id = 435090932899640449
-- name: films of a country's companies | analytical | MIN over a join of whole tables
SELECT MIN(t.title) AS movie_title FROM company_name AS cn, movie_companies AS mc, title AS t WHERE cn.country_code = '[se]' AND cn.id = mc.company_id AND mc.movie_id = t.id AND mc.note LIKE '%(TV)%' AND t.production_year > 1990
-- name: films of a person, no index on the person | analytical or mixed | a column without an index, joined by key
SELECT t.title FROM cast_info ci JOIN title t ON t.id = ci.movie_id WHERE ci.person_id = $1
