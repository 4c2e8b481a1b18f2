-- schema stock
create schema wms;
create domain wms.quantity as integer check (value >= 0);
create table wms.item (
  sku varchar(12) primary key,
  category text not null,
  unit_cost numeric(9,4) not null,
  perishable boolean not null
);
create table wms.bin (
  site char(3),
  aisle smallint,
  slot smallint,
  frozen boolean not null default false,
  primary key (site, aisle, slot)
);
create table wms.stock (
  sku varchar(12) references wms.item,
  site char(3),
  aisle smallint,
  slot smallint,
  on_hand wms.quantity not null,
  reserved wms.quantity not null default 0,
  counted_on date,
  primary key (sku, site, aisle, slot),
  foreign key (site, aisle, slot) references wms.bin,
  constraint no_overbooking check (reserved <= on_hand)
);
create table wms.move (
  move_id bigint primary key,
  sku varchar(12) not null references wms.item,
  happened_at timestamp not null,
  delta integer not null,
  kind text not null,
  constraint move_kind check (kind in ('receipt', 'issue', 'count')),
  constraint some_delta check (delta <> 0),
  constraint sign_of_kind check ((kind <> 'receipt' or delta > 0) and (kind <> 'issue' or delta < 0))
);

-- pair stock-01 | equal-under or undecided
-- why: the difference of sums, with no NULL in either
-- rests: not_null stock.on_hand; not_null stock.reserved
SELECT sku AS sku, SUM(on_hand - reserved) AS "SUM(available)" FROM wms.stock GROUP BY sku;
-- and
SELECT sku AS sku, SUM(on_hand) - SUM(reserved) AS available FROM wms.stock GROUP BY sku;

-- pair stock-02 | equal-under
-- why: what is available is never below zero
-- rests: check stock.no_overbooking; not_null stock.on_hand; not_null stock.reserved
SELECT sku, SUM(GREATEST(on_hand - reserved, 0)) FROM wms.stock GROUP BY sku;
-- and
SELECT sku, SUM(on_hand - reserved) FROM wms.stock GROUP BY sku;

-- pair stock-03 | equal-under
-- why: a quantity is not negative, so what is not zero is above it
-- rests: type stock.on_hand
SELECT COUNT(DISTINCT sku) AS stocked FROM wms.stock WHERE on_hand > 0;
-- and
SELECT COUNT(DISTINCT sku) AS stocked FROM wms.stock WHERE on_hand <> 0;

-- pair stock-04 | equal-under or undecided
-- why: each item has one cost
-- rests: primary_key item(sku)
SELECT SUM(s.on_hand * i.unit_cost) AS value FROM wms.stock s JOIN wms.item i ON i.sku = s.sku;
-- and
SELECT SUM(s.on_hand * (SELECT i.unit_cost FROM wms.item i WHERE i.sku = s.sku)) AS value FROM wms.stock s;

-- pair stock-05 | stricter | kind: population
-- why: a count may find more, too
SELECT date_trunc('week', happened_at) AS "time", COUNT(*) AS inbound FROM wms.move WHERE kind = 'receipt' GROUP BY 1;
-- and
SELECT date_trunc('week', happened_at) AS "time", COUNT(*) AS inbound FROM wms.move WHERE delta > 0 GROUP BY 1;

-- pair stock-06 | equal-under
-- why: a receipt adds
-- rests: check move.sign_of_kind
SELECT SUM(delta) FROM wms.move WHERE kind = 'receipt';
-- and
SELECT SUM(ABS(delta)) FROM wms.move WHERE kind = 'receipt';

-- pair stock-07 | equal-under
-- why: every bin is there and says whether it is frozen
-- rests: foreign_key stock(site,aisle,slot); primary_key stock(sku,site,aisle,slot); not_null bin.frozen
SELECT s.sku, SUM(s.on_hand) FROM wms.stock s LEFT JOIN wms.bin b USING (site, aisle, slot) WHERE b.frozen IS NOT TRUE GROUP BY s.sku;
-- and
SELECT s.sku, SUM(s.on_hand) FROM wms.stock s INNER JOIN wms.bin b ON b.site = s.site AND b.aisle = s.aisle AND b.slot = s.slot WHERE NOT b.frozen GROUP BY s.sku;

-- pair stock-08 | different | kind: empty | cosmetic: yes
-- why: a row of zero against no row
SELECT 'in' AS direction, COUNT(*) AS moves FROM wms.move WHERE delta > 0 UNION ALL SELECT 'out', COUNT(*) FROM wms.move WHERE delta < 0;
-- and
SELECT CASE WHEN delta > 0 THEN 'in' ELSE 'out' END AS direction, COUNT(*) AS moves FROM wms.move GROUP BY 1;

-- pair stock-09 | different | kind: distinctness or population
-- why: items that are in both lists
SELECT COUNT(*) FROM (SELECT sku FROM wms.stock UNION SELECT sku FROM wms.move) AS virtual_table;
-- and
SELECT COUNT(*) FROM (SELECT sku FROM wms.stock UNION ALL SELECT sku FROM wms.move) AS virtual_table;

-- pair stock-10 | equal or undecided
-- why: two categories are fewer than a thousand rows
SELECT category AS category, SUM(value) AS "SUM(value)" FROM (SELECT i.category, s.on_hand * i.unit_cost AS value FROM wms.stock s JOIN wms.item i ON s.sku = i.sku) AS virtual_table WHERE category IN ('food', 'pharma') GROUP BY category ORDER BY "SUM(value)" DESC LIMIT 1000;
-- and
SELECT i.category, SUM(s.on_hand * i.unit_cost) FROM wms.item i, wms.stock s WHERE s.sku = i.sku AND (i.category = 'food' OR i.category = 'pharma') GROUP BY i.category;

-- pair stock-11 | different | kind: limit
-- why: only the first two items
SELECT sku, SUM(on_hand) AS on_hand FROM wms.stock GROUP BY sku ORDER BY 2 DESC, 1 LIMIT 2;
-- and
SELECT sku, SUM(on_hand) AS on_hand FROM wms.stock GROUP BY sku ORDER BY 2 DESC, 1;
