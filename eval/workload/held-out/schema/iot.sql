CREATE TABLE site (site_id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE device (device_id bigint PRIMARY KEY, site_id int NOT NULL REFERENCES site, serial text NOT NULL UNIQUE, firmware text, last_seen_at timestamptz);
CREATE INDEX device_site ON device (site_id);
CREATE TABLE reading (device_id bigint NOT NULL REFERENCES device, metric smallint NOT NULL, at timestamptz NOT NULL, value double precision NOT NULL, PRIMARY KEY (device_id, metric, at));
CREATE INDEX reading_at ON reading USING brin (at);
CREATE TABLE alarm (alarm_id bigint PRIMARY KEY, device_id bigint NOT NULL REFERENCES device, raised_at timestamptz NOT NULL, cleared_at timestamptz, level text NOT NULL);
CREATE INDEX alarm_device ON alarm (device_id, raised_at DESC);
CREATE TABLE command (command_id bigint PRIMARY KEY, device_id bigint NOT NULL, state text NOT NULL, body jsonb, created_at timestamptz NOT NULL);
CREATE INDEX command_pending ON command (device_id, created_at) WHERE state = 'pending';
