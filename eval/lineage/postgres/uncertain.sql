-- What cannot be told: it must be said and never guessed. Each `uncertain` case must give a warning.
-- dialect postgres
-- ddl casework

-- case unsure-column-of-two-unknown-relations
-- uncertain
-- shown amount_due <-
-- reads elsewhere.invoice elsewhere.account
-- server unknown relations
SELECT amount_due FROM elsewhere.invoice i, elsewhere.account a

-- case unsure-known-beside-two-unknown
-- uncertain
-- shown case_id <- case_file.case_id
-- shown balance <-
-- reads elsewhere.invoice elsewhere.account
-- server unknown relations
SELECT c.case_id, balance FROM app.case_file c, elsewhere.invoice, elsewhere.account

-- case unsure-one-unknown-owns-it
-- shown amount_due <- elsewhere.invoice.amount_due
-- server unknown relations
SELECT amount_due FROM elsewhere.invoice

-- case unsure-known-first-unknown-owns-rest
-- shown status <- case_file.status
-- shown amount_due <- elsewhere.invoice.amount_due
-- join case_file.case_id elsewhere.invoice.case_ref
-- server unknown relations
SELECT c.status, amount_due FROM app.case_file c JOIN elsewhere.invoice i ON i.case_ref = c.case_id

-- case unsure-star-of-unknown
-- shown * <- elsewhere.invoice.*
-- server unknown relations
SELECT * FROM elsewhere.invoice

-- case unsure-column-out-of-star
-- shown a <- elsewhere.invoice.a
-- filter elsewhere.invoice.b
-- server unknown relations
SELECT s.a FROM (SELECT * FROM elsewhere.invoice) s WHERE s.b > 1

-- case unsure-star-of-two-unknown-then-name
-- uncertain
-- shown a <-
-- reads elsewhere.invoice elsewhere.account
-- server unknown relations
SELECT a FROM (SELECT * FROM elsewhere.invoice, elsewhere.account) s

-- case unsure-nobody-owns-the-name
-- uncertain
-- shown nickname <-
-- reads officer
-- server the server refuses it
SELECT nickname FROM app.officer

-- case unsure-unknown-qualifier
-- uncertain
-- shown name <-
-- reads officer
-- server the server refuses it
SELECT x.name FROM app.officer o

-- case unsure-ambiguous-among-known
-- uncertain
-- join task.case_id case_file.case_id
-- outputs-open
-- server the server refuses it
SELECT case_id FROM app.task t JOIN app.case_file c ON c.case_id = t.case_id

-- case unsure-unknown-function
-- uncertain
-- shown x <- applicant.email
-- server the server refuses it
SELECT crm.tokenise_address(email) AS x FROM app.applicant

-- case unsure-unknown-function-in-from
-- uncertain
-- shown score <- applicant.email
-- server the server refuses it
SELECT f.score FROM app.applicant a, crm.score_of(a.email) AS f (score)

-- case unsure-dynamic-function
-- uncertain
-- server a body in plpgsql has no dependencies
-- outputs-open
SELECT case_number FROM app.search_cases('OPEN')

-- case unsure-do-block
-- uncertain
-- server a body in plpgsql has no dependencies
DO $$ BEGIN EXECUTE 'DELETE FROM app.task'; END $$

-- case unsure-known-function-is-no-warning
-- shown x <- applicant.email:pseudonymous-weak
SELECT encode(sha256(convert_to(lower(email), 'UTF8')), 'hex') AS x FROM app.applicant

-- case unsure-catalog-function-is-no-warning
-- shown bytes <-
SELECT pg_total_relation_size('app.task') AS bytes

-- case unsure-unknown-view-name-in-path
-- shown total <- ~outstanding.total
-- server unknown relations
SELECT total FROM outstanding

-- case unsure-merge-into-unknown
-- writes elsewhere.mirror
-- shown status <- case_file.status
-- join elsewhere.mirror.case_id case_file.case_id
-- server unknown relations
MERGE INTO elsewhere.mirror m USING app.case_file c ON m.case_id = c.case_id WHEN MATCHED THEN UPDATE SET status = c.status

-- case unsure-insert-from-unknown-star
-- writes case_archive
-- reads elsewhere.backlog
-- server unknown relations
-- outputs-open
INSERT INTO app.case_archive SELECT * FROM elsewhere.backlog

-- case unsure-dblink
-- uncertain
-- shown email <-
-- server the extension is not there
SELECT t.email FROM dblink('dbname=crm', 'SELECT email FROM person') AS t (email text)
