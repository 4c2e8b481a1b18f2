-- What pipelines and servers send, over a SaaS schema.
CREATE SCHEMA app; CREATE SCHEMA mart;
CREATE TABLE app.tenant (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE app.case_file (id bigint PRIMARY KEY, tenant_id integer NOT NULL REFERENCES app.tenant, opened_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, status text NOT NULL, amount numeric, doc jsonb);
CREATE INDEX case_file_tenant ON app.case_file (tenant_id, opened_at);
CREATE INDEX case_file_updated ON app.case_file (updated_at, id);
CREATE TABLE app.case_event (id bigint PRIMARY KEY, case_id bigint NOT NULL REFERENCES app.case_file, kind text NOT NULL, at timestamptz NOT NULL);
CREATE INDEX case_event_case ON app.case_event (case_id);
CREATE TABLE app.events_olap (id bigint PRIMARY KEY, tenant_id integer NOT NULL, body jsonb);
CREATE TABLE app.feature_flag (name text PRIMARY KEY, enabled boolean NOT NULL);
CREATE TABLE mart.fct_case (case_id bigint PRIMARY KEY, tenant_id integer, score numeric, segment text, opened_on date);
CREATE TABLE mart.dim_tenant (tenant_id integer PRIMARY KEY, tier text);
