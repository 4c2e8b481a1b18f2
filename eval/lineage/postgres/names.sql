-- Names, stars, aliases, quoting, system columns, whole rows.
-- dialect postgres
-- ddl casework

-- case name-alias
-- shown email <- applicant.email
SELECT a.email FROM app.applicant a

-- case name-schema-qualified
-- shown email <- applicant.email
-- filter applicant.national_id
SELECT app.applicant.email FROM app.applicant WHERE app.applicant.national_id = 'AT-1'

-- case name-search-path
-- shown status <- case_file.status
-- order case_file.opened_at
SELECT status FROM case_file ORDER BY opened_at DESC LIMIT 20

-- case name-alias-equals-other-column
-- shown phone <- applicant.email
-- shown email <- applicant.phone
SELECT email AS phone, phone AS email FROM app.applicant

-- case name-group-prefers-input
-- shown region_code <- case_file.status
-- shown n <-
-- group case_file.region_code case_file.status
SELECT status AS region_code, count(*) AS n FROM app.case_file GROUP BY region_code, status

-- case name-order-prefers-output
-- shown region_code <- case_file.status
-- order case_file.status
SELECT status AS region_code FROM app.case_file ORDER BY region_code

-- case name-order-expression-is-input
-- shown region_code <- case_file.status
-- order case_file.region_code
SELECT status AS region_code FROM app.case_file ORDER BY region_code || ''

-- case name-group-by-output-name
-- shown month <- case_file.opened_at:partial
-- shown n <-
-- group case_file.opened_at
-- order case_file.opened_at
SELECT date_trunc('month', opened_at) AS month, count(*) AS n FROM app.case_file GROUP BY month ORDER BY month

-- case name-ordinals
-- shown region_code <- case_file.region_code
-- shown status <- case_file.status
-- shown count <-
-- group case_file.region_code case_file.status
-- order case_file.status
SELECT region_code, status, count(*) FROM app.case_file GROUP BY 1, 2 ORDER BY 2 DESC

-- case name-having-and-order-of-aggregate
-- shown officer_id <- case_file.officer_id
-- group case_file.officer_id
-- having case_file.priority
-- order case_file.due_at
SELECT officer_id FROM app.case_file GROUP BY officer_id HAVING avg(priority) > 2 ORDER BY min(due_at)

-- case star-one-table
-- shown unit.*
SELECT * FROM app.unit

-- case star-qualified-in-join
-- shown task.*
-- join task.case_id case_file.case_id
-- filter case_file.status
SELECT t.* FROM app.task t JOIN app.case_file c ON c.case_id = t.case_id WHERE c.status = 'OPEN'

-- case star-twice
-- shown unit.*
-- shown unit.*
-- join unit.unit_id unit.parent_id
SELECT * FROM app.unit child JOIN app.unit parent ON parent.unit_id = child.parent_id

-- case star-using-merged-first
-- shown case_id <- decision.case_id
-- shown decision_id <- decision.decision_id
-- shown outcome <- decision.outcome
-- shown decided_at <- decision.decided_at
-- shown case_number <- case_archive.case_number
-- shown status <- case_archive.status
-- shown closed_at <- case_archive.closed_at
-- shown archived_at <- case_archive.archived_at
-- join decision.case_id case_archive.case_id
SELECT * FROM app.decision JOIN app.case_archive USING (case_id)

-- case star-using-right-join
-- shown case_id <- case_archive.case_id
-- shown outcome <- decision.outcome
-- join decision.case_id case_archive.case_id
SELECT case_id, outcome FROM app.decision RIGHT JOIN app.case_archive USING (case_id)

-- case star-using-full-join
-- shown case_id <- case_archive.case_id, decision.case_id
-- shown outcome <- decision.outcome
-- join decision.case_id case_archive.case_id
SELECT case_id, outcome FROM app.decision FULL JOIN app.case_archive USING (case_id)

-- case star-natural-catches-more-than-meant
-- shown status <- case_file.status
-- shown archived_at <- case_archive.archived_at
-- join case_file.case_id case_archive.case_id case_file.case_number case_archive.case_number case_file.status case_archive.status case_file.closed_at case_archive.closed_at
SELECT status, archived_at FROM app.case_file NATURAL JOIN app.case_archive

-- case star-natural-left
-- shown case_id <- decision.case_id
-- shown judge_name <- court_decision.judge_name
-- join decision.decision_id court_decision.decision_id decision.case_id court_decision.case_id decision.outcome court_decision.outcome decision.decided_at court_decision.decided_at
SELECT case_id, judge_name FROM ONLY app.decision NATURAL LEFT JOIN app.court_decision

-- case using-qualified-side
-- shown case_id <- case_archive.case_id
-- join decision.case_id case_archive.case_id
SELECT a.case_id FROM app.decision d LEFT JOIN app.case_archive a USING (case_id)

-- case using-three-tables
-- shown case_id <- case_file.case_id
-- shown title <- task.title
-- shown outcome <- decision.outcome
-- join case_file.case_id task.case_id decision.case_id
SELECT case_id, title, outcome FROM app.case_file JOIN app.task USING (case_id) LEFT JOIN app.decision USING (case_id)

-- case using-join-alias
-- shown case_id <- task.case_id
-- shown title <- task.title
-- join task.case_id decision.case_id
SELECT j.case_id, j.title FROM (app.task JOIN app.decision USING (case_id)) AS j

