-- Aggregates, FILTER, WITHIN GROUP, windows, DISTINCT ON, grouping sets, CASE.
-- dialect postgres
-- ddl clinic

-- case agg-sum-and-count-distinct
-- shown ward_id <- admission.ward_id
-- shown patients <- admission.patient_id:aggregate
-- group admission.ward_id
SELECT ward_id, count(DISTINCT patient_id) AS patients FROM clinic.admission GROUP BY ward_id

-- case agg-min-max-show-values
-- shown oldest <- patient.born_on
-- shown youngest <- patient.born_on
SELECT min(born_on) AS oldest, max(born_on) AS youngest FROM clinic.patient

-- case agg-filter
-- shown abnormal <-
-- shown mean <- observation.value:aggregate
-- filter observation.value observation.code
SELECT count(*) FILTER (WHERE value > 9) AS abnormal, avg(value) FILTER (WHERE code = 'HB') AS mean FROM clinic.observation

-- case agg-string-agg-ordered
-- shown names <- patient.family_name
-- order patient.born_on
SELECT string_agg(family_name, ', ' ORDER BY born_on) AS names FROM clinic.patient

-- case agg-within-group-disc
-- shown median <- observation.value
-- group observation.code
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY value) AS median FROM clinic.observation GROUP BY code

-- case agg-within-group-cont
-- shown p95 <- observation.value:aggregate
-- filter observation.code
SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY value) AS p95 FROM clinic.observation WHERE code = 'CRP'

-- case agg-mode
-- shown usual <- prescription.dose
-- group prescription.drug
SELECT mode() WITHIN GROUP (ORDER BY dose) AS usual FROM clinic.prescription GROUP BY drug

-- case agg-hypothetical-rank
-- shown r <- observation.value:aggregate
SELECT rank(5.5) WITHIN GROUP (ORDER BY value) AS r FROM clinic.observation

-- case agg-nested-in-expression
-- shown share <- appointment.appointment_id:aggregate
-- filter appointment.state
SELECT 100.0 * count(appointment_id) FILTER (WHERE state = 'no_show') / nullif(count(appointment_id), 0) AS share FROM clinic.appointment

-- case agg-case-inside-sum
-- shown no_shows <-
-- shown w <- appointment.clinician_id
-- when appointment.state
-- group appointment.clinician_id
SELECT sum(CASE WHEN state = 'no_show' THEN 1 ELSE 0 END) AS no_shows, clinician_id AS w FROM clinic.appointment GROUP BY clinician_id

-- case agg-case-results-shown
-- shown contact <- patient.phone, patient.insurance_no
-- when patient.sex
SELECT CASE sex WHEN 'f' THEN phone ELSE insurance_no END AS contact FROM clinic.patient

-- case agg-bool
-- shown any_main <- diagnosis.is_main:predicate
-- group diagnosis.admission_id
SELECT bool_or(is_main) AS any_main FROM clinic.diagnosis GROUP BY admission_id

-- case agg-two-tables-in-one
-- shown hours <- admission.admitted_at:aggregate, admission.discharged_at:aggregate
-- filter admission.ward_id
SELECT avg(discharged_at - admitted_at) AS hours FROM clinic.admission WHERE ward_id = 3

-- case win-row-number
-- shown patient_id <- admission.patient_id
-- shown n <-
-- window admission.patient_id admission.admitted_at
SELECT patient_id, row_number() OVER (PARTITION BY patient_id ORDER BY admitted_at) AS n FROM clinic.admission

-- case win-lag
-- shown previous <- observation.value
-- window observation.patient_id observation.code observation.taken_at
SELECT lag(value) OVER (PARTITION BY patient_id, code ORDER BY taken_at) AS previous FROM clinic.observation

-- case win-first-value
-- shown first_drug <- prescription.drug
-- window prescription.patient_id prescription.prescribed_at
SELECT first_value(drug) OVER (PARTITION BY patient_id ORDER BY prescribed_at) AS first_drug FROM clinic.prescription

