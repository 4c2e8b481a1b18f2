-- Energy metering.
-- schema: energy

-- name: readings arrive | operational | writes what the client sends
INSERT INTO reading (meter_id, at, kwh, quality) SELECT * FROM json_to_recordset($1) AS x(meter_id integer, at timestamptz, kwh numeric, quality smallint) ON CONFLICT (meter_id, at) DO UPDATE SET kwh = EXCLUDED.kwh, quality = EXCLUDED.quality WHERE reading.kwh IS DISTINCT FROM EXCLUDED.kwh

-- name: last state of a meter | operational | a row trigger's update by key
UPDATE meter SET last_reading_at = $1, last_kwh = $2 WHERE id = $3 AND (last_reading_at IS NULL OR last_reading_at < $1)

-- name: curve of one meter | operational | aggregates one meter within a time
SELECT date_trunc('hour', at) AS h, max(kwh) - min(kwh) AS used FROM reading WHERE meter_id = $1 AND at >= $2 AND at < $3 GROUP BY h ORDER BY h

-- name: gaps of one meter | operational | a window over one meter
SELECT at, at - lag(at) OVER (ORDER BY at) AS gap FROM reading WHERE meter_id = (SELECT id FROM meter WHERE serial = $1) AND at > now() - interval '7 days'

-- name: gaps of all meters | analytical | a window over all readings
SELECT meter_id, at, gap FROM (SELECT meter_id, at, at - lag(at) OVER (PARTITION BY meter_id ORDER BY at) AS gap FROM reading WHERE at > now() - interval '1 day') g WHERE gap > interval '30 minutes'

-- name: latest of each meter of a customer | operational | a lateral probe for each meter of one customer
SELECT m.serial, r.at, r.kwh FROM meter m CROSS JOIN LATERAL (SELECT at, kwh FROM reading WHERE meter_id = m.id ORDER BY at DESC LIMIT 1) r WHERE m.customer_id = $1

-- name: latest of each meter | analytical | a lateral probe for every meter there is
SELECT m.id, r.at FROM meter m LEFT JOIN LATERAL (SELECT at FROM reading WHERE meter_id = m.id ORDER BY at DESC LIMIT 1) r ON true WHERE r.at IS NULL OR r.at < now() - interval '2 days'

-- name: invoice of one customer | operational | prices one customer's usage by key
SELECT sum(u.kwh * s.price) FROM customer c JOIN meter m ON m.customer_id = c.id JOIN reading u ON u.meter_id = m.id AND u.at >= lower($2::tstzrange) AND u.at < upper($2::tstzrange) JOIN tariff_step s ON s.tariff_id = c.tariff_id AND s.valid @> u.at AND extract(hour FROM u.at) >= s.hour_from AND extract(hour FROM u.at) < s.hour_to WHERE c.id = $1

-- name: invoice of everyone | analytical | written from an aggregate of all customers
INSERT INTO invoice (id, customer_id, period, amount, state) SELECT nextval('invoice_id_seq'), m.customer_id, $1::daterange, sum(u.kwh) * $2, 'draft' FROM usage_day u JOIN meter m ON m.id = u.meter_id WHERE u.day <@ $1::daterange GROUP BY m.customer_id

-- name: draft invoices are sent | operational | the next ten, by the partial index
SELECT id, customer_id, amount FROM invoice WHERE state = 'draft' ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 10

-- name: rollup from a watermark | analytical | a job that aggregates all meters since the last time
INSERT INTO usage_day SELECT r.meter_id, r.at::date, max(r.kwh) - min(r.kwh) FROM reading r, job_watermark w WHERE w.job = 'usage_day' AND r.at >= w.upto GROUP BY 1, 2 ON CONFLICT (meter_id, day) DO UPDATE SET kwh = EXCLUDED.kwh

-- name: watermark moves | operational | one row by key
UPDATE job_watermark SET upto = greatest(upto, $2) WHERE job = $1

-- name: newest reading of all | mixed or analytical | max of a column that no index begins with: a whole scan, a line later perhaps an index of each partition
SELECT max(at) FROM reading

-- name: grafana by a node | mixed or operational | all meters of one node of the grid, of which nobody knows the size
SELECT floor(extract(epoch from r.at)/300)*300 AS "time", sum(r.kwh) FROM reading r JOIN meter m ON m.id = r.meter_id WHERE m.grid_node = 4711 AND r.at BETWEEN '2026-11-22T00:00:00Z' AND '2026-11-22T06:00:00Z' GROUP BY 1 ORDER BY 1

-- name: downstream of a node | mixed or operational | descends from one node of a graph, how far is not in the text
WITH RECURSIVE d(n) AS (SELECT $1::int UNION SELECT e.to_node FROM grid_edge e JOIN d ON e.from_node = d.n) SELECT count(*) FROM d JOIN meter m ON m.grid_node = d.n

-- name: late partition is loaded | operational | runs the server
CREATE TABLE IF NOT EXISTS reading_2026_12 PARTITION OF reading FOR VALUES FROM ('2026-12-01') TO ('2027-01-01')

-- name: load profile matrix | analytical | the whole table for a notebook
SELECT meter_id, extract(hour FROM at)::int AS h, kwh FROM reading WHERE at >= '2026-01-01' ORDER BY meter_id, at

-- name: top loss nodes | analytical | aggregates everything, then ten
WITH fed AS (SELECT m.grid_node, sum(u.kwh) AS k FROM usage_day u JOIN meter m ON m.id = u.meter_id WHERE u.day = current_date - 1 GROUP BY m.grid_node) SELECT e.from_node, f.k - sum(g.k) AS loss FROM grid_edge e JOIN fed f ON f.grid_node = e.from_node JOIN fed g ON g.grid_node = e.to_node GROUP BY e.from_node, f.k ORDER BY loss DESC LIMIT 10
