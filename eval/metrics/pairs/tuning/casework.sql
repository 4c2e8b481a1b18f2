-- schema casework
create schema app;
create type app.priority as enum ('low', 'normal', 'high', 'urgent');
create table app.region (
  region_code char(2) primary key,
  name text not null,
  country text not null
);
create table app.officer (
  officer_id bigint primary key,
  name text not null,
  region_code char(2) not null references app.region,
  left_on date
);
create table app.case_file (
  case_id bigint primary key,
  case_number varchar(12) unique,
  status text not null,
  priority app.priority not null default 'normal',
  region_code char(2) not null references app.region,
  officer_id bigint references app.officer,
  opened_at timestamptz not null,
  closed_at timestamptz,
  due_on date,
  is_test boolean,
  fine numeric(10,2),
  constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)),
  constraint status_known check (status in ('OPEN', 'WAITING', 'ESCALATED', 'CLOSED', 'CANCELLED', 'DUPLICATE')),
  constraint closed_after_open check (closed_at >= opened_at)
);
create table app.case_event (
  case_id bigint not null references app.case_file,
  seq integer not null,
  kind text not null,
  happened_at timestamptz not null,
  loaded_at timestamptz not null default now(),
  actor_id bigint references app.officer,
  primary key (case_id, seq)
);
create table app.case_tag (
  case_id bigint references app.case_file,
  tag text,
  constraint case_tag_once unique (case_id, tag)
);
create index case_file_open on app.case_file (opened_at) where status <> 'CLOSED';

-- pair case-01 | equal-under
-- why: the CHECK ties the closed status to the date of closing, and status cannot be NULL
-- rests: check case_file.closed_has_date; not_null case_file.status
select count(*) from app.case_file where status <> 'CLOSED';
-- and
select count(*) from app.case_file where closed_at is null;

-- pair case-02 | looser | kind: population
-- why: the first also counts CANCELLED and DUPLICATE
select count(*) as open_cases from app.case_file where status <> 'CLOSED';
-- and
SELECT COUNT(*) AS "Open cases" FROM "app"."case_file" WHERE "app"."case_file"."status" IN ('OPEN', 'WAITING', 'ESCALATED');

-- pair case-03 | equal-under
-- why: the list of known statuses leaves exactly three; NULL is counted by neither
-- rests: check case_file.status_known
select count(*) from app.case_file where status in ('OPEN', 'WAITING', 'ESCALATED');
-- and
select count(*) from app.case_file where status not in ('CLOSED', 'CANCELLED', 'DUPLICATE');

-- pair case-04 | stricter | kind: population
-- ddl: alter table app.case_file drop constraint status_known;
-- why: without the list of statuses any other value is counted by the second alone
select count(*) from app.case_file where status in ('OPEN', 'WAITING', 'ESCALATED');
-- and
select count(*) from app.case_file where status not in ('CLOSED', 'CANCELLED', 'DUPLICATE');

-- pair case-05 | stricter | kind: population or null-handling
-- ddl: alter table app.case_file alter column status drop not null;
-- why: a CHECK passes where it is NULL: a case without status and without date is counted by the second alone
select count(*) from app.case_file where status <> 'CLOSED';
-- and
select count(*) from app.case_file where closed_at is null;

-- pair case-06 | overlapping | kind: population
-- ddl: alter table app.case_file drop constraint closed_has_date;
-- why: nothing ties status to date any more: each counts cases that the other leaves out
select count(*) from app.case_file where status <> 'CLOSED';
-- and
select count(*) from app.case_file where closed_at is null;

-- pair case-07 | overlapping | kind: population
-- ddl: alter table app.case_file drop constraint closed_has_date;
-- late: alter table app.case_file add constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)) not valid;
-- why: a NOT VALID constraint says nothing about the rows that were there before it
select count(*) from app.case_file where status <> 'CLOSED';
-- and
select count(*) from app.case_file where closed_at is null;

-- pair case-08 | equal-under
-- ddl: alter table app.case_file drop constraint closed_has_date;
-- late: alter table app.case_file add constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)) not valid;
-- late: alter table app.case_file validate constraint closed_has_date;
-- why: validated afterwards it holds for every row
-- rests: check case_file.closed_has_date; not_null case_file.status
select count(*) from app.case_file where status <> 'CLOSED';
-- and
select count(*) from app.case_file where closed_at is null;

