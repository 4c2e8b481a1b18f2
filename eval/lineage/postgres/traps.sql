-- Traps: names that mean something else than they seem to, and what writers of SQL do when nobody looks.
-- dialect postgres
-- ddl casework

-- case trap-group-by-input-under-function-alias
-- shown email <- applicant.email
-- shown n <-
-- group applicant.email
SELECT lower(email) AS email, count(*) AS n FROM app.applicant GROUP BY email

-- case trap-having-does-not-see-alias
-- shown status <- case_file.region_code
-- group case_file.region_code case_file.status
-- having case_file.status
SELECT region_code AS status FROM app.case_file GROUP BY region_code, status HAVING status <> 'CLOSED'

-- case trap-where-does-not-see-alias
-- shown status <- case_file.region_code
-- filter case_file.status
SELECT region_code AS status FROM app.case_file WHERE status = 'OPEN'

-- case trap-cte-named-as-alias-inside
-- shown x <- task.effort
-- when task.effort
WITH ce AS (SELECT CASE WHEN effort > 1 THEN effort ELSE effort END AS v FROM app.task ce) SELECT max(v) AS x FROM ce

-- case trap-subquery-shadows-outer-alias
-- shown name <- unit.name
-- filter officer.unit_id officer.name
SELECT u.name FROM app.unit u WHERE EXISTS (SELECT 1 FROM app.officer u WHERE u.unit_id = 3 AND u.name = 'x')

-- case trap-inner-column-shadows-outer
-- shown title <- task.title
-- filter task.case_id decision.case_id
SELECT title FROM app.task WHERE EXISTS (SELECT 1 FROM app.decision WHERE case_id = task.case_id)

-- case trap-nested-cte-shadows-within-branch
-- shown v <- task.title, decision.outcome
WITH s AS (SELECT title AS v FROM app.task) SELECT v FROM s UNION ALL (WITH s AS (SELECT outcome AS v FROM app.decision) SELECT v FROM s)

-- case trap-cte-sees-earlier-of-same-level-only
-- shown a <- unit.name
WITH x AS (SELECT name AS a FROM app.unit), y AS (SELECT a FROM x) SELECT y.a FROM y

-- case trap-using-right-after-inner
-- shown case_id <- case_archive.case_id
-- join task.case_id decision.case_id case_archive.case_id
SELECT case_id FROM app.task JOIN app.decision USING (case_id) RIGHT JOIN app.case_archive USING (case_id)

-- case trap-using-full-then-left
-- shown case_id <- task.case_id, decision.case_id
-- join task.case_id decision.case_id case_archive.case_id
SELECT case_id FROM app.task FULL JOIN app.decision USING (case_id) LEFT JOIN app.case_archive USING (case_id)

-- case trap-using-with-renamed-table-columns
-- shown k <- unit.unit_id
-- shown name <- officer.name
-- join unit.unit_id officer.officer_id
SELECT k, o.name FROM app.unit u (k) JOIN app.officer o (k) USING (k)

-- case trap-star-of-aliased-join
-- shown case_id <- decision.case_id
-- shown decision_id <- decision.decision_id
-- shown outcome <- decision.outcome
-- shown decided_at <- decision.decided_at
-- shown court <- court_decision.court
-- join decision.case_id court_decision.case_id
SELECT j.case_id, j.decision_id, j.outcome, j.decided_at, j.court FROM (ONLY app.decision d JOIN (SELECT case_id, court FROM app.court_decision) c USING (case_id)) AS j

-- case trap-nested-join-in-parentheses
-- shown name <- officer.name
-- shown title <- task.title
-- join case_file.case_id task.case_id case_file.officer_id officer.officer_id
SELECT o.name, t.title FROM app.officer o LEFT JOIN (app.case_file c JOIN app.task t ON t.case_id = c.case_id) ON c.officer_id = o.officer_id

-- case trap-natural-join-of-renamed-subqueries
-- shown k <- task.case_id
-- shown outcome <- decision.outcome
-- join task.case_id decision.case_id
SELECT * FROM (SELECT case_id AS k FROM app.task) a NATURAL JOIN (SELECT case_id AS k, outcome FROM app.decision) b

-- case trap-natural-join-without-common-names
-- shown title <- task.title
-- shown name <- unit.name
SELECT title, name FROM app.task NATURAL JOIN app.unit

-- case trap-functional-notation-of-a-column
-- shown legal_name <- applicant.legal_name
SELECT legal_name(a) FROM app.applicant a

-- case trap-attribute-of-whole-row
-- shown email <- applicant.email
SELECT (a).email FROM app.applicant a

-- case trap-row-cast-to-text
-- shown t <- unit.*
-- server the row as a whole: it records the table
SELECT u::text AS t FROM app.unit u

