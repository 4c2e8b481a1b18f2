-- Screens of an application, as its mapper writes them.
-- schema: desk

-- name: rails finds by id | operational | one row by primary key
SELECT "agent".* FROM "agent" WHERE "agent"."id" = $1 LIMIT $2

-- name: rails finds by a unique pair | operational | one row by the key of account and number
SELECT "ticket".* FROM "ticket" WHERE "ticket"."account_id" = $1 AND "ticket"."number" = $2 LIMIT $3

-- name: rails preloads messages | operational | the children of a page of tickets
SELECT "message".* FROM "message" WHERE "message"."ticket_id" IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY "message"."created_at" ASC

-- name: rails asks whether one exists | operational | existence below one key
SELECT 1 AS one FROM "agent" WHERE "agent"."email" = $1 AND "agent"."account_id" = $2 AND "agent"."id" != $3 LIMIT $4

-- name: django pages through the inbox | operational | a page of one account in index order
SELECT "ticket"."id", "ticket"."number", "ticket"."subject", "ticket"."status", "ticket"."updated_at", T2."name" FROM "ticket" LEFT OUTER JOIN "agent" T2 ON ("ticket"."assignee_id" = T2."id") WHERE ("ticket"."account_id" = $1 AND "ticket"."status" = $2) ORDER BY "ticket"."updated_at" DESC LIMIT 25 OFFSET 50

-- name: django counts the pages of one assignee | operational | a count below one agent
SELECT COUNT(*) AS "__count" FROM "ticket" WHERE ("ticket"."assignee_id" = $1 AND "ticket"."status" = $2)

-- name: django admin counts everything | analytical or mixed | the whole table for the foot of a screen: the work of a report, the sender an application
SELECT COUNT(*) AS "__count" FROM "message"

-- name: hibernate loads with joins | operational | one ticket with its parents by key
select t1_0.id,t1_0.account_id,a1_0.id,a1_0.plan,a1_0.subdomain,t1_0.number,t1_0.priority,r1_0.id,r1_0.email,r1_0.name,t1_0.status,t1_0.subject from ticket t1_0 join account a1_0 on a1_0.id=t1_0.account_id left join requester r1_0 on r1_0.id=t1_0.requester_id where t1_0.id=$1

-- name: hibernate updates what it read | operational | one row by key, if nobody else changed it
update agent set name=$1,last_seen_at=$2 where id=$3 and last_seen_at=$4

-- name: sqlalchemy selectin | operational | children of a list of keys
SELECT ticket_tag_1.ticket_id AS ticket_tag_1_ticket_id, tag.id AS tag_id, tag.account_id AS tag_account_id, tag.name AS tag_name FROM ticket_tag AS ticket_tag_1 JOIN tag ON tag.id = ticket_tag_1.tag_id WHERE ticket_tag_1.ticket_id IN ($1::BIGINT, $2::BIGINT, $3::BIGINT)

-- name: prisma finds many by key | operational | rows by a list of keys
SELECT "public"."requester"."id", "public"."requester"."account_id", "public"."requester"."email", "public"."requester"."name" FROM "public"."requester" WHERE "public"."requester"."id" IN ($1,$2,$3,$4) OFFSET $5

-- name: prisma counts relations of a page | operational | counts of messages below a list of tickets
SELECT "public"."ticket"."id", COALESCE("aggr_selection_0_Message"."_aggr_count_message", 0) AS "_aggr_count_message" FROM "public"."ticket" LEFT JOIN (SELECT "public"."message"."ticket_id", COUNT(*) AS "_aggr_count_message" FROM "public"."message" WHERE 1=1 GROUP BY "public"."message"."ticket_id") AS "aggr_selection_0_Message" ON ("public"."ticket"."id" = "aggr_selection_0_Message"."ticket_id") WHERE "public"."ticket"."id" = $1 LIMIT $2 OFFSET $3

-- name: ecto preloads | operational | children of a list of keys
SELECT m0."id", m0."ticket_id", m0."body", m0."created_at", m0."ticket_id" FROM "message" AS m0 WHERE (m0."ticket_id" = ANY($1)) ORDER BY m0."ticket_id"