-- pair case-09 | equal-under
-- why: NULL is the only value on which the two operators part
-- rests: not_null case_file.status
select count(*) from app.case_file where status is distinct from 'CLOSED';
-- and
select count(*) from app.case_file where status <> 'CLOSED';

-- pair case-10 | equal-under
-- why: an enum is compared by its order, not by text: high and urgent are the two highest members
-- rests: type case_file.priority
select count(*) from app.case_file where priority >= 'high';
-- and
select count(*) from app.case_file where priority in ('high', 'urgent');

-- pair case-11 | looser or different | kind: population
-- why: as text, low, normal and urgent all follow high
select count(*) from app.case_file where priority::text >= 'high';
-- and
select count(*) from app.case_file where priority in ('high', 'urgent');

-- pair case-12 | different | kind: null-handling
-- why: cases without an officer are not counted by the second
select count(*) from app.case_file;
-- and
select count(officer_id) from app.case_file;

-- pair case-13 | equal-under
-- why: the column cannot be NULL
-- rests: not_null case_file.region_code
select count(*) from app.case_file;
-- and
select count(region_code) from app.case_file;

-- pair case-14 | equal-under
-- why: the key is unique and never NULL
-- rests: primary_key case_file(case_id)
select count(*) from app.case_file where status = 'OPEN';
-- and
select count(distinct case_id) from app.case_file where status = 'OPEN';

-- pair case-15 | different | kind: null-handling or distinctness
-- why: case numbers are unique but may be NULL, and COUNT leaves NULL out
select count(*) from app.case_file;
-- and
select count(distinct case_number) from app.case_file;

-- pair case-16 | equal-under
-- why: unique among those that are not NULL, and both leave NULL out
-- rests: unique case_file(case_number)
select count(case_number) from app.case_file;
-- and
select count(distinct case_number) from app.case_file;

-- pair case-17 | equal-under
-- why: every case has exactly one region
-- rests: foreign_key case_file(region_code); not_null case_file.region_code or foreign_key case_file(region_code); not_null case_file.region_code; primary_key region(region_code)
select count(*) from app.case_file c join app.region r on r.region_code = c.region_code where c.status = 'OPEN';
-- and
select count(*) from app.case_file where status = 'OPEN';

-- pair case-18 | stricter | kind: rows-lost
-- why: the inner join drops cases without an officer
select count(*) from app.case_file c join app.officer o on o.officer_id = c.officer_id where c.status = 'OPEN';
-- and
select count(*) from app.case_file where status = 'OPEN';

-- pair case-19 | equal-under
-- why: the join drops exactly the cases whose officer is NULL
-- rests: foreign_key case_file(officer_id) or foreign_key case_file(officer_id); primary_key officer(officer_id)
select count(*) from app.case_file c join app.officer o using (officer_id);
-- and
select count(*) from app.case_file where officer_id is not null;

-- pair case-20 | equal-under
-- why: a left join to a key neither drops nor multiplies rows
-- rests: primary_key officer(officer_id)
select count(*) from app.case_file c left join app.officer o on o.officer_id = c.officer_id;
-- and
select count(*) from app.case_file;

-- pair case-21 | different | kind: fan-out
-- why: a case with two events is counted twice
select count(*) from app.case_file c left join app.case_event e on e.case_id = c.case_id where c.status = 'OPEN';
-- and
select count(*) from app.case_file where status = 'OPEN';

-- pair case-22 | equal-under
-- why: DISTINCT on the key undoes the fan-out
-- rests: primary_key case_file(case_id)
select count(distinct c.case_id) from app.case_file c left join app.case_event e on e.case_id = c.case_id where c.status = 'OPEN';
-- and
select count(*) from app.case_file where status = 'OPEN';

-- pair case-23 | equal-under
-- why: cases with at least one escalation, counted once each by their key
-- rests: primary_key case_file(case_id)
select count(*) from app.case_file c where exists (select 1 from app.case_event e where e.case_id = c.case_id and e.kind = 'escalated');
-- and
select count(distinct c.case_id) from app.case_file c join app.case_event e on e.case_id = c.case_id where e.kind = 'escalated';

