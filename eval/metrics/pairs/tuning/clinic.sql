-- schema clinic
create schema ward;
create type ward.triage as enum ('red', 'orange', 'yellow', 'green', 'blue');
create table ward.patient (
  patient_no integer primary key,
  born_on date not null,
  died_on date,
  insurer text,
  constraint life check (died_on >= born_on)
);
create table ward.encounter (
  encounter_id integer primary key,
  patient_no integer not null references ward.patient,
  kind char(1) not null,
  triage ward.triage,
  admitted_at timestamp not null,
  discharged_at timestamp,
  ward_code text not null,
  constraint encounter_kind check (kind in ('I', 'O', 'E')),
  constraint triage_for_emergencies check ((kind = 'E') = (triage is not null)),
  constraint stay check (discharged_at > admitted_at)
);
create table ward.diagnosis (
  encounter_id integer not null references ward.encounter,
  position smallint not null check (position > 0),
  icd text not null,
  principal boolean not null,
  primary key (encounter_id, position),
  constraint principal_first check (principal = (position = 1))
);
create unique index one_principal on ward.diagnosis (encounter_id) where principal;

-- pair clinic-01 | equal-under
-- why: an emergency has a colour, nothing else has one
-- rests: check encounter.triage_for_emergencies; not_null encounter.kind
select date_trunc('day', admitted_at), count(*) from ward.encounter where kind = 'E' group by 1;
-- and
select date_trunc('day', admitted_at), count(triage) from ward.encounter where triage is not null group by 1;

-- pair clinic-02 | equal-under
-- why: the principal diagnosis is the one in the first position
-- rests: check diagnosis.principal_first; not_null diagnosis.principal; primary_key diagnosis(encounter_id,position)
select icd, count(*) from ward.diagnosis where principal group by icd;
-- and
select icd, count(*) from ward.diagnosis where position = 1 group by icd;

-- pair clinic-03 | equal-under
-- why: one row in the first position for each encounter, by the key
-- rests: primary_key diagnosis(encounter_id,position)
select count(*) from ward.encounter e left join ward.diagnosis d on d.encounter_id = e.encounter_id and d.position = 1;
-- and
select count(*) from ward.encounter;

-- pair clinic-04 | different | kind: fan-out
-- why: every diagnosis repeats its encounter
select count(*) from ward.encounter e left join ward.diagnosis d on d.encounter_id = e.encounter_id;
-- and
select count(*) from ward.encounter;

-- pair clinic-05 | equal-under
-- why: red and orange are the first two colours of the type
-- rests: type encounter.triage
select count(*) from ward.encounter where triage <= 'orange';
-- and
select count(*) from ward.encounter where triage in ('red', 'orange');

-- pair clinic-06 | stricter or different | kind: population or boundary
-- why: by the order of the type blue is the last, not the first
select count(*) from ward.encounter where triage < 'orange';
-- and
select count(*) from ward.encounter where triage in ('red', 'blue');

-- pair clinic-07 | different | kind: measure
-- why: nights counted by dates against whole days of the clock
select sum(discharged_at::date - admitted_at::date) from ward.encounter;
-- and
select sum(extract(day from discharged_at - admitted_at)) from ward.encounter;

-- pair clinic-08 | equal or undecided
-- why: one day is 24 hours for timestamps without time zone
select avg(extract(epoch from (discharged_at - admitted_at)) / 3600.0) from ward.encounter where kind = 'I';
-- and
select avg(extract(epoch from (discharged_at - admitted_at))) / 3600.0 from ward.encounter where kind = 'I';

-- pair clinic-09 | equal or undecided
-- why: readmission within thirty days by window or by self-join, counted as exists
-- rests: ?
select count(*) from ward.encounter e where exists (select 1 from ward.encounter p where p.patient_no = e.patient_no and p.encounter_id <> e.encounter_id and p.discharged_at >= e.admitted_at - interval '30 days' and p.discharged_at < e.admitted_at);
-- and
select count(*) from ward.encounter e where exists (select 1 from ward.encounter p where p.patient_no = e.patient_no and not p.encounter_id = e.encounter_id and p.discharged_at < e.admitted_at and e.admitted_at - interval '30 days' <= p.discharged_at);

-- pair clinic-10 | different | kind: population or boundary or measure
-- why: a gap of the previous stay only, not of any stay
select count(*) from (select admitted_at - lag(discharged_at) over (partition by patient_no order by admitted_at, encounter_id) as gap from ward.encounter) x where gap <= interval '30 days';
-- and
select count(*) from ward.encounter e where exists (select 1 from ward.encounter p where p.patient_no = e.patient_no and p.encounter_id <> e.encounter_id and p.discharged_at >= e.admitted_at - interval '30 days' and p.discharged_at < e.admitted_at);

-- pair clinic-11 | equal
-- why: NATURAL joins over the one column that both have
select insurer, count(*) from ward.encounter natural join ward.patient group by insurer;
-- and
select p.insurer, count(*) from ward.encounter e join ward.patient p on e.patient_no = p.patient_no group by p.insurer;

-- pair clinic-12 | stricter or different | kind: rows-lost or population
-- ddl: alter table ward.patient add column ward_code text not null default 'A1';
-- why: NATURAL also joins over the column that was added to both
select insurer, count(*) from ward.encounter natural join ward.patient group by insurer;
-- and
select p.insurer, count(*) from ward.encounter e join ward.patient p on e.patient_no = p.patient_no group by p.insurer;

-- pair clinic-13 | different | kind: null-handling or grain or measure or population | cosmetic: any
-- why: patients without an insurer are a line of NULL or a line of a name
select insurer, count(*) from ward.patient group by insurer;
-- and
select coalesce(insurer, 'self'), count(*) from ward.patient group by 1;

-- pair clinic-14 | different or stricter | kind: population or null-handling
-- why: NULL is not 'self', so the first leaves the uninsured out
select count(*) from ward.patient where insurer <> 'self';
-- and
select count(*) from ward.patient where coalesce(insurer, 'none') <> 'self';

-- pair clinic-15 | equal
-- why: an age by whole years, and the birthday that it begins at, do not hang on the clock when the day is written
select count(*) from ward.patient where born_on <= date '2024-06-30' - interval '18 years';
-- and
select count(*) from ward.patient where born_on < date '2006-07-01';
