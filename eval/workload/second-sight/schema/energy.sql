-- Energy metering (TimescaleDB-like, plain partitions).
CREATE TABLE customer (id integer PRIMARY KEY, name text NOT NULL, tariff_id integer NOT NULL);
CREATE TABLE meter (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer, serial text NOT NULL UNIQUE, grid_node integer NOT NULL, last_reading_at timestamptz, last_kwh numeric);
CREATE INDEX meter_customer ON meter (customer_id);
CREATE INDEX meter_node ON meter (grid_node);
CREATE TABLE reading (meter_id integer NOT NULL REFERENCES meter, at timestamptz NOT NULL, kwh numeric NOT NULL, quality smallint, PRIMARY KEY (meter_id, at)) PARTITION BY RANGE (at);
CREATE TABLE reading_2026_11 PARTITION OF reading FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
CREATE TABLE tariff (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE tariff_step (tariff_id integer NOT NULL REFERENCES tariff, valid tstzrange NOT NULL, hour_from smallint NOT NULL, hour_to smallint NOT NULL, price numeric NOT NULL, PRIMARY KEY (tariff_id, valid, hour_from));
CREATE TABLE invoice (id bigint PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer, period daterange NOT NULL, amount numeric, state text NOT NULL);
CREATE INDEX invoice_customer ON invoice (customer_id);
CREATE INDEX invoice_draft ON invoice (id) WHERE state = 'draft';
CREATE TABLE usage_day (meter_id integer NOT NULL, day date NOT NULL, kwh numeric NOT NULL, PRIMARY KEY (meter_id, day));
CREATE TABLE grid_edge (from_node integer NOT NULL, to_node integer NOT NULL, PRIMARY KEY (from_node, to_node));
CREATE TABLE job_watermark (job text PRIMARY KEY, upto timestamptz NOT NULL);
