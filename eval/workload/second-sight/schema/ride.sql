-- Ride hailing, with PostGIS.
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE drivers (id bigint PRIMARY KEY, name text NOT NULL, status text NOT NULL, city_id integer NOT NULL, rating numeric, location geography(Point,4326), last_seen timestamptz, version integer NOT NULL DEFAULT 0);
CREATE INDEX drivers_location_gix ON drivers USING gist (location);
CREATE INDEX drivers_city_status ON drivers (city_id, status);
CREATE TABLE riders (id bigint PRIMARY KEY, phone text NOT NULL UNIQUE, name text, home geography(Point,4326), created_at timestamptz NOT NULL);
CREATE TABLE zones (id integer PRIMARY KEY, city_id integer NOT NULL, name text, area geometry(MultiPolygon,4326) NOT NULL, surge numeric NOT NULL DEFAULT 1);
CREATE INDEX zones_area_gix ON zones USING gist (area);
CREATE TABLE rides (id bigint PRIMARY KEY, rider_id bigint NOT NULL REFERENCES riders, driver_id bigint REFERENCES drivers, zone_id integer REFERENCES zones, state text NOT NULL, requested_at timestamptz NOT NULL, finished_at timestamptz, pickup geography(Point,4326), fare_cents bigint, tip_cents bigint);
CREATE INDEX rides_rider ON rides (rider_id, requested_at DESC);
CREATE INDEX rides_driver ON rides (driver_id, requested_at DESC);
CREATE UNIQUE INDEX rides_one_open_per_driver ON rides (driver_id) WHERE state IN ('accepted', 'driving');
CREATE INDEX rides_waiting ON rides (requested_at) WHERE state = 'requested';
CREATE TABLE ride_points (ride_id bigint NOT NULL REFERENCES rides, at timestamptz NOT NULL, pos geometry(Point,4326) NOT NULL, speed real, PRIMARY KEY (ride_id, at));
CREATE TABLE offers (id bigint PRIMARY KEY, ride_id bigint NOT NULL REFERENCES rides, driver_id bigint NOT NULL REFERENCES drivers, offered_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, answer text);
CREATE INDEX offers_ride ON offers (ride_id);
CREATE INDEX offers_driver_open ON offers (driver_id) WHERE answer IS NULL;
CREATE TABLE heat_hourly (zone_id integer NOT NULL, hour timestamptz NOT NULL, rides integer, avg_fare numeric, PRIMARY KEY (zone_id, hour));
