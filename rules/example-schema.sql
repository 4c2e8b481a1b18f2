-- The tables that the SQL examples of the rules speak of (PostgreSQL). Two products in one database: case work of a
-- regulator (app) and a shop, the contract views that outsiders may read (integration), and a read model for screens.

CREATE SCHEMA app;
CREATE SCHEMA shop;
CREATE SCHEMA read_model;
CREATE SCHEMA integration;

CREATE TABLE app.case_file (
  case_id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_number          text NOT NULL UNIQUE,
  tenant_id            bigint NOT NULL,
  case_type_code       text NOT NULL,
  region_code          text NOT NULL,
  status               text NOT NULL CHECK (status IN ('OPEN', 'IN_REVIEW', 'ESCALATED', 'CLOSED', 'CANCELLED')),
  priority             text NOT NULL,
  complainant_name     text,
  complainant_email    text,
  opened_at            timestamptz NOT NULL,
  closed_at            timestamptz,
  created_by_actor_id  bigint NOT NULL,
  source_channel       text NOT NULL,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  version              bigint NOT NULL DEFAULT 0,
  CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL))
);
CREATE INDEX case_file_tenant_status_idx ON app.case_file (tenant_id, status);

CREATE TABLE app.task (
  task_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_id       bigint NOT NULL REFERENCES app.case_file (case_id),
  title         text NOT NULL,
  assigned_to   bigint,
  due_at        timestamptz,
  completed_at  timestamptz
);
CREATE INDEX task_case_idx ON app.task (case_id);
CREATE INDEX task_assigned_due_idx ON app.task (assigned_to, due_at);

CREATE TABLE shop.customer (
  customer_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  full_name      text NOT NULL,
  email          text NOT NULL UNIQUE,
  phone          text,
  date_of_birth  date,
  city           text,
  country_code   text NOT NULL,
  password_hash  text NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE shop.orders (
  order_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id   bigint NOT NULL REFERENCES shop.customer (customer_id),
  status        text NOT NULL,
  total_amount  numeric(12, 2) NOT NULL,
  currency_code text NOT NULL,
  placed_at     timestamptz NOT NULL,
  shipped_at    timestamptz
);
CREATE INDEX orders_customer_placed_idx ON shop.orders (customer_id, placed_at);

CREATE TABLE read_model.case_worklist_item (
  case_id           bigint PRIMARY KEY,
  tenant_id         bigint NOT NULL,
  case_number       text NOT NULL,
  status            text NOT NULL,
  priority          text NOT NULL,
  queue_id          bigint NOT NULL,
  assigned_to       bigint,
  sla_due_at        timestamptz,
  last_activity_at  timestamptz NOT NULL
);
CREATE INDEX case_worklist_item_queue_idx ON read_model.case_worklist_item (queue_id, sla_due_at);

CREATE VIEW integration.v_case_opened_v1 AS
SELECT
  c.case_id,
  c.case_number,
  c.tenant_id,
  c.case_type_code,
  c.region_code,
  c.opened_at,
  c.created_by_actor_id,
  c.source_channel,
  c.created_at AS source_record_created_at,
  c.updated_at AS source_record_updated_at
FROM app.case_file c;

-- A warehouse, where it is a PostgreSQL of its own.
CREATE SCHEMA raw;
CREATE TABLE raw.customer (customer_id bigint NOT NULL, full_name text, email text, phone text);
CREATE SCHEMA analytics_secure;
CREATE TABLE analytics_secure.dim_customer_sensitive (customer_key bigint PRIMARY KEY, legal_name text, email text, phone text);