-- case using-alias-of-merged
-- shown case_id <- task.case_id
-- shown title <- task.title
-- join task.case_id decision.case_id
SELECT m.case_id, t.title FROM app.task t JOIN app.decision d USING (case_id) AS m

-- case table-column-aliases
-- shown code <- unit.name
-- shown region_code <- unit.region_code
SELECT u.code, u.region_code FROM app.unit u (id, code)

-- case table-command
-- shown decision.*
TABLE app.decision

-- case only-parent
-- shown outcome <- decision.outcome
SELECT outcome FROM ONLY app.decision

-- case inherited-column
-- shown outcome <- court_decision.outcome
-- shown judge_name <- court_decision.judge_name
SELECT outcome, judge_name FROM app.court_decision

-- case partition-child
-- shown note <- transition_2026.note
-- filter transition_2026.to_status
SELECT note FROM app.transition_2026 WHERE to_status = 'CLOSED'

-- case partition-parent
-- shown changed_by <- transition.changed_by
-- shown last <- transition.changed_at
-- group transition.changed_by
SELECT changed_by, max(changed_at) AS last FROM app.transition GROUP BY changed_by

-- case quoted-mixed-case
-- shown Held At <- "Hearing"."Held At"
-- shown room <- "Hearing".room
-- filter "Hearing"."caseId"
SELECT "Held At", h.room FROM app."Hearing" h WHERE h."caseId" = 7

-- case quoted-star
-- shown HearingId <- "Hearing"."HearingId"
-- shown caseId <- "Hearing"."caseId"
-- shown Held At <- "Hearing"."Held At"
-- shown room <- "Hearing".room
SELECT * FROM app."Hearing"

-- case quoted-alias-with-umlaut
-- shown Größe <- task.effort
SELECT effort AS "Größe" FROM app.task

-- case unquoted-upper-case
-- shown legal_name <- applicant.legal_name
SELECT A.LEGAL_NAME FROM APP.Applicant AS A

-- case identifier-of-64-bytes-is-cut
-- shown the_total_effort_of_all_tasks_that_were_finished_in_the_quarter <- task.effort:aggregate
SELECT sum(effort) AS the_total_effort_of_all_tasks_that_were_finished_in_the_quarter_and_year FROM app.task

-- case system-column-only
-- shown case_id <- case_file.case_id
SELECT case_id FROM app.case_file WHERE ctid = '(0,1)'

-- case whole-row-alias
-- shown u <- unit.*
-- server the row as a whole: it records the table
SELECT u FROM app.unit u

-- case whole-row-json
-- shown body <- decision.*
-- filter decision.case_id
-- server the row as a whole: it records the table
SELECT row_to_json(d) AS body FROM app.decision d WHERE d.case_id = 9

-- case whole-row-jsonb-agg
-- shown tasks <- task.*
-- order task.due_on
-- server the row as a whole: it records the table
SELECT jsonb_agg(to_jsonb(t) ORDER BY t.due_on) AS tasks FROM app.task t

-- case whole-row-of-derived-table
-- shown j <- applicant.email, applicant.legal_name
SELECT to_jsonb(s) AS j FROM (SELECT legal_name, email FROM app.applicant) s

-- case whole-row-minus-key
-- shown body <- applicant.*
-- server the row as a whole: it records the table
SELECT to_jsonb(a) - 'national_id' AS body FROM app.applicant a

-- case whole-row-count
-- shown n <- unit.*:aggregate
-- server the row as a whole: it records the table
SELECT count(u) AS n FROM app.unit u

-- case whole-row-is-null
-- shown case_id <- case_file.case_id
-- join case_file.case_id decision.case_id
-- filter decision.*
-- server the row as a whole: it records the table
SELECT c.case_id FROM app.case_file c LEFT JOIN app.decision d ON d.case_id = c.case_id WHERE d IS NULL

-- case whole-row-star-in-row
-- shown r <- unit.*
SELECT ROW(u.*) AS r FROM app.unit u

-- case composite-field
-- shown city <- applicant.address
SELECT (a.address).city FROM app.applicant a

-- case composite-field-filter
-- shown legal_name <- applicant.legal_name
-- filter applicant.address
SELECT legal_name FROM app.applicant WHERE (address).zip LIKE '10%'

-- case composite-star
-- shown street <- applicant.address
-- shown zip <- applicant.address
-- shown city <- applicant.address
SELECT (a.address).* FROM app.applicant a

-- case composite-built
-- shown r <- officer.name, officer.email
SELECT ROW(o.name, o.email) AS r FROM app.officer o

-- case domain-cast
-- shown email <- officer.email
-- filter officer.email
SELECT email::text FROM app.officer WHERE email::text ILIKE '%@example.org'

-- case output-names-of-calls
-- shown coalesce <- applicant.email, applicant.phone
-- shown max <- applicant.date_of_birth
-- shown ?column? <- applicant.legal_name
-- shown case <-
-- shown lower <- applicant.email
-- when applicant.phone
-- group applicant.applicant_id applicant.email applicant.phone applicant.legal_name
SELECT coalesce(email, phone), max(date_of_birth), legal_name || '!', CASE WHEN phone IS NULL THEN 1 END, lower(email)
FROM app.applicant GROUP BY applicant_id, email, phone, legal_name
