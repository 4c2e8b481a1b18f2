-- schema crm
create schema crm;
create type crm.stage as enum ('new', 'qualified', 'proposal', 'won', 'lost');
create table crm.account (
  account_id integer primary key,
  owner text not null,
  region text,
  parent_id integer references crm.account
);
create table crm.deal (
  deal_id integer primary key,
  account_id integer not null references crm.account,
  stage crm.stage not null,
  amount numeric(12,2),
  probability smallint not null,
  opened date not null,
  closed date,
  external_ref text,
  constraint closed_has_date check ((stage in ('won', 'lost')) = (closed is not null)),
  constraint won_has_amount check (stage <> 'won' or amount is not null),
  constraint closed_later check (closed >= opened)
);
create table crm.stage_change (
  deal_id integer references crm.deal,
  changed_at timestamp,
  to_stage crm.stage not null,
  primary key (deal_id, changed_at)
);

-- pair crm-02 | equal-under
-- why: what is won or lost has a date of closing
-- rests: check deal.closed_has_date; not_null deal.stage
SELECT a.owner, COUNT(*) FILTER (WHERE d.stage = 'won')::numeric / NULLIF(COUNT(*) FILTER (WHERE d.stage IN ('won', 'lost')), 0) AS win_rate FROM crm.deal d JOIN crm.account a ON a.account_id = d.account_id GROUP BY 1;
-- and
SELECT a.owner, COUNT(*) FILTER (WHERE d.stage = 'won')::numeric / NULLIF(COUNT(d.closed), 0) AS win_rate FROM crm.account a JOIN crm.deal d USING (account_id) GROUP BY a.owner;

-- pair crm-03 | equal-under
-- why: the stages before won are those that are neither won nor lost
-- rests: type deal.stage
SELECT SUM(amount) AS pipeline FROM crm.deal WHERE stage < 'won';
-- and
SELECT SUM(amount) AS pipeline FROM crm.deal WHERE stage NOT IN ('won', 'lost');

-- pair crm-04 | equal or undecided
-- why: dividing each or the sum by a hundred is exact
SELECT stage, SUM(amount * probability / 100) AS weighted FROM crm.deal GROUP BY stage;
-- and
SELECT stage, SUM(amount * probability) / 100.0 AS weighted FROM crm.deal GROUP BY stage;

-- pair crm-05 | equal-under or undecided
-- why: the last change of each deal that has one
-- rests: foreign_key stage_change(deal_id); primary_key stage_change(deal_id,changed_at)
SELECT d.deal_id, s.to_stage FROM crm.deal d JOIN LATERAL (SELECT c.to_stage FROM crm.stage_change c WHERE c.deal_id = d.deal_id ORDER BY c.changed_at DESC LIMIT 1) s ON true;
-- and
SELECT DISTINCT ON (deal_id) deal_id, to_stage FROM crm.stage_change ORDER BY deal_id, changed_at DESC;

-- pair crm-06 | equal-under
-- why: what is won has an amount
-- rests: check deal.won_has_amount
SELECT SUM(amount) AS won FROM crm.deal WHERE stage = 'won';
-- and
SELECT SUM(COALESCE(amount, 0)) AS won FROM crm.deal WHERE stage = 'won';

-- pair crm-07 | different | kind: null-handling or measure
-- why: deals without an amount are zeros in one mean
SELECT stage, AVG(amount) FROM crm.deal GROUP BY stage;
-- and
SELECT stage, AVG(COALESCE(amount, 0)) FROM crm.deal GROUP BY stage;

-- pair crm-08 | equal-under
-- why: a parent that is named is there
-- rests: foreign_key account(parent_id)
SELECT COUNT(*) FROM crm.account child JOIN crm.account parent ON parent.account_id = child.parent_id;
-- and
SELECT COUNT(*) FROM crm.account WHERE parent_id IS NOT NULL;

-- pair crm-09 | equal-under
-- late: create unique index deal_external_ref on crm.deal (external_ref);
-- why: the index over the whole table admits each reference once
-- rests: unique deal(external_ref)
SELECT COUNT(DISTINCT external_ref) FROM crm.deal;
-- and
SELECT COUNT(external_ref) FROM crm.deal;

-- pair crm-10 | different | kind: shape
-- why: another number of columns
SELECT COUNT(*) FROM crm.deal WHERE stage = 'won';
-- and
SELECT COUNT(*), SUM(amount) FROM crm.deal WHERE stage = 'won';

-- pair crm-11 | stricter or different or undecided | kind: boundary or population
-- why: the two agree in the first quarter of every year and differ in the others
SELECT COUNT(*) FROM crm.deal WHERE opened >= date_trunc('quarter', CURRENT_DATE);
-- and
SELECT COUNT(*) FROM crm.deal WHERE opened >= date_trunc('year', CURRENT_DATE);

-- pair crm-12 | different | kind: null-handling or population or grain
-- why: accounts without a region are a group of their own in one of them
SELECT COALESCE(a.region, 'EMEA') AS region, COUNT(*) AS deals, SUM(d.amount) AS amount FROM crm.deal d JOIN crm.account a USING (account_id) GROUP BY 1;
-- and
SELECT a.region, COUNT(*) AS deals, SUM(d.amount) AS amount FROM crm.deal d JOIN crm.account a USING (account_id) GROUP BY 1;

-- pair crm-13 | different | kind: population or measure
-- why: the third of four figures counts lost deals too
SELECT opened, COUNT(*) FILTER (WHERE stage = 'new'), COUNT(*) FILTER (WHERE stage = 'qualified'), COUNT(*) FILTER (WHERE stage = 'proposal'), COUNT(*) FILTER (WHERE stage = 'won') FROM crm.deal GROUP BY opened;
-- and
SELECT opened, COUNT(*) FILTER (WHERE stage = 'new'), COUNT(*) FILTER (WHERE stage = 'qualified'), COUNT(*) FILTER (WHERE stage IN ('proposal', 'lost')), COUNT(*) FILTER (WHERE stage = 'won') FROM crm.deal GROUP BY opened;

-- schema activities
create schema crm;
create table crm.activity (activity_id integer, deal_id integer, happened_at timestamp not null, done boolean);
create table crm.call (minutes integer) inherits (crm.activity);

-- pair crm-01 | looser or different
-- why: calls are activities too, ONLY leaves them out
SELECT COUNT(*) FROM crm.activity WHERE done;
-- and
SELECT COUNT(*) FROM ONLY crm.activity WHERE done;

-- pair crm-14 | equal or undecided
-- why: all activities are those of the table itself and those of the table that inherits from it
SELECT COUNT(*) FROM crm.activity WHERE done;
-- and
SELECT (SELECT COUNT(*) FROM ONLY crm.activity WHERE done) + (SELECT COUNT(*) FROM crm.call WHERE done);
