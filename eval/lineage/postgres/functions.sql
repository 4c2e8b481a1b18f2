-- Functions in FROM, JSON, XML, arrays, SQL functions of the catalogue, views.
-- dialect postgres
-- ddl casework

-- case srf-generate-series-of-literals
-- shown day <-
-- shown n <- case_file.case_id:aggregate
-- join case_file.opened_at
SELECT d::date AS day, count(c.case_id) AS n FROM generate_series('2026-01-01'::timestamptz, '2026-02-01', '1 day') AS g (d)
LEFT JOIN app.case_file c ON c.opened_at >= d AND c.opened_at < d + interval '1 day' GROUP BY d

-- case srf-generate-series-of-column
-- shown level <- officer.grade
SELECT g.level FROM app.officer o, generate_series(1, o.grade) AS g (level)

-- case srf-alias-is-the-value
-- shown skill <- officer.skills
SELECT skill FROM app.officer, unnest(skills) AS skill

-- case srf-unnest-two
-- shown a <- officer.skills
-- shown b <-
SELECT u.a, u.b FROM app.officer o, unnest(o.skills, ARRAY[1, 2]) AS u (a, b)

-- case srf-rows-from
-- shown tag <- officer.skills
-- shown k <- officer.profile
SELECT tag, k FROM app.officer o, ROWS FROM (unnest(o.skills), jsonb_object_keys(o.profile)) AS x (tag, k)

-- case srf-ordinality-alias
-- shown skill <- officer.skills
SELECT s.skill FROM app.officer o CROSS JOIN unnest(o.skills) WITH ORDINALITY AS s (skill, n)

-- case srf-in-select-list
-- shown name <- officer.name
-- shown skill <- officer.skills
SELECT name, unnest(skills) AS skill FROM app.officer

-- case srf-filter-on-value
-- shown name <- officer.name
-- filter officer.skills
SELECT o.name FROM app.officer o, unnest(o.skills) s (skill) WHERE s.skill = 'mediation'

-- case srf-string-to-table
-- shown word <- task.title
SELECT w.word FROM app.task t, LATERAL string_to_table(t.title, ' ') AS w (word)

-- case srf-regexp-matches
-- shown m <- case_file.case_number
SELECT m FROM app.case_file, regexp_matches(case_number, '([A-Z]+)-(\d+)') AS m

-- case json-each
-- shown key <- case_file.payload
-- shown value <- case_file.payload
SELECT e.key, e.value FROM app.case_file c, jsonb_each(c.payload) e

-- case json-each-text-aliased
-- shown k <- case_file.payload
-- filter case_file.payload
SELECT e.k FROM app.case_file c CROSS JOIN LATERAL jsonb_each_text(c.payload) AS e (k, v) WHERE e.v <> ''

-- case json-each-star
-- shown key <- officer.profile
-- shown value <- officer.profile
SELECT e.* FROM app.officer o, json_each(o.profile::json) e

-- case json-array-elements
-- shown name <- officer.name
-- shown city <- officer.profile
SELECT o.name, p ->> 'city' AS city FROM app.officer o, jsonb_array_elements(o.profile -> 'posts') AS p

-- case json-array-elements-value-column
-- shown v <- officer.profile
SELECT value #>> '{a,b}' AS v FROM app.officer, jsonb_array_elements(profile)

-- case json-to-recordset
-- shown iban <- case_file.payload
-- filter case_file.payload
SELECT r.iban FROM app.case_file c, jsonb_to_recordset(c.payload -> 'parties') AS r (iban text, role text) WHERE r.role = 'applicant'

-- case json-to-record
-- shown a <- case_file.payload
-- shown b <- case_file.payload
SELECT x.* FROM app.case_file c, jsonb_to_record(c.payload) AS x (a int, b text)

-- case json-populate-record
-- shown street <- applicant.address, case_file.payload
-- join applicant.applicant_id case_file.applicant_id
SELECT p.street FROM app.applicant a JOIN app.case_file c ON c.applicant_id = a.applicant_id CROSS JOIN LATERAL jsonb_populate_record(a.address, c.payload) AS p

-- case json-table
-- shown id <- case_file.payload
-- shown zip <- case_file.payload
SELECT j.id, j.zip FROM app.case_file c, JSON_TABLE(c.payload, '$.parties[*]' COLUMNS (id bigint PATH '$.id', NESTED PATH '$.addresses[*]' COLUMNS (zip text PATH '$.zip'))) j

-- case json-table-passing
-- shown city <- case_file.case_number, case_file.payload
SELECT j.city FROM app.case_file c, JSON_TABLE(c.payload, '$.parties[*] ? (@.ref == $ref)' PASSING c.case_number AS ref COLUMNS (city text PATH '$.city')) j

-- case json-operators
-- shown iban <- case_file.payload
-- filter case_file.payload
SELECT payload #>> '{account,iban}' AS iban FROM app.case_file WHERE payload @> '{"kind": "appeal"}'

-- case json-build-object
-- shown person <- applicant.email, applicant.legal_name
SELECT json_build_object('name', legal_name, 'mail', email) AS person FROM app.applicant

-- case json-object-agg
-- shown m <- officer.email, officer.name
-- filter officer.grade
SELECT jsonb_object_agg(name, email) FILTER (WHERE grade > 3) AS m FROM app.officer

