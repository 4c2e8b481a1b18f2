-- Common tables, recursive ones, sub-queries, LATERAL, set operations.
-- dialect postgres
-- ddl casework

-- case cte-simple
-- shown case_number <- case_file.case_number
-- filter case_file.closed_at case_file.priority
WITH open AS (SELECT case_number, priority FROM app.case_file WHERE closed_at IS NULL)
SELECT case_number FROM open WHERE priority > 3

-- case cte-column-list
-- shown b <- applicant.phone
-- also applicant.email
WITH c (a, b) AS (SELECT email, phone FROM app.applicant) SELECT b FROM c

-- case cte-chain-renames
-- shown who <- applicant.legal_name
-- shown n <- task.task_id:aggregate
-- join case_file.applicant_id applicant.applicant_id task.case_id case_file.case_id
-- group applicant.legal_name
WITH a AS (SELECT c.case_id AS k, p.legal_name AS person FROM app.case_file c JOIN app.applicant p ON p.applicant_id = c.applicant_id),
     b AS (SELECT a.person AS who, t.task_id AS tk FROM a JOIN app.task t ON t.case_id = a.k)
SELECT who, count(tk) AS n FROM b GROUP BY who

-- case cte-hides-table-unless-qualified
-- shown status <- decision.outcome
-- shown real <- case_file.status
WITH case_file AS (SELECT outcome AS status FROM app.decision)
SELECT s.status, r.status AS real FROM case_file s, app.case_file r

-- case cte-does-not-see-itself
-- shown name <- unit.region_code
WITH unit AS (SELECT region_code AS name FROM app.unit) SELECT name FROM unit

-- case cte-nested-same-name
-- shown v <- task.title
-- shown w <- decision.outcome
WITH x AS (SELECT title AS v FROM app.task)
SELECT x.v, y.w FROM x, (WITH x AS (SELECT outcome AS w FROM app.decision) SELECT w FROM x) y

-- case cte-unread-reads-nothing
-- shown status <- case_file.status
-- server the rule of an unread common table is kept and so are its columns
WITH unread AS (SELECT national_id FROM app.applicant) SELECT status FROM app.case_file

-- case cte-in-cte
-- shown email <- applicant.email
-- filter applicant.phone
WITH outer_table AS (WITH inner_table AS (SELECT email, phone FROM app.applicant) SELECT email FROM inner_table WHERE phone IS NOT NULL)
SELECT email FROM outer_table

-- case cte-star-through-two
-- shown decision.*
WITH a AS (SELECT * FROM app.decision), b AS (SELECT * FROM a) SELECT * FROM b

-- case cte-materialized
-- shown region_code <- case_file.region_code
-- shown n <-
-- group case_file.region_code
-- filter case_file.status
WITH c AS MATERIALIZED (SELECT region_code, status FROM app.case_file) SELECT region_code, count(*) AS n FROM c WHERE status = 'OPEN' GROUP BY region_code

-- case cte-swapped-at-each-level
-- shown a <- applicant.email
-- shown b <- applicant.phone
WITH one AS (SELECT email AS b, phone AS a FROM app.applicant), two AS (SELECT a AS b, b AS a FROM one) SELECT a, b FROM two

-- case cte-in-subquery
-- shown case_id <- case_file.case_id
-- filter case_file.officer_id officer.officer_id officer.grade
SELECT case_id FROM app.case_file WHERE officer_id IN (WITH seniors AS (SELECT officer_id FROM app.officer WHERE grade > 5) SELECT officer_id FROM seniors)

-- case cte-on-union
-- shown who <- applicant.legal_name, officer.name
WITH people AS (SELECT legal_name AS who FROM app.applicant UNION ALL SELECT name FROM app.officer) SELECT who FROM people

-- case recursive-hierarchy
-- shown unit_id <- unit.unit_id
-- shown path <- unit.name
-- shown depth <-
-- join unit.parent_id unit.unit_id
-- filter unit.parent_id
WITH RECURSIVE tree AS (
  SELECT unit_id, name AS path, 1 AS depth FROM app.unit WHERE parent_id IS NULL
  UNION ALL
  SELECT u.unit_id, t.path || ' / ' || u.name, t.depth + 1 FROM app.unit u JOIN tree t ON t.unit_id = u.parent_id
) SELECT unit_id, path, depth FROM tree

