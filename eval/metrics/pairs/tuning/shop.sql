-- schema shop
create table customer (
  customer_id integer primary key,
  email text not null unique,
  country varchar(2) not null,
  vip boolean not null default false,
  created_at timestamp not null,
  deleted_at timestamp
);
create table product (
  product_id integer primary key,
  sku text not null unique,
  category text,
  price numeric(8,2) not null check (price >= 0)
);
create table orders (
  order_id integer primary key,
  customer_id integer not null references customer (customer_id),
  status text not null check (status in ('new', 'paid', 'shipped', 'returned', 'cancelled')),
  placed_at timestamp not null,
  shipped_at timestamp,
  total numeric(10,2) not null check (total >= 0),
  discount numeric(10,2),
  net numeric(12,2) generated always as (total - coalesce(discount, 0)) stored,
  currency char(3) not null default 'EUR',
  constraint shipped_later check (shipped_at >= placed_at)
);
create table order_line (
  order_id integer not null references orders,
  line_no integer not null,
  product_id integer not null references product,
  quantity integer not null check (quantity > 0),
  unit_price numeric(8,2) not null,
  primary key (order_id, line_no)
);
create table refund (
  refund_id integer primary key,
  order_id integer not null unique references orders,
  amount numeric(10,2) not null,
  refunded_at timestamp
);

-- pair shop-01 | different | kind: measure
-- why: gross against net of discount
SELECT date_trunc('month', placed_at) AS month, SUM(total) AS revenue FROM orders WHERE status IN ('paid', 'shipped') GROUP BY 1 ORDER BY 1;
-- and
SELECT date_trunc('month', placed_at) AS month, SUM(net) AS revenue FROM orders WHERE status IN ('paid', 'shipped') GROUP BY 1 ORDER BY 1;

-- pair shop-02 | equal or equal-under
-- why: the generated column is that expression; how it is named is left open
-- rests: ?
select sum(net) from orders where status = 'paid';
-- and
select sum(total - coalesce(discount, 0)) from orders where status = 'paid';

-- pair shop-03 | stricter | kind: boundary
-- why: BETWEEN ends at midnight: orders of the last day after it are lost
SELECT COUNT(*) FROM orders WHERE placed_at BETWEEN '2024-01-01' AND '2024-01-31';
-- and
SELECT COUNT(*) FROM orders WHERE placed_at >= '2024-01-01' AND placed_at < '2024-02-01';

-- pair shop-04 | equal
-- why: compared as dates the last day is whole
SELECT COUNT(*) FROM orders WHERE placed_at::date BETWEEN '2024-01-01' AND '2024-01-31';
-- and
SELECT COUNT(*) FROM orders WHERE placed_at >= '2024-01-01' AND placed_at < '2024-02-01';

-- pair shop-05 | equal
-- why: the year of a timestamp without time zone is a range
select sum(total) from orders where extract(year from placed_at) = 2024 and status <> 'cancelled';
-- and
select sum(total) from orders where placed_at >= timestamp '2024-01-01' and placed_at < timestamp '2025-01-01' and status <> 'cancelled';

-- pair shop-06 | stricter or different | kind: boundary
-- why: up to the last second of the year leaves its last fraction out
select sum(total) from orders where placed_at between '2024-01-01 00:00:00' and '2024-12-31 23:59:59';
-- and
select sum(total) from orders where placed_at >= '2024-01-01' and placed_at < '2025-01-01';

-- pair shop-07 | different | kind: fan-out
-- why: an order with two lines is summed twice
select c.country, sum(o.total) from orders o join customer c on c.customer_id = o.customer_id join order_line l on l.order_id = o.order_id group by c.country;
-- and
select c.country, sum(o.total) from orders o join customer c on c.customer_id = o.customer_id group by c.country;

-- pair shop-08 | equal-under
-- why: at most one refund for an order
-- rests: unique refund(order_id)
select o.status, sum(o.total) from orders o left join refund r on r.order_id = o.order_id group by o.status;
-- and
select status, sum(total) from orders group by status;

-- pair shop-09 | stricter | kind: rows-lost
-- why: only refunded orders remain under the inner join
select o.status, sum(o.total) from orders o join refund r on r.order_id = o.order_id group by o.status;
-- and
select status, sum(total) from orders group by status;

-- pair shop-10 | equal-under or undecided
-- why: no total is NULL, so the mean is the sum over the number of rows
-- rests: not_null orders.total
select avg(total) from orders where status = 'paid';
-- and
select sum(total) / nullif(count(*), 0) from orders where status = 'paid';

-- pair shop-11 | different | kind: null-handling or measure | cosmetic: no
-- why: AVG leaves out orders without a discount, COUNT(*) does not
select avg(discount) from orders where status = 'paid';
-- and
select sum(discount) / nullif(count(*), 0) from orders where status = 'paid';

-- pair shop-12 | equal or undecided
-- why: a discount of NULL counts as 0 in both, and no order gives 0 in both
select coalesce(avg(coalesce(discount, 0)), 0) from orders;
-- and
select coalesce(sum(discount), 0) / greatest(count(*), 1) from orders;

-- pair shop-13 | different | kind: measure
-- why: integer division cuts the percentage
select count(*) filter (where status = 'returned') * 100 / nullif(count(*), 0) from orders;
-- and
select count(*) filter (where status = 'returned') * 100.0 / nullif(count(*), 0) from orders;

-- pair shop-14 | equal-under
-- why: the same ratio: what is counted is the key, which is never NULL
-- rests: primary_key orders(order_id)
select date_trunc('week', placed_at), 100.0 * count(*) filter (where status = 'returned') / count(*) from orders group by 1;
-- and
select date_trunc('week', placed_at), 100.0 * count(case when status = 'returned' then order_id end) / count(order_id) from orders group by 1;

