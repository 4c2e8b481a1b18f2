-- Sensors of buildings, the panel of Grafana over them, and the gateway.
-- schema: iot

-- name: the gateway writes readings | operational | rows that the client sends
INSERT INTO reading (device_id, metric, at, value) VALUES ($1,$2,$3,$4) ON CONFLICT (device_id, metric, at) DO NOTHING
-- name: the gateway says hello | operational | one row by a unique serial
UPDATE device SET last_seen_at = now(), firmware = $2 WHERE serial = $1 RETURNING device_id
-- name: commands for a device | operational | one device's page off a partial index
SELECT command_id, body FROM command WHERE device_id = $1 AND state = 'pending' ORDER BY created_at LIMIT 10
-- name: last value of one metric | operational | the end of the key
SELECT at, value FROM reading WHERE device_id = $1 AND metric = $2 ORDER BY at DESC LIMIT 1
-- name: the curve of one device for a day | operational | one device and metric, a range of the key
SELECT at, value FROM reading WHERE device_id = 4711 AND metric = 3 AND at BETWEEN '2026-11-01T00:00:00Z' AND '2026-11-02T00:00:00Z' ORDER BY at
-- name: the curve of one device in five minutes | operational or mixed | one device's range is bucketed: a key bounds it, a year of it is long
SELECT floor(extract(epoch FROM at) / 300) * 300 AS "time", avg(value) AS value FROM reading WHERE device_id = 4711 AND metric = 3 AND at BETWEEN '2026-11-01T00:00:00Z' AND '2026-11-08T00:00:00Z' GROUP BY 1 ORDER BY 1
-- name: the panel over all devices | analytical | buckets a range of all devices
SELECT floor(extract(epoch FROM at) / 60) * 60 AS "time", metric::text AS metric, avg(value) AS value FROM reading WHERE at BETWEEN '2026-11-01T00:00:00Z' AND '2026-11-08T00:00:00Z' GROUP BY 1, 2 ORDER BY 1, 2
-- name: the panel over a site | analytical | buckets all readings of a site's devices, as many as there are
SELECT date_trunc('hour', r.at) AS "time", d.serial, max(r.value) FROM reading r JOIN device d USING (device_id) WHERE d.site_id IN (1, 2, 3) AND r.at > now() - interval '90 days' GROUP BY 1, 2
-- name: last value of a site's devices | operational | one row off the key for each device of one site
SELECT d.device_id, r.value FROM device d CROSS JOIN LATERAL (SELECT value FROM reading WHERE device_id = d.device_id AND metric = $2 ORDER BY at DESC LIMIT 1) r WHERE d.site_id = $1
-- name: which devices have readings, by skipping | operational or mixed | a recursion that leaps from key to key in an index and reads one row each
WITH RECURSIVE skip AS ((SELECT device_id FROM reading ORDER BY device_id LIMIT 1) UNION ALL SELECT (SELECT r.device_id FROM reading r WHERE r.device_id > s.device_id ORDER BY r.device_id LIMIT 1) FROM skip s WHERE s.device_id IS NOT NULL) SELECT device_id FROM skip WHERE device_id IS NOT NULL
-- name: which devices have readings, by reading | analytical | DISTINCT over the whole table
SELECT DISTINCT device_id FROM reading
-- name: fleet by firmware | analytical | groups every device
SELECT firmware, count(*) FROM device GROUP BY firmware ORDER BY 2 DESC
-- name: silent devices | analytical | every device, by a column without an index
SELECT device_id, serial FROM device WHERE last_seen_at < now() - interval '1 hour' OR last_seen_at IS NULL
-- name: open alarms of a device | operational | one device's alarms off an index
SELECT alarm_id, level, raised_at FROM alarm WHERE device_id = $1 AND cleared_at IS NULL
-- name: the alarm is raised once | operational | writes one row where a probe finds none
INSERT INTO alarm (alarm_id, device_id, raised_at, level) SELECT $1, $2, now(), $3 WHERE NOT EXISTS (SELECT 1 FROM alarm WHERE device_id = $2 AND cleared_at IS NULL)
-- name: gaps in the readings | analytical | a window over a table
SELECT device_id, at, lead(at) OVER w - at AS gap FROM reading WINDOW w AS (PARTITION BY device_id, metric ORDER BY at)
-- name: hourly means are kept | analytical | aggregates into a table
INSERT INTO reading_hour SELECT device_id, metric, date_trunc('hour', at), avg(value), count(*) FROM reading WHERE at >= $1 AND at < $2 GROUP BY 1, 2, 3 ON CONFLICT (device_id, metric, hour) DO UPDATE SET mean = excluded.mean
-- name: readings of the past go | operational | removes rows
DELETE FROM reading WHERE at < now() - interval '400 days'
-- name: mean time to clear | analytical | all alarms by level
SELECT level, percentile_disc(0.9) WITHIN GROUP (ORDER BY cleared_at - raised_at) FROM alarm GROUP BY level
-- name: correlation of two metrics | analytical | joins the table with itself
SELECT corr(a.value, b.value) FROM reading a JOIN reading b ON b.device_id = a.device_id AND b.at = a.at AND b.metric = 2 WHERE a.metric = 1
-- name: a variable of the panel | analytical or operational | the names of all devices, a list as long as the fleet
SELECT serial AS __text, device_id AS __value FROM device ORDER BY serial
