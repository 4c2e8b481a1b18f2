-- schema ledger
create schema fin;
create table fin."Account" (
  "Id" int not null constraint "PK_Account" primary key,
  "Iban" varchar(34) not null,
  "Kind" varchar(10) not null constraint "CK_Kind" check ("Kind" in ('asset', 'liability', 'income', 'expense')),
  "ClosedOn" date,
  constraint "UQ_Iban" unique ("Iban")
);
create table fin.entry (
  entry_id bigint not null,
  booked_on date not null,
  account_id int not null references fin."Account" ("Id"),
  contra_account_id int references fin."Account" ("Id"),
  direction char(1) not null,
  amount numeric(14,2) not null,
  currency char(3) not null default 'CHF',
  rate numeric(12,6) not null default 1,
  reversed_by bigint,
  reversal boolean not null default false,
  imported_at timestamptz not null default now(),
  source text,
  constraint entry_pk primary key (entry_id, booked_on),
  constraint direction_known check (direction in ('D', 'C')),
  constraint amount_sign check (amount <> 0),
  constraint home_rate check (currency <> 'CHF' or rate = 1),
  constraint not_itself check (account_id <> contra_account_id)
) partition by range (booked_on);
create table fin.entry_old partition of fin.entry for values from ('2000-01-01') to ('2024-01-01');
create table fin.entry_2024 partition of fin.entry for values from ('2024-01-01') to ('2025-01-01');
create table fin.entry_new partition of fin.entry for values from ('2025-01-01') to ('2100-01-01');
create table fin.budget (
  account_id int not null references fin."Account" ("Id"),
  month date not null,
  amount numeric(14,2),
  constraint first_of_month check (extract(day from month) = 1),
  primary key (account_id, month)
);

-- pair ledger-01 | equal-under
-- why: debit and credit are all there is
-- rests: check entry.direction_known
select account_id, sum(case direction when 'D' then amount else -amount end) from fin.entry where direction is not null group by account_id;
-- and
select account_id, sum(case when direction = 'D' then amount when direction = 'C' then -amount end) from fin.entry where direction in ('D', 'C') group by account_id;

-- pair ledger-02 | different | kind: measure
-- why: turnover against balance
select account_id, sum(amount) from fin.entry group by account_id;
-- and
select account_id, sum(case when direction = 'D' then amount else -amount end) from fin.entry group by account_id;

-- pair ledger-03 | equal-under
-- why: francs have a rate of one
-- rests: check entry.home_rate; not_null entry.rate
select sum(amount * rate) from fin.entry where currency = 'CHF';
-- and
select sum(amount) from fin.entry where currency = 'CHF';

-- pair ledger-04 | different | kind: measure
-- why: other currencies are worth something else
select sum(amount * rate) from fin.entry where direction = 'C';
-- and
select sum(amount) from fin.entry where direction = 'C';

-- pair ledger-05 | different | kind: distinctness
-- why: the number of an entry is unique within its day only
select count(distinct entry_id) from fin.entry;
-- and
select count(*) from fin.entry;

-- pair ledger-06 | equal-under
-- why: within a day the number is unique
-- rests: primary_key entry(entry_id,booked_on)
select booked_on, count(distinct entry_id) from fin.entry group by booked_on;
-- and
select booked_on, count(*) from fin.entry group by booked_on;

-- pair ledger-07 | equal-under
-- why: a day outside of every partition has no place, so the year alone is enough; the account exists
-- rests: foreign_key entry(account_id); not_null entry.account_id or foreign_key entry(account_id); not_null entry.account_id; primary_key account(id)
select count(*) from fin.entry e join fin."Account" a on a."Id" = e.account_id where e.booked_on >= '2024-01-01' and e.booked_on < '2025-01-01';
-- and
select count(*) from fin.entry where extract(year from booked_on) = 2024;

-- pair ledger-08 | equal-under
-- why: contra accounts that are given exist and are another account
-- rests: check entry.not_itself; foreign_key entry(contra_account_id); not_null entry.account_id or check entry.not_itself; foreign_key entry(contra_account_id); not_null entry.account_id; primary_key account(id)
select count(*) from fin.entry e join fin."Account" c on c."Id" = e.contra_account_id where e.account_id <> e.contra_account_id;
-- and
select count(contra_account_id) from fin.entry;