-- name: typeorm takes two steps, the first | operational | the keys of a page of one account
SELECT DISTINCT "distinctAlias"."Ticket_id" AS "ids_Ticket_id", "distinctAlias"."Ticket_updated_at" FROM (SELECT "Ticket"."id" AS "Ticket_id", "Ticket"."updated_at" AS "Ticket_updated_at", "Ticket__messages"."id" AS "Ticket__messages_id" FROM "ticket" "Ticket" LEFT JOIN "message" "Ticket__messages" ON "Ticket__messages"."ticket_id"="Ticket"."id" WHERE "Ticket"."requester_id" = $1) "distinctAlias" ORDER BY "distinctAlias"."Ticket_updated_at" DESC, "Ticket_id" ASC LIMIT 20

-- name: entity framework joins to a page | operational | a page of an account with its children
SELECT t0.id, t0.number, t0.subject, m.id, m.body, m.created_at FROM (SELECT t.id, t.number, t.subject, t.updated_at FROM ticket AS t WHERE t.account_id = $1 ORDER BY t.updated_at DESC LIMIT $2) AS t0 LEFT JOIN message AS m ON t0.id = m.ticket_id ORDER BY t0.updated_at DESC, t0.id

-- name: sequelize finds and counts | operational | a count below one requester
SELECT count("Ticket"."id") AS "count" FROM "ticket" AS "Ticket" LEFT OUTER JOIN "agent" AS "assignee" ON "Ticket"."assignee_id" = "assignee"."id" WHERE "Ticket"."requester_id" = $1

-- name: counts for the sidebar of an account | operational or mixed | grouped below one account, of which the text does not tell how large it is
SELECT "ticket"."status", COUNT(*) AS "count_all" FROM "ticket" WHERE "ticket"."account_id" = $1 GROUP BY "ticket"."status"

-- name: full text in one account | operational | a search box: some hits of an account
SELECT id, number, subject, ts_rank(search, plainto_tsquery('english', $2)) AS rank FROM ticket WHERE account_id = $1 AND search @@ plainto_tsquery('english', $2) ORDER BY rank DESC LIMIT 20

-- name: autocomplete of tags | operational | ten rows of an account by prefix
SELECT id, name FROM tag WHERE account_id = $1 AND name ILIKE $2 || '%' ORDER BY name LIMIT 10

-- name: session by token | operational | one row by key
SELECT token, agent_id, data FROM web_session WHERE token = $1 AND expires_at > now()

-- name: session is prolonged | operational | one row by key
UPDATE web_session SET expires_at = now() + interval '30 minutes' WHERE token = $1 RETURNING agent_id

-- name: sessions are swept | operational | takes expired rows away; nobody reads an answer
DELETE FROM web_session WHERE expires_at < now()

-- name: a rate limit | operational | one counter by key, with its new value
INSERT INTO rate_limit AS r (bucket, window_start, hits) VALUES ($1, date_trunc('minute', now()), 1) ON CONFLICT (bucket, window_start) DO UPDATE SET hits = r.hits + 1 RETURNING hits

-- name: a sliding rate limit | operational | an aggregate over the windows of one bucket
SELECT coalesce(sum(hits), 0) FROM rate_limit WHERE bucket = $1 AND window_start > now() - interval '1 hour'

-- name: the tree of folders below one | operational | a recursion from one key along an index
WITH RECURSIVE below AS (SELECT id, parent_id, name, 0 AS depth FROM folder WHERE id = $1 UNION ALL SELECT f.id, f.parent_id, f.name, b.depth + 1 FROM folder f JOIN below b ON f.parent_id = b.id WHERE b.depth < 20) SELECT * FROM below ORDER BY depth, name

-- name: a permission | operational | existence by key
SELECT EXISTS(SELECT 1 FROM permission WHERE agent_id = $1 AND resource = $2 AND action IN ($3, '*'))

-- name: a table called dashboard | operational | the saved layouts of one account; the name says nothing
SELECT d.id, d.title, d.layout FROM dashboard d WHERE d.account_id = $1 ORDER BY d.title

-- name: an aggregate is loaded from its events | operational | the stream of one aggregate by key
SELECT version, kind, body FROM ticket_event WHERE stream_id = $1 AND version > $2 ORDER BY version

