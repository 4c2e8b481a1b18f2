-- schema licences
create schema permit;
create type permit.outcome as enum ('granted', 'refused', 'withdrawn');
create domain permit.fee as numeric(8,2) check (value >= 0);
create table permit.holder (
  holder_id bigint primary key,
  vat_number varchar(14) unique,
  legal_form text not null check (legal_form in ('person', 'company', 'public body')),
  insolvent_since date
);
create table permit.application (
  application_id bigint primary key,
  holder_id bigint not null references permit.holder (holder_id),
  received_on date not null,
  decided_on date,
  outcome permit.outcome,
  fee permit.fee,
  fee_paid boolean,
  channel text,
  constraint decided_with_outcome check ((decided_on is null) = (outcome is null)),
  constraint decided_later check (decided_on is null or decided_on >= received_on)
);
create table permit.licence (
  licence_no text primary key,
  application_id bigint not null unique references permit.application (application_id),
  valid_from date not null,
  valid_to date,
  revoked_at timestamptz,
  constraint licence_period check (valid_to > valid_from)
);
create table permit.inspection (
  inspection_id bigint primary key,
  licence_no text references permit.licence (licence_no),
  inspector text,
  visited_at timestamptz not null,
  entered_at timestamptz not null,
  findings integer not null default 0,
  follow_up boolean not null,
  constraint findings_count check (findings >= 0),
  constraint follow_up_needs_findings check (follow_up = (findings > 2))
);

-- pair lic-01 | equal-under
-- why: a decision has both date and outcome or neither
-- rests: check application.decided_with_outcome
SELECT COUNT(*) AS pending FROM permit.application WHERE decided_on IS NULL;
-- and
SELECT COUNT(*) AS "Pending applications" FROM permit.application a WHERE a.outcome IS NULL;

-- pair lic-02 | overlapping | kind: population
-- ddl: alter table permit.application drop constraint decided_with_outcome;
-- ddl: alter table permit.application add constraint decided_with_outcome check (outcome <> 'granted' or decided_on is not null);
-- why: only granted ones need a date now: a refusal may have none, and a date may stand without an outcome
select count(*) from permit.application where decided_on is null;
-- and
select count(*) from permit.application where outcome is null;

-- pair lic-03 | equal-under
-- why: granted and withdrawn are what is not refused, where there is an outcome
-- rests: type application.outcome
select date_trunc('quarter', decided_on), count(*) from permit.application where outcome <> 'refused' group by 1 order by 1;
-- and
select date_trunc('quarter', decided_on) as q, count(*) from permit.application where outcome in ('granted', 'withdrawn') group by q;

-- pair lic-04 | stricter | kind: population or null-handling
-- why: undecided applications are distinct from refused ones
select count(*) from permit.application where outcome <> 'refused';
-- and
select count(*) from permit.application where outcome is distinct from 'refused';

-- pair lic-05 | equal-under
-- why: a follow-up is exactly what three findings mean
-- rests: check inspection.follow_up_needs_findings; not_null inspection.findings; not_null inspection.follow_up
select count(*) from permit.inspection where follow_up;
-- and
select count(*) from permit.inspection where findings >= 3;

-- pair lic-06 | looser | kind: boundary or population
-- why: two findings need no follow-up
select count(*) from permit.inspection where findings >= 2;
-- and
select count(*) from permit.inspection where follow_up;

-- pair lic-07 | equal-under
-- why: at most one licence for an application, so the join multiplies nothing, and it keeps applications that have one
-- rests: unique licence(application_id)
select count(*) from permit.application a join permit.licence l on l.application_id = a.application_id where a.channel = 'web';
-- and
select count(*) from permit.application a where a.channel = 'web' and exists (select 1 from permit.licence l where l.application_id = a.application_id);

-- pair lic-08 | stricter | kind: population or rows-lost or source
-- why: a granted application need not have its licence yet, and nothing says that a licence was granted
select count(*) from permit.application a join permit.licence l using (application_id) where a.outcome = 'granted';
-- and
select count(*) from permit.application where outcome = 'granted';

-- pair lic-09 | equal-under
-- why: every licence has its application, and that its holder
-- rests: foreign_key licence(application_id); not_null licence.application_id; foreign_key application(holder_id); not_null application.holder_id or foreign_key licence(application_id); not_null licence.application_id; foreign_key application(holder_id); not_null application.holder_id; primary_key application(application_id); primary_key holder(holder_id)
select count(*) from permit.licence l join permit.application a on a.application_id = l.application_id join permit.holder h on h.holder_id = a.holder_id where l.revoked_at is null;
-- and
select count(*) filter (where revoked_at is null) from permit.licence;

