-- Software for many tenants: issues, usage, devices, money.
-- schema: tenants

-- name: the board of one project | operational | the open issues of one project by index
SELECT id, title, state, assignee_id, position FROM issue WHERE project_id = $1 AND state <> 'archived' ORDER BY position

-- name: columns of the board with their counts | operational | grouped below one project
SELECT state, count(*) FROM issue WHERE project_id = $1 GROUP BY state

-- name: issue by number | operational | one row by a key of two columns
SELECT * FROM issue WHERE project_id = $1 AND number = $2

-- name: the next number | operational | an aggregate below one project
SELECT coalesce(max(number), 0) + 1 FROM issue WHERE project_id = $1

-- name: comments with authors | operational | joins below one key
SELECT c.id, c.body, m.name FROM comment c JOIN member m ON m.id = c.author_id WHERE c.issue_id = $1 ORDER BY c.created_at

-- name: members of a tenant | operational | the rows of one tenant by index
SELECT id, name, email, role FROM member WHERE tenant_id = $1 ORDER BY name

-- name: member by mail in a tenant | operational | one row by a key of two columns
SELECT id, password_hash FROM member WHERE tenant_id = $1 AND email = lower($2)

-- name: what may a member do | operational | joins below one member
SELECT DISTINCT p.permission FROM member m JOIN role_permission p ON p.role = m.role AND p.tenant_id = m.tenant_id WHERE m.id = $1

-- name: issues of a tenant counted by state | operational or mixed | grouped below one tenant through its projects, of which the text does not tell how large it is
SELECT i.state, count(*) FROM issue i JOIN project p ON p.id = i.project_id WHERE p.tenant_id = $1 GROUP BY i.state

-- name: burn-down of one sprint | operational or mixed | grouped behind one value of an index that is no foreign key
SELECT closed_at::date AS day, count(*) FROM issue WHERE sprint_id = $1 AND closed_at IS NOT NULL GROUP BY 1 ORDER BY 1

-- name: usage of a tenant this month | operational or mixed | a sum below one tenant and a range, of which the text does not tell how many rows it has
SELECT coalesce(sum(quantity), 0) FROM usage_event WHERE tenant_id = $1 AND metric = $2 AND at >= date_trunc('month', now())

-- name: usage of all tenants for their invoices | analytical | groups a month of all tenants
SELECT tenant_id, metric, sum(quantity) FROM usage_event WHERE at >= $1 AND at < $2 GROUP BY tenant_id, metric

-- name: quota of one tenant | operational | one row by key against its counter
SELECT q.allowed - coalesce(u.used, 0) AS left FROM quota q LEFT JOIN quota_use u ON u.tenant_id = q.tenant_id AND u.month = date_trunc('month', now()) WHERE q.tenant_id = $1

-- name: quota is used | operational | one row by key
INSERT INTO quota_use (tenant_id, month, used) VALUES ($1, date_trunc('month', now()), $2) ON CONFLICT (tenant_id, month) DO UPDATE SET used = quota_use.used + excluded.used RETURNING used

-- name: flags of a tenant | operational | the rows of one tenant and the defaults
SELECT f.name, coalesce(t.enabled, f.enabled) AS enabled FROM flag f LEFT JOIN tenant_flag t ON t.flag = f.name AND t.tenant_id = $1 WHERE f.name = ANY($2)

-- name: flags of a tenant, all | operational or mixed | a short list of all flags, which the text does not tell
SELECT f.name, coalesce(t.enabled, f.enabled) AS enabled FROM flag f LEFT JOIN tenant_flag t ON t.flag = f.name AND t.tenant_id = $1

-- name: api key | operational | one row by a unique key
UPDATE api_key SET last_used_at = now() WHERE hash = $1 AND revoked_at IS NULL RETURNING tenant_id, scopes

-- name: the trail of one object | operational | a page of one object by index
SELECT actor_id, action, at FROM audit WHERE object_kind = $1 AND object_id = $2 ORDER BY at DESC LIMIT 50