-- case recursive-permutes-two
-- shown a <- applicant.email, applicant.phone
-- also applicant.legal_name
WITH RECURSIVE r (a, b, c) AS (SELECT email, phone, legal_name FROM app.applicant UNION ALL SELECT b, a, c FROM r) SELECT a FROM r

-- case recursive-permutes-three
-- shown a <- applicant.email, applicant.phone, applicant.legal_name
-- shown d <- applicant.national_id
WITH RECURSIVE r (a, b, c, d) AS (SELECT email, phone, legal_name, national_id FROM app.applicant UNION SELECT c, a, b, d FROM r) SELECT a, d FROM r

-- case recursive-brings-column-late
-- shown x <- unit.name, unit.region_code
-- join unit.parent_id unit.unit_id
-- filter unit.parent_id
WITH RECURSIVE r (id, x) AS (SELECT unit_id, name FROM app.unit WHERE parent_id IS NULL UNION ALL SELECT u.unit_id, u.region_code FROM r JOIN app.unit u ON u.parent_id = r.id) SELECT x FROM r

-- case recursive-series
-- shown day <- case_file.opened_at
-- filter case_file.opened_at
WITH RECURSIVE days (day) AS (SELECT min(opened_at)::date FROM app.case_file UNION ALL SELECT day + 1 FROM days WHERE day < current_date) SELECT day FROM days

-- case recursive-array-path
-- shown unit_id <- unit.unit_id
-- join unit.parent_id unit.unit_id
-- filter unit.unit_id
WITH RECURSIVE walk AS (
  SELECT unit_id, ARRAY[unit_id] AS seen FROM app.unit
  UNION ALL
  SELECT u.unit_id, w.seen || u.unit_id FROM walk w JOIN app.unit u ON u.parent_id = w.unit_id WHERE NOT u.unit_id = ANY (w.seen)
) SELECT unit_id FROM walk

-- case recursive-search-depth-first
-- shown unit_id <- unit.unit_id
-- shown name <- unit.name
-- join unit.parent_id unit.unit_id
-- filter unit.parent_id
-- order unit.unit_id
WITH RECURSIVE tree AS (
  SELECT unit_id, name FROM app.unit WHERE parent_id IS NULL UNION ALL SELECT u.unit_id, u.name FROM app.unit u JOIN tree t ON u.parent_id = t.unit_id
) SEARCH DEPTH FIRST BY unit_id SET position SELECT unit_id, name FROM tree ORDER BY position

-- case recursive-in-any-order
-- shown i <- unit.unit_id
WITH RECURSIVE b AS (SELECT i FROM a), a AS (SELECT unit_id AS i FROM app.unit) SELECT i FROM b

-- case subquery-derived-renamed
-- shown s <- case_file.status
-- filter case_file.region_code
SELECT d.s FROM (SELECT status, region_code FROM app.case_file) AS d (s, r) WHERE d.r = 'W'

-- case subquery-unused-columns-of-derived
-- shown status <- case_file.status
-- also case_file.payload case_file.region_code
SELECT d.status FROM (SELECT status, region_code, payload FROM app.case_file) d

-- case subquery-three-deep
-- shown c <- task.title
-- filter task.done task.effort
SELECT c FROM (SELECT b AS c, e FROM (SELECT title AS b, effort AS e FROM app.task WHERE done) x WHERE e > 1) y

-- case subquery-scalar
-- shown case_number <- case_file.case_number
-- shown last <- transition.changed_at
-- filter transition.case_id case_file.case_id
SELECT c.case_number, (SELECT max(t.changed_at) FROM app.transition t WHERE t.case_id = c.case_id) AS last FROM app.case_file c

-- case subquery-scalar-aggregate
-- shown legal_name <- applicant.legal_name
-- shown n <-
-- filter case_file.applicant_id applicant.applicant_id
SELECT legal_name, (SELECT count(*) FROM app.case_file c WHERE c.applicant_id = a.applicant_id) AS n FROM app.applicant a

-- case subquery-scalar-in-where
-- shown case_id <- case_file.case_id
-- filter case_file.priority
SELECT case_id FROM app.case_file WHERE priority > (SELECT avg(priority) FROM app.case_file)

