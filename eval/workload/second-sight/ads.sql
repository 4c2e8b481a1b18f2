-- Ad serving and its reports.
-- schema: ads

-- name: the auction | operational | the best bids of one format by the partial index, to a limit
SELECT id, advertiser_id, bid_micros FROM creatives WHERE active AND format = $1 ORDER BY bid_micros DESC LIMIT 20

-- name: candidates by keyword | operational or mixed | found by the inverted index, but all of a keyword are sorted before the limit
SELECT c.id, c.bid_micros FROM creatives c JOIN advertisers a ON a.id = c.advertiser_id WHERE c.keywords && $1::text[] AND c.active AND c.valid @> now() AND a.spent_micros < a.daily_budget_micros ORDER BY c.bid_micros DESC LIMIT 5

-- name: frequency cap | operational | writes one row by key
INSERT INTO frequency_caps AS f (viewer, creative_id, seen, day) VALUES ($1, $2, 1, current_date) ON CONFLICT (viewer, creative_id, day) DO UPDATE SET seen = f.seen + 1 WHERE f.seen < $3 RETURNING seen

-- name: what has this viewer seen | operational | counts one viewer
SELECT creative_id, count(*) FROM impressions WHERE viewer = $1 AND at > now() - interval '24 hours' GROUP BY creative_id

-- name: spend is charged | operational | one row by key
UPDATE advertisers SET spent_micros = spent_micros + $2 WHERE id = $1 AND spent_micros + $2 <= daily_budget_micros RETURNING daily_budget_micros - spent_micros

-- name: impressions by COPY | operational | writes what the client sends
COPY impressions (id, creative_id, viewer, at, price_micros) FROM STDIN WITH (FORMAT binary)

-- name: view of one advertiser | operational | the view takes the key of one advertiser
SELECT micros FROM live_spend WHERE advertiser_id = $1

-- name: view of all advertisers | analytical | the view groups all of them
SELECT v.advertiser_id, a.name, v.micros FROM live_spend v JOIN advertisers a ON a.id = v.advertiser_id ORDER BY v.micros DESC LIMIT 10

-- name: refresh the rates | analytical | aggregates everything
REFRESH MATERIALIZED VIEW CONCURRENTLY creative_ctr

-- name: read one rate | operational | one row of the materialized view by key
SELECT imps, clicks FROM creative_ctr WHERE creative_id = $1

-- name: reset of the budgets at midnight | operational | changes rows of production, all of them
UPDATE advertisers SET spent_micros = 0 WHERE spent_micros <> 0

-- name: minute rollup | analytical | written from an aggregate over all advertisers
INSERT INTO spend_minute (advertiser_id, minute, micros) SELECT c.advertiser_id, date_trunc($1, i.at), sum(i.price_micros) FROM impressions i JOIN creatives c ON c.id = i.creative_id WHERE i.at >= $2 AND i.at < $3 GROUP BY c.advertiser_id, date_trunc($1, i.at) ON CONFLICT (advertiser_id, minute) DO UPDATE SET micros = EXCLUDED.micros

-- name: unique viewers | analytical | a distinct count without a key
SELECT count(DISTINCT viewer) FROM impressions WHERE at::date = $1

-- name: power bi | analytical | groups everything, folded into nested selects
select "rows"."name" as "name", sum("rows"."price_micros") as "a0" from ( select "_"."price_micros", "$Outer"."name" from "public"."impressions" "_" left join (select c."id" as "id2", a."name" from "public"."creatives" c join "public"."advertisers" a on a."id" = c."advertiser_id") "$Outer" on "_"."creative_id" = "$Outer"."id2" ) "rows" group by "name" limit 1000001

-- name: tableau asks for a domain | analytical | the distinct values of all rows, by way of GROUP BY
SELECT "creatives"."format" AS "format" FROM "public"."creatives" "creatives" INNER JOIN "public"."impressions" "impressions" ON ("creatives"."id" = "impressions"."creative_id") GROUP BY 1 ORDER BY 1 ASC

-- name: tableau asks for the columns | operational | no rows at all
SELECT * FROM "public"."impressions" "impressions" LIMIT 0

-- name: sample for a notebook | analytical | a sample of the blocks grows with the table
SELECT * FROM impressions TABLESAMPLE SYSTEM (1) REPEATABLE (42)

-- name: click fraud | analytical | a self-join of all impressions
SELECT a.viewer, count(*) FROM impressions a JOIN impressions b ON a.viewer = b.viewer AND b.at BETWEEN a.at AND a.at + interval '1 second' AND a.id <> b.id JOIN clicks k ON k.impression_id = a.id GROUP BY a.viewer HAVING count(*) > 50

-- name: pacing of one advertiser | operational | one advertiser's minutes, with the gaps filled
SELECT g.m, coalesce(s.micros, 0) FROM generate_series(date_trunc('day', now()), now(), interval '1 minute') AS g(m) LEFT JOIN spend_minute s ON s.advertiser_id = $1 AND s.minute = g.m ORDER BY g.m
