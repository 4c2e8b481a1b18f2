-- Payments and a double-entry ledger.
CREATE SCHEMA ledger;
CREATE TABLE ledger.accounts (id uuid PRIMARY KEY, owner_id uuid NOT NULL, currency char(3) NOT NULL, kind text NOT NULL, balance_minor bigint NOT NULL DEFAULT 0, lock_version integer NOT NULL DEFAULT 0);
CREATE INDEX accounts_owner ON ledger.accounts (owner_id);
CREATE TABLE ledger.transfers (id uuid PRIMARY KEY, idempotency_key text NOT NULL UNIQUE, state text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), meta jsonb);
CREATE INDEX transfers_created ON ledger.transfers (created_at, id);
CREATE TABLE ledger.entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, transfer_id uuid NOT NULL REFERENCES ledger.transfers, account_id uuid NOT NULL REFERENCES ledger.accounts, amount_minor bigint NOT NULL, posted_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX entries_account ON ledger.entries (account_id, posted_at);
CREATE INDEX entries_transfer ON ledger.entries (transfer_id);
CREATE TABLE ledger.outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, payload jsonb NOT NULL, published_at timestamptz);
CREATE INDEX outbox_unpublished ON ledger.outbox (id) WHERE published_at IS NULL;
CREATE TABLE ledger.webhook_events (provider text NOT NULL, event_id text NOT NULL, received_at timestamptz NOT NULL, body jsonb, PRIMARY KEY (provider, event_id));
CREATE TABLE ledger.holds (id uuid PRIMARY KEY, account_id uuid NOT NULL REFERENCES ledger.accounts, amount_minor bigint NOT NULL, expires_at timestamptz NOT NULL, released_at timestamptz);
CREATE INDEX holds_account_open ON ledger.holds (account_id) WHERE released_at IS NULL;
CREATE TABLE ledger.currencies (code char(3) PRIMARY KEY, exponent smallint NOT NULL, name text);
CREATE TABLE ledger.report_daily_balances (account_id uuid NOT NULL, day date NOT NULL, balance_minor bigint NOT NULL, PRIMARY KEY (account_id, day));
CREATE TABLE ledger.settlement_files (id bigint PRIMARY KEY, provider text NOT NULL, value_date date NOT NULL, loaded_at timestamptz);
CREATE TABLE ledger.settlement_lines (file_id bigint NOT NULL REFERENCES ledger.settlement_files, line_no integer NOT NULL, provider_ref text, amount_minor bigint, matched_entry bigint, PRIMARY KEY (file_id, line_no));