-- name: the trail of a tenant, page by page | operational | a keyset page of one tenant
SELECT id, actor_id, action, at FROM audit WHERE tenant_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT 100

-- name: the trail of a tenant, all of it | mixed or analytical | an export of one tenant's whole trail: bounded by the tenant, and meant to leave
COPY (SELECT at, actor_id, action FROM audit WHERE tenant_id = 'f2c1' ORDER BY at) TO STDOUT WITH (FORMAT csv)

-- name: row policy by setting | operational | one row by key under a policy
SELECT id, title FROM issue WHERE id = $1 AND (tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::text))

-- name: row policy by membership | operational | a page of one project that the user may see
SELECT i.id, i.title FROM issue i WHERE i.project_id = $1 AND EXISTS (SELECT 1 FROM project_member pm WHERE pm.project_id = i.project_id AND pm.member_id = $2) ORDER BY i.number DESC LIMIT 50

-- name: my projects through memberships | operational | joins below one member
SELECT p.id, p.name, (SELECT count(*) FROM issue i WHERE i.project_id = p.id AND i.state = 'open') AS open FROM project_member pm JOIN project p ON p.id = pm.project_id WHERE pm.member_id = $1 ORDER BY p.name

-- name: my work over all projects | operational | a page below one assignee
SELECT i.id, i.title, p.name FROM issue i JOIN project p ON p.id = i.project_id WHERE i.assignee_id = $1 AND i.state = 'open' ORDER BY i.due_on NULLS LAST LIMIT 50

-- name: latest reading of one device | operational | one row by index
SELECT at, value FROM reading WHERE device_id = $1 ORDER BY at DESC LIMIT 1

-- name: latest reading of each device of a tenant | operational or mixed | one row each for the devices of one tenant
SELECT d.id, r.at, r.value FROM device d LEFT JOIN LATERAL (SELECT at, value FROM reading WHERE device_id = d.id ORDER BY at DESC LIMIT 1) r ON true WHERE d.tenant_id = $1

-- name: a day of one device by the hour | operational | grouped below one device and a range
SELECT date_trunc('hour', at) AS hour, avg(value), max(value) FROM reading WHERE device_id = $1 AND at >= $2 AND at < $3 GROUP BY 1 ORDER BY 1

-- name: a week of all devices by the hour | analytical | groups a week of all devices
SELECT date_trunc('hour', at) AS hour, avg(value) FROM reading WHERE at >= now() - interval '7 days' GROUP BY 1

-- name: time buckets of all devices | analytical | groups a month of all devices
SELECT time_bucket('15 minutes', at) AS bucket, device_id, last(value, at) FROM reading WHERE at > now() - interval '30 days' GROUP BY bucket, device_id

-- name: silent devices | analytical or mixed | the latest reading of every device: a watch that looks at all of them
SELECT d.id FROM device d WHERE NOT EXISTS (SELECT 1 FROM reading r WHERE r.device_id = d.id AND r.at > now() - interval '1 hour')

-- name: readings are written | operational | rows that the client sends
INSERT INTO reading (device_id, at, value) SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::float8[]) ON CONFLICT DO NOTHING

-- name: balance of one wallet | operational | a sum below one key
SELECT sum(CASE WHEN side = 'credit' THEN amount ELSE -amount END) FROM posting WHERE wallet_id = $1

-- name: balances of a list of wallets | operational | sums below a list of keys
SELECT wallet_id, sum(amount) FROM posting WHERE wallet_id = ANY($1) GROUP BY wallet_id

-- name: transfer if the balance allows | operational | one row, if a sum below one key allows
INSERT INTO posting (id, wallet_id, side, amount, at) SELECT $1, $2, 'debit', $3, now() WHERE (SELECT coalesce(sum(amount), 0) FROM posting WHERE wallet_id = $2) >= $3

-- name: statement of one wallet with its running balance | operational | a window over one wallet
SELECT at, amount, sum(amount) OVER (PARTITION BY wallet_id ORDER BY at, id) FROM posting WHERE wallet_id = $1 ORDER BY at DESC LIMIT 50

