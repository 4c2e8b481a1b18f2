-- A hospital's ward system: what the application sends, what the reports send, as pg_stat_statements keeps it.
-- schema: hospital
-- search_path: ward

-- name: the patient of a wristband | operational | one row by a unique number
SELECT patient_id, family_name, given_name, born_on FROM patient WHERE mrn = $1
-- name: free beds of a department | operational | an equality on an index, one department's beds
SELECT b.bed_id, b.label FROM bed b WHERE b.department_id = $1 AND b.occupied_by IS NULL ORDER BY b.label
-- name: the last temperature | operational | one row off an index, in its order
SELECT value, taken_at FROM observation WHERE admission_id = $1 AND kind = $2 ORDER BY taken_at DESC LIMIT $3
-- name: the chart of a stay | operational | an aggregate of one admission, which stays as small as a stay
SELECT kind, min(value), max(value), avg(value), count(*) FROM observation WHERE admission_id = $1 GROUP BY kind
-- name: the whole record of a patient's stay | operational | seven tables, each reached by its key from one admission
SELECT a.admission_id, p.mrn, p.family_name, d.name, b.label, o.kind, o.value, pr.drug_code, l.state
FROM admission a
JOIN patient p ON p.patient_id = a.patient_id
JOIN department d ON d.department_id = a.department_id
LEFT JOIN bed b ON b.bed_id = a.bed_id
LEFT JOIN LATERAL (SELECT kind, value FROM observation o WHERE o.admission_id = a.admission_id ORDER BY taken_at DESC LIMIT $2) o ON true
LEFT JOIN LATERAL (SELECT state FROM lab_request l WHERE l.request_id = $3) l ON true
LEFT JOIN prescription pr ON pr.prescription_id = $4
WHERE a.admission_id = $1
-- name: the analyser takes its next request | operational | a queue polled with SKIP LOCKED
SELECT request_id, admission_id FROM lab_request WHERE state = $1 ORDER BY priority, requested_at FOR UPDATE SKIP LOCKED LIMIT $2
-- name: the analyser takes and marks at once | operational | a queue polled by an update of a locked batch
UPDATE lab_request SET state = $1, analyser = $2, locked_until = now() + $3 WHERE request_id IN (SELECT request_id FROM lab_request WHERE state = $4 ORDER BY priority, requested_at LIMIT $5 FOR UPDATE SKIP LOCKED) RETURNING request_id, admission_id
-- name: requests whose lock ran out | operational | changes production's rows, which no copy could
UPDATE lab_request SET state = $1, analyser = NULL WHERE state = $2 AND locked_until < now()
-- name: is the bed taken | operational | a probe that ends at the first row
SELECT EXISTS (SELECT $2 FROM admission WHERE bed_id = $1 AND discharged_at IS NULL)
-- name: was there ever such a patient | operational | a probe by a unique number
SELECT 1 FROM patient WHERE mrn = $1 LIMIT 1
-- name: a new admission | operational | writes what the client sends
INSERT INTO admission (admission_id, patient_id, department_id, bed_id, admitted_at, severity) VALUES ($1, $2, $3, $4, now(), $5) RETURNING admission_id
-- name: the monitor's readings in one batch | operational | an upsert of what the client sends, by arrays
INSERT INTO observation (observation_id, admission_id, kind, value, taken_at) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::numeric[], $5::timestamptz[]) ON CONFLICT (observation_id) DO UPDATE SET value = excluded.value
-- name: discharge | operational | one row by key
UPDATE admission SET discharged_at = $1 WHERE admission_id = $2
-- name: the referential check of a stay | operational | what a foreign key's trigger asks: one row by key
SELECT $2 FROM ONLY "ward"."admission" x WHERE "admission_id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x
-- name: mean stay by department | analytical | aggregates all admissions
SELECT d.name, count(*), avg(extract(epoch FROM a.discharged_at - a.admitted_at)) / $1 AS days FROM admission a JOIN department d USING (department_id) WHERE a.discharged_at IS NOT NULL GROUP BY d.name ORDER BY days DESC
-- name: readmitted within thirty days | analytical | a window over every admission
WITH stay AS (SELECT patient_id, admitted_at, lag(discharged_at) OVER (PARTITION BY patient_id ORDER BY admitted_at) AS left_at FROM admission) SELECT count(*) FILTER (WHERE admitted_at - left_at < $1) * $2 / count(*) FROM stay
-- name: occupancy by hour | analytical | a series of hours joined to all admissions
SELECT h, count(a.admission_id) FROM generate_series($1::timestamptz, $2, $3::interval) h LEFT JOIN admission a ON a.admitted_at <= h AND coalesce(a.discharged_at, now()) > h GROUP BY h ORDER BY h
-- name: every diagnosis there is | analytical | DISTINCT over the table, by no index
SELECT DISTINCT diagnosis_code FROM admission ORDER BY 1
-- name: the registry takes all observations | analytical | an export of a table
COPY ward.observation TO STDOUT WITH (FORMAT csv, HEADER)
-- name: the registry takes a year of stays | analytical | an export of a question over the table
COPY (SELECT a.*, p.born_on FROM ward.admission a JOIN ward.patient p USING (patient_id) WHERE a.admitted_at >= '2025-01-01') TO STDOUT (FORMAT binary)
-- name: the loader's cursor over notes | analytical | a cursor over a whole table
DECLARE "registry_cursor" CURSOR WITH HOLD FOR SELECT note_id, patient_id, body, written_at FROM ward.note
-- name: all patients into a frame | analytical | a whole table without a condition
SELECT * FROM ward.patient
-- name: the sickest of all wards | analytical | orders every open admission by what no index holds
SELECT admission_id, patient_id, severity FROM admission ORDER BY severity DESC NULLS LAST LIMIT $1
-- name: search in the notes of the house | operational or analytical | an index finds them, how many it finds the text does not tell
SELECT note_id, ts_rank(document, q) AS rank FROM note, to_tsquery($1) q WHERE document @@ q ORDER BY rank DESC LIMIT $2
-- name: search in the notes of a patient by words | analytical | a pattern with both ends open over a column without an index, no limit
SELECT note_id, body FROM note WHERE body ILIKE '%' || $1 || '%'
-- name: page of a patient's stays | operational | a keyset page off an index
SELECT admission_id, admitted_at, diagnosis_code FROM admission WHERE patient_id = $1 AND (admitted_at, admission_id) < ($2, $3) ORDER BY admitted_at DESC, admission_id DESC LIMIT $4
-- name: prescriptions of a stay, no index | analytical or mixed | a foreign key without an index reads the table for a handful
SELECT prescription_id, drug_code, dose_mg FROM prescription WHERE admission_id = $1 AND ends_at IS NULL
-- name: old notes are thrown away | operational | removes production's rows
DELETE FROM note WHERE written_at < now() - $1::interval
-- name: the quality table of the month | analytical | writes what it aggregates from whole tables
INSERT INTO ward.quality_month (month, department_id, stays, mean_days) SELECT date_trunc($1, admitted_at), department_id, count(*), avg(discharged_at - admitted_at) FROM ward.admission GROUP BY 1, 2
-- name: the view of the board is renewed | analytical | computes a stored question over the tables anew
REFRESH MATERIALIZED VIEW CONCURRENTLY ward.board_occupancy
-- name: how many wait for the analyser | operational or mixed | a count off a partial index, as long as the queue
SELECT count(*) FROM lab_request WHERE state = 'waiting'
-- name: who lies in department now | operational | the open stays of one department, off a partial index
SELECT a.admission_id, p.family_name, b.label FROM admission a JOIN patient p USING (patient_id) LEFT JOIN bed b ON b.bed_id = a.bed_id WHERE a.department_id = $1 AND a.discharged_at IS NULL