-- case subquery-exists
-- shown name <- officer.name
-- filter case_file.officer_id officer.officer_id case_file.closed_at
SELECT o.name FROM app.officer o WHERE EXISTS (SELECT 1 FROM app.case_file c WHERE c.officer_id = o.officer_id AND c.closed_at IS NULL)

-- case subquery-exists-select-list-is-idle
-- shown name <- officer.name
-- filter case_file.officer_id officer.officer_id
-- also case_file.payload
SELECT o.name FROM app.officer o WHERE EXISTS (SELECT c.payload FROM app.case_file c WHERE c.officer_id = o.officer_id)

-- case subquery-not-exists
-- shown email <- applicant.email
-- filter case_file.applicant_id applicant.applicant_id
SELECT email FROM app.applicant a WHERE NOT EXISTS (SELECT FROM app.case_file c WHERE c.applicant_id = a.applicant_id)

-- case subquery-exists-shown
-- shown name <- unit.name
-- shown staffed <-
-- filter officer.unit_id unit.unit_id
SELECT u.name, EXISTS (SELECT 1 FROM app.officer o WHERE o.unit_id = u.unit_id) AS staffed FROM app.unit u

-- case subquery-in
-- shown title <- task.title
-- filter task.case_id case_file.case_id case_file.region_code
SELECT title FROM app.task WHERE case_id IN (SELECT case_id FROM app.case_file WHERE region_code = 'N')

-- case subquery-in-correlation-trap
-- reads officer
-- shown title <- task.title
-- filter task.assignee_id
SELECT title FROM app.task WHERE assignee_id IN (SELECT assignee_id FROM app.officer)

-- case subquery-not-in-row
-- shown name <- officer.name
-- filter officer.unit_id officer.grade unit.unit_id unit.parent_id
SELECT name FROM app.officer WHERE (unit_id, grade) NOT IN (SELECT unit_id, parent_id FROM app.unit)

-- case subquery-any
-- shown name <- officer.name
-- filter officer.hired_on case_file.opened_at
SELECT name FROM app.officer WHERE hired_on >= ANY (SELECT opened_at FROM app.case_file)

-- case subquery-all
-- shown case_id <- case_file.case_id
-- filter case_file.priority task.effort task.case_id case_file.case_id
SELECT case_id FROM app.case_file c WHERE priority > ALL (SELECT effort FROM app.task t WHERE t.case_id = c.case_id)

-- case subquery-array
-- shown case_number <- case_file.case_number
-- shown titles <- task.title
-- filter task.case_id case_file.case_id
-- order task.due_on
SELECT case_number, ARRAY(SELECT t.title FROM app.task t WHERE t.case_id = c.case_id ORDER BY t.due_on) AS titles FROM app.case_file c

-- case subquery-correlated-two-levels-up
-- shown name <- unit.name
-- filter officer.unit_id unit.unit_id officer.officer_id case_file.officer_id case_file.region_code unit.region_code
SELECT name FROM app.unit u WHERE EXISTS (SELECT 1 FROM app.officer o WHERE o.unit_id = u.unit_id AND o.officer_id IN (SELECT c.officer_id FROM app.case_file c WHERE c.region_code = u.region_code))

-- case subquery-in-having
-- shown region_code <- case_file.region_code
-- group case_file.region_code
-- having unit.parent_id
SELECT region_code FROM app.case_file GROUP BY region_code HAVING count(*) > (SELECT max(parent_id) FROM app.unit)

-- case subquery-in-limit
-- shown title <- task.title
-- filter officer.grade
SELECT title FROM app.task LIMIT (SELECT max(grade) FROM app.officer)

-- case subquery-in-order
-- shown name <- officer.name
-- order unit.name
-- filter unit.unit_id officer.unit_id
SELECT o.name FROM app.officer o ORDER BY (SELECT u.name FROM app.unit u WHERE u.unit_id = o.unit_id)

-- case subquery-in-join-condition
-- shown title <- task.title
-- join task.case_id case_file.case_id decision.case_id
SELECT t.title FROM app.case_file c JOIN app.task t ON t.case_id = c.case_id AND c.case_id IN (SELECT case_id FROM app.decision)

