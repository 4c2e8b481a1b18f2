-- A municipality's portal (a .NET service with @p0, Rails' log, a Go service), and the statistics office.
-- schema: city

-- name: a citizen, as the framework sends it | operational | one row by key
SELECT c."citizen_id", c."surname" FROM "citizen" AS c WHERE c."citizen_id" = @__id_0 LIMIT 1
-- name: permits of a citizen | operational | one citizen's off an index
SELECT p."permit_id", p."kind", p."state" FROM "permit" AS p WHERE p."citizen_id" = @p0 ORDER BY p."filed_at" DESC
-- name: a permit is filed | operational | writes what the client sends
INSERT INTO "permit" ("permit_id", "citizen_id", "kind", "state", "filed_at") VALUES (@p0, @p1, @p2, @p3, @p4) RETURNING "permit_id"
-- name: a permit is decided | operational | one row by key
UPDATE "permit" SET "state" = @p0, "decided_at" = @p1 WHERE "permit_id" = @p2
-- name: the fines of a plate | operational | one plate off an index
SELECT fine_id, amount_cents FROM fine WHERE plate = $1 AND NOT paid
-- name: what a plate owes | operational | adds one plate's fines
SELECT coalesce(sum(amount_cents), 0) FROM fine WHERE plate = $1 AND paid = false
-- name: free appointments of a desk | operational | one desk's range of the key
SELECT starts_at FROM appointment WHERE desk_id = $1 AND starts_at > now() AND citizen_id IS NULL ORDER BY starts_at LIMIT 50
-- name: an appointment is taken | operational | one row by its whole key
UPDATE appointment SET citizen_id = $3 WHERE desk_id = $1 AND starts_at = $2 AND citizen_id IS NULL
-- name: the nearest lights | operational | nearest neighbours off an index, a page
SELECT light_id FROM street_light ORDER BY place <-> point($1, $2) LIMIT 5
-- name: lights of a map's corner | operational or mixed | a box off an index, as large as the map shows
SELECT light_id, place, broken FROM street_light WHERE place <@ box(point($1, $2), point($3, $4))
-- name: Rails looks for the first | operational | a page of one by key
SELECT "citizen".* FROM "citizen" ORDER BY "citizen"."citizen_id" ASC LIMIT $1
-- name: Rails walks in batches | mixed or operational | a bounded step of a walk over everything
SELECT "citizen".* FROM "citizen" WHERE "citizen"."citizen_id" > $1 ORDER BY "citizen"."citizen_id" ASC LIMIT $2
-- name: Rails counts all | analytical | counts the table
SELECT COUNT(*) FROM "permit"
-- name: the office's time to decide | analytical | groups all permits
SELECT kind, avg(decided_at - filed_at) AS took, count(*) FROM permit WHERE decided_at IS NOT NULL GROUP BY kind
-- name: permits of the year | analytical | a range of a year, joined and grouped
SELECT c.district_id, count(*) FROM permit p JOIN citizen c ON c.citizen_id = p.citizen_id WHERE p.filed_at >= $1 AND p.filed_at < $2 GROUP BY c.district_id
-- name: oldest open permits | analytical | every permit that is open, by what no index holds alone
SELECT permit_id, filed_at FROM permit WHERE state = 'open' ORDER BY decided_at NULLS FIRST, kind
-- name: plates with many fines | analytical | groups the whole table
SELECT plate, count(*) FROM fine GROUP BY plate HAVING count(*) >= 10
-- name: money by month with its total | analytical | adds all fines, and runs
SELECT date_trunc('month', issued_at) AS m, sum(amount_cents), sum(sum(amount_cents)) OVER (ORDER BY date_trunc('month', issued_at)) FROM fine GROUP BY 1
-- name: the export of open data | analytical | a table without its names, to a program
COPY (SELECT fine_id, amount_cents, issued_at FROM fine) TO PROGRAM 'gzip > /srv/open/fine.csv.gz' CSV
-- name: a cursor and what it fetches | analytical | a cursor over the table, fetched in the same text
BEGIN; DECLARE c NO SCROLL CURSOR FOR SELECT * FROM fine; FETCH FORWARD 10000 FROM c; CLOSE c; COMMIT
-- name: what is fetched of a cursor alone | unknown | of what cursor the text does not tell
FETCH FORWARD 10000 FROM "c_17"
-- name: a trigger asks whether a desk is double booked | operational | a row trigger's check by key
SELECT 1 FROM appointment WHERE desk_id = $1 AND starts_at = $2 AND citizen_id IS DISTINCT FROM $3
-- name: a join of two by what is no key | analytical | names of all against names of all
SELECT a.citizen_id, b.citizen_id FROM citizen a JOIN citizen b ON lower(a.surname) = lower(b.surname) AND a.citizen_id < b.citizen_id
-- name: someone begins | operational | the session
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
-- name: the portal's health check | operational | reads nothing
SELECT 1
-- name: whose turn | operational | a sequence
SELECT nextval('ticket_seq')