-- pair lic-10 | stricter | kind: rows-lost
-- why: an inspection may belong to no licence
select inspector, sum(findings) from permit.inspection i inner join permit.licence l on l.licence_no = i.licence_no group by inspector;
-- and
select inspector, sum(findings) from permit.inspection group by inspector;

-- pair lic-11 | different | kind: ingestion-time or time-column
-- why: by the day of the visit against by the day it was typed in
select visited_at::date as day, count(*) from permit.inspection group by 1;
-- and
select entered_at::date as day, count(*) from permit.inspection group by 1;

-- pair lic-12 | equal
-- why: valid on a day, as three comparisons or with a range of dates that holds it
select count(*) from permit.licence where valid_from <= date '2024-06-30' and (valid_to is null or valid_to > date '2024-06-30');
-- and
select count(*) from permit.licence where not (valid_from > date '2024-06-30' or coalesce(valid_to <= date '2024-06-30', false));

-- pair lic-13 | equal-under or undecided
-- why: a range of dates without an end, where the end is missing
-- rests: ?
select count(*) from permit.licence where valid_from <= date '2024-06-30' and (valid_to is null or valid_to > date '2024-06-30');
-- and
select count(*) from permit.licence where daterange(valid_from, valid_to) @> date '2024-06-30';

-- pair lic-14 | stricter | kind: boundary
-- why: the day on which a licence ends
select count(*) from permit.licence where valid_from <= date '2024-06-30' and valid_to > date '2024-06-30';
-- and
select count(*) from permit.licence where date '2024-06-30' between valid_from and valid_to;

-- pair lic-15 | different | kind: null-handling or measure
-- why: applications without a fee lower the mean of the second
select avg(fee) from permit.application where fee_paid;
-- and
select avg(coalesce(fee, 0)) from permit.application where fee_paid;

-- pair lic-16 | equal-under
-- why: fees are never negative, so nothing is lost by asking for it
-- rests: type application.fee
select sum(fee) from permit.application where fee >= 0;
-- and
select sum(fee) from permit.application;

-- pair lic-17 | equal-under or undecided
-- why: days between two dates, by subtraction or by the seconds between their midnights; where there is no decision there is nothing to average
-- rests: ?
select avg(decided_on - received_on) from permit.application;
-- and
select avg(extract(epoch from decided_on::timestamp - received_on::timestamp) / 86400) from permit.application where outcome is not null;

-- pair lic-18 | different | kind: population or measure or time-column or null-handling
-- why: those that wait are as old as today in one, and not counted in the other
select avg(coalesce(decided_on, current_date) - received_on) from permit.application;
-- and
select avg(decided_on - received_on) from permit.application;

-- pair lic-19 | different | kind: distinctness or null-handling
-- why: a holder without a number counts in one only
select count(distinct h.vat_number) from permit.holder h join permit.application a on a.holder_id = h.holder_id;
-- and
select count(distinct h.holder_id) from permit.holder h join permit.application a on a.holder_id = h.holder_id;

-- pair lic-20 | equal-under
-- why: numbers of holders are unique: as many numbers as holders that have one and applied
-- rests: unique holder(vat_number)
select count(distinct h.vat_number) from permit.holder h join permit.application a on a.holder_id = h.holder_id;
-- and
select count(*) from permit.holder h where h.vat_number is not null and h.holder_id in (select holder_id from permit.application);

-- pair lic-21 | equal | session: TimeZone=Europe/Vienna
-- why: a day of the session's zone as a cast or as a range with its bounds
select count(*) from permit.licence where revoked_at::date = date '2024-03-31';
-- and
select count(*) from permit.licence where revoked_at >= timestamptz '2024-03-31 00:00 Europe/Vienna' and revoked_at < timestamptz '2024-04-01 00:00 Europe/Vienna';

-- pair lic-22 | looser or different | kind: time-zone or boundary | session: TimeZone=Europe/Vienna
-- why: the day has 23 hours there: midnight and 24 hours end an hour too late
select count(*) from permit.licence where revoked_at >= timestamptz '2024-03-31 00:00 Europe/Vienna' and revoked_at < timestamptz '2024-03-31 00:00 Europe/Vienna' + interval '24 hours';
-- and
select count(*) from permit.licence where revoked_at::date = date '2024-03-31';

-- pair lic-23 | equal or undecided
-- why: the wildcard at both ends with or without lower case on both sides
select count(*) from permit.inspection where lower(inspector) like '%weber%';
-- and
select count(*) from permit.inspection where inspector ilike '%weber%';

-- pair lic-24 | stricter or different | kind: population
-- why: capital letters
select count(*) from permit.inspection where inspector like '%weber%';
-- and
select count(*) from permit.inspection where inspector ilike '%weber%';
