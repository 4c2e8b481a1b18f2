-- A service whose queries are written by hand and compiled into code.
-- schema: service

-- name: a template and a person by their keys | operational | two rows, each by its own key, with no join between them
SELECT t.name, t.body, p.email, coalesce(nullif(p.name, ''), p.email)::text AS called FROM template t, person p WHERE t.id = $1 AND p.id = $2

-- name: leases messages and shows them | operational | takes a batch, locks and marks it, and joins its rows by key
WITH taken AS (UPDATE notice SET status = 'leased', updated_at = now(), leased_until = now() + concat($1::int, ' seconds')::interval WHERE id IN (SELECT n.id FROM notice AS n WHERE (n.status IN ('pending', 'failed') OR (n.status = 'leased' AND n.leased_until < now())) AND (n.attempts IS NULL OR n.attempts < $2::int) AND (CASE WHEN n.retry_after IS NOT NULL THEN n.retry_after < now() ELSE true END) ORDER BY n.created_at FOR UPDATE OF n SKIP LOCKED LIMIT $3) RETURNING *) SELECT taken.id, taken.payload, t.body, coalesce(pr.disabled, false) AS disabled FROM taken JOIN template t ON t.id = taken.template_id LEFT JOIN preference pr ON pr.person_id = taken.person_id AND pr.template_id = taken.template_id

-- name: marks a batch as sent | operational | rows by keys that the client sends
UPDATE notice SET status = 'sent', updated_at = x.sent_at, attempts = attempts + 1 FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::timestamptz[]) AS sent_at) AS x WHERE notice.id = x.id

-- name: old messages are removed by a sub-query | operational | takes rows away; nobody reads an answer
DELETE FROM notice WHERE id IN (SELECT id FROM notice AS nested WHERE nested.updated_at < now() - interval '7 days')

-- name: preferences are written in a batch | operational | rows that the client sends
INSERT INTO preference (person_id, template_id, disabled) SELECT $1::uuid, x.template_id, x.disabled FROM (SELECT unnest($2::uuid[]) AS template_id, unnest($3::bool[]) AS disabled) AS x ON CONFLICT (person_id, template_id) DO UPDATE SET disabled = excluded.disabled

-- name: some messages of a status | operational or mixed | a portion behind one value of an index, whose length is a parameter
SELECT * FROM notice WHERE status = $1 LIMIT $2::int

-- name: keys of a kind of one person | operational | rows of one person by index
SELECT * FROM access_key WHERE kind = $1 AND person_id = $2 AND ($3::bool OR expires_at > now())

-- name: keys used since a moment | analytical or mixed | every row from a moment on, for telemetry: a report's work, as long as the moment is old
SELECT * FROM access_key WHERE last_used > $1

-- name: expired keys are removed in portions | operational | a bounded batch of deletions
WITH expired AS (SELECT id FROM access_key WHERE expires_at < $1::timestamptz LIMIT $2) DELETE FROM access_key USING expired WHERE access_key.id = expired.id

-- name: keys without an owner's work expire | operational | changes rows that several sub-queries below one person choose
WITH live AS (SELECT id, substring(label FROM 38 FOR 36)::uuid AS workspace_id FROM access_key WHERE person_id = $1 AND expires_at > $2), unnamed AS (SELECT id FROM access_key WHERE person_id = $1 AND label = '') UPDATE access_key SET expires_at = $2 WHERE id IN (SELECT live.id FROM live LEFT JOIN build b ON b.workspace_id = live.workspace_id WHERE b.id IS NULL UNION SELECT id FROM unnamed)

-- name: the key last used | operational | one row of one person
SELECT k.id FROM access_key k JOIN person p ON p.id = k.person_id WHERE k.person_id = $1 AND k.expires_at > now() AND p.status <> 'suspended' AND NOT p.deleted ORDER BY k.last_used DESC NULLS LAST LIMIT 1

-- name: teams of an organisation | operational | the rows behind the first column of a key
SELECT * FROM team WHERE organisation_id = $1 AND id <> $1

-- name: who is in which team | operational | members below a list of teams
SELECT tm.team_id, p.id, p.email FROM team_member tm JOIN person p ON p.id = tm.person_id WHERE tm.team_id = ANY($1::uuid[]) AND CASE WHEN $2::bool THEN true ELSE p.status <> 'system' END

-- name: the latest build of one workspace | operational | one row of one workspace by key
SELECT * FROM build WHERE workspace_id = $1 ORDER BY number DESC LIMIT 1

-- name: the latest build of some workspaces | operational | one row each for a list of keys
SELECT b.* FROM (SELECT workspace_id, max(number) AS number FROM build WHERE workspace_id = ANY($1::uuid[]) GROUP BY workspace_id) m JOIN build b ON b.workspace_id = m.workspace_id AND b.number = m.number

-- name: the latest build of all workspaces | analytical | groups every build
SELECT b.* FROM (SELECT workspace_id, max(number) AS number FROM build GROUP BY workspace_id) m JOIN build b ON b.workspace_id = m.workspace_id AND b.number = m.number

-- name: statistics of a quarter of an hour | analytical | percentiles over all rows of a range
SELECT coalesce(sum(bytes), 0)::bigint, coalesce((percentile_cont(0.95) WITHIN GROUP (ORDER BY latency)), -1)::float FROM agent_stat WHERE at > $1

-- name: daily users | analytical | a distinct grouping of all rows
SELECT (at AT TIME ZONE cast($1::integer AS text))::date AS day, person_id FROM agent_stat WHERE at > now() - interval '60 days' GROUP BY day, person_id ORDER BY day

-- name: filters that may be empty | operational or mixed | a page of one organisation, with filters that the client may leave out
SELECT t.id, t.name, count(*) OVER () AS total FROM team t WHERE t.organisation_id = $1 AND CASE WHEN $2::text <> '' THEN t.name ILIKE concat('%', $2, '%') ELSE true END ORDER BY t.name LIMIT nullif($3::int, 0) OFFSET $4

-- name: filters that may all be empty | analytical or mixed | with nothing given it numbers and counts every person before the page is cut
SELECT p.id, p.email, count(*) OVER () AS total FROM person p WHERE CASE WHEN $1::text <> '' THEN p.email ILIKE concat('%', $1, '%') ELSE true END AND NOT p.deleted ORDER BY lower(p.email) LIMIT nullif($2::int, 0) OFFSET $3

-- name: counts by status for a licence | analytical | counts over the whole table
SELECT count(*) FROM person WHERE status = 'active'::text AND NOT deleted
