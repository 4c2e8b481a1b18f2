-- Personnel: an application of Django and SQLAlchemy, texts as its log shows them, placeholders of the driver and all.
-- schema: hr

-- name: an employee, as psycopg sends it | operational | one row by key
SELECT "hr_employee"."employee_id", "hr_employee"."email" FROM "employee" "hr_employee" WHERE "hr_employee"."employee_id" = %s LIMIT 21
-- name: an employee by mail, named | operational | one row by a unique column
SELECT employee.employee_id AS employee_employee_id, employee.unit_id AS employee_unit_id FROM employee WHERE employee.email = %(email_1)s
-- name: is the mail taken | operational | a probe by a unique column
SELECT (1) AS "a" FROM "employee" WHERE ("employee"."email" = %s AND NOT ("employee"."employee_id" = %s)) LIMIT 1
-- name: everyone under a manager | operational or mixed | a recursion off an index from one person: a team, or for the head all
WITH RECURSIVE team AS (SELECT employee_id, manager_id, 1 AS depth FROM employee WHERE employee_id = %(root)s UNION ALL SELECT e.employee_id, e.manager_id, t.depth + 1 FROM employee e JOIN team t ON e.manager_id = t.employee_id WHERE t.depth < 20) SELECT employee_id, depth FROM team
-- name: the chain above | operational | a recursion by key, as long as the ladder is high
WITH RECURSIVE chain AS (SELECT employee_id, manager_id FROM employee WHERE employee_id = :id UNION ALL SELECT e.employee_id, e.manager_id FROM employee e JOIN chain c ON e.employee_id = c.manager_id) SELECT employee_id FROM chain
-- name: a week of one person | operational | a range of the key of one person
SELECT worked_on, project_id, minutes FROM timesheet WHERE employee_id = :employee AND worked_on BETWEEN :monday AND :sunday ORDER BY worked_on
-- name: hours of one person this year | operational | an aggregate of one person
SELECT date_trunc('month', worked_on) AS month, sum(minutes) / 60.0 FROM timesheet WHERE employee_id = ? AND worked_on >= ? GROUP BY 1 ORDER BY 1
-- name: a sheet is saved | operational | an upsert of one row
INSERT INTO timesheet (employee_id, worked_on, project_id, minutes) VALUES (?, ?, ?, ?) ON CONFLICT (employee_id, worked_on, project_id) DO UPDATE SET minutes = EXCLUDED.minutes
-- name: a leave is approved | operational | one row by key
UPDATE "leave_request" SET "state" = %s WHERE "leave_request"."request_id" = %s
-- name: overlapping leave | operational | EXISTS of one person
SELECT EXISTS(SELECT 1 FROM leave_request WHERE employee_id = ? AND daterange(from_on, to_on) && daterange(?, ?) AND state <> 'refused')
-- name: a page of candidates | operational | a page of one vacancy off an index
SELECT candidate_id, stage, applied_at FROM candidate WHERE vacancy_id = ? AND applied_at < ? ORDER BY applied_at DESC LIMIT ?
-- name: candidates by stage of one vacancy | operational | an aggregate of one vacancy
SELECT stage, COUNT(*) AS n FROM candidate WHERE vacancy_id = :vacancy GROUP BY stage
-- name: several people, expanded | operational | a list of keys
SELECT employee_id, salary FROM employee WHERE employee_id IN (%s, %s, %s, %s)
-- name: several people, as a tuple | operational | a list of keys
SELECT employee_id, salary FROM employee WHERE employee_id = ANY(%(ids)s)
-- name: someone leaves | operational | removes one person's rows
DELETE FROM candidate WHERE candidate_id = %(candidate_id)s
-- name: funnel of recruiting | analytical | groups all candidates
SELECT stage, count(*), avg(now() - applied_at) FROM candidate WHERE applied_at >= %s GROUP BY stage
-- name: payroll of the month | analytical | everyone's hours of a range
SELECT e.employee_id, e.salary, sum(t.minutes) FROM employee e LEFT JOIN timesheet t ON t.employee_id = e.employee_id AND t.worked_on BETWEEN :from AND :to WHERE e.left_on IS NULL GROUP BY e.employee_id, e.salary
-- name: pay gap | analytical | aggregates all by two things
SELECT u.name, percentile_cont(0.5) WITHIN GROUP (ORDER BY e.salary) AS median FROM employee e JOIN unit u ON u.unit_id = e.unit_id GROUP BY GROUPING SETS ((u.name), ())
-- name: head count by day | analytical | a series of days against all employees
SELECT d::date, (SELECT count(*) FROM employee e WHERE e.hired_on <= d AND (e.left_on IS NULL OR e.left_on > d)) FROM generate_series(%(from)s::date, %(to)s::date, interval '1 day') d
-- name: the extract of hours | analytical or mixed | everything since a day
SELECT employee_id, worked_on, project_id, minutes FROM timesheet WHERE worked_on > %(high_water)s
-- name: sheets that nobody approved | analytical | the whole table by no index
SELECT employee_id, worked_on FROM timesheet WHERE approved_by IS NULL
-- name: words in a curriculum | analytical | an open pattern over a column, no index and no page
SELECT candidate_id FROM candidate WHERE cv LIKE %s
-- name: words in a curriculum of one vacancy | operational | a pattern within one vacancy
SELECT candidate_id FROM candidate WHERE vacancy_id = %s AND cv ILIKE %s
-- name: projects by hours, top | analytical | a limit above an aggregate
SELECT project_id, sum(minutes) AS m FROM timesheet GROUP BY project_id ORDER BY m DESC LIMIT ?
-- name: a card with its variable | operational | one unit off an index, by a variable of the card
SELECT email, hired_on FROM employee WHERE unit_id = {{unit}}
-- name: a card with an optional variable | analytical | groups everyone hired since
SELECT date_trunc('month', hired_on) AS month, count(*) FROM employee WHERE hired_on >= {{since}} GROUP BY 1
