-- A bank's ledger and its cards.
CREATE TABLE party (party_id bigint PRIMARY KEY, kind text NOT NULL, name text NOT NULL, tax_number text UNIQUE, country char(2) NOT NULL, risk_class text NOT NULL, opened_on date NOT NULL);
CREATE TABLE account (account_id bigint PRIMARY KEY, iban text NOT NULL UNIQUE, party_id bigint NOT NULL REFERENCES party, currency char(3) NOT NULL, state text NOT NULL, version integer NOT NULL);
CREATE INDEX account_party_idx ON account (party_id);
CREATE TABLE entry (entry_id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account, booking_id bigint NOT NULL, amount numeric(18,2) NOT NULL, booked_at timestamptz NOT NULL, value_date date NOT NULL);
CREATE INDEX entry_account_idx ON entry (account_id, booked_at);
CREATE INDEX entry_booking_idx ON entry (booking_id);
CREATE TABLE booking (booking_id bigint PRIMARY KEY, reference text NOT NULL, kind text NOT NULL, created_by text NOT NULL, created_at timestamptz NOT NULL, idempotency_key uuid UNIQUE);
CREATE TABLE card (card_id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account, token text NOT NULL UNIQUE, state text NOT NULL, daily_limit numeric(12,2) NOT NULL);
CREATE INDEX card_account_idx ON card (account_id);
CREATE TABLE card_authorisation (authorisation_id bigint PRIMARY KEY, card_id bigint NOT NULL REFERENCES card, merchant_id bigint NOT NULL, amount numeric(12,2) NOT NULL, country char(2) NOT NULL, decision text NOT NULL, authorised_at timestamptz NOT NULL);
CREATE INDEX card_authorisation_card_idx ON card_authorisation (card_id, authorised_at);
CREATE TABLE merchant (merchant_id bigint PRIMARY KEY, name text NOT NULL, category_code char(4) NOT NULL);
CREATE TABLE rate (currency char(3) NOT NULL, day date NOT NULL, rate numeric(18,8) NOT NULL, PRIMARY KEY (currency, day));
CREATE TABLE balance_snapshot (account_id bigint NOT NULL REFERENCES account, day date NOT NULL, balance numeric(18,2) NOT NULL, PRIMARY KEY (account_id, day));
CREATE TABLE audit_trail (audit_id bigint PRIMARY KEY, object_type text NOT NULL, object_id bigint NOT NULL, actor text NOT NULL, happened_at timestamptz NOT NULL, before jsonb, after jsonb);
CREATE INDEX audit_trail_object_idx ON audit_trail (object_type, object_id);
CREATE INDEX audit_trail_happened_idx ON audit_trail (happened_at);