-- case trap-row-star-in-json
-- shown j <- unit.*
-- server the row as a whole: it records the table
SELECT jsonb_build_object('unit', u.*) AS j FROM app.unit u

-- case trap-json-of-aggregated-subquery
-- shown j <- officer.name, officer.grade
-- filter officer.unit_id unit.unit_id
-- shown name <- unit.name
SELECT (SELECT json_agg(x) FROM (SELECT o.name, o.grade FROM app.officer o WHERE o.unit_id = u.unit_id) x) AS j, u.name FROM app.unit u

-- case trap-whole-row-of-cte
-- shown r <- officer.name, officer.email
WITH p AS (SELECT name, email FROM app.officer) SELECT p AS r FROM p

-- case trap-row-comparison-of-whole-rows
-- shown unit_id <- unit.unit_id
-- join unit.*
-- server the row as a whole: it records the table
SELECT a.unit_id FROM app.unit a JOIN app.unit b ON a IS DISTINCT FROM b

-- case trap-alias-equal-to-column-of-same-table
-- shown unit <- unit.*
-- server the row as a whole: it records the table
SELECT unit FROM app.unit

-- case trap-column-wins-over-row
-- shown name <- officer.name
SELECT name FROM app.officer name

-- case trap-outer-aggregate-in-subquery
-- shown s <- task.effort:aggregate
SELECT (SELECT sum(t.effort)) AS s FROM app.task t

-- case trap-count-over-distinct-subquery
-- shown n <-
-- distinct applicant.email
SELECT count(*) AS n FROM (SELECT DISTINCT email FROM app.applicant) s

-- case trap-plain-distinct
-- shown region_code <- case_file.region_code
-- shown status <- case_file.status
-- distinct case_file.region_code case_file.status
SELECT DISTINCT region_code, status FROM app.case_file

-- case trap-distinct-on-output-name
-- shown region <- case_file.region_code
-- shown status <- case_file.status
-- distinct case_file.region_code
-- order case_file.region_code case_file.opened_at
SELECT DISTINCT ON (region) region_code AS region, status FROM app.case_file ORDER BY region, opened_at

-- case trap-order-in-union-by-ordinal
-- shown who <- applicant.legal_name, officer.name
-- shown mail <- applicant.email, officer.email
-- order applicant.email officer.email
SELECT legal_name AS who, email AS mail FROM app.applicant UNION SELECT name, email FROM app.officer ORDER BY 2

-- case trap-order-by-window
-- shown title <- task.title
-- window task.case_id task.due_on
SELECT title FROM app.task ORDER BY row_number() OVER (PARTITION BY case_id ORDER BY due_on)

-- case trap-case-in-group-by
-- shown bucket <-
-- shown n <-
-- when case_file.priority
SELECT CASE WHEN priority > 3 THEN 'high' ELSE 'low' END AS bucket, count(*) AS n FROM app.case_file GROUP BY CASE WHEN priority > 3 THEN 'high' ELSE 'low' END

-- case trap-grouping-sets-with-ordinals
-- shown r <- case_file.region_code
-- shown s <- case_file.status
-- group case_file.region_code case_file.status
SELECT region_code AS r, status AS s FROM app.case_file GROUP BY GROUPING SETS ((1), (1, 2), ())

-- case trap-filter-with-subquery
-- shown n <-
-- filter case_file.officer_id officer.officer_id officer.grade
SELECT count(*) FILTER (WHERE officer_id IN (SELECT officer_id FROM app.officer WHERE grade > 5)) AS n FROM app.case_file

-- case trap-overlaps-and-between-columns
-- shown case_id <- case_file.case_id
-- filter case_file.opened_at case_file.closed_at case_file.due_at
SELECT case_id FROM app.case_file WHERE (opened_at, closed_at) OVERLAPS (due_at, due_at + interval '1 day') AND due_at BETWEEN opened_at AND closed_at

-- case trap-in-list-of-columns
-- shown t <- task.title
-- filter task.assignee_id task.case_id task.task_id
SELECT title AS t FROM app.task WHERE assignee_id IN (case_id, task_id)

-- case trap-boolean-scalar-subquery
-- shown name <- unit.name
-- filter task.done task.task_id unit.unit_id
SELECT name FROM app.unit WHERE (SELECT bool_and(done) FROM app.task WHERE task_id = unit_id)

-- case trap-fetch-with-ties
-- shown title <- task.title
-- order task.effort
SELECT title FROM app.task ORDER BY effort DESC FETCH FIRST 3 ROWS WITH TIES

-- case trap-database-qualified
-- shown name <- unit.name
SELECT postgres.app.unit.name FROM postgres.app.unit

