-- schema fleet
create schema "Fleet";
create domain "Fleet".percent as smallint check (value between 0 and 100);
create table "Fleet"."City" (
  "cityCode" char(3) primary key,
  "displayName" text not null,
  "launchedOn" date
);
create table "Fleet"."Scooter" (
  "scooterId" integer primary key,
  "cityCode" char(3) not null references "Fleet"."City" ("cityCode"),
  model text not null,
  "retiredOn" date,
  battery "Fleet".percent
);
create table "Fleet"."Ride" (
  "rideId" bigint primary key,
  "scooterId" integer not null references "Fleet"."Scooter" ("scooterId"),
  "userId" integer,
  "startedAt" timestamptz not null,
  "endedAt" timestamptz,
  metres integer,
  "priceCents" integer not null default 0,
  "order" smallint,
  constraint "endsLater" check ("endedAt" > "startedAt"),
  constraint "metresAtEnd" check ("endedAt" is not null or metres is null),
  constraint "freeOrPaid" check ("priceCents" >= 0)
);
create table "Fleet"."Rating" (
  "rideId" bigint primary key references "Fleet"."Ride" ("rideId"),
  stars smallint not null check (stars between 1 and 5),
  remark text
);

-- pair fleet-01 | equal-under
-- why: a scooter has one city, and a ride one scooter
-- rests: foreign_key Ride(scooterId); not_null Ride.scooterId; foreign_key Scooter(cityCode); not_null Scooter.cityCode
SELECT COUNT(*) AS "count" FROM "Fleet"."Ride" INNER JOIN "Fleet"."Scooter" "Scooter" ON "Fleet"."Ride"."scooterId" = "Scooter"."scooterId" INNER JOIN "Fleet"."City" "City" ON "Scooter"."cityCode" = "City"."cityCode";
-- and
SELECT COUNT(*) AS "count" FROM "Fleet"."Ride";

-- pair fleet-02 | equal
-- why: a wrapper, a reserved word as a name, other letters of keywords
SELECT "order" AS "order", COUNT(*) AS count, MAX("maxPrice") AS "MAX(maxPrice)" FROM (SELECT r."order", r."priceCents" AS "maxPrice" FROM "Fleet"."Ride" AS r WHERE r.metres IS NOT NULL) AS virtual_table WHERE "order" IN (1, 2) GROUP BY "order" LIMIT 50000;
-- and
select "order", count(metres), max("priceCents") from "Fleet"."Ride" where "order" between 1 and 2 and metres is not null group by 1;

-- pair fleet-03 | equal-under
-- why: a ride has at most one rating, so the outer join repeats nothing
-- rests: primary_key Rating(rideId)
SELECT date_trunc('week', r."startedAt") AS "time", SUM(r."priceCents") AS cents, COUNT(*) AS rides FROM "Fleet"."Ride" r LEFT OUTER JOIN "Fleet"."Rating" g ON g."rideId" = r."rideId" GROUP BY 1 ORDER BY 1;
-- and
SELECT date_trunc('week', "startedAt") AS "time", SUM("priceCents") AS cents, COUNT(*) AS rides FROM "Fleet"."Ride" GROUP BY date_trunc('week', "startedAt");

-- pair fleet-04 | different | kind: null-handling or measure or rows-lost or population
-- why: a ride without stars is a zero in one mean
SELECT AVG(COALESCE(g.stars, 0)) FROM "Fleet"."Ride" r LEFT JOIN "Fleet"."Rating" g USING ("rideId");
-- and
SELECT AVG(g.stars) FROM "Fleet"."Ride" r LEFT JOIN "Fleet"."Rating" g USING ("rideId");

-- pair fleet-05 | equal
-- why: the mean leaves out what the outer join did not find, which the inner join drops
SELECT AVG(g.stars), COUNT(g.stars), MIN(g.stars) FROM "Fleet"."Ride" r LEFT JOIN "Fleet"."Rating" g USING ("rideId") WHERE r."priceCents" > 0;
-- and
SELECT AVG(g.stars), COUNT(g.stars), MIN(g.stars) FROM "Fleet"."Ride" r JOIN "Fleet"."Rating" g USING ("rideId") WHERE r."priceCents" > 0;

-- pair fleet-06 | overlapping | kind: population
-- why: low batteries of the living, and all of one model
select count(*) from "Fleet"."Scooter" where battery < 20 and "retiredOn" is null;
-- and
select count(*) from "Fleet"."Scooter" where battery < 20 and model = 'M365';

-- pair fleet-07 | different | kind: population
-- why: no scooter is in both
select count(*) from "Fleet"."Scooter" where "retiredOn" is null;
-- and
select count(*) from "Fleet"."Scooter" where "retiredOn" >= '2024-01-01';

