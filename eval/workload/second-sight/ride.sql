-- Ride hailing: dispatch, app screens, and the people who look at the map afterwards.
-- schema: ride

-- name: nearest drivers | operational | the ten nearest by the spatial index, within a radius
SELECT d.id, d.name, ST_Distance(d.location, $1::geography) AS m FROM drivers d WHERE d.status = $2 AND ST_DWithin(d.location, $1::geography, $3) ORDER BY d.location <-> $1::geography LIMIT $4

-- name: nearest without a radius | operational | a nearest-neighbour walk along the spatial index, cut by a limit
SELECT id, rating FROM drivers ORDER BY location <-> ST_SetSRID(ST_MakePoint($1, $2), $3)::geography LIMIT $4

-- name: which zone is this point in | operational | one point against the indexed areas
SELECT z.id, z.surge FROM zones z WHERE ST_Contains(z.area, ST_SetSRID(ST_MakePoint($1, $2), $3)) LIMIT $4

-- name: location ping | operational | one row by key
UPDATE drivers SET location = ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, last_seen = now(), version = version + 1 WHERE id = $3 AND version = $4

-- name: pings in a batch | operational | writes what the client sends
INSERT INTO ride_points (ride_id, at, pos, speed) SELECT u.ride_id, u.at, ST_SetSRID(ST_MakePoint(u.lon, u.lat), 4326), u.speed FROM unnest($1::bigint[], $2::timestamptz[], $3::float8[], $4::float8[], $5::real[]) AS u(ride_id, at, lon, lat, speed) ON CONFLICT (ride_id, at) DO NOTHING

-- name: dispatcher takes a waiting ride | operational | takes the next of the queue
UPDATE rides SET state = 'offering' WHERE id = (SELECT id FROM rides WHERE state = 'requested' ORDER BY requested_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id, rider_id, pickup

-- name: my rides | operational | a page of one rider
SELECT r.id, r.state, r.requested_at, r.fare_cents, d.name, d.rating FROM rides r LEFT JOIN drivers d ON d.id = r.driver_id WHERE r.rider_id = $1 AND r.requested_at < $2 ORDER BY r.requested_at DESC LIMIT 20

-- name: earnings of the week | operational | aggregates one driver
SELECT date_trunc('day', finished_at) AS day, count(*), sum(fare_cents + coalesce(tip_cents, 0)) FROM rides WHERE driver_id = $1 AND requested_at >= $2 AND state = 'finished' GROUP BY 1 ORDER BY 1

-- name: the trace of a ride | operational | one ride by key, made into a line
SELECT ST_AsGeoJSON(ST_MakeLine(pos ORDER BY at)), max(speed), ST_Length(ST_MakeLine(pos ORDER BY at)::geography) FROM ride_points WHERE ride_id = $1

-- name: driver is busy | operational | an EXISTS probe by key
SELECT EXISTS (SELECT 1 FROM rides WHERE driver_id = $1 AND state IN ('accepted', 'driving'))

-- name: heat map | analytical | groups the rides of all zones by geometry cells
SELECT ST_AsGeoJSON(ST_SnapToGrid(pickup::geometry, 0.005)) AS cell, count(*) AS weight FROM rides WHERE requested_at > now() - interval '28 days' GROUP BY 1 ORDER BY 2 DESC LIMIT 500

-- name: hourly heat rollup | analytical | written from an aggregate of all zones
INSERT INTO heat_hourly (zone_id, hour, rides, avg_fare) SELECT zone_id, date_trunc('hour', requested_at), count(*), avg(fare_cents) FROM rides WHERE requested_at >= date_trunc('hour', now()) - interval '1 hour' AND requested_at < date_trunc('hour', now()) GROUP BY 1, 2 ON CONFLICT (zone_id, hour) DO UPDATE SET rides = EXCLUDED.rides, avg_fare = EXCLUDED.avg_fare

-- name: rides assigned to zones for the model | analytical | a spatial join of all rides with all zones
SELECT r.id, z.id AS zone, r.fare_cents, extract(dow from r.requested_at) AS dow, extract(hour from r.requested_at) AS h FROM rides r JOIN zones z ON ST_Intersects(z.area, r.pickup::geometry) WHERE r.state = 'finished'

-- name: drivers that never drove | analytical | an anti-join of two whole tables
SELECT d.id, d.name FROM drivers d WHERE NOT EXISTS (SELECT 1 FROM rides r WHERE r.driver_id = d.id)

-- name: last ride of each driver | analytical | DISTINCT ON over all rides
SELECT DISTINCT ON (driver_id) driver_id, id, requested_at FROM rides ORDER BY driver_id, requested_at DESC

-- name: time between rides | analytical | a window over the rides of everyone
SELECT driver_id, requested_at - lag(finished_at) OVER (PARTITION BY driver_id ORDER BY requested_at) AS idle FROM rides WHERE state = $1

-- name: offers that ran out | operational | the housekeeping of the dispatcher changes rows of production
UPDATE offers SET answer = 'expired' WHERE answer IS NULL AND expires_at < now() RETURNING ride_id

-- name: offer screen | operational | the open offers of one driver, joined by key
SELECT o.id, o.expires_at, r.pickup, ri.name, z.surge FROM offers o JOIN rides r ON r.id = o.ride_id JOIN riders ri ON ri.id = r.rider_id LEFT JOIN zones z ON z.id = r.zone_id WHERE o.driver_id = $1 AND o.answer IS NULL