-- case trap-quoted-alias-with-dot
-- shown a.b <- unit.name
SELECT "x.y"."a.b" FROM (SELECT name AS "a.b" FROM app.unit) AS "x.y"

-- case trap-quoted-upper-alias-differs
-- shown Email <- applicant.phone
-- shown email <- applicant.email
SELECT s."Email", s.email FROM (SELECT phone AS "Email", email FROM app.applicant) s

-- case trap-unicode-escape-identifier
-- shown größe <- task.effort
SELECT effort AS U&"gr\00F6\00DFe" FROM app.task

-- case trap-no-columns
-- filter task.done
SELECT FROM app.task WHERE done

-- case trap-lateral-function-chain
-- shown v <- case_file.payload
SELECT y.v FROM app.case_file c, jsonb_array_elements(c.payload -> 'a') WITH ORDINALITY AS x (e, i), jsonb_each(x.e) AS y (k, v)

-- case trap-rows-from-with-definition
-- shown a <- case_file.payload
-- shown skill <- officer.skills
-- join officer.officer_id case_file.officer_id
SELECT r.a, r.skill FROM app.case_file c JOIN app.officer o ON o.officer_id = c.officer_id, ROWS FROM (jsonb_to_record(c.payload) AS (a text, b int), unnest(o.skills)) AS r (a, b, skill)

-- case trap-subquery-in-from-with-srf
-- shown skill <- officer.skills
-- filter officer.skills
SELECT s.skill FROM (SELECT unnest(skills) AS skill FROM app.officer) s WHERE s.skill LIKE 'm%'

-- case trap-mutual-recursion-by-union-in-branch
-- shown id <- unit.unit_id, unit.parent_id
-- join unit.unit_id unit.parent_id
WITH RECURSIVE g (id) AS (SELECT unit_id FROM app.unit UNION SELECT u.parent_id FROM app.unit u JOIN g ON g.id = u.unit_id) SELECT id FROM g

-- case trap-recursive-cycle-clause
-- shown unit_id <- unit.unit_id
-- shown is_cycle <- unit.unit_id:predicate
-- join unit.parent_id unit.unit_id
WITH RECURSIVE g AS (SELECT unit_id FROM app.unit UNION ALL SELECT u.unit_id FROM app.unit u JOIN g ON u.parent_id = g.unit_id) CYCLE unit_id SET is_cycle USING path SELECT unit_id, is_cycle FROM g

-- case trap-recursive-read-twice
-- shown a <- unit.unit_id, unit.parent_id
-- shown b <- unit.unit_id, unit.parent_id
-- join unit.unit_id unit.parent_id
WITH RECURSIVE t AS (SELECT unit_id FROM app.unit UNION SELECT u.parent_id FROM app.unit u JOIN t ON t.unit_id = u.unit_id)
SELECT x.unit_id AS a, y.unit_id AS b FROM t x JOIN t y ON x.unit_id = y.unit_id

-- case trap-self-reference-is-real-table-without-recursive
-- shown unit_id <- unit.unit_id
WITH unit AS (SELECT unit_id FROM app.unit UNION ALL SELECT unit_id FROM app.unit) SELECT unit_id FROM unit

-- case trap-mask-weakest-branch
-- shown v <- applicant.email
-- when applicant.national_id
SELECT CASE WHEN national_id IS NULL THEN email ELSE md5(email) END AS v FROM app.applicant

-- case trap-mask-survives-nesting
-- shown v <- applicant.email:pseudonymous-weak
-- shown w <- applicant.email:aggregate
SELECT min(md5(email)) AS v, count(DISTINCT upper(email)) AS w FROM app.applicant

-- case trap-mask-through-cte-and-union
-- shown v <- applicant.email:pseudonymous-weak, officer.email
WITH h AS (SELECT md5(email) AS v FROM app.applicant UNION ALL SELECT email FROM app.officer) SELECT v FROM h

-- case trap-mask-count-inside-string-agg
-- shown v <- applicant.email
SELECT string_agg(email || length(email)::text, ',') AS v FROM app.applicant

-- case trap-function-argument-named-as-column
-- shown n <- unit.name
-- filter unit.unit_id
-- also officer.unit_id
-- server the body of a function has dependencies of its own
SELECT app.unit_of(o.unit_id) AS n FROM app.officer o

-- case trap-function-with-default-and-return
-- shown v <- case_file.case_number
SELECT app.label(case_number) AS v FROM app.case_file

-- case trap-function-named-arguments
-- shown v <- case_file.case_number, case_file.region_code
SELECT app.label(prefix => region_code, value => case_number) AS v FROM app.case_file