-- pair fleet-08 | stricter | kind: null-handling or population
-- why: the domain has no value above 100, but a battery may say nothing
SELECT COUNT(*) FROM "Fleet"."Scooter" WHERE battery <= 100;
-- and
SELECT COUNT(*) FROM "Fleet"."Scooter";

-- pair fleet-09 | equal-under or undecided
-- why: the first of each day by number is one row
-- rests: ?
WITH ranked AS (SELECT "scooterId", "startedAt"::date AS day, "priceCents", ROW_NUMBER() OVER w AS n FROM "Fleet"."Ride" WINDOW w AS (PARTITION BY "scooterId", "startedAt"::date ORDER BY "rideId"))
SELECT day, SUM("priceCents") FROM ranked WHERE n = 1 GROUP BY day;
-- and
SELECT "startedAt"::date AS day, SUM("priceCents") FROM "Fleet"."Ride" r WHERE NOT EXISTS (SELECT FROM "Fleet"."Ride" e WHERE e."scooterId" = r."scooterId" AND e."startedAt"::date = r."startedAt"::date AND e."rideId" < r."rideId") GROUP BY 1;

-- pair fleet-10 | different | kind: population or measure or distinctness
-- why: rank has ties where two rides begin at one instant
SELECT SUM("priceCents") FROM (SELECT "priceCents", RANK() OVER (PARTITION BY "scooterId" ORDER BY "startedAt") AS n FROM "Fleet"."Ride") t WHERE n = 1;
-- and
SELECT SUM("priceCents") FROM (SELECT "priceCents", ROW_NUMBER() OVER (PARTITION BY "scooterId" ORDER BY "startedAt", "rideId") AS n FROM "Fleet"."Ride") t WHERE n = 1;

-- pair fleet-11 | equal or undecided
-- why: minutes as seconds by sixty or as an interval by a minute, summed the same
SELECT "cityCode", SUM(EXTRACT(EPOCH FROM (r."endedAt" - r."startedAt")) / 60) AS minutes FROM "Fleet"."Ride" r JOIN "Fleet"."Scooter" s USING ("scooterId") GROUP BY "cityCode";
-- and
SELECT s."cityCode", SUM(EXTRACT(EPOCH FROM r."endedAt") - EXTRACT(EPOCH FROM r."startedAt")) / 60.0 AS minutes FROM "Fleet"."Scooter" s JOIN "Fleet"."Ride" r ON s."scooterId" = r."scooterId" GROUP BY s."cityCode";

-- pair fleet-12 | equal
-- why: IS NOT DISTINCT FROM a value is equality where only truth counts
SELECT model, COUNT(*) FROM "Fleet"."Scooter" WHERE model IS NOT DISTINCT FROM 'M365' OR NOT (battery IS DISTINCT FROM 100) GROUP BY model;
-- and
SELECT model, COUNT(*) FROM "Fleet"."Scooter" WHERE model = 'M365' OR battery = 100 GROUP BY model;

-- pair fleet-13 | equal-under
-- why: a ride that has metres has ended
-- rests: check Ride.metresAtEnd
SELECT date_trunc('month', "endedAt") AS month, SUM(metres) / 1000.0 AS km FROM "Fleet"."Ride" WHERE metres > 0 AND "endedAt" IS NOT NULL GROUP BY 1;
-- and
SELECT date_trunc('month', "endedAt") AS month, SUM(metres) / 1000.0 AS km FROM "Fleet"."Ride" WHERE metres > 0 GROUP BY 1;

-- pair fleet-14 | different | kind: time-zone | session: TimeZone=America/Bogota
-- why: the evening in Bogota is the next day in UTC
SELECT EXTRACT(HOUR FROM "startedAt") AS hour, COUNT(*) FROM "Fleet"."Ride" GROUP BY 1 ORDER BY 1;
-- and
SELECT EXTRACT(HOUR FROM "startedAt" AT TIME ZONE 'UTC') AS hour, COUNT(*) FROM "Fleet"."Ride" GROUP BY 1 ORDER BY 1;

-- pair fleet-15 | equal or undecided
-- why: a value list and a CASE give the same names to models
SELECT k.family, COUNT(*) FROM "Fleet"."Scooter" s JOIN (VALUES ('M365', 'light'), ('G30', 'heavy')) AS k (model, family) ON k.model = s.model GROUP BY k.family;
-- and
SELECT CASE model WHEN 'M365' THEN 'light' ELSE 'heavy' END AS family, COUNT(*) FROM "Fleet"."Scooter" WHERE model IN ('G30', 'M365') GROUP BY 1;

-- pair fleet-16 | different | kind: measure
-- why: the median of the middle two or the lower of them
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY metres) FROM "Fleet"."Ride";
-- and
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY metres) FROM "Fleet"."Ride";