-- case win-running-sum
-- shown s <- observation.value:aggregate
-- window observation.taken_at
SELECT sum(value) OVER (ORDER BY taken_at ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS s FROM clinic.observation

-- case win-named
-- shown a <- observation.value:aggregate
-- shown b <- observation.unit
-- window observation.code observation.taken_at
SELECT avg(value) OVER w AS a, last_value(unit) OVER w AS b FROM clinic.observation WINDOW w AS (PARTITION BY code ORDER BY taken_at)

-- case win-extended
-- shown a <- observation.value:aggregate
-- window observation.code observation.taken_at
SELECT sum(value) OVER (w ORDER BY taken_at) AS a FROM clinic.observation WINDOW w AS (PARTITION BY code)

-- case win-over-aggregate
-- shown ward_id <- admission.ward_id
-- shown place <-
-- group admission.ward_id
-- window admission.admission_id
SELECT ward_id, rank() OVER (ORDER BY count(admission_id) DESC) AS place FROM clinic.admission GROUP BY ward_id

-- case win-latest-row-per-patient
-- shown patient_id <- observation.patient_id
-- shown value <- observation.value
-- window observation.patient_id observation.taken_at
-- filter observation.code
SELECT patient_id, value FROM (
  SELECT patient_id, value, row_number() OVER (PARTITION BY patient_id ORDER BY taken_at DESC) AS rn FROM clinic.observation WHERE code = 'HB'
) s WHERE rn = 1

-- case win-filter-and-over
-- shown s <- observation.value:aggregate
-- filter observation.unit
-- window observation.patient_id
SELECT sum(value) FILTER (WHERE unit = 'g') OVER (PARTITION BY patient_id) AS s FROM clinic.observation

-- case distinct-on
-- shown patient_id <- observation.patient_id
-- shown value <- observation.value
-- distinct observation.patient_id
-- order observation.patient_id observation.taken_at
SELECT DISTINCT ON (patient_id) patient_id, value FROM clinic.observation ORDER BY patient_id, taken_at DESC

-- case distinct-on-ordinal
-- shown c <- observation.code
-- distinct observation.code
-- order observation.code
SELECT DISTINCT ON (1) code AS c FROM clinic.observation ORDER BY 1

-- case group-rollup
-- shown ward_id <- admission.ward_id
-- shown reason <- admission.reason
-- shown n <-
-- group admission.ward_id admission.reason
SELECT ward_id, reason, count(*) AS n FROM clinic.admission GROUP BY ROLLUP (ward_id, reason)

-- case group-sets
-- shown code <- observation.code
-- shown unit <- observation.unit
-- shown m <- observation.value:aggregate
-- group observation.code observation.unit
SELECT code, unit, avg(value) AS m FROM clinic.observation GROUP BY GROUPING SETS ((code), (code, unit), ())

-- case group-cube-of-expressions
-- shown y <- admission.admitted_at:partial
-- shown ward_id <- admission.ward_id
-- shown n <-
-- group admission.admitted_at admission.ward_id
SELECT extract(year FROM admitted_at) AS y, ward_id, count(*) AS n FROM clinic.admission GROUP BY CUBE (y, ward_id)

-- case group-by-primary-key-shows-others
-- shown family_name <- patient.family_name
-- shown n <- admission.admission_id:aggregate
-- group patient.patient_id
-- join admission.patient_id patient.patient_id
SELECT p.family_name, count(a.admission_id) AS n FROM clinic.patient p LEFT JOIN clinic.admission a ON a.patient_id = p.patient_id GROUP BY p.patient_id

-- case mask-age-bands
-- shown band <- patient.born_on:partial
-- shown n <-
-- group patient.born_on
SELECT width_bucket(extract(year FROM born_on)::int, 1900, 2020, 12) AS band, count(*) AS n FROM clinic.patient GROUP BY 1

-- case mask-lowest-path-counts
-- shown x <- patient.phone
SELECT md5(phone) || right(phone, 2) || phone AS x FROM clinic.patient

-- case mask-hash-after-concat
-- shown pseudonym <- patient.insurance_no:pseudonymous-weak, patient.mrn:pseudonymous-weak
SELECT md5(mrn || ':' || insurance_no) AS pseudonym FROM clinic.patient

-- case mask-joined-on-hash
-- shown value <- observation.value
-- join patient.mrn patient.patient_id observation.patient_id
WITH p AS (SELECT patient_id, md5(mrn) AS h FROM clinic.patient)
SELECT o.value FROM p JOIN p q ON q.h = p.h JOIN clinic.observation o ON o.patient_id = p.patient_id

-- case mask-left-three
-- shown area <- patient.phone:partial
-- shown n <-
-- group patient.phone
SELECT left(phone, 3) AS area, count(*) AS n FROM clinic.patient GROUP BY left(phone, 3)

-- case mask-predicates
-- shown has_phone <- patient.phone:predicate
-- shown adult <- patient.born_on:predicate
SELECT phone IS NOT NULL AS has_phone, born_on < current_date - interval '18 years' AS adult FROM clinic.patient

-- case mask-coalesce-concat
-- shown label <- patient.given_name, patient.family_name
SELECT coalesce(given_name || ' ', '') || upper(family_name) AS label FROM clinic.patient

-- case mask-age
-- shown years <- patient.born_on:reversible
SELECT age(born_on) AS years FROM clinic.patient

-- case mask-length
-- shown l <- patient.insurance_no:aggregate
SELECT length(insurance_no) AS l FROM clinic.patient

-- case occupancy-dashboard
-- shown name <- ward.name
-- shown occupied <- admission.admission_id:aggregate
-- shown beds <- ward.beds
-- shown load <- admission.admission_id:aggregate, ward.beds
-- group ward.ward_id
-- join admission.ward_id ward.ward_id admission.discharged_at
-- order admission.admission_id ward.beds
SELECT w.name, count(a.admission_id) AS occupied, w.beds, count(a.admission_id)::numeric / w.beds AS load
FROM clinic.ward w LEFT JOIN clinic.admission a ON a.ward_id = w.ward_id AND a.discharged_at IS NULL
GROUP BY w.ward_id ORDER BY load DESC

-- case readmission-within-thirty-days
-- shown ward_id <- admission.ward_id
-- shown readmitted <-
-- group admission.ward_id
-- filter admission.patient_id admission.admitted_at admission.discharged_at
SELECT a.ward_id, count(*) AS readmitted FROM clinic.admission a
WHERE EXISTS (SELECT 1 FROM clinic.admission b WHERE b.patient_id = a.patient_id AND b.admitted_at > a.discharged_at AND b.admitted_at < a.discharged_at + interval '30 days')
GROUP BY a.ward_id

-- case islands-of-stays
-- shown patient_id <- admission.patient_id
-- shown from_day <- admission.admitted_at
-- shown to_day <- admission.discharged_at
-- window admission.patient_id admission.admitted_at
-- when admission.admitted_at admission.discharged_at
-- group admission.patient_id
WITH marked AS (
  SELECT patient_id, admitted_at, discharged_at,
    CASE WHEN admitted_at > lag(discharged_at) OVER (PARTITION BY patient_id ORDER BY admitted_at) THEN 1 ELSE 0 END AS starts
  FROM clinic.admission
), numbered AS (
  SELECT *, sum(starts) OVER (PARTITION BY patient_id ORDER BY admitted_at) AS island FROM marked
) SELECT patient_id, min(admitted_at) AS from_day, max(discharged_at) AS to_day FROM numbered GROUP BY patient_id, island
