-- schema telco
create type usage_kind as enum ('voice', 'sms', 'data');
create table subscriber (
  msisdn varchar(15) primary key,
  plan text not null,
  activated timestamptz not null,
  deactivated timestamptz
);
create table cdr (
  cdr_id bigint not null,
  msisdn varchar(15) not null references subscriber,
  kind usage_kind not null,
  started_at timestamp not null,
  seconds integer,
  bytes bigint,
  roaming boolean,
  tags text[] not null default '{}',
  attrs jsonb,
  primary key (cdr_id, started_at),
  constraint bytes_for_data check ((kind = 'data') = (bytes is not null))
) partition by range (started_at);
create table cdr_2024_h1 partition of cdr for values from ('2024-01-01') to ('2024-07-01');
create table cdr_2024_h2 partition of cdr for values from ('2024-07-01') to ('2025-01-01');
create table cdr_other partition of cdr default;

-- pair telco-01 | equal or equal-under or undecided
-- why: the partition holds what lies between its bounds
-- rests: ?
SELECT COUNT(*), SUM(seconds) FROM cdr_2024_h1;
-- and
SELECT COUNT(*), SUM(seconds) FROM cdr WHERE started_at >= '2024-01-01' AND started_at < '2024-07-01';

-- pair telco-02 | equal-under
-- why: what has bytes is data
-- rests: check cdr.bytes_for_data; not_null cdr.kind
SELECT date_trunc('day', started_at) AS "time", COUNT(*) FILTER (WHERE kind = 'data') AS sessions FROM cdr GROUP BY 1;
-- and
SELECT date_trunc('day', started_at) AS "time", COUNT(bytes) AS sessions FROM cdr GROUP BY 1;

-- pair telco-03 | equal or undecided
-- why: an array has an element exactly where it contains the array of it alone
SELECT COUNT(*) FROM cdr WHERE 'promo' = ANY (tags);
-- and
SELECT COUNT(*) FROM cdr WHERE tags @> ARRAY['promo'];

-- pair telco-04 | stricter or different
-- why: array_length of an empty array is NULL, so the first never counts anything
SELECT COUNT(*) FROM cdr WHERE array_length(tags, 1) = 0;
-- and
SELECT COUNT(*) FROM cdr WHERE cardinality(tags) = 0;

-- pair telco-05 | looser or different | kind: null-handling or population
-- why: a key whose value is null, and no document at all
SELECT COUNT(*) FROM cdr WHERE attrs ->> 'apn' IS NULL;
-- and
SELECT COUNT(*) FROM cdr WHERE NOT attrs ? 'apn';

-- pair telco-06 | equal or undecided
-- why: the same division in one step or three, exact to many digits
SELECT msisdn, SUM(bytes) / 1024 / 1024 / 1024 AS gib FROM cdr WHERE kind = 'data' GROUP BY msisdn;
-- and
SELECT msisdn, SUM(bytes) / 1073741824.0 AS gib FROM cdr WHERE kind = 'data' GROUP BY msisdn;

-- pair telco-07 | different | kind: measure
-- why: the division of whole numbers cuts off
SELECT SUM(seconds) / 60 AS minutes FROM cdr WHERE kind = 'voice';
-- and
SELECT SUM(seconds) / 60.0 AS minutes FROM cdr WHERE kind = 'voice';

-- pair telco-08 | different
-- why: seven rows are not seven days where a day has no usage
WITH daily AS (SELECT started_at::date AS day, COUNT(*) AS n FROM cdr GROUP BY 1)
SELECT day, SUM(n) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS n_7d FROM daily;
-- and
WITH daily AS (SELECT started_at::date AS day, COUNT(*) AS n FROM cdr GROUP BY 1)
SELECT day, SUM(n) OVER (ORDER BY day RANGE BETWEEN INTERVAL '6 days' PRECEDING AND CURRENT ROW) AS n_7d FROM daily;

-- pair telco-09 | equal
-- why: De Morgan holds with NULL too
select count(*) from cdr where not (roaming and seconds > 60);
-- and
select count(*) from cdr where not roaming or seconds <= 60;

-- pair telco-10 | equal
-- why: no end is an end that never comes
SELECT plan, COUNT(*) AS active FROM subscriber WHERE activated <= '2024-04-01 00:00+00' AND (deactivated IS NULL OR deactivated > '2024-04-01 00:00+00') GROUP BY plan;
-- and
SELECT plan, COUNT(*) AS active FROM subscriber WHERE activated <= '2024-04-01 00:00+00' AND COALESCE(deactivated, 'infinity') > '2024-04-01 00:00+00' GROUP BY plan;

-- pair telco-11 | equal-under
-- why: the id is NULL only where no record was joined
-- rests: primary_key cdr(cdr_id,started_at)
SELECT s.plan, COUNT(*) AS silent FROM subscriber s LEFT JOIN cdr c ON c.msisdn = s.msisdn AND c.started_at >= '2024-06-01' WHERE c.cdr_id IS NULL GROUP BY s.plan;
-- and
SELECT s.plan, COUNT(*) AS silent FROM subscriber s WHERE NOT EXISTS (SELECT 1 FROM cdr c WHERE c.msisdn = s.msisdn AND c.started_at >= '2024-06-01') GROUP BY s.plan;

-- pair telco-12 | stricter or different | kind: rows-lost or population
-- why: the filter in WHERE drops subscribers without records, in ON it keeps them as one row each
SELECT COUNT(*) FROM subscriber s LEFT JOIN cdr c ON c.msisdn = s.msisdn WHERE c.started_at >= '2024-06-01';
-- and
SELECT COUNT(*) FROM subscriber s LEFT JOIN cdr c ON c.msisdn = s.msisdn AND c.started_at >= '2024-06-01';
