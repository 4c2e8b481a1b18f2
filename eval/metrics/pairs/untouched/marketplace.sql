-- schema marketplace
create table seller (
  id serial primary key,
  handle text not null unique,
  tier text check (tier is null or tier in ('bronze', 'silver', 'gold')),
  commission numeric(5,4) not null check (commission between 0 and 1)
);
create table listing (
  id bigint primary key,
  seller_id int not null references seller (id),
  price numeric(10,2) not null,
  tags text[] not null default '{}',
  published_at timestamp,
  sold_out boolean not null default false
);
create table sale (
  id bigint primary key,
  listing_id bigint references listing (id) on delete set null,
  buyer_id int,
  qty smallint not null check (qty >= 1),
  gross numeric(10,2) not null,
  fee numeric(10,2) not null default 0,
  status varchar(12) not null,
  sold_at timestamp not null,
  settled_at timestamp,
  constraint sale_status check (status in ('pending', 'settled', 'refunded', 'chargeback')),
  constraint settled_when check (case status when 'settled' then settled_at is not null when 'pending' then settled_at is null else true end)
);
create table review (
  sale_id bigint primary key references sale (id),
  stars int not null check (stars > 0 and stars < 6),
  comment text
);
create table payout (
  id bigint primary key,
  seller_id int not null references seller (id),
  amount numeric(12,2) not null,
  paid_at timestamp,
  batch text,
  unique (seller_id, batch)
);
create view settled_sale as
  select s.id, s.listing_id, s.gross, s.fee, s.sold_at from sale s where s.status = 'settled';

-- pair mkt-01 | stricter | kind: population
-- why: a refund or a chargeback keeps the time of its settlement
select sum(gross) from sale where status = 'settled';
-- and
select sum(gross) from sale where settled_at is not null;

-- pair mkt-02 | equal
-- why: the view and what it stands for
select date_trunc('month', sold_at), sum(gross - fee) from settled_sale group by 1;
-- and
select date_trunc('month', s.sold_at) as "month", sum(s.gross - s.fee) as "net" from sale as s where 'settled' = s.status group by date_trunc('month', s.sold_at);

-- pair mkt-03 | equal-under
-- why: what is neither pending nor settled went back
-- rests: check sale.sale_status
select count(*) filter (where status not in ('pending', 'settled')) from sale;
-- and
select count(*) from sale where status = 'refunded' or status = 'chargeback';

-- pair mkt-04 | different | kind: measure
-- why: items against sales
select sum(qty) from sale where status = 'settled';
-- and
select count(*) from sale where status = 'settled';

-- pair mkt-05 | equal
-- why: containment of one element is membership
select count(*) from listing where 'vintage' = any (tags);
-- and
select count(*) from listing where tags && array['vintage'];

-- pair mkt-06 | looser or different | kind: population
-- why: any of two tags against both
select count(*) from listing where tags && array['vintage', 'rare'];
-- and
select count(*) from listing where tags @> array['vintage', 'rare'];

-- pair mkt-07 | different | kind: fan-out
-- why: a listing with two tags appears twice
select sum(l.price) from listing l cross join lateral unnest(l.tags) as t(tag);
-- and
select sum(price) from listing where tags <> '{}';

-- pair mkt-08 | stricter | kind: rows-lost
-- why: sales whose listing was deleted drop out
select sum(s.gross) from sale s join listing l on l.id = s.listing_id join seller on seller.id = l.seller_id;
-- and
select sum(gross) from sale;

-- pair mkt-09 | equal-under
-- why: every listing has its seller, so the second join drops nothing
-- rests: foreign_key listing(seller_id); not_null listing.seller_id or foreign_key listing(seller_id); not_null listing.seller_id; primary_key seller(id)
select sum(s.gross) from sale s join listing l on l.id = s.listing_id join seller on seller.id = l.seller_id;
-- and
select sum(s.gross) from sale s, listing l where s.listing_id = l.id;

-- pair mkt-10 | equal-under
-- why: at most one review for a sale: the key of the review is the sale
-- rests: primary_key review(sale_id)
select date_trunc('week', s.sold_at), sum(s.gross), avg(r.stars) from sale s left join review r on r.sale_id = s.id group by 1;
-- and
with rated as (select sale_id, min(stars) as stars from review group by sale_id)
select date_trunc('week', s.sold_at), sum(s.gross), avg(r.stars) from sale s left join rated r on r.sale_id = s.id group by 1;

-- pair mkt-11 | different | kind: fan-out
-- why: sales times payouts of a seller
select s.id, sum(x.gross) from seller s join listing l on l.seller_id = s.id join sale x on x.listing_id = l.id join payout p on p.seller_id = s.id group by s.id;
-- and
select s.id, sum(x.gross) from seller s join listing l on l.seller_id = s.id join sale x on x.listing_id = l.id where exists (select 1 from payout p where p.seller_id = s.id) group by s.id;

