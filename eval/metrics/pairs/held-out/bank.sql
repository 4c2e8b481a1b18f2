-- schema bank
create schema core;
create domain core.currency_code as text check (value in ('EUR', 'USD', 'GBP'));
create type core.entry_side as enum ('debit', 'credit');
create table core.account (
  account_no text primary key,
  holder_id integer not null,
  currency core.currency_code not null,
  opened_on date not null,
  closed_on date,
  closed_reason text,
  constraint reason_with_closing check ((closed_on is null) = (closed_reason is null)),
  constraint closed_after_opened check (closed_on >= opened_on)
);
create unique index one_open_per_holder on core.account (holder_id) where closed_on is null;
create table core.posting (
  account_no text not null references core.account,
  seq integer not null,
  side core.entry_side not null,
  amount numeric(12,2) not null,
  booked_at timestamptz not null,
  value_date date not null,
  reversed_by integer,
  primary key (account_no, seq),
  foreign key (account_no, reversed_by) references core.posting (account_no, seq),
  constraint amount_positive check (amount > 0)
);

-- pair bank-01 | equal-under
-- why: an account has a reason exactly where it is closed
-- rests: check account.reason_with_closing
SELECT COUNT(*) AS "count" FROM "core"."account" WHERE "core"."account"."closed_on" IS NULL;
-- and
SELECT COUNT(*) AS "count" FROM "core"."account" WHERE "core"."account"."closed_reason" IS NULL;

-- pair bank-02 | different | kind: empty | cosmetic: yes
-- why: the same net sum, but NULL against 0 where there is no posting
select sum(case when side = 'credit' then amount else -amount end) as net from core.posting;
-- and
select coalesce(sum(amount) filter (where side = 'credit'), 0) - coalesce(sum(amount) filter (where side = 'debit'), 0) as net from core.posting;

-- pair bank-03 | equal-under or undecided
-- why: every posting is one of two sides and has an amount
-- rests: type posting.side; not_null posting.side; not_null posting.amount
SELECT p.account_no, SUM(CASE WHEN p.side = 'credit' THEN p.amount ELSE -p.amount END) AS net FROM core.posting p GROUP BY p.account_no;
-- and
SELECT account_no, SUM(CASE WHEN side = 'credit' THEN amount ELSE 0 END) - SUM(CASE WHEN side = 'debit' THEN amount ELSE 0 END) AS net FROM core.posting GROUP BY 1 ORDER BY 1;

-- pair bank-04 | equal-under or undecided
-- why: the number of a posting orders the postings of an account without ties, so that the second order decides nothing
-- rests: primary_key posting(account_no,seq)
SELECT DISTINCT ON (account_no) account_no, amount, value_date FROM core.posting ORDER BY account_no, seq DESC;
-- and
SELECT account_no, amount, value_date
FROM (SELECT p.*, row_number() OVER (PARTITION BY account_no ORDER BY seq DESC, value_date DESC) AS rn FROM core.posting p) ranked
WHERE rn = 1;

-- pair bank-05 | equal-under or undecided
-- why: the greatest number has none above it; both columns are in the key and so not NULL
-- rests: primary_key posting(account_no,seq)
select p.account_no, p.amount from core.posting p join (select account_no, max(seq) as seq from core.posting group by account_no) last on last.account_no = p.account_no and last.seq = p.seq;
-- and
select p.account_no, p.amount from core.posting p where not exists (select 1 from core.posting q where q.account_no = p.account_no and q.seq > p.seq);

-- pair bank-06 | different
-- why: the last number is not the last value date
select p.account_no, p.amount from core.posting p where p.seq = (select max(q.seq) from core.posting q where q.account_no = p.account_no);
-- and
select p.account_no, p.amount from core.posting p where p.value_date = (select max(q.value_date) from core.posting q where q.account_no = p.account_no);

-- pair bank-07 | stricter | kind: population
-- why: cents cannot lie between 999.99 and 1000, so only the reversed ones are left out
SELECT COUNT(*) FROM core.posting WHERE reversed_by IS NULL AND amount > 999.99;
-- and
SELECT COUNT(*) FROM core.posting WHERE amount >= 1000;

-- pair bank-08 | equal or equal-under
-- why: two digits after the point leave nothing between
-- rests: ?
SELECT value_date AS "time", SUM(amount) AS "large" FROM core.posting WHERE value_date BETWEEN '2024-01-01' AND '2024-03-31' AND amount > 999.99 GROUP BY 1;
-- and
SELECT value_date AS "time", SUM(amount) AS "large" FROM core.posting WHERE value_date BETWEEN '2024-01-01' AND '2024-03-31' AND amount >= 1000.00 GROUP BY 1;

-- pair bank-09 | different | kind: time-zone | session: TimeZone=Europe/Zurich
-- why: days of Zurich against days of UTC
SELECT date_trunc('day', booked_at) AS "time", count(*) AS "bookings" FROM core.posting WHERE booked_at >= '2024-03-01T00:00:00Z' AND booked_at < '2024-04-01T00:00:00Z' GROUP BY 1 ORDER BY 1;
-- and
SELECT date_trunc('day', booked_at AT TIME ZONE 'UTC') AS "time", count(*) AS "bookings" FROM core.posting WHERE booked_at >= '2024-03-01T00:00:00Z' AND booked_at < '2024-04-01T00:00:00Z' GROUP BY 1 ORDER BY 1;

-- pair bank-10 | equal-under
-- why: neither side of NOT IN can be NULL
-- rests: primary_key account(account_no); primary_key posting(account_no,seq)
select count(*) from core.account where account_no not in (select account_no from core.posting where reversed_by is not null);
-- and
select count(*) from core.account a where not exists (select from core.posting p where p.account_no = a.account_no and p.reversed_by is not null);

-- pair bank-11 | equal-under
-- why: the domain admits three currencies
-- rests: type account.currency; not_null account.currency
SELECT COUNT(*) FROM core.account WHERE currency IN ('EUR', 'USD', 'GBP');
-- and
SELECT COUNT(*) FROM core.account;

-- pair bank-12 | different | kind: distinctness
-- why: a holder may have many closed accounts, only open ones are unique
select count(holder_id) from core.account;
-- and
select count(distinct holder_id) from core.account;
