-- Payments: Go with pgx, an outbox, and finance.
-- schema: ledger

-- name: lock both accounts | operational | two rows by key, locked in order
SELECT id, balance_minor, currency FROM ledger.accounts WHERE id = ANY($1) ORDER BY id FOR UPDATE

-- name: post a transfer in one statement | operational | writes what the client sends and adds it to two accounts
WITH t AS (INSERT INTO ledger.transfers (id, idempotency_key, state, meta) VALUES ($1, $2, $3, $4) ON CONFLICT (idempotency_key) DO NOTHING RETURNING id), e AS (INSERT INTO ledger.entries (transfer_id, account_id, amount_minor) SELECT t.id, v.account_id, v.amount FROM t CROSS JOIN (VALUES ($5::uuid, $6::bigint), ($7::uuid, $8::bigint)) AS v(account_id, amount) RETURNING account_id, amount_minor) UPDATE ledger.accounts a SET balance_minor = a.balance_minor + e.amount_minor, lock_version = lock_version + 1 FROM e WHERE a.id = e.account_id RETURNING a.id, a.balance_minor

-- name: available balance | operational | one account, two aggregates by its key
SELECT a.balance_minor - coalesce((SELECT sum(h.amount_minor) FROM ledger.holds h WHERE h.account_id = a.id AND h.released_at IS NULL AND h.expires_at > now()), 0) AS available FROM ledger.accounts a WHERE a.id = $1

-- name: balance at a date | operational | the sum of one account
SELECT coalesce(sum(amount_minor), $3) FROM ledger.entries WHERE account_id = $1 AND posted_at < $2

-- name: statement with running balance | operational | a window over the entries of one account
SELECT e.id, e.posted_at, e.amount_minor, sum(e.amount_minor) OVER (ORDER BY e.posted_at, e.id) AS running, t.meta->>'memo' AS memo FROM ledger.entries e JOIN ledger.transfers t ON t.id = e.transfer_id WHERE e.account_id = $1 AND e.posted_at >= $2 AND e.posted_at < $3 ORDER BY e.posted_at, e.id

-- name: outbox poll | operational | the next hundred unpublished, by the partial index
SELECT id, topic, payload FROM ledger.outbox WHERE published_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED

-- name: outbox mark | operational | by a list of keys
UPDATE ledger.outbox SET published_at = now() WHERE id = ANY($1::bigint[])

-- name: outbox lag gauge | operational | the first of an index: one row whatever the size
SELECT extract(epoch FROM now()) , (SELECT id FROM ledger.outbox WHERE published_at IS NULL ORDER BY id LIMIT 1) AS oldest

-- name: webhook seen before | operational | a row that the client sends, once
INSERT INTO ledger.webhook_events (provider, event_id, received_at, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING event_id

-- name: deferred trigger checks that a transfer sums to zero | operational | one transfer by key
SELECT 1 FROM ONLY ledger.entries x WHERE x.transfer_id = $1 GROUP BY x.transfer_id HAVING sum(x.amount_minor) <> 0

-- name: foreign key check | operational | the trigger's probe by key
SELECT 1 FROM ONLY "ledger"."accounts" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x

-- name: transfers out of balance | analytical | checks the whole ledger
SELECT transfer_id, sum(amount_minor) FROM ledger.entries GROUP BY transfer_id HAVING sum(amount_minor) <> $1 LIMIT $2

-- name: trial balance | analytical | sums all entries
SELECT a.kind, a.currency, sum(e.amount_minor) FILTER (WHERE e.amount_minor > 0) AS debit, sum(e.amount_minor) FILTER (WHERE e.amount_minor < 0) AS credit FROM ledger.entries e JOIN ledger.accounts a ON a.id = e.account_id WHERE e.posted_at <= $1 GROUP BY GROUPING SETS ((a.kind, a.currency), (a.currency), ())

-- name: cached balances against entries | analytical | compares every account with the sum of its entries
SELECT a.id, a.balance_minor, s.total FROM ledger.accounts a LEFT JOIN LATERAL (SELECT sum(e.amount_minor) AS total FROM ledger.entries e WHERE e.account_id = a.id) s ON true WHERE a.balance_minor IS DISTINCT FROM s.total

-- name: close the day | analytical | every account's balance written from all entries
INSERT INTO ledger.report_daily_balances (account_id, day, balance_minor) SELECT account_id, $1::date, sum(amount_minor) FROM ledger.entries WHERE posted_at < $1::date + 1 GROUP BY account_id

-- name: a lying name: report | operational | one row by its key, whatever the table is called
SELECT balance_minor FROM ledger.report_daily_balances WHERE account_id = $1 AND day = $2

-- name: currencies of the cache | operational or analytical | the whole of a reference table: whether it stays small is not in the text
SELECT code, exponent, name FROM ledger.currencies ORDER BY code

-- name: transfers since a cursor | operational or mixed | a keyset page over all transfers: a screen's next page or a step of an export
SELECT id, state, created_at FROM ledger.transfers WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3

-- name: match a settlement file | operational | changes the lines of one file, by their references
UPDATE ledger.settlement_lines l SET matched_entry = e.id FROM ledger.transfers t JOIN ledger.entries e ON e.transfer_id = t.id WHERE l.file_id = $1 AND t.idempotency_key = l.provider_ref AND e.amount_minor = l.amount_minor

-- name: finance exports the year | analytical | an extract by COPY
COPY (SELECT e.id, e.transfer_id, e.account_id, e.amount_minor, e.posted_at FROM ledger.entries e WHERE e.posted_at >= '2025-01-01' AND e.posted_at < '2026-01-01') TO STDOUT WITH (FORMAT csv, HEADER)