-- pair mkt-12 | different | kind: fan-out or distinctness
-- why: DISTINCT inside the sum folds equal amounts: it hides the fan-out, it does not mend it
select sum(distinct x.gross) from listing l join sale x on x.listing_id = l.id;
-- and
select sum(x.gross) from listing l join sale x on x.listing_id = l.id;

-- pair mkt-13 | different | kind: null-handling or distinctness
-- why: payouts without a batch may stand twice for a seller
select count(distinct (seller_id, batch)) from payout;
-- and
select count(*) from payout;

-- pair mkt-14 | equal-under
-- why: with a batch the pair is unique
-- rests: unique payout(seller_id,batch); not_null payout.seller_id
select count(distinct (seller_id, batch)) from payout where batch is not null;
-- and
select count(*) from payout where batch is not null;

-- pair mkt-15 | equal-under
-- why: stars lie between one and five: the middle is what is left between the ends
-- rests: check review.review_stars_check
select count(*) from review where stars in (2, 3, 4);
-- and
select count(*) from review where stars <> 1 and stars <> 5;

-- pair mkt-16 | equal or undecided
-- why: the mean of stars as a mean or as a weighted count by star; whole numbers only
-- rests: ?
select round(avg(stars), 2) from review where stars >= 4;
-- and
select round(sum(stars)::numeric / nullif(count(stars), 0), 2) from review where stars > 3;

-- pair mkt-17 | different | kind: measure
-- why: a mean of means weighs sellers, not sales
select avg(gross) from sale s join listing l on l.id = s.listing_id;
-- and
select avg(m) from (select l.seller_id, avg(s.gross) as m from sale s join listing l on l.id = s.listing_id group by l.seller_id) t;

-- pair mkt-18 | equal
-- why: a ratio with its guard, by NULLIF or by CASE
select sum(fee) / nullif(sum(gross), 0) from sale where status = 'settled';
-- and
select case when sum(gross) <> 0 then sum(fee) / sum(gross) end from sale where status = 'settled';

-- pair mkt-19 | different | kind: measure
-- why: the ratio of sums against the mean of ratios
select sum(fee) / nullif(sum(gross), 0) from sale;
-- and
select avg(fee / nullif(gross, 0)) from sale;

-- pair mkt-20 | different | kind: empty or null-handling | cosmetic: yes
-- why: no sale is 0 in one and NULL in the other
select coalesce(sum(gross), 0) from sale where status = 'chargeback';
-- and
select sum(gross) from sale where status = 'chargeback';

-- pair mkt-21 | equal-under
-- why: LEFT JOIN with the condition on the right side in ON, counted by its key of join; and a sub-query for each row
-- rests: primary_key seller(id)
select s.handle, count(l.seller_id) from seller s left join listing l on l.seller_id = s.id and not l.sold_out group by s.id, s.handle;
-- and
select s.handle, (select count(*) from listing l where l.seller_id = s.id and l.sold_out = false) from seller s;

-- pair mkt-22 | different | kind: fan-out or measure or distinctness
-- why: two left joins multiply each other
select s.id, count(l.id), count(p.id) from seller s left join listing l on l.seller_id = s.id left join payout p on p.seller_id = s.id group by s.id;
-- and
select s.id, count(distinct l.id), count(distinct p.id) from seller s left join listing l on l.seller_id = s.id left join payout p on p.seller_id = s.id group by s.id;

-- pair mkt-23 | equal-under or undecided
-- why: the same with each counted before it is joined
-- rests: ?
select s.id, count(distinct l.id), count(distinct p.id) from seller s left join listing l on l.seller_id = s.id left join payout p on p.seller_id = s.id group by s.id;
-- and
select s.id, coalesce(l.n, 0), coalesce(p.n, 0) from seller s left join (select seller_id, count(*) as n from listing group by seller_id) l on l.seller_id = s.id left join (select seller_id, count(*) as n from payout group by seller_id) p on p.seller_id = s.id;

-- pair mkt-24 | stricter or different | kind: limit or population or boundary
-- why: sellers with exactly ten sales
select l.seller_id, sum(s.gross) from sale s join listing l on l.id = s.listing_id group by 1 having count(*) > 10;
-- and
select l.seller_id, sum(s.gross) from sale s join listing l on l.id = s.listing_id group by 1 having count(*) >= 10;

-- pair mkt-25 | stricter or different | kind: limit or population
-- why: the first thousand lines only, in the order of an unlimited answer
select count(*) from (select id from sale order by id limit 3) t;
-- and
select count(*) from sale;
