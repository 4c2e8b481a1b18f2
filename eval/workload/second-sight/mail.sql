-- E-mail delivery.
-- schema: mail

-- name: laravel pops a job | operational | takes the next job of a queue and locks it
select * from "jobs" where "queue" = $1 and (("reserved_at" is null and "available_at" <= $2) or ("reserved_at" <= $3)) order by "id" asc limit 1 FOR UPDATE SKIP LOCKED

-- name: take what is due | operational | the next to be sent, marked
WITH due AS MATERIALIZED (SELECT id, created_at FROM messages WHERE state = 0 AND next_try_at <= now() ORDER BY next_try_at LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED) UPDATE messages m SET state = 1, attempts = m.attempts + 1 FROM due WHERE m.id = due.id AND m.created_at = due.created_at RETURNING m.id, m.subscriber_id, m.campaign_id

-- name: fan out a campaign | mixed or operational | writes one message for each subscriber of one list, which may be millions
INSERT INTO messages (id, campaign_id, subscriber_id, state, next_try_at, created_at) SELECT nextval('messages_id_seq'), $1, s.id, 0, now(), now() FROM subscribers s WHERE s.list_id = $2 AND s.status = 'active' AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.email = s.email)

-- name: is it suppressed | operational | a list of keys
SELECT email FROM suppressions WHERE email = ANY($1::text[])

-- name: is it suppressed, whatever the case | analytical | lower() on the column serves no index: the whole table is read
SELECT email FROM suppressions WHERE lower(email) = lower($1)

-- name: record an open | operational | a row that the client sends
INSERT INTO opens (message_id, at, ip, agent) SELECT m.id, now(), $2, $3 FROM messages m WHERE m.id = $1

-- name: funnel of one campaign | operational or mixed | one campaign by key, which may itself be large
SELECT count(*) AS sent, count(*) FILTER (WHERE state = 3) AS bounced, count(DISTINCT o.message_id) AS opened FROM messages m LEFT JOIN opens o ON o.message_id = m.id WHERE m.campaign_id = $1

-- name: stats of all campaigns | analytical | written from an aggregate of everything
INSERT INTO campaign_stats (campaign_id, sent, opened, bounced, computed_at) SELECT m.campaign_id, count(*), count(o.message_id), count(b.id), now() FROM messages m LEFT JOIN opens o ON o.message_id = m.id LEFT JOIN bounces b ON b.message_id = m.id GROUP BY m.campaign_id ON CONFLICT (campaign_id) DO UPDATE SET sent = excluded.sent, opened = excluded.opened, bounced = excluded.bounced, computed_at = excluded.computed_at

-- name: dashboard reads the stats | operational | a page of one account, each with its row by key
select c.id, c.subject, s.sent, s.opened from campaigns c left join campaign_stats s on s.campaign_id = c.id where c.account_id = $1 order by c.id desc limit 25

-- name: laravel paginates with offset | operational | a page of one list
select * from "subscribers" where "list_id" = $1 and "status" = $2 order by "email" asc limit $3 offset $4

-- name: duplicate addresses | analytical | groups all subscribers
SELECT lower(email), array_agg(list_id ORDER BY created_at) FROM subscribers GROUP BY lower(email) HAVING count(*) > 1

-- name: opens in the last five minutes | analytical | Grafana groups what all accounts did in a window of time
SELECT date_bin('10 seconds', at, '2000-01-01') AS time, count(*) AS opens FROM opens WHERE at BETWEEN '2026-11-22T10:00:00Z' AND '2026-11-22T10:05:00Z' GROUP BY 1 ORDER BY 1

-- name: events of an account | operational | a page of one account, from a table with a lying name
SELECT id, kind, at FROM events_dw WHERE account_id = $1 AND at < $2 ORDER BY at DESC LIMIT 50

-- name: drop an old partition | operational | runs the server
ALTER TABLE messages DETACH PARTITION messages_2025_10 CONCURRENTLY

-- name: best hour to send | analytical | windows over all opens
SELECT DISTINCT m.subscriber_id, first_value(extract(hour FROM o.at)) OVER (PARTITION BY m.subscriber_id ORDER BY count(*) DESC) AS best FROM opens o JOIN messages m ON m.id = o.message_id GROUP BY m.subscriber_id, extract(hour FROM o.at)

-- name: chunk for anonymising | operational | changes rows of production, a thousand at a time
UPDATE opens SET ip = NULL, agent = NULL WHERE ctid = ANY (ARRAY(SELECT ctid FROM opens WHERE at < now() - interval '90 days' AND ip IS NOT NULL LIMIT 1000))

-- name: newsletter export by cursor | analytical | a cursor over everything
DECLARE exp_17 NO SCROLL CURSOR WITHOUT HOLD FOR SELECT s.email, s.attributes FROM subscribers s JOIN lists l ON l.id = s.list_id WHERE s.status = 'active'
