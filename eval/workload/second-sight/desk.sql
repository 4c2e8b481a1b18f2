-- Help desk and code host on Rails, as pg_stat_statements keeps it.
-- schema: desk

-- name: find | operational | one row by key
SELECT "tickets".* FROM "tickets" WHERE "tickets"."id" = $1 LIMIT $2

-- name: preload | operational | by a list of keys
SELECT "ticket_articles".* FROM "ticket_articles" WHERE "ticket_articles"."ticket_id" IN ($1, $2, $3, $4, $5) ORDER BY "ticket_articles"."created_at" ASC

-- name: exists? | operational | an EXISTS probe by an indexed digest
SELECT $1 AS one FROM "ticket_articles" WHERE "ticket_articles"."message_id_md5" = $2 LIMIT $3

-- name: eager_load of a ticket | operational | many tables by key
SELECT "tickets"."id" AS t0_r0, "tickets"."title" AS t0_r1, "users"."id" AS t1_r0, "users"."login" AS t1_r1, "organizations"."id" AS t2_r0, "organizations"."name" AS t2_r1, "groups"."name" AS t3_r1, "ticket_articles"."body" AS t4_r1, "histories"."value_to" AS t5_r1 FROM "tickets" LEFT OUTER JOIN "users" ON "users"."id" = "tickets"."customer_id" LEFT OUTER JOIN "organizations" ON "organizations"."id" = "users"."organization_id" LEFT OUTER JOIN "groups" ON "groups"."id" = "tickets"."group_id" LEFT OUTER JOIN "ticket_articles" ON "ticket_articles"."ticket_id" = "tickets"."id" LEFT OUTER JOIN "histories" ON "histories"."o_id" = "tickets"."id" AND "histories"."history_object" = $1 WHERE "tickets"."number" = $2

-- name: in_batches | mixed or operational | a step of a walk over everything, or a page: the text is the same
SELECT "tickets"."id" FROM "tickets" WHERE "tickets"."id" > $1 ORDER BY "tickets"."id" ASC LIMIT $2

-- name: overview count of an agent | operational | counts what one agent owns
SELECT COUNT(*) FROM "tickets" WHERE "tickets"."owner_id" = $1 AND "tickets"."state_id" IN ($2, $3, $4)

-- name: badge of all groups | analytical | counts the tickets of all groups
SELECT COUNT(*) AS "count_all", "tickets"."group_id" AS "tickets_group_id" FROM "tickets" WHERE "tickets"."state_id" != $1 GROUP BY "tickets"."group_id"

-- name: tickets that escalate next | operational | a page ordered by its index
SELECT "tickets".* FROM "tickets" WHERE "tickets"."escalation_at" <= $1 ORDER BY "tickets"."escalation_at" ASC LIMIT $2

-- name: delayed job reserves | operational | takes the next job and marks it
UPDATE "delayed_jobs" SET "locked_at" = $1, "locked_by" = $2 WHERE "id" IN (SELECT "delayed_jobs"."id" FROM "delayed_jobs" WHERE ((("run_at" <= $3 AND ("locked_at" IS NULL OR "locked_at" < $4)) OR "locked_by" = $5) AND "failed_at" IS NULL) ORDER BY "priority" ASC, "run_at" ASC LIMIT $6 FOR UPDATE) RETURNING *

-- name: session sweep | operational | removes rows of production
DELETE FROM "sessions" WHERE "sessions"."updated_at" < $1

-- name: touch | operational | one row by key
UPDATE "tickets" SET "updated_at" = $1 WHERE "tickets"."id" = $2

-- name: subject search by infix | analytical | a pattern that starts open reads the whole table, without a limit
SELECT "tickets"."id", "tickets"."title" FROM "tickets" WHERE ("tickets"."title" ILIKE '%invoice%') ORDER BY "tickets"."created_at" DESC

-- name: upsert_all | operational | writes what the client sends
INSERT INTO "users" ("id","login","email","updated_at") VALUES ($1, $2, $3, $4), ($5, $6, $7, $8), ($9, $10, $11, $12) ON CONFLICT ("login") DO UPDATE SET "email"=excluded."email","updated_at"=CASE WHEN ("users"."email" IS NOT DISTINCT FROM excluded."email") THEN "users"."updated_at" ELSE CURRENT_TIMESTAMP END RETURNING "id"

-- name: counter with a lying name | operational | one row by key
INSERT INTO "analytics_counters" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = "analytics_counters"."value" + EXCLUDED."value"

-- name: ancestors of a group | operational | climbs from one group by key
WITH RECURSIVE "base_and_ancestors" AS ((SELECT "groups".* FROM "groups" WHERE "groups"."id" = $1) UNION (SELECT "groups".* FROM "groups", "base_and_ancestors" WHERE "groups"."id" = "base_and_ancestors"."parent_id")) SELECT "groups".* FROM "base_and_ancestors" AS "groups"

-- name: first response time of all | analytical | joins and groups all tickets with all articles
SELECT date_trunc('week', t.created_at) AS week, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.first_at - t.created_at)) AS p50 FROM tickets t JOIN (SELECT ticket_id, min(created_at) AS first_at FROM ticket_articles WHERE NOT internal GROUP BY ticket_id) a ON a.ticket_id = t.id GROUP BY 1

-- name: runner picks a build | operational | the next pending by the partial index
SELECT ci_builds.id, ci_builds.project_id FROM ci_builds WHERE ci_builds.status = 'pending' ORDER BY ci_builds.queued_at LIMIT 1

-- name: fair queue of builds | analytical | groups every running build of all projects before it takes one
SELECT b.id FROM ci_builds b LEFT JOIN (SELECT project_id, count(*) AS running FROM ci_builds WHERE status = 'running' GROUP BY project_id) p ON p.project_id = b.project_id WHERE b.status = 'pending' ORDER BY coalesce(p.running, 0), b.id LIMIT 1

-- name: pluck of distinct values for a filter | analytical | DISTINCT over the whole table
SELECT DISTINCT "ci_builds"."stage" FROM "ci_builds" ORDER BY "ci_builds"."stage" ASC

-- name: update_all without a key | operational | changes rows of production, though all of them
UPDATE "users" SET "preferences" = jsonb_set(coalesce("preferences", '{}'), '{locale}', '"en"') WHERE NOT ("preferences" ? 'locale')
