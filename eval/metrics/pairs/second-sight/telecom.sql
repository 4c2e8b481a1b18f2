-- schema telecom
create type call_direction as enum ('out', 'in', 'roaming');
create table plan (
  plan_code text primary key,
  monthly numeric(7,2) not null,
  data_gb int,
  archived boolean not null default false
);
create table line (
  msisdn varchar(15) primary key,
  plan_code text not null references plan (plan_code),
  activated_at timestamp not null,
  ported_out_at timestamp,
  blocked boolean not null default false,
  prepaid boolean not null,
  constraint ported_later check (ported_out_at > activated_at),
  constraint prepaid_not_blocked check (not (prepaid and blocked))
);
create table cdr (
  cdr_id bigint generated always as identity primary key,
  msisdn varchar(15) not null references line (msisdn),
  started_at timestamp not null,
  seconds int not null,
  direction call_direction not null,
  other_party varchar(15),
  charge numeric(8,4),
  rated boolean generated always as (charge is not null) stored,
  loaded_at timestamp not null default now(),
  constraint seconds_positive check (seconds >= 0)
);
create table top_up (
  msisdn varchar(15) not null,
  at timestamp not null,
  amount numeric(7,2) not null check (amount in (5, 10, 20, 50)),
  voucher char(12) not null unique,
  foreign key (msisdn) references line
);

-- pair tel-01 | equal or equal-under or undecided
-- why: a record is rated when it has a charge: a generated column
-- rests: ?
SELECT direction, COUNT(*) FROM cdr WHERE rated GROUP BY direction;
-- and
SELECT direction, COUNT(charge) FROM cdr WHERE charge IS NOT NULL GROUP BY direction;

-- pair tel-02 | different | kind: null-handling or population
-- why: records without a charge are calls too
SELECT direction, COUNT(*) FROM cdr GROUP BY direction;
-- and
SELECT direction, COUNT(charge) FROM cdr GROUP BY direction;

-- pair tel-03 | equal-under
-- why: three directions
-- rests: type cdr.direction
select sum(seconds) / 60.0 from cdr where direction in ('out', 'roaming');
-- and
select sum(seconds) / 60.0 from cdr where direction <> 'in';

-- pair tel-04 | different | kind: measure
-- why: whole minutes are cut by integer division; begun minutes are not
select sum(seconds / 60) from cdr where direction = 'out';
-- and
select sum(ceil(seconds / 60.0)) from cdr where direction = 'out';

-- pair tel-05 | equal-under or undecided
-- why: begun minutes by rounding up or by adding 59 and cutting: seconds are never negative
-- rests: check cdr.seconds_positive
select sum(ceil(seconds / 60.0)) from cdr;
-- and
select sum((seconds + 59) / 60) from cdr;

-- pair tel-06 | equal-under
-- why: top-ups come in four amounts
-- rests: check top_up.top_up_amount_check
select count(*) from top_up where amount > 10;
-- and
select count(*) from top_up where amount in (20, 50);

-- pair tel-07 | looser | kind: boundary or population
-- why: ten is an amount
select count(*) from top_up where amount >= 10;
-- and
select count(*) from top_up where amount in (20, 50);

-- pair tel-08 | equal-under
-- why: nobody who is prepaid is blocked
-- rests: check line.prepaid_not_blocked; not_null line.blocked
select plan_code, count(*) from line where prepaid and not blocked and ported_out_at is null group by plan_code;
-- and
select plan_code, count(*) from line where prepaid and ported_out_at is null group by plan_code;

-- pair tel-09 | stricter | kind: population
-- why: blocked lines are lines
select plan_code, count(*) from line where not blocked and ported_out_at is null group by plan_code;
-- and
select plan_code, count(*) from line where ported_out_at is null group by plan_code;

-- pair tel-10 | different | kind: ingestion-time
-- why: records of a day may be loaded the day after
select started_at::date, sum(charge) from cdr where started_at >= timestamp '2024-05-01' group by 1;
-- and
select loaded_at::date, sum(charge) from cdr where loaded_at >= timestamp '2024-05-01' group by 1;

-- pair tel-11 | equal
-- why: night is from ten to six, across midnight; a missing time is in neither
select count(*) from cdr where extract(hour from started_at) >= 22 or extract(hour from started_at) < 6;
-- and
select count(*) from cdr where extract(hour from started_at) not between 6 and 21;

-- pair tel-12 | different or stricter | kind: boundary or population
-- why: nothing is at once after ten at night and before six in the morning
select count(*) from cdr where extract(hour from started_at) >= 22 and extract(hour from started_at) < 6;
-- and
select count(*) from cdr where extract(hour from started_at) >= 22 or extract(hour from started_at) < 6;

-- pair tel-13 | equal
-- why: a time of day as a time or as its hour
select count(*) from cdr where started_at::time >= time '22:00';
-- and
select count(*) from cdr where date_part('hour', started_at) >= 22;

-- pair tel-14 | different | kind: measure
-- why: revenue per line of all lines against per line that called
select sum(c.charge) / nullif(count(distinct l.msisdn), 0) from line l left join cdr c on c.msisdn = l.msisdn;
-- and
select sum(charge) / nullif(count(distinct msisdn), 0) from cdr;

-- pair tel-15 | equal-under
-- why: a call belongs to a line, so an inner join loses none
-- rests: foreign_key cdr(msisdn); not_null cdr.msisdn
select sum(c.charge) / nullif(count(distinct l.msisdn), 0) from line l join cdr c on c.msisdn = l.msisdn;
-- and
select sum(charge) / nullif(count(distinct msisdn), 0) from cdr;

-- pair tel-16 | different | kind: fan-out
-- why: calls and top-ups of a line multiply each other
select l.plan_code, sum(t.amount) from line l join top_up t on t.msisdn = l.msisdn left join cdr c on c.msisdn = l.msisdn and c.direction = 'roaming' group by l.plan_code;
-- and
select l.plan_code, sum(t.amount) from line l join top_up t on t.msisdn = l.msisdn group by l.plan_code;

-- pair tel-17 | equal
-- why: lines that roamed at least once, by EXISTS, by IN or by ANY; no column is compared with NULL to say no
select count(*) from line l where exists (select 1 from cdr c where c.msisdn = l.msisdn and c.direction = 'roaming');
-- and
select count(*) from line where msisdn = any (select msisdn from cdr where direction = 'roaming');

-- pair tel-18 | looser or different | kind: limit or population or boundary
-- why: three calls or more against more than three
select msisdn, count(*) as calls from cdr group by msisdn having count(*) >= 3;
-- and
select msisdn, count(*) as calls from cdr group by msisdn having count(*) > 3;

-- pair tel-19 | equal
-- why: a filter around a grouped query is HAVING
select * from (select msisdn, count(*) as calls from cdr group by msisdn) x where calls >= 3;
-- and
select msisdn, count(*) from cdr group by msisdn having count(*) >= 3;

-- pair tel-20 | undecided or different
-- why: five lines of many that tie
select msisdn, sum(seconds) from cdr group by msisdn order by 2 desc limit 2;
-- and
select msisdn, sum(seconds) from cdr where seconds is not null group by 1 order by sum(seconds) desc limit 2;

-- pair tel-21 | equal-under or undecided
-- why: the name of the line makes the order total
-- rests: not_null cdr.seconds
select msisdn, sum(seconds) from cdr group by msisdn order by 2 desc nulls last, 1 limit 2;
-- and
select msisdn, sum(seconds) from cdr where seconds is not null group by 1 order by sum(seconds) desc nulls last, msisdn limit 2;