-- pair ledger-09 | stricter | kind: null-handling or population
-- why: entries without a contra account: NULL is not another account
select count(*) from fin.entry where account_id <> contra_account_id;
-- and
select count(*) from fin.entry where account_id is distinct from contra_account_id;

-- pair ledger-10 | equal-under
-- why: the accounts are of four kinds
-- rests: check account.ck_kind
select a."Kind", count(*) from fin."Account" a where a."Kind" not in ('asset', 'liability') group by a."Kind";
-- and
select "Kind", count(*) from fin."Account" where "Kind" like 'income' or "Kind" = 'expense' group by 1;

-- pair ledger-11 | different | kind: ingestion-time
-- why: booked in a month against imported in it
select date_trunc('month', booked_on)::date, sum(amount) from fin.entry where direction = 'C' group by 1;
-- and
select date_trunc('month', imported_at)::date, sum(amount) from fin.entry where direction = 'C' group by 1;

-- pair ledger-12 | equal-under
-- why: a budget is of the first of its month, so the month is the day
-- rests: check budget.first_of_month
select date_trunc('month', month)::date, sum(amount) from fin.budget group by 1;
-- and
select month, sum(amount) from fin.budget group by month;

-- pair ledger-13 | different | kind: grain or measure
-- ddl: alter table fin.budget drop constraint first_of_month;
-- why: any day of the month
select date_trunc('month', month)::date, sum(amount) from fin.budget group by 1;
-- and
select month, sum(amount) from fin.budget group by month;

-- pair ledger-14 | different | kind: fan-out
-- why: a budget repeats for each entry of its month
select sum(b.amount) from fin.budget b join fin.entry e on e.account_id = b.account_id and date_trunc('month', e.booked_on) = b.month;
-- and
select sum(b.amount) from fin.budget b where exists (select 1 from fin.entry e where e.account_id = b.account_id and date_trunc('month', e.booked_on) = b.month);

-- pair ledger-15 | equal-under
-- why: IBANs are unique and never missing
-- rests: unique account(iban); not_null account.iban
select count(distinct "Iban") from fin."Account" where "ClosedOn" is null;
-- and
select count(*) from fin."Account" where "ClosedOn" is null;

-- pair ledger-16 | overlapping | kind: population or null-handling
-- why: a reversal against what was reversed
select sum(amount) from fin.entry where not reversal;
-- and
select sum(amount) from fin.entry where reversed_by is null;

-- pair ledger-17 | stricter | kind: population
-- late: alter table fin.entry_2024 add constraint no_reversals check (not reversal) not valid;
-- why: both leave reversals out in 2024 only where the constraint binds; it does not bind what was there
select count(*) from fin.entry where not reversal and booked_on >= '2024-01-01' and booked_on < '2025-01-01';
-- and
select count(*) from fin.entry where booked_on between '2024-01-01' and '2024-12-31';

-- pair ledger-18 | equal-under
-- late: alter table fin.entry add constraint no_reversals check (not reversal);
-- why: checked for every row
-- rests: check entry.no_reversals; not_null entry.reversal
select count(*) from fin.entry where not reversal and booked_on >= '2024-01-01' and booked_on < '2025-01-01';
-- and
select count(*) from fin.entry where booked_on between '2024-01-01' and '2024-12-31';

-- pair ledger-19 | equal
-- why: the same day, as a date with a time of midnight
select count(*) from fin.entry where booked_on = timestamp '2024-06-30 00:00:00';
-- and
select count(*) from fin.entry where booked_on in (date '2024-06-30');

-- pair ledger-20 | different or looser or stricter | kind: boundary or time-zone or population or time-column
-- why: no entry of a day is at its noon
select count(*) from fin.entry where booked_on >= timestamp '2024-06-30 12:00:00';
-- and
select count(*) from fin.entry where booked_on >= date '2024-06-30';

-- pair ledger-21 | equal or undecided
-- why: budgets and entries under each other, or each by itself added up
select coalesce(sum(x.v), 0) from (select amount as v from fin.budget union all select -amount from fin.entry) x;
-- and
select (select coalesce(sum(amount), 0) from fin.budget) - (select coalesce(sum(amount), 0) from fin.entry);