-- case lateral-derived
-- shown case_number <- case_file.case_number
-- shown to_status <- transition.to_status
-- filter transition.case_id case_file.case_id
-- order transition.changed_at
SELECT c.case_number, l.to_status FROM app.case_file c
CROSS JOIN LATERAL (SELECT t.to_status FROM app.transition t WHERE t.case_id = c.case_id ORDER BY t.changed_at DESC LIMIT 1) l

-- case lateral-correlation-column-is-not-shown
-- shown v <- task.effort
-- filter task.case_id case_file.case_id
SELECT l.v FROM app.case_file c, LATERAL (SELECT t.effort AS v FROM app.task t WHERE t.case_id = c.case_id) l

-- case lateral-computes-from-left
-- shown v <- applicant.email, task.title
SELECT l.v FROM app.applicant a, LATERAL (SELECT a.email || t.title AS v FROM app.task t) l

-- case lateral-chain
-- shown w <- case_file.priority
SELECT z.w FROM app.case_file c, LATERAL (SELECT c.priority * 2 AS y) x, LATERAL (SELECT x.y + 1 AS w) z

-- case lateral-left-join-on-true
-- shown name <- officer.name
-- shown n <-
-- filter case_file.officer_id officer.officer_id
SELECT o.name, s.n FROM app.officer o LEFT JOIN LATERAL (SELECT count(*) AS n FROM app.case_file c WHERE c.officer_id = o.officer_id) s ON true

-- case lateral-values
-- shown kind <-
-- shown at <- case_file.opened_at, case_file.closed_at
SELECT v.kind, v.at FROM app.case_file c, LATERAL (VALUES ('opened', c.opened_at), ('closed', c.closed_at)) AS v (kind, at)

-- case setop-union-by-position
-- shown x <- applicant.email, officer.name
-- shown y <- applicant.phone, officer.email
SELECT email AS x, phone AS y FROM app.applicant UNION SELECT name, email FROM app.officer

-- case setop-except-right-decides
-- shown case_id <- case_file.case_id
-- filter case_archive.case_id
SELECT case_id FROM app.case_file EXCEPT SELECT case_id FROM app.case_archive

-- case setop-intersect-both
-- shown case_id <- case_file.case_id, decision.case_id
SELECT case_id FROM app.case_file INTERSECT SELECT case_id FROM app.decision

-- case setop-order-by-name-of-first
-- shown who <- applicant.legal_name, officer.name
-- order applicant.legal_name officer.name
SELECT legal_name AS who FROM app.applicant UNION ALL SELECT name FROM app.officer ORDER BY who

-- case setop-three-mixed
-- shown id <- case_file.case_id, task.case_id
-- filter decision.case_id case_file.status
(SELECT case_id AS id FROM app.case_file WHERE status = 'OPEN' UNION ALL SELECT case_id FROM app.task) EXCEPT ALL SELECT case_id FROM app.decision

-- case setop-of-stars
-- shown case_id <- case_archive.case_id, case_file.case_id
-- shown case_number <- case_archive.case_number, case_file.case_number
-- shown status <- case_archive.status, case_file.status
-- shown closed_at <- case_archive.closed_at, case_file.closed_at
-- shown archived_at <- case_archive.archived_at
SELECT * FROM app.case_archive UNION ALL SELECT case_id, case_number, status, closed_at, NULL::timestamptz FROM app.case_file

-- case setop-with-literals
-- shown kind <-
-- shown at <- case_file.opened_at, decision.decided_at
SELECT 'opened' AS kind, opened_at AS at FROM app.case_file UNION ALL SELECT 'decided', decided_at FROM app.decision

-- case setop-in-derived
-- shown n <-
-- shown day <- case_file.opened_at, case_file.closed_at
-- group case_file.opened_at case_file.closed_at
SELECT count(*) AS n, s.day FROM (SELECT opened_at::date AS day FROM app.case_file UNION ALL SELECT closed_at::date FROM app.case_file) s GROUP BY s.day

-- case values-only
-- shown a <-
SELECT v.a FROM (VALUES (1, 'x'), (2, 'y')) AS v (a, b)

-- case values-with-column
-- shown column1 <- unit.name
SELECT (VALUES (u.name)) FROM app.unit u
