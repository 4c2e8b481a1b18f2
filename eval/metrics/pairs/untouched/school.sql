-- schema school
create type term as enum ('autumn', 'spring', 'summer');
create table pupil (
  pupil_id int primary key,
  form varchar(4) not null,
  free_meals boolean not null,
  joined date not null,
  leaves date,
  email text
);
create unique index pupil_email on pupil (email);
create table subject (code char(3) primary key, title text not null, core boolean not null);
create table enrolment (
  pupil_id int not null references pupil,
  code char(3) not null references subject,
  school_year smallint not null check (school_year between 2015 and 2035),
  term term not null,
  dropped_on date,
  primary key (pupil_id, code, school_year, term)
);
create table mark (
  mark_id int primary key,
  pupil_id int not null,
  code char(3) not null,
  school_year smallint not null,
  term term not null,
  points numeric(4,1),
  max_points numeric(4,1) not null check (max_points > 0),
  given_on date not null,
  foreign key (pupil_id, code, school_year, term) references enrolment,
  constraint points_within check (points between 0 and max_points)
);
create table attendance (
  pupil_id int not null references pupil,
  day date not null,
  session char(2) not null check (session = 'AM' or session = 'PM'),
  code char(1),
  constraint attendance_pk primary key (pupil_id, day, session)
);

-- pair school-01 | equal-under
-- why: two sessions a day, so what is not the morning is the afternoon
-- rests: check attendance.attendance_session_check
select day, count(*) from attendance where session <> 'AM' group by day;
-- and
select day, count(*) from attendance where session = 'PM' group by day;

-- pair school-02 | different | kind: distinctness or measure
-- why: pupils against sessions
select day, count(*) from attendance where code = 'X' group by day;
-- and
select day, count(distinct pupil_id) from attendance where code = 'X' group by day;

-- pair school-03 | equal-under
-- why: within the morning a pupil stands once for a day
-- rests: primary_key attendance(pupil_id,day,session)
select day, count(*) from attendance where session = 'AM' and code = 'X' group by day;
-- and
select day, count(distinct pupil_id) from attendance where session = 'AM' and code = 'X' group by day;

-- pair school-04 | equal-under
-- why: enum members in their order: what is before summer
-- rests: type enrolment.term
select count(*) from enrolment where term < 'summer' and dropped_on is null;
-- and
select count(*) from enrolment where dropped_on is null and term in ('autumn', 'spring');

-- pair school-05 | overlapping or different | kind: population or boundary
-- why: as text, autumn, spring and summer are ordered by their letters, which here is the same; after autumn against before summer
select count(*) from enrolment where term > 'autumn';
-- and
select count(*) from enrolment where term < 'summer';

-- pair school-06 | equal-under
-- why: each mark belongs to one enrolment, each enrolment to one subject
-- rests: foreign_key mark(pupil_id,code,school_year,term); not_null mark.pupil_id; not_null mark.code; not_null mark.school_year; not_null mark.term or foreign_key mark(pupil_id,code,school_year,term); not_null mark.pupil_id; not_null mark.code; not_null mark.school_year; not_null mark.term; primary_key enrolment(pupil_id,code,school_year,term)
select code, avg(points / max_points) from mark join enrolment using (pupil_id, code, school_year, term) group by code;
-- and
select code, avg(points / max_points) from mark group by code;

-- pair school-07 | different | kind: fan-out
-- why: without the term a mark of two terms counts twice
select m.code, sum(m.points) from mark m join enrolment e on e.pupil_id = m.pupil_id and e.code = m.code and e.school_year = m.school_year group by m.code;
-- and
select code, sum(points) from mark group by code;

-- pair school-08 | different | kind: measure
-- why: the mean of shares against the share of sums
select avg(points / max_points) from mark;
-- and
select sum(points) / sum(max_points) from mark;

-- pair school-09 | equal-under
-- why: points never fall below nothing
-- rests: check mark.points_within
select count(*) from mark where points >= 0;
-- and
select count(points) from mark;

-- pair school-10 | equal
-- why: a pass is half of what can be reached; no division is needed for it
select count(*) from mark where points * 2 >= max_points;
-- and
select count(*) from mark where max_points <= 2 * points;