-- pair case-24 | equal-under
-- why: every event belongs to a case, so distinct cases of events are the cases that have one
-- rests: foreign_key case_event(case_id) or foreign_key case_event(case_id); primary_key case_file(case_id)
select count(distinct case_id) from app.case_event where kind = 'reopened';
-- and
select count(*) from app.case_file c where c.case_id in (select e.case_id from app.case_event e where e.kind = 'reopened');

-- pair case-25 | different | kind: distinctness
-- why: case_id is only half of the key of events
select count(distinct case_id) from app.case_event;
-- and
select count(*) from app.case_event;

-- pair case-26 | equal-under
-- why: the whole key of events
-- rests: primary_key case_event(case_id,seq)
select count(distinct (case_id, seq)) from app.case_event;
-- and
select count(*) from app.case_event;

-- pair case-27 | different | kind: distinctness or null-handling
-- why: NULLs are distinct in a UNIQUE: the same tag can stand twice without a case
select count(*) from app.case_tag where tag = 'fraud';
-- and
select count(*) from (select distinct case_id, tag from app.case_tag) t where tag = 'fraud';

-- pair case-28 | equal-under
-- ddl: alter table app.case_tag drop constraint case_tag_once;
-- ddl: alter table app.case_tag add constraint case_tag_once unique nulls not distinct (case_id, tag);
-- why: with NULLS NOT DISTINCT no two rows agree in both columns
-- rests: unique case_tag(case_id,tag)
select count(*) from app.case_tag where tag = 'fraud';
-- and
select count(*) from (select distinct case_id, tag from app.case_tag) t where tag = 'fraud';

-- pair case-29 | stricter or different | kind: null-handling or population
-- why: one case without an officer makes NOT IN false or NULL for everybody
select count(*) from app.officer where officer_id not in (select officer_id from app.case_file);
-- and
select count(*) from app.officer o where not exists (select 1 from app.case_file c where c.officer_id = o.officer_id);

-- pair case-30 | equal-under
-- why: NULL is taken out of the list, and the key of officers is never NULL
-- rests: primary_key officer(officer_id)
select count(*) from app.officer where officer_id not in (select officer_id from app.case_file where officer_id is not null);
-- and
select count(*) from app.officer o where not exists (select 1 from app.case_file c where c.officer_id = o.officer_id);

-- pair case-31 | equal
-- why: a matched row has an officer that is not NULL, by the join condition itself
select count(*) from app.officer o left join app.case_file c on c.officer_id = o.officer_id where c.officer_id is null;
-- and
select count(*) from app.officer o where not exists (select from app.case_file c where c.officer_id = o.officer_id);

-- pair case-32 | looser or different | kind: population or fan-out or rows-lost
-- why: closed_at is NULL for a missing case and also for an open one
select count(*) from app.officer o left join app.case_file c on c.officer_id = o.officer_id where c.closed_at is null;
-- and
select count(*) from app.officer o where not exists (select from app.case_file c where c.officer_id = o.officer_id);

-- pair case-33 | equal
-- why: IS NOT TRUE keeps FALSE and NULL, as COALESCE does
select date_trunc('week', opened_at) as week, count(*) from app.case_file where is_test is not true group by 1;
-- and
with real_cases as (select * from app.case_file where coalesce(is_test, false) = false)
select date_trunc('week', opened_at), count(case when true then 1 end) from real_cases group by date_trunc('week', opened_at) order by 1;

-- pair case-34 | stricter | kind: null-handling or population
-- why: NOT NULL is NULL: cases that were never marked are lost
select region_code, count(*) from app.case_file where not is_test group by region_code;
-- and
select region_code, count(*) from app.case_file where is_test is not true group by region_code;

-- pair case-35 | different | kind: time-column
-- why: cases opened in January against cases closed in January
select count(*) from app.case_file where opened_at >= '2024-01-01' and opened_at < '2024-02-01';
-- and
select count(*) from app.case_file where closed_at >= '2024-01-01' and closed_at < '2024-02-01';