-- case json-sql-standard
-- shown a <- officer.profile
-- shown b <- officer.email, officer.name
-- shown c <- officer.profile:predicate
SELECT JSON_VALUE(profile, '$.city') AS a, JSON_OBJECT('n' VALUE name, 'm' VALUE email) AS b, JSON_EXISTS(profile, '$.phone') AS c FROM app.officer

-- case json-arrayagg
-- shown titles <- task.title
-- order task.task_id
SELECT JSON_ARRAYAGG(title ORDER BY task_id) AS titles FROM app.task

-- case json-path-query
-- shown p <- case_file.payload
SELECT p FROM app.case_file c, jsonb_path_query(c.payload, '$.parties[*].phone') AS p

-- case json-subscript
-- shown phone <- case_file.payload
SELECT payload['applicant']['phone'] AS phone FROM app.case_file

-- case xml-table
-- shown label <- case_file.case_number
SELECT x.label FROM app.case_file c, XMLTABLE('/r' PASSING (xmlelement(name r, c.case_number)) COLUMNS label text PATH '.') x

-- case xml-forest
-- shown doc <- applicant.email, applicant.legal_name
SELECT xmlelement(name person, xmlattributes(email AS mail), legal_name) AS doc FROM app.applicant

-- case array-subscript-and-slice
-- shown first <- officer.skills
-- shown rest <- officer.skills
SELECT skills[1] AS first, skills[2:3] AS rest FROM app.officer

-- case array-agg-of-row
-- shown people <- applicant.email, applicant.legal_name
-- group applicant.national_id
SELECT array_agg(ROW(legal_name, email)) AS people FROM app.applicant GROUP BY national_id

-- case array-any-shown
-- shown has <- officer.skills:predicate
SELECT 'mediation' = ANY (skills) AS has FROM app.officer

-- case sqlfunction-in-from
-- shown id <- case_file.case_id
-- shown since <- case_file.opened_at
-- filter case_file.region_code case_file.closed_at
-- server the body of a function has dependencies of its own
SELECT f.id, f.since FROM app.open_cases('W') f

-- case sqlfunction-in-from-star-aliased
-- shown a <- case_file.case_id
-- filter case_file.region_code case_file.closed_at
-- server the body of a function has dependencies of its own
SELECT f.a FROM app.open_cases('W') AS f (a, b)

-- case sqlfunction-setof-table
-- shown case_number <- case_file.case_number
-- shown name <- officer.name
-- filter case_file.officer_id officer.officer_id
-- server the body of a function has dependencies of its own
SELECT f.case_number, o.name FROM app.officer o, app.cases_of(o.officer_id) f

-- case sqlfunction-setof-table-star
-- shown case_file.*
-- filter case_file.officer_id
-- server the body of a function has dependencies of its own
SELECT * FROM app.cases_of(7)

-- case sqlfunction-masks
-- shown h <- applicant.email:pseudonymous-weak
SELECT app.hashed(email) AS h FROM app.applicant

-- case sqlfunction-only-called-mask
-- shown h <- applicant.email
SELECT app.mask_nothing(email) AS h FROM app.applicant

-- case sqlfunction-scalar-reads-table
-- shown case_number <- case_file.case_number
-- shown officer <- officer.name
-- filter officer.officer_id case_file.officer_id
-- server the body of a function has dependencies of its own
SELECT case_number, app.officer_name(officer_id) AS officer FROM app.case_file

-- case view-one-level
-- shown case_number <- case_file.case_number
-- filter case_file.tenant_id case_file.status
SELECT case_number FROM integration.v_case_v1 WHERE status = 'OPEN'

-- case view-renames-and-masks
-- shown id <- applicant.applicant_id
-- shown mail_hash <- applicant.email:pseudonymous-weak
-- shown birth_year <- applicant.date_of_birth:partial
-- filter applicant.email
SELECT * FROM integration.v_applicant_v1

-- case view-over-view
-- shown officer <- officer.name
-- shown n <-
-- group officer.name
-- filter case_file.tenant_id
-- join case_file.case_id case_file.officer_id officer.officer_id
SELECT officer, count(*) AS n FROM integration.v_assigned_v1 GROUP BY officer

-- case view-grouped-within
-- shown region_code <- case_file.region_code
-- shown effort <- task.effort:aggregate
-- group case_file.region_code
-- join task.case_id case_file.case_id
-- filter case_file.closed_at
-- having task.task_id
SELECT region_code, effort FROM integration.v_load_v1

-- case view-whole-row
-- shown j <- applicant.applicant_id, applicant.email:pseudonymous-weak, applicant.date_of_birth:partial
-- filter applicant.email
-- server the row as a whole: it records the view
SELECT to_jsonb(v) AS j FROM integration.v_applicant_v1 v

-- case view-joined-to-its-table
-- shown mail_hash <- applicant.email:pseudonymous-weak
-- shown email <- applicant.email
-- join applicant.applicant_id
-- filter applicant.email
SELECT v.mail_hash, a.email FROM integration.v_applicant_v1 v JOIN app.applicant a ON a.applicant_id = v.id

-- case view-in-cte-and-subquery
-- shown case_number <- case_file.case_number
-- filter case_file.tenant_id case_file.region_code
WITH w AS (SELECT * FROM integration.v_case_v1) SELECT case_number FROM (SELECT * FROM w WHERE region_code = 'W') s

-- case view-hidden-by-cte
-- shown status <- decision.outcome
WITH v_case_v1 AS (SELECT outcome AS status FROM app.decision) SELECT status FROM v_case_v1
