-- A clinical laboratory.
-- schema: lab

-- name: hibernate loads by key | operational | one row with its relations by key
select r1_0.id,r1_0.analyte_id,a1_0.id,a1_0.code,a1_0.unit,r1_0.flag,r1_0.measured_at,s1_0.id,s1_0.barcode,o1_0.id,o1_0.status,p1_0.id,p1_0.mrn,r1_0.value,r1_0.version from result r1_0 join analyte a1_0 on a1_0.id=r1_0.analyte_id join specimen s1_0 on s1_0.id=r1_0.specimen_id join lab_order o1_0 on o1_0.id=s1_0.order_id join patient p1_0 on p1_0.id=o1_0.patient_id where r1_0.id=$1

-- name: hibernate updates with a version | operational | one row by key
update result set flag=$1,validated_by=$2,version=$3 where id=$4 and version=$5

-- name: hibernate takes a sequence block | operational | one row by key, locked
select tbl.next_val from hibernate_sequences tbl where tbl.sequence_name=$1 for no key update of tbl

-- name: scanner reads a barcode | operational | one specimen with its order by a unique key
select s.id, s.order_id, o.priority, p.mrn from specimen s inner join lab_order o on o.id = s.order_id inner join patient p on p.id = o.patient_id where s.barcode in ($1)

-- name: worklist | operational | the next by the partial index
select o.id, o.patient_id from lab_order o where o.status = 'OPEN' and o.priority = $1 order by o.ordered_at fetch first $2 rows only

-- name: history of a patient | operational | one patient, many tables by key
select r.measured_at, r.value, lag(r.value) over (order by r.measured_at) as before from patient p join lab_order o on o.patient_id = p.id join specimen s on s.order_id = o.id join result r on r.specimen_id = s.id join analyte a on a.id = r.analyte_id where p.mrn = $1 and a.code = $2 order by r.measured_at desc fetch first 30 rows only

-- name: reference range for a patient | operational | one row along the key
select low, high from reference_range where analyte_id = $1 and sex = $2 and age_from <= $3 order by age_from desc limit 1

-- name: quality chart | operational | one instrument and analyte within a time
select at, value, (value - avg(value) over ()) / nullif(stddev_samp(value) over (), 0) as z from qc_measurement where instrument_id = $1 and analyte_id = $2 and at > now() - interval '30 days' order by at

-- name: quality of all instruments | analytical | aggregates all of them
select instrument_id, analyte_id, stddev_samp(value) / nullif(avg(value), 0) as cv from qc_measurement where at >= $1 group by instrument_id, analyte_id having count(*) >= $2

-- name: results of an analyte without an index | analytical | no index begins with it, so that the whole table is read
select r.id, r.value from result r where r.analyte_id = $1 and r.measured_at > $2

-- name: percentiles for new ranges | analytical | all results of all patients
select a.code, p.sex, width_bucket(extract(year from age(o.ordered_at, p.born)), 0, 100, 10) as age, percentile_cont(array[0.025, 0.975]) within group (order by r.value) from result r join specimen s on s.id = r.specimen_id join lab_order o on o.id = s.order_id join patient p on p.id = o.patient_id join analyte a on a.id = r.analyte_id where r.flag is null group by a.code, p.sex, age

-- name: audit of one entity | operational | one subject by its index
select at, who, diff from audit_log where entity = 'result' and entity_id = $1 order by id

-- name: who looked at how much | analytical | groups the whole log
select who, count(*), count(distinct entity_id) from audit_log where at >= $1 group by who order by 2 desc limit 20

-- name: jasper report of the turnaround | analytical | joins and averages everything, CASE by CASE
select case when o.priority = 'STAT' then 'urgent' else 'routine' end as k, avg(r.measured_at - s.collected_at) from lab_order o join specimen s on s.order_id = o.id join result r on r.specimen_id = s.id where o.ordered_at between $1 and $2 group by case when o.priority = 'STAT' then 'urgent' else 'routine' end

-- name: orphans before a constraint | analytical | an anti-join of whole tables, of which the first will do
select exists (select 1 from result r left join specimen s on s.id = r.specimen_id where s.id is null)

-- name: public health export | analytical | an extract of everything positive
copy (select p.mrn, a.code, r.value, r.measured_at from result r join specimen s on s.id = r.specimen_id join lab_order o on o.id = s.order_id join patient p on p.id = o.patient_id join analyte a on a.id = r.analyte_id where r.flag = 'P') to program 'gzip > /srv/out/positive.csv.gz' csv

-- name: patient merge | operational | changes the rows of one patient by key
update lab_order set patient_id = $1 where patient_id = $2