-- pair case-36 | different | kind: ingestion-time
-- why: an event that happened in January may be loaded in February
select count(*) from app.case_event where happened_at >= '2024-01-01' and happened_at < '2024-02-01' and kind = 'escalated';
-- and
select count(*) from app.case_event where loaded_at >= '2024-01-01' and loaded_at < '2024-02-01' and kind = 'escalated';

-- pair case-37 | equal-under
-- why: closing never precedes opening; where the opening is missing there is nothing to average
-- rests: check case_file.closed_after_open
select avg(extract(epoch from closed_at - opened_at) / 86400) from app.case_file where closed_at >= opened_at;
-- and
select avg(extract(epoch from closed_at - opened_at) / 86400) from app.case_file where closed_at is not null;

-- pair case-38 | different | cosmetic: yes | kind: empty
-- why: SUM over no row is NULL, COUNT is 0, and nothing else parts them
select sum(case when status = 'WAITING' then 1 else 0 end) from app.case_file;
-- and
select count(*) filter (where status = 'WAITING') from app.case_file;

-- pair case-39 | equal
-- why: COALESCE gives the 0 that COUNT gives
select coalesce(sum(case when status = 'WAITING' then 1 else 0 end), 0) from app.case_file;
-- and
select count(*) filter (where status = 'WAITING') from app.case_file;

-- pair case-40 | looser or different | kind: population
-- why: NULL against 0 on the empty table must not hide that the second leaves tests out
select sum(case when status = 'WAITING' then 1 else 0 end) from app.case_file;
-- and
select count(*) filter (where status = 'WAITING' and is_test is not true) from app.case_file;

-- pair case-41 | equal-under or equal or undecided
-- why: latest event of each case: the key makes row_number and the greatest seq agree; equality needs the key only for ties
-- rests: ?
select kind, count(*) from (select e.*, row_number() over (partition by case_id order by seq desc) as n from app.case_event e) t where n = 1 group by kind;
-- and
select kind, count(*) from (select distinct on (case_id) case_id, kind from app.case_event order by case_id, seq desc) t group by kind;

-- pair case-42 | equal-under or undecided
-- why: seq is unique within a case, so the row with the greatest seq is one
-- rests: primary_key case_event(case_id,seq)
select kind, count(*) from (select e.*, row_number() over (partition by case_id order by seq desc) as n from app.case_event e) t where n = 1 group by kind;
-- and
select e.kind, count(*) from app.case_event e where e.seq = (select max(x.seq) from app.case_event x where x.case_id = e.case_id) group by e.kind;

-- pair case-43 | different
-- why: latest by time of happening may be another event than the one with the greatest seq
select kind, count(*) from (select e.*, row_number() over (partition by case_id order by seq desc) as n from app.case_event e) t where n = 1 group by kind;
-- and
select kind, count(*) from (select e.*, row_number() over (partition by case_id order by happened_at desc, seq desc) as n from app.case_event e) t where n = 1 group by kind;

-- pair case-44 | equal
-- why: UNION ALL of two disjoint statuses against one list
select count(*) from (select case_id from app.case_file where status = 'OPEN' union all select case_id from app.case_file where status = 'WAITING') x;
-- and
select count(*) from app.case_file where status in ('OPEN', 'WAITING');

-- pair case-45 | different | kind: distinctness
-- why: UNION removes what is the same: two cases of one officer become one
select count(*) from (select officer_id from app.case_file where status = 'OPEN' union select officer_id from app.case_file where status = 'WAITING') x;
-- and
select count(officer_id) from app.case_file where status in ('OPEN', 'WAITING');

-- pair case-46 | equal-under or undecided
-- why: two columns that together are the whole: every case is open or closed
-- rests: not_null case_file.status
select count(*) - count(*) filter (where status = 'CLOSED') from app.case_file;
-- and
select count(*) filter (where status <> 'CLOSED') from app.case_file;

-- pair case-47 | different | kind: shape or grain
-- why: one more column
select region_code, count(*) from app.case_file group by region_code;
-- and
select region_code, priority, count(*) from app.case_file group by region_code, priority;