-- case trap-function-out-parameters
-- shown mail <- applicant.email
-- shown number <- applicant.phone
-- filter applicant.applicant_id case_file.applicant_id
-- server the body of a function has dependencies of its own
SELECT k.mail, k.number FROM app.case_file c, app.contact(c.applicant_id) k

-- case trap-function-nested
-- shown v <- applicant.email:pseudonymous-weak
SELECT app.double_hashed(email) AS v FROM app.applicant

-- case trap-view-union
-- shown who <- applicant.legal_name, officer.name
-- filter applicant.email officer.email
SELECT who FROM integration.v_people WHERE email IS NOT NULL

-- case trap-view-recursive
-- shown name <- unit.name
-- join unit.unit_id unit.parent_id
-- filter unit.parent_id
SELECT name FROM integration.v_units WHERE depth > 1

-- case trap-view-star-of-recursive
-- shown unit_id <- unit.unit_id
-- shown name <- unit.name
-- shown depth <-
-- join unit.unit_id unit.parent_id
-- filter unit.parent_id
SELECT * FROM integration.v_units

-- case trap-query-in-a-string
-- shown x <- applicant.email
-- server it sees a text
SELECT query_to_xml('SELECT email FROM app.applicant', true, false, '') AS x

-- case trap-call-of-procedure
-- uncertain
-- server the server refuses it
CALL app.close_old_cases(30)

-- case trap-execute-prepared
-- uncertain
-- server the server refuses it
EXECUTE monthly_report(2026)

-- case trap-current-user-is-no-column
-- shown u <-
-- shown d <-
-- filter officer.name
SELECT current_user AS u, current_date AS d FROM app.officer WHERE name = session_user

-- ddl shop

-- case trap-insert-default-values
-- writes outbox
INSERT INTO shop.outbox DEFAULT VALUES

-- case trap-insert-multi-row-with-subselects
-- writes daily_revenue
-- shown day <-
-- shown country <-
-- shown revenue <- orders.total:aggregate, refund.amount:aggregate
-- filter orders.currency
INSERT INTO shop.daily_revenue (day, country, revenue) VALUES (current_date, 'AT', (SELECT sum(total) FROM shop.orders WHERE currency = 'EUR')), (current_date, DEFAULT, (SELECT sum(amount) FROM shop.refund))

-- case trap-update-array-element-and-self-join
-- writes customer
-- shown tags <- customer.country
-- filter customer.customer_id customer.phone
UPDATE shop.customer c SET tags[1] = other.country FROM shop.customer other WHERE other.customer_id = c.customer_id AND other.phone IS NULL

-- case trap-update-target-named-in-cte
-- writes orders
-- shown status <- payment.state
-- filter orders.order_id payment.order_id
WITH orders AS (SELECT order_id AS id, state FROM shop.payment) UPDATE shop.orders o SET status = orders.state FROM orders WHERE orders.id = o.order_id

-- case trap-delete-in-cte-then-aggregate
-- also-writes outbox
-- shown kind <- outbox.kind
-- shown n <-
-- group outbox.kind
-- filter outbox.created_at
-- also outbox.aggregate_id outbox.body outbox.event_id
WITH gone AS (DELETE FROM shop.outbox WHERE created_at < now() RETURNING *) SELECT kind, count(*) AS n FROM gone GROUP BY kind

-- case trap-insert-into-select-from-itself
-- writes stock
-- shown product_id <- stock.product_id
-- shown depot_code <-
-- shown on_hand <- stock.on_hand
-- filter stock.depot_code
INSERT INTO shop.stock (product_id, depot_code, on_hand) SELECT product_id, 'W2', on_hand FROM shop.stock WHERE depot_code = 'W1'

-- case trap-merge-not-matched-by-source
-- writes customer_stage
-- shown email <- customer.email
-- shown country <-
-- join customer_stage.customer_id customer.customer_id
MERGE INTO shop.customer_stage s USING shop.customer c ON s.customer_id = c.customer_id
WHEN MATCHED THEN UPDATE SET email = c.email WHEN NOT MATCHED BY SOURCE THEN UPDATE SET country = 'gone'

-- case trap-returning-old-and-new
-- writes product
-- shown price <- product.cost
-- returns before <- product.price
-- returns after <- product.cost
-- filter product.sku
UPDATE shop.product SET price = cost * 2 WHERE sku = 'A-1' RETURNING old.price AS before, new.price AS after

-- case trap-values-in-from-of-update
-- writes product
-- shown price <-
-- filter product.sku
UPDATE shop.product p SET price = v.price FROM (VALUES ('A-1', 10.0), ('A-2', 12.5)) AS v (sku, price) WHERE v.sku = p.sku