-- name: all balances of the day | analytical | sums all postings
SELECT wallet_id, sum(amount) FROM posting GROUP BY wallet_id

-- name: debit equals credit | analytical | sums all postings
SELECT sum(amount) FILTER (WHERE side = 'debit') - sum(amount) FILTER (WHERE side = 'credit') FROM posting

-- name: hasura with an aggregate below a key | operational | one project with its counts as JSON
SELECT coalesce((json_agg("root") -> 0), 'null') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.base"."id" AS "id", "_root.ar.root.issues_aggregate"."issues_aggregate" AS "issues_aggregate") AS "_e")) AS "root" FROM (SELECT * FROM "public"."project" WHERE (("public"."project"."id") = (($1)::text)) LIMIT 1) AS "_root.base" LEFT OUTER JOIN LATERAL (SELECT json_build_object('aggregate', json_build_object('count', COUNT(*))) AS "issues_aggregate" FROM (SELECT 1 FROM "public"."issue" WHERE (("_root.base"."id") = ("project_id"))) AS "_root.ar.root.issues_aggregate.base") AS "_root.ar.root.issues_aggregate" ON ('true')) AS "_root"

-- name: hasura lists a page | operational | a page of one project as JSON
SELECT coalesce(json_agg("root" ORDER BY "root.pg.number" DESC NULLS FIRST), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.base"."id" AS "id", "_root.base"."title" AS "title") AS "_e")) AS "root", "_root.base"."number" AS "root.pg.number" FROM (SELECT * FROM "public"."issue" WHERE (("public"."issue"."project_id") = (($1)::text)) ORDER BY "number" DESC NULLS FIRST LIMIT 25) AS "_root.base" ORDER BY "root.pg.number" DESC NULLS FIRST) AS "_root"

-- name: hasura subscription, multiplexed | operational | one project for each of a list of subscribers, as JSON
SELECT "__subs"."result_id", "__fld_resp"."root" AS "result" FROM UNNEST(($1)::uuid[], ($2)::json[]) AS "__subs"("result_id", "result_vars") LEFT OUTER JOIN LATERAL (SELECT json_build_object('issue', "issue"."root") AS "root" FROM (SELECT coalesce(json_agg("root"), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.base"."id" AS "id") AS "_e")) AS "root" FROM (SELECT * FROM "public"."issue" WHERE (("public"."issue"."project_id") = ((("__subs"."result_vars"#>>ARRAY['synthetic', '0']))::text)) LIMIT 50) AS "_root.base") AS "_root") AS "issue") AS "__fld_resp" ON ('true')

-- name: postgrest filters | operational | a page of one project as JSON
WITH pgrst_source AS (SELECT "public"."issue"."id", "public"."issue"."title" FROM "public"."issue" WHERE "public"."issue"."project_id" = $1 ORDER BY "public"."issue"."number" DESC LIMIT $2 OFFSET $3) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]')::text AS body FROM (SELECT * FROM pgrst_source) _postgrest_t

-- name: postgrest counts exactly | operational | a page of one project and its exact count
WITH pgrst_source AS (SELECT "public"."issue".* FROM "public"."issue" WHERE "public"."issue"."project_id" = $1 LIMIT $2 OFFSET $3), pgrst_source_count AS (SELECT 1 FROM "public"."issue" WHERE "public"."issue"."project_id" = $1) SELECT (SELECT pg_catalog.count(*) FROM pgrst_source_count) AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]')::text AS body FROM (SELECT * FROM pgrst_source) _postgrest_t

-- name: postgrest inserts | operational | rows that the client sends, and the JSON of them
WITH pgrst_source AS (INSERT INTO "public"."comment"("id", "issue_id", "author_id", "body", "created_at") SELECT "json_to_recordset"."id", "json_to_recordset"."issue_id", "json_to_recordset"."author_id", "json_to_recordset"."body", now() FROM (SELECT $1 AS json_data) pgrst_payload, LATERAL (SELECT * FROM json_to_recordset(pgrst_payload.json_data) AS _("id" text, "issue_id" text, "author_id" text, "body" text)) "json_to_recordset" RETURNING "public"."comment".*) SELECT '' AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]')::text AS body FROM (SELECT * FROM pgrst_source) _postgrest_t

-- name: postgraphile connection | operational | a page of one project as JSON
with __local_0__ as (select to_json((json_build_object('__identifiers'::text, json_build_array(__local_1__."id"), 'title'::text, (__local_1__."title")))) as "@nodes" from (select __local_1__.* from "public"."issue" as __local_1__ where (__local_1__."project_id" = $1) order by __local_1__."id" ASC limit 10) __local_1__), __local_2__ as (select json_agg(to_json(__local_0__)) as data from __local_0__) select coalesce((select __local_2__.data from __local_2__), '[]'::json) as "data"

-- name: pg_graphql by key | operational | one row by key as JSON
select jsonb_build_object('id', i.id, 'comments', (select coalesce(jsonb_agg(jsonb_build_object('body', c.body) order by c.created_at), '[]') from comment c where c.issue_id = i.id)) from issue i where i.id = $1 limit 1

-- name: sign-in of a hosted platform | operational | one row by a unique key
SELECT users.id, users.email FROM member AS users WHERE users.tenant_id = $1 AND users.email = $2 LIMIT 1

-- name: realtime of a hosted platform | operational | changes of one slot: no table of the business
select wal->>'type' as type, wal->'columns' as columns from pg_logical_slot_get_changes('supabase_realtime', null, $1, 'include-pk', '1') as data(lsn, xid, wal)

-- name: rate limit by tokens | operational | one row by key
UPDATE bucket SET tokens = least(capacity, tokens + extract(epoch FROM now() - refilled_at) * rate) - 1, refilled_at = now() WHERE key = $1 AND least(capacity, tokens + extract(epoch FROM now() - refilled_at) * rate) >= 1 RETURNING tokens

-- name: hits in a sliding window | operational or mixed | a count behind one value of an index that is no foreign key, within a minute: how many rows that value has, the text does not tell
SELECT count(*) FROM hit WHERE key = $1 AND at > now() - interval '1 minute'

-- name: hits are swept | operational | takes old rows away; nobody reads an answer
DELETE FROM hit WHERE at < now() - interval '1 hour'

-- name: tenants that grow | analytical | counts the issues of all tenants before and after
SELECT p.tenant_id, count(*) FILTER (WHERE i.created_at >= now() - interval '30 days') AS now, count(*) FILTER (WHERE i.created_at < now() - interval '30 days') AS before FROM issue i JOIN project p ON p.id = i.project_id GROUP BY p.tenant_id HAVING count(*) > 100

-- name: active members by day | analytical | a distinct count over a month of all tenants
SELECT at::date AS day, count(DISTINCT actor_id) FROM audit WHERE at >= current_date - 30 GROUP BY 1

-- name: all tenants of a plan | analytical or mixed | a list of some tenants without a key, for a mailing: long or short, which the text does not tell
SELECT id, name, billing_email FROM tenant WHERE plan = 'trial' AND created_at < now() - interval '14 days'

-- name: trials that end today | operational or mixed | a work list of a day by index
SELECT id, billing_email FROM tenant WHERE trial_ends_on = current_date

-- name: an import stages rows | operational | rows by the keys of one import
INSERT INTO issue (id, tenant_id, project_id, number, title, state, created_at) SELECT s.id, s.tenant_id, s.project_id, s.number, s.title, 'open', now() FROM import_row s WHERE s.import_id = $1 ON CONFLICT (project_id, number) DO UPDATE SET title = excluded.title

-- name: progress of one import | operational | an aggregate below one import
SELECT count(*) AS total, count(*) FILTER (WHERE done) AS done, count(*) FILTER (WHERE error IS NOT NULL) AS failed FROM import_row WHERE import_id = $1
