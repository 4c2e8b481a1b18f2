-- A bank: bookings, cards, and those who report to the supervisor.
-- schema: bank

-- name: the balance of one account | operational | a sum below one key
SELECT COALESCE(SUM(amount), 0) FROM entry WHERE account_id = $1

-- name: the balance from the last snapshot | operational | one row by key and what came after, of one account
SELECT s.balance + COALESCE((SELECT SUM(e.amount) FROM entry e WHERE e.account_id = s.account_id AND e.value_date > s.day), 0) FROM balance_snapshot s WHERE s.account_id = $1 AND s.day = $2

-- name: the running balance of a statement of account | operational | a window over the rows of one account
SELECT entry_id, booked_at, amount, sum(amount) OVER (ORDER BY booked_at, entry_id) AS balance FROM entry WHERE account_id = $1 AND booked_at >= $2 ORDER BY booked_at DESC LIMIT 100

-- name: an account is locked for a booking | operational | locks two rows by key
SELECT account_id, version FROM account WHERE account_id IN ($1, $2) ORDER BY account_id FOR UPDATE

-- name: an idempotent booking | operational | writes one row that the client sends
INSERT INTO booking (booking_id, reference, kind, created_by, created_at, idempotency_key) VALUES ($1, $2, $3, $4, now(), $5) ON CONFLICT (idempotency_key) DO NOTHING RETURNING booking_id

-- name: the accounts of a party with their balances | operational | aggregates below one party
SELECT a.account_id, a.iban, a.currency, coalesce(b.total, 0) AS balance FROM account a LEFT JOIN LATERAL (SELECT sum(e.amount) AS total FROM entry e WHERE e.account_id = a.account_id) b ON true WHERE a.party_id = $1

-- name: what a card spent today | operational | an aggregate below one card
SELECT coalesce(sum(ca.amount), 0) >= c.daily_limit AS exceeded FROM card c LEFT JOIN card_authorisation ca ON ca.card_id = c.card_id AND ca.authorised_at >= current_date AND ca.decision = 'approved' WHERE c.token = $1 GROUP BY c.card_id, c.daily_limit

-- name: velocity of one card | operational | counts below one card before it decides
SELECT count(*), count(DISTINCT country), max(amount) FROM card_authorisation WHERE card_id = $1 AND authorised_at > now() - interval '10 minutes'

-- name: both sides of a booking balance | operational | groups below one key
SELECT booking_id FROM entry WHERE booking_id = $1 GROUP BY booking_id HAVING sum(amount) <> 0

-- name: the rate of a day | operational | the last rate up to a day of one currency
SELECT rate FROM rate WHERE currency = $1 AND day <= $2 ORDER BY day DESC LIMIT 1

-- name: the trail of one object | operational | rows by the index of an object
SELECT actor, happened_at, before, after FROM audit_trail WHERE object_type = $1 AND object_id = $2 ORDER BY happened_at DESC

-- name: a new payee has a name and a number | operational | one row by a unique key
SELECT p.party_id, p.name FROM party p JOIN account a ON a.party_id = p.party_id WHERE a.iban = $1

-- name: account state by a common table | operational | the common table only names a row by key
WITH target AS (SELECT account_id, party_id FROM account WHERE iban = $1) SELECT t.account_id, p.name, (SELECT max(e.booked_at) FROM entry e WHERE e.account_id = t.account_id) AS last_booking FROM target t JOIN party p ON p.party_id = t.party_id

-- name: a card is frozen with its audit row | operational | one row by key and one written
WITH frozen AS (UPDATE card SET state = 'frozen' WHERE token = $1 AND state = 'active' RETURNING card_id) INSERT INTO audit_trail (audit_id, object_type, object_id, actor, happened_at) SELECT nextval('audit_seq'), 'card', card_id, $2, now() FROM frozen

-- name: month end of the ledger | analytical | sums all entries of a month by currency
SELECT a.currency, sum(e.amount) FILTER (WHERE e.amount > 0) AS debit, sum(e.amount) FILTER (WHERE e.amount < 0) AS credit FROM entry e JOIN account a USING (account_id) WHERE e.value_date BETWEEN DATE '2026-02-01' AND DATE '2026-02-28' GROUP BY a.currency

-- name: the trial balance | analytical | sums every entry there is
SELECT account_id, sum(amount) AS balance FROM entry GROUP BY account_id HAVING sum(amount) <> 0

-- name: snapshots of the day are written | analytical | sums every entry into a table of results
INSERT INTO balance_snapshot (account_id, day, balance) SELECT account_id, current_date - 1, sum(amount) FROM entry WHERE value_date < current_date GROUP BY account_id

-- name: large exposures to the supervisor | analytical | groups all accounts and entries by party
SELECT p.party_id, p.name, sum(e.amount) AS exposure FROM party p JOIN account a ON a.party_id = p.party_id JOIN entry e ON e.account_id = a.account_id GROUP BY p.party_id, p.name HAVING sum(e.amount) > 10000000 ORDER BY exposure DESC

-- name: structuring is looked for | analytical | a sweep through all card authorisations of a month
SELECT card_id, date_trunc('day', authorised_at) AS day, count(*), sum(amount) FROM card_authorisation WHERE amount BETWEEN 9000 AND 9999 AND authorised_at > now() - interval '30 days' GROUP BY 1, 2 HAVING count(*) >= 3

-- name: impossible travel | analytical | a self join of all authorisations of a day
SELECT a.card_id, a.country, b.country FROM card_authorisation a JOIN card_authorisation b ON b.card_id = a.card_id AND b.country <> a.country AND b.authorised_at BETWEEN a.authorised_at AND a.authorised_at + interval '1 hour' WHERE a.authorised_at > now() - interval '1 day'

-- name: spend by category with a rollup | analytical | a rollup over a quarter
SELECT m.category_code, ca.country, sum(ca.amount) FROM card_authorisation ca JOIN merchant m USING (merchant_id) WHERE ca.authorised_at >= '2026-01-01' AND ca.decision = 'approved' GROUP BY ROLLUP (m.category_code, ca.country)

-- name: the rank of parties in their class | analytical | a window over the whole table
SELECT party_id, risk_class, rank() OVER (PARTITION BY risk_class ORDER BY opened_on) FROM party

-- name: accounts without movement | analytical | an outer join of all accounts with all entries
SELECT a.account_id, max(e.booked_at) FROM account a LEFT JOIN entry e ON e.account_id = a.account_id WHERE a.state = 'active' GROUP BY a.account_id HAVING max(e.booked_at) < now() - interval '2 years' OR max(e.booked_at) IS NULL

-- name: the ledger is proven | analytical | every booking is summed to find those that do not balance
SELECT booking_id, sum(amount) FROM entry GROUP BY booking_id HAVING sum(amount) <> 0 LIMIT 100

-- name: the trail of a day goes to the archive | analytical or operational | every row of a day is copied: carries as much as an export, and is production's own upkeep
INSERT INTO archive.audit_trail SELECT * FROM audit_trail WHERE happened_at >= $1 AND happened_at < $2

-- name: a warehouse asks through foreign tables | analytical | a cursor of the foreign data wrapper over a whole table
DECLARE c1 CURSOR FOR SELECT account_id, amount, value_date FROM public.entry

-- name: the latest rate of each currency | mixed or analytical | one row for each of a few currencies, of all days there are
SELECT DISTINCT ON (currency) currency, rate FROM rate ORDER BY currency, day DESC

-- name: the accounts of a currency go under review | operational | changes every account of a currency; the work belongs to production
UPDATE account SET version = version + 1, state = 'review' WHERE state = 'active' AND currency = 'EUR'