-- name: the next version of a stream | operational | an aggregate below a key
SELECT COALESCE(MAX(version), 0) + 1 FROM ticket_event WHERE stream_id = $1

-- name: events are appended in a batch | operational | writes the rows that the client sends
INSERT INTO ticket_event (stream_id, version, kind, body, recorded_at) SELECT $1, e.version, e.kind, e.body, now() FROM jsonb_to_recordset($2::jsonb) AS e(version integer, kind text, body jsonb)

-- name: migrations that ran | operational | a handful of rows when the application starts
SELECT "schema_migrations"."version" FROM "schema_migrations" ORDER BY "schema_migrations"."version" ASC

-- name: solid_queue polls | operational | takes the next jobs of a queue and locks them
SELECT "solid_queue_ready_executions"."job_id" FROM "solid_queue_ready_executions" WHERE "solid_queue_ready_executions"."queue_name" = $1 ORDER BY "solid_queue_ready_executions"."priority" ASC, "solid_queue_ready_executions"."job_id" ASC LIMIT $2 FOR UPDATE SKIP LOCKED

-- name: oban fetches | operational | takes the next jobs, locks and marks them
WITH "subset" AS MATERIALIZED (SELECT so0."id" AS "id" FROM "public"."oban_jobs" AS so0 WHERE (so0."state" = 'available') AND (so0."queue" = $1) AND (so0."attempt" < so0."max_attempts") ORDER BY so0."priority", so0."scheduled_at", so0."id" LIMIT $2 FOR UPDATE SKIP LOCKED) UPDATE "public"."oban_jobs" AS o0 SET "state" = $3, "attempted_at" = $4, "attempted_by" = $5, "attempt" = o0."attempt" + $6 FROM "subset" AS f1 WHERE (o0."id" = f1."id") AND (o0."attempt" < o0."max_attempts") RETURNING o0."id", o0."state", o0."queue", o0."worker", o0."args"

-- name: postgrest reads embedded rows | operational | JSON of one ticket and its messages
WITH pgrst_source AS (SELECT "public"."ticket"."id", "public"."ticket"."subject", COALESCE("ticket_message_1"."ticket_message_1", '[]') AS "message" FROM "public"."ticket" LEFT JOIN LATERAL (SELECT json_agg("ticket_message_1")::jsonb AS "ticket_message_1" FROM (SELECT "message_1"."id", "message_1"."body" FROM "public"."message" AS "message_1" WHERE "message_1"."ticket_id" = "public"."ticket"."id") AS "ticket_message_1") AS "ticket_message_1" ON TRUE WHERE "public"."ticket"."id" = $1 LIMIT $2 OFFSET $3) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body, nullif(current_setting('response.headers', true), '') AS response_headers FROM (SELECT * FROM pgrst_source) _postgrest_t

-- name: hasura reads by key | operational | JSON of one row by primary key
SELECT coalesce((json_agg("root") -> 0), 'null') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.base"."id" AS "id", "_root.base"."name" AS "name") AS "_e")) AS "root" FROM (SELECT * FROM "public"."agent" WHERE (("public"."agent"."id") = (($1)::uuid)) LIMIT 1) AS "_root.base") AS "_root"

-- name: the row policy of a hosted platform | operational | a page of the rows that the session may see
SELECT t.id, t.subject FROM ticket t WHERE t.account_id = (SELECT a.account_id FROM agent a WHERE a.id = (current_setting('request.jwt.claims', true)::json ->> 'sub')::uuid) ORDER BY t.updated_at DESC LIMIT 50

-- name: the latest message of each ticket of a page | operational | one row each for a list of keys
SELECT t.id, m.body, m.created_at FROM ticket t CROSS JOIN LATERAL (SELECT body, created_at FROM message WHERE ticket_id = t.id ORDER BY created_at DESC LIMIT 1) m WHERE t.id = ANY($1)

-- name: distinct on over a keyed set | operational | the latest message each of a list of tickets
SELECT DISTINCT ON (ticket_id) ticket_id, body, created_at FROM message WHERE ticket_id = ANY($1::bigint[]) ORDER BY ticket_id, created_at DESC

-- name: a window over the rows of one ticket | operational | numbers the messages of one ticket
SELECT id, body, row_number() OVER (ORDER BY created_at) AS position FROM message WHERE ticket_id = $1