-- pair school-11 | equal-under or undecided
-- why: the same with a division, which needs a maximum above nothing
-- rests: check mark.mark_max_points_check
select count(*) from mark where points / max_points >= 0.5;
-- and
select count(*) from mark where points * 2 >= max_points;

-- pair school-12 | equal
-- why: pupils of a day, with BETWEEN or with the overlap written out
select form, count(*) from pupil where date '2024-09-02' between joined and coalesce(leaves, date '2999-01-01') group by form;
-- and
select form, count(*) from pupil where joined <= date '2024-09-02' and (leaves >= date '2024-09-02' or leaves is null) group by form;

-- pair school-13 | equal-under
-- why: unique addresses are as many as there are
-- rests: unique pupil(email)
select count(distinct email) from pupil;
-- and
select count(email) from pupil;

-- pair school-14 | different | kind: null-handling
-- why: pupils without an address
select count(distinct coalesce(email, '')) from pupil;
-- and
select count(distinct email) from pupil;

-- pair school-15 | different | kind: population or rows-lost or grain or empty | cosmetic: any
-- why: forms of which every pupil gets free meals still have a line in the first
select form, count(*) filter (where not free_meals) from pupil group by form;
-- and
select form, count(*) from pupil where not free_meals group by form;

-- pair school-16 | equal
-- why: a filter on what is grouped, before or after grouping
select form, count(*) from pupil group by form having form like '7%';
-- and
select form, count(*) from pupil where form like '7%' group by form;

-- pair school-17 | equal-under or undecided
-- why: pupils who take every core subject: no core subject that they do not take; no code is NULL on either side of NOT IN
-- rests: primary_key subject(code); primary_key enrolment(pupil_id,code,school_year,term)
select count(*) from pupil p where not exists (select 1 from subject s where s.core and not exists (select 1 from enrolment e where e.pupil_id = p.pupil_id and e.code = s.code));
-- and
select count(*) from pupil p where (select count(*) from subject s where s.core and s.code not in (select e.code from enrolment e where e.pupil_id = p.pupil_id)) = 0;

-- pair school-18 | different | kind: population or measure
-- why: who takes no subject at all takes every core subject where there is none
select count(*) from pupil p where not exists (select 1 from subject s where s.core and not exists (select 1 from enrolment e where e.pupil_id = p.pupil_id and e.code = s.code));
-- and
select count(distinct e.pupil_id) from enrolment e join subject s on s.code = e.code and s.core;

-- pair school-19 | different | kind: limit or measure or population
-- why: ROW_NUMBER leaves one of those that tie; RANK all of them
select code, count(*) from (select code, rank() over (partition by pupil_id order by points desc nulls last) as r from mark) t where r = 1 group by code;
-- and
select code, count(*) from (select code, dense_rank() over (partition by pupil_id order by points desc nulls last) as r from mark) t where r <= 2 group by code;

-- pair school-20 | equal
-- why: the first rank is the same with or without gaps
select code, count(*) from (select code, rank() over (partition by pupil_id order by points desc nulls last) as r from mark) t where r = 1 group by code;
-- and
select code, count(*) from (select code, dense_rank() over (partition by pupil_id order by points desc nulls last) as r from mark) t where r = 1 group by code;

-- pair school-21 | equal-under or equal or undecided
-- why: those enrolled in both, by INTERSECT or by two EXISTS; sets of pupils
-- rests: ?
select count(*) from (select pupil_id from enrolment where code = 'MAT' intersect select pupil_id from enrolment where code = 'PHY') t;
-- and
select count(distinct pupil_id) from enrolment e where code = 'MAT' and exists (select 1 from enrolment x where x.pupil_id = e.pupil_id and x.code = 'PHY');

-- pair school-22 | equal-under or undecided
-- why: a full join by form: the two counts side by side or summed from a union; a form that were NULL would meet nothing
-- rests: not_null pupil.form
select coalesce(a.form, b.form), coalesce(a.n, 0), coalesce(b.n, 0) from (select form, count(*) as n from pupil where free_meals group by form) a full join (select form, count(*) as n from pupil where not free_meals group by form) b on b.form = a.form;
-- and
select form, count(*) filter (where free_meals), count(*) filter (where not free_meals) from pupil where free_meals is not null group by form;
