-- schema people
create domain positive_hours as numeric(5,2) check (value >= 0);
create table department (
  department_id smallint primary key,
  parent_id smallint references department (department_id),
  name varchar(40) not null unique,
  cost_centre char(4) unique
);
create table employee (
  employee_id integer primary key,
  department_id smallint not null references department,
  manager_id integer references employee,
  hired_on date not null,
  left_on date,
  contract text not null default 'permanent',
  weekly_hours positive_hours,
  salary numeric(9,2),
  gender char(1) check (gender in ('f', 'm', 'x')),
  constraint contract_known check (contract in ('permanent', 'temporary', 'contractor')),
  constraint left_after check (left_on >= hired_on),
  constraint contractor_without_salary check ((contract = 'contractor') = (salary is null))
);
create table absence (
  employee_id integer not null references employee,
  day date not null,
  kind text not null check (kind in ('sick', 'holiday', 'parental')),
  half boolean not null,
  unique (employee_id, day)
);

-- pair hr-01 | equal-under
-- why: who has no salary is a contractor
-- rests: check employee.contractor_without_salary; not_null employee.contract
select count(*) from employee where left_on is null and contract <> 'contractor';
-- and
select count(salary) from employee where left_on is null;

-- pair hr-02 | looser or different | kind: population
-- why: contractors are heads, but not employees
select count(*) as headcount from employee where left_on is null;
-- and
select count(*) as headcount from employee where left_on is null and contract in ('permanent', 'temporary');

-- pair hr-03 | equal-under
-- why: a half day is half a day, written with CASE or by the boolean's number; NULL would be a whole one for CASE and nothing for the number
-- rests: not_null absence.half
select kind, sum(case when half then 0.5 else 1 end) from absence group by kind;
-- and
select kind, sum(1 - half::int * 0.5) from absence group by kind;

-- pair hr-04 | different | kind: measure
-- why: half days count whole in the second
select kind, sum(case when half then 0.5 else 1 end) from absence group by kind;
-- and
select kind, count(*) from absence group by kind;

-- pair hr-05 | equal-under
-- why: one row for an employee and a day
-- rests: unique absence(employee_id,day); not_null absence.employee_id; not_null absence.day
select date_trunc('month', day), count(distinct (employee_id, day)) from absence group by 1;
-- and
select date_trunc('month', day), count(*) from absence group by 1;

-- pair hr-06 | different | kind: distinctness or measure
-- why: two employees may be absent on one day
select date_trunc('month', day), count(distinct day) from absence group by 1;
-- and
select date_trunc('month', day), count(*) from absence group by 1;

-- pair hr-07 | equal
-- why: NULL is neither f nor anything else: CASE without ELSE gives NULL in both
select count(case gender when 'f' then 1 end)::numeric / nullif(count(gender), 0) from employee;
-- and
select avg(case when gender = 'f' then 1.0 when gender is not null then 0 end) from employee;

-- pair hr-08 | different | kind: null-handling or measure
-- why: employees without a gender count as not female in the second
select avg(case when gender = 'f' then 1.0 when gender is not null then 0 end) from employee;
-- and
select avg(case when gender = 'f' then 1.0 else 0 end) from employee;

-- pair hr-09 | equal-under
-- why: what is not female is m, x or unknown
-- rests: check employee.employee_gender_check
select count(*) from employee where gender <> 'f';
-- and
select count(*) from employee where gender in ('m', 'x');

-- pair hr-10 | different | kind: population or source or measure
-- why: manager by reference against manager by being one
select count(*) from employee where manager_id is null;
-- and
select count(*) from employee e where exists (select 1 from employee r where r.manager_id = e.employee_id);

-- pair hr-11 | equal-under or undecided
-- why: distinct managers that exist
-- rests: ?
select count(distinct manager_id) from employee;
-- and
select count(*) from employee m where exists (select 1 from employee e where e.manager_id = m.employee_id);

-- pair hr-12 | equal
-- why: employed on a day: started before or on it, and not gone by then
select count(*) from employee where hired_on <= date '2024-12-31' and (left_on is null or left_on > date '2024-12-31');
-- and
select count(*) from employee where hired_on < date '2025-01-01' and coalesce(left_on, date '9999-12-31') >= date '2025-01-01';

-- pair hr-13 | equal
-- why: infinity as a date of leaving is later than the year 9999: counted by both
select count(*) from employee where left_on is null or left_on > date '2024-12-31';
-- and
select count(*) from employee where coalesce(left_on, 'infinity'::date) > date '2024-12-31';

-- pair hr-14 | looser | kind: boundary
-- why: who leaves on the last day of the year is still counted by the first
select count(*) from employee where hired_on <= date '2024-12-31' and (left_on is null or left_on >= date '2024-12-31');
-- and
select count(*) from employee where hired_on <= date '2024-12-31' and (left_on is null or left_on > date '2024-12-31');

-- pair hr-15 | equal
-- why: quarters by number or by truncation, within one year
select count(*) from employee where extract(year from hired_on) = 2024 and extract(quarter from hired_on) = 2;
-- and
select count(*) from employee where date_trunc('quarter', hired_on) = date '2024-04-01';

-- pair hr-16 | different | kind: grain or measure
-- why: month 3 of all years together against month 3 of each year
select extract(month from hired_on), count(*) from employee group by 1;
-- and
select extract(month from date_trunc('month', hired_on)), count(*) from employee group by date_trunc('month', hired_on);

-- pair hr-17 | different | kind: rows-lost or source or population | cosmetic: no
-- why: names are spelled with the lookup's case; a department without a name like that is lost
select d.name, count(*) from employee e join department d using (department_id) where d.name ilike 'sales%' group by d.name;
-- and
select d.name, count(*) from employee e join department d using (department_id) where d.name like 'Sales%' group by d.name;

-- pair hr-18 | equal-under or undecided
-- why: a tree walked from the roots reaches a department once; without cycles of parents all of them
-- rests: ?
with recursive tree as (select department_id from department where parent_id is null union all select d.department_id from department d join tree t on d.parent_id = t.department_id)
select count(*) from employee e where e.department_id in (select department_id from tree);
-- and
with recursive tree (id) as (select department_id from department where parent_id is null union select d.department_id from department d join tree t on d.parent_id = t.id)
select count(*) from employee where department_id = any (select id from tree);

-- pair hr-19 | different | kind: population or source
-- why: a department whose parents form a circle is reached from no root
with recursive tree as (select department_id from department where parent_id is null union select d.department_id from department d join tree t on d.parent_id = t.department_id)
select count(*) from employee e where e.department_id in (select department_id from tree);
-- and
select count(*) from employee;

-- pair hr-20 | equal-under
-- why: full-time equivalents: hours are never negative, so the guard changes nothing
-- rests: type employee.weekly_hours
select sum(weekly_hours) / 40 from employee where weekly_hours >= 0 and left_on is null;
-- and
select sum(weekly_hours) / 40 from employee where left_on is null;

-- pair hr-21 | equal or undecided
-- why: totals by department and over all, by GROUPING SETS or by UNION ALL; the employees' departments are never NULL, so no line is mistaken for the total
select department_id, count(*) from employee group by rollup (department_id);
-- and
select department_id, count(*) from employee group by department_id union all select null, count(*) from employee;
