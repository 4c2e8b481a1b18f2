-- Guardrails done right in other ways than ALTER ROLE … SET: for the server, for the database, for all roles, for a role in one
-- database; a switch through two groups; a read model that triggers keep in a schema called reporting; a foreign table that leads to
-- another service of the bank.
CREATE ROLE payments_owner NOLOGIN;
CREATE ROLE payments_svc LOGIN PASSWORD 'vault';
CREATE ROLE bi_off NOLOGIN;
CREATE ROLE bi_readers NOLOGIN IN ROLE bi_off;
CREATE ROLE qlik_bi LOGIN PASSWORD 'vault' CONNECTION LIMIT 6 IN ROLE bi_readers;
CREATE ROLE powerbi_gw LOGIN PASSWORD 'vault' CONNECTION LIMIT 4 IN ROLE bi_readers;
CREATE ROLE "m.kowalska" LOGIN PASSWORD 'vault' CONNECTION LIMIT 2 IN ROLE bi_off;
CREATE ROLE fraud_bi LOGIN PASSWORD 'vault' BYPASSRLS CONNECTION LIMIT 3 IN ROLE bi_readers;
CREATE ROLE breakglass_dba LOGIN SUPERUSER;
CREATE ROLE standby_link LOGIN REPLICATION;

ALTER DATABASE payments SET lock_timeout = '3s';
ALTER DATABASE payments SET default_transaction_read_only = on;
ALTER ROLE payments_svc IN DATABASE payments SET default_transaction_read_only = off;
ALTER ROLE ALL SET statement_timeout = '2min';
ALTER ROLE qlik_bi SET statement_timeout = 0;
ALTER ROLE qlik_bi IN DATABASE payments SET statement_timeout = '60s';
ALTER ROLE powerbi_gw IN DATABASE payments SET statement_timeout = '00060000';

CREATE SCHEMA ledger AUTHORIZATION payments_owner;
CREATE SCHEMA reporting AUTHORIZATION payments_owner;
CREATE SCHEMA kyc;
SET ROLE payments_owner;
CREATE TABLE ledger.account (account_id bigint PRIMARY KEY, branch_id int NOT NULL, balance_cents bigint NOT NULL DEFAULT 0);
CREATE TABLE reporting.branch_position (branch_id int PRIMARY KEY, balance_cents bigint DEFAULT 0);
CREATE FUNCTION ledger.keep_position() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE reporting.branch_position SET balance_cents = balance_cents + NEW.balance_cents - OLD.balance_cents WHERE branch_id = NEW.branch_id;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_position AFTER UPDATE ON ledger.account FOR EACH ROW EXECUTE FUNCTION ledger.keep_position();
ALTER TABLE ledger.account ENABLE ROW LEVEL SECURITY;
CREATE POLICY branch ON ledger.account USING (branch_id > 0);
CREATE VIEW reporting.v_account_v1 WITH (security_barrier) AS SELECT account_id, branch_id, balance_cents FROM ledger.account;
INSERT INTO reporting.branch_position SELECT g, 0 FROM generate_series(1, 20) g;
INSERT INTO ledger.account SELECT g, 1 + g % 20, 1000 FROM generate_series(1, 20000) g;
GRANT USAGE ON SCHEMA ledger, reporting TO payments_svc, bi_off;
GRANT SELECT, INSERT, UPDATE ON ledger.account TO payments_svc;
GRANT SELECT ON reporting.branch_position TO payments_svc;
GRANT SELECT ON reporting.v_account_v1 TO bi_off;
RESET ROLE;

CREATE EXTENSION postgres_fdw;
CREATE SERVER kyc_service FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'kyc.bank.internal', dbname 'kyc');
CREATE FOREIGN TABLE kyc.customer_status (customer_id bigint, status text) SERVER kyc_service;
GRANT USAGE ON SCHEMA kyc TO payments_svc;
GRANT SELECT ON kyc.customer_status TO payments_svc;
ANALYZE;
