-- schema grid
CREATE SCHEMA grid;
CREATE TABLE grid.site (site_id bigint PRIMARY KEY, customer_no text, name text, postcode text, tariff_code text);
CREATE TABLE grid.meter (meter_id bigint PRIMARY KEY, site_id bigint, serial_no text, kind text, installed_on date, feeder_id bigint, lat numeric, lon numeric);
CREATE TABLE grid.reading (meter_id bigint, read_at timestamptz, kwh numeric, quality text) PARTITION BY RANGE (read_at);
CREATE TABLE grid.reading_2026 PARTITION OF grid.reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE grid.tariff (tariff_code text, valid_from date, valid_to date, price_per_kwh numeric, standing_charge numeric);
CREATE TABLE grid.feeder (feeder_id bigint PRIMARY KEY, parent_id bigint, name text, capacity_kw numeric);
CREATE TABLE grid.outage (outage_id bigint PRIMARY KEY, feeder_id bigint, started_at timestamptz, ended_at timestamptz, cause text);
CREATE TABLE grid.measurement (time timestamptz, host text, metric text, value double precision, labels jsonb);
