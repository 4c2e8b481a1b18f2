-- name: Open accounts by product
SELECT product_code, count(*) FROM api.v_account_v1 WHERE status = 'open' GROUP BY product_code;

-- name: Account
SELECT account_id, product_code, status, balance FROM api.v_account_v1 WHERE account_id = 77;

-- name: Accounts direct
SELECT product_code, status, sum(balance) FROM core.account GROUP BY 1, 2;

-- name: High risk customers
SELECT customer_id, full_name, national_id, date_of_birth FROM core.customer WHERE risk_class = 'high' LIMIT 500;

-- name: Postings by kind in May
SELECT kind, count(*), sum(amount) FROM api.v_posting_v1 WHERE booked_at >= '2026-05-01' AND booked_at < '2026-06-01' GROUP BY kind;

-- name: May partition
SELECT kind, sum(amount) FROM ledger.posting_2026_05 GROUP BY kind;

-- name: Postings of an account
SELECT posting_id, booked_at, amount FROM ledger.posting WHERE account_id = 900 ORDER BY booked_at DESC LIMIT 50;

-- name: Customers by branch
SELECT b.name, count(*) FROM core.customer c JOIN core.branch b USING (branch_id) GROUP BY b.name;

-- name: Fees by counterparty
SELECT counterparty_iban, sum(amount) FROM ledger.posting WHERE kind = 'fee' GROUP BY counterparty_iban LIMIT 100;

-- name: Balances
SELECT day, sum(balance) FROM ledger.balance_daily GROUP BY day ORDER BY day;