-- pair shop-15 | equal-under
-- why: a quantity is always positive, and what has none adds nothing to a sum
-- rests: check order_line.order_line_quantity_check
select sum(unit_price * quantity) from order_line where quantity > 0;
-- and
select sum(unit_price * quantity) from order_line;

-- pair shop-16 | equal
-- why: more than five is at least six
select customer_id, count(*) from orders group by customer_id having count(*) > 5;
-- and
select customer_id, count(*) from orders group by customer_id having not count(*) < 6;

-- pair shop-17 | stricter or different | kind: boundary or limit or population
-- why: a customer with exactly five orders
select customer_id, count(*) from orders group by customer_id having count(*) > 5;
-- and
select customer_id, count(*) from orders group by customer_id having count(*) >= 5;

-- pair shop-18 | undecided or different | kind: limit or measure
-- why: which of the customers with the same number of orders is shown is left to the engine
select customer_id, count(*) from orders group by customer_id order by count(*) desc limit 3;
-- and
select customer_id, count(*) from orders where order_id is not null group by customer_id order by 2 desc limit 3;

-- pair shop-19 | looser or different | kind: population
-- why: ILIKE also takes de and De
select count(*) from customer where country ilike 'de';
-- and
select count(*) from customer where country = 'DE';

-- pair shop-20 | equal
-- why: with two decimals the next price above 9.99 is 10.00
select count(*) from product where price > 9.99;
-- and
select count(*) from product where price >= 10;

-- pair shop-21 | looser | kind: boundary or population
-- ddl: alter table product alter column price type numeric(9,3);
-- why: with three decimals there is 9.995
select count(*) from product where price > 9.99;
-- and
select count(*) from product where price >= 10;

-- pair shop-22 | equal or equal-under or undecided
-- why: three characters that begin with EUR are EUR
-- rests: ?
select sum(total) from orders where currency = 'EUR';
-- and
select sum(total) from orders where currency like 'EUR%';

-- pair shop-23 | equal-under
-- why: no customer that is missing: the email is there for each order
-- rests: foreign_key orders(customer_id); not_null orders.customer_id or foreign_key orders(customer_id); not_null orders.customer_id; primary_key customer(customer_id)
with o as (select o.*, c.country from orders o inner join customer c on c.customer_id = o.customer_id)
select date_trunc('day', placed_at), sum(total) from o group by 1;
-- and
select date_trunc('day', placed_at), sum(total) from orders group by 1;

-- pair shop-24 | different | kind: grain
-- why: buckets of weeks against buckets of months
select date_trunc('week', placed_at), count(*) from orders group by 1;
-- and
select date_trunc('month', placed_at), count(*) from orders group by 1;

-- pair shop-25 | equal
-- why: the first day of the month as a date or as a timestamp
select date_trunc('month', placed_at)::date as m, count(distinct customer_id) from orders group by m;
-- and
SELECT "source"."placed_at", "source"."count" FROM (SELECT DATE_TRUNC('month', "public"."orders"."placed_at") AS "placed_at", COUNT(DISTINCT "public"."orders"."customer_id") AS "count" FROM "public"."orders" GROUP BY DATE_TRUNC('month', "public"."orders"."placed_at")) AS "source";

-- pair shop-26 | different | kind: distinctness
-- why: buyers against orders
select date_trunc('month', placed_at)::date as m, count(distinct customer_id) from orders group by m;
-- and
select date_trunc('month', placed_at)::date as m, count(customer_id) from orders group by m;

-- pair shop-27 | equal or undecided
-- why: gaps of a calendar are filled with 0 in the same way
select d::date, count(o.order_id) from generate_series(date '2024-01-01', date '2024-01-07', interval '1 day') d left join orders o on o.placed_at >= d and o.placed_at < d + interval '1 day' group by 1;
-- and
select d::date as day, count(o.order_id) as orders from generate_series(timestamp '2024-01-01', timestamp '2024-01-07', '1 day') as d left join orders as o on date_trunc('day', o.placed_at) = d group by d order by d;

-- pair shop-28 | different | kind: null-handling or empty or rows-lost or measure
-- why: COUNT(*) counts the row that stands for an empty day
select d::date, count(*) from generate_series(date '2024-01-01', date '2024-01-07', interval '1 day') d left join orders o on o.placed_at::date = d group by 1;
-- and
select d::date, count(o.order_id) from generate_series(date '2024-01-01', date '2024-01-07', interval '1 day') d left join orders o on o.placed_at::date = d group by 1;

-- pair shop-29 | stricter | kind: population or rows-lost
-- why: the filter on the right side in WHERE makes the left join an inner one; deleted customers are left out
select count(*) from orders o left join customer c on c.customer_id = o.customer_id where c.deleted_at is null and o.status = 'paid';
-- and
select count(*) from orders o left join customer c on c.customer_id = o.customer_id and c.deleted_at is null where o.status = 'paid';

-- pair shop-30 | different | kind: source or measure
-- why: prices of today against prices of the order
select sum(l.quantity * p.price) from order_line l join product p using (product_id);
-- and
select sum(l.quantity * l.unit_price) from order_line l join product p using (product_id);

-- pair shop-31 | equal-under
-- why: GROUP BY the key carries the other columns of the customer with it
-- rests: primary_key customer(customer_id)
select c.email, c.country, count(*) from customer c join orders o on o.customer_id = c.customer_id group by c.customer_id;
-- and
select c.email, c.country, count(*) from customer c join orders o on o.customer_id = c.customer_id group by c.customer_id, c.email, c.country;
