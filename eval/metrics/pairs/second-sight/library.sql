-- schema library
create table branch (
  branch_id smallint primary key,
  name text not null unique,
  zone text not null default 'Europe/Madrid'
);
create table title (
  isbn varchar(13) primary key,
  title text not null,
  genre text,
  published smallint check (published > 1450)
);
create table copy (
  copy_id int primary key,
  isbn varchar(13) not null references title (isbn),
  branch_id smallint not null references branch (branch_id),
  acquired_on date not null,
  withdrawn_on date,
  condition text not null default 'good' check (condition in ('new', 'good', 'worn', 'lost')),
  constraint withdrawn_after check (withdrawn_on > acquired_on),
  constraint lost_is_withdrawn check (condition <> 'lost' or withdrawn_on is not null)
);
create table member (
  member_id int primary key,
  card_no text unique,
  joined_on date not null,
  junior boolean,
  email text
);
create table loan (
  loan_id bigint primary key,
  copy_id int not null references copy (copy_id),
  member_id int references member (member_id),
  lent_at timestamptz not null,
  due_on date not null,
  returned_at timestamptz,
  renewals smallint not null default 0 check (renewals between 0 and 3),
  fine_cents int check (fine_cents >= 0),
  constraint one_loan_at_a_time unique (copy_id, lent_at),
  constraint returned_after check (returned_at >= lent_at)
);
create unique index copy_out_once on loan (copy_id) where returned_at is null;

-- pair lib-01 | stricter | kind: population
-- why: what is lost is withdrawn, but worn copies are withdrawn too
select count(*) from copy where condition = 'lost';
-- and
select count(*) from copy where withdrawn_on is not null;

-- pair lib-02 | equal-under
-- why: what is lost is withdrawn, so asking for both is asking for the loss
-- rests: check copy.lost_is_withdrawn
select branch_id, count(*) from copy where condition = 'lost' and withdrawn_on is not null group by branch_id;
-- and
select branch_id, count(*) from copy where condition = 'lost' group by 1;

-- pair lib-03 | different or stricter | kind: population or null-handling
-- why: loans still out and overdue against all that came back late
select count(*) from loan where returned_at is null and due_on < current_date;
-- and
select count(*) from loan where coalesce(returned_at::date, current_date) > due_on;

-- pair lib-04 | equal
-- why: late as a comparison of dates, with a CASE that counts
select date_trunc('month', lent_at), sum(case when returned_at::date > due_on then 1 else 0 end) from loan group by 1;
-- and
select date_trunc('month', lent_at), count(*) filter (where returned_at::date > due_on) from loan group by date_trunc('month', lent_at);

-- pair lib-05 | stricter | kind: rows-lost
-- why: loans of members who were removed have no member
select count(*) from loan l join member m on m.member_id = l.member_id;
-- and
select count(*) from loan l join copy c on c.copy_id = l.copy_id;

-- pair lib-06 | equal-under
-- why: three steps along keys, none of which can miss
-- rests: foreign_key loan(copy_id); not_null loan.copy_id; foreign_key copy(branch_id); not_null copy.branch_id; foreign_key copy(isbn); not_null copy.isbn
select count(*) from loan l inner join copy c on l.copy_id = c.copy_id inner join branch b on b.branch_id = c.branch_id inner join title t on t.isbn = c.isbn where l.returned_at is null;
-- and
select count(*) from loan where returned_at is null;

-- pair lib-07 | equal-under
-- why: a copy belongs to one branch: as many loans by branch with or without the table of branches
-- rests: foreign_key copy(branch_id); primary_key loan(loan_id)
select b.branch_id, count(*) from loan l join copy c on c.copy_id = l.copy_id join branch b on b.branch_id = c.branch_id group by b.branch_id;
-- and
select c.branch_id, count(l.loan_id) from copy c, loan l where l.copy_id = c.copy_id and c.branch_id is not null group by c.branch_id;

-- pair lib-08 | different | kind: distinctness
-- why: copies against titles
select branch_id, count(*) from copy group by branch_id;
-- and
select branch_id, count(distinct isbn) from copy group by branch_id;

-- pair lib-09 | different | kind: grain or measure
-- why: a copy of a title stands in several branches: titles of branches added up are no titles
select sum(n) from (select branch_id, count(distinct isbn) as n from copy group by branch_id) x;
-- and
select count(distinct isbn) from copy;

-- pair lib-10 | equal-under
-- why: a copy stands in one branch: copies of branches added up are all copies
-- rests: primary_key copy(copy_id)
select coalesce(sum(n), 0) from (select branch_id, count(distinct copy_id) as n from copy group by branch_id) x;
-- and
select count(*) from copy;

-- pair lib-11 | equal-under
-- why: renewals are whole numbers from nothing to three
-- rests: check loan.loan_renewals_check
select renewals, count(*) from loan where renewals > 0 group by renewals;
-- and
select renewals, count(*) from loan where renewals in (1, 2, 3) group by renewals order by renewals;

-- pair lib-12 | different | kind: null-handling or population or measure
-- why: who is not known to be a junior is an adult in one of them
select count(*) filter (where junior), count(*) filter (where not junior) from member;
-- and
select count(*) filter (where junior), count(*) filter (where junior is not true) from member;

-- pair lib-13 | equal-under or equal or undecided
-- why: no more than one loan of a copy is open; without the index nothing keeps them apart
-- rests: ?
select count(distinct copy_id) from loan where returned_at is null and renewals = 0;
-- and
select count(*) from loan where returned_at is null and renewals = 0;

-- pair lib-14 | equal
-- why: active members as a semi-join or as distinct members of loans that are not NULL and exist
select count(distinct member_id) from loan where lent_at >= '2024-01-01T00:00:00Z';
-- and
select count(*) from (select member_id from loan where lent_at >= timestamptz '2024-01-01 00:00:00+00' and member_id is not null group by member_id) m;

-- pair lib-15 | different | kind: boundary or time-zone | session: TimeZone=Europe/Madrid
-- why: from midnight of the year in Madrid against midnight of UTC
select count(*) from loan where lent_at >= '2024-01-01';
-- and
select count(*) from loan where lent_at >= '2024-01-01T00:00:00Z';

-- pair lib-16 | equal | session: TimeZone=Europe/Madrid
-- why: the same moment written with the offset that holds in winter
select count(*) from loan where lent_at >= '2024-01-01';
-- and
select count(*) from loan where lent_at >= '2024-01-01 00:00:00+01';

-- pair lib-17 | different | kind: fan-out
-- why: copies and loans of a title multiply
select t.genre, count(c.copy_id) from title t left join copy c on c.isbn = t.isbn left join loan l on l.copy_id = c.copy_id group by t.genre;
-- and
select t.genre, count(c.copy_id) from title t left join copy c on c.isbn = t.isbn group by t.genre;

-- pair lib-18 | equal
-- why: MIN and MAX do not mind that a row is there twice
select t.genre, max(c.acquired_on) from title t left join copy c on c.isbn = t.isbn left join loan l on l.copy_id = c.copy_id group by t.genre;
-- and
select t.genre, max(c.acquired_on) from title t left join copy c using (isbn) group by t.genre;

-- pair lib-19 | different | kind: measure
-- why: the largest against the sum
select member_id, max(fine_cents) from loan group by member_id;
-- and
select member_id, sum(fine_cents) from loan group by member_id;

-- pair lib-20 | equal
-- why: fines of nothing add nothing
select sum(fine_cents) from loan where fine_cents <> 0 or fine_cents is null or fine_cents = 0;
-- and
select sum(fine_cents) from loan;
