-- Booking: Django, Prisma.
-- schema: booking

-- name: django get | operational | one row by a unique key
SELECT "booking_property"."id", "booking_property"."slug", "booking_property"."city" FROM "booking_property" WHERE "booking_property"."slug" = $1 LIMIT 21

-- name: is the room free | operational | a probe by the exclusion's index
SELECT 1 AS "a" FROM "booking_stay" WHERE ("booking_stay"."room_id" = $1 AND "booking_stay"."during" && $2::daterange AND NOT ("booking_stay"."state" = $3)) LIMIT 1

-- name: free rooms of a property | operational | the rooms of one property, each probed by key
SELECT r.id, r.name, min(x.price), sum(x.price) FROM booking_room r JOIN booking_rate x ON x.room_id = r.id AND x.day >= $2 AND x.day < $3 AND NOT x.closed WHERE r.property_id = $1 AND NOT EXISTS (SELECT 1 FROM booking_stay s WHERE s.room_id = r.id AND s.during && daterange($2, $3) AND s.state <> 'cancelled') GROUP BY r.id, r.name HAVING count(*) = $3::date - $2::date

-- name: the best of a city | operational | a page along the index of one city
SELECT "booking_property"."id", "booking_property"."slug" FROM "booking_property" WHERE "booking_property"."city" = $1 ORDER BY "booking_property"."rating" DESC LIMIT 20

-- name: django annotates a page | operational | a page of properties with an aggregate each by key
SELECT "p"."id", "p"."slug", (SELECT AVG(U0."stars") AS "a" FROM "booking_review" U0 WHERE U0."property_id" = ("p"."id")) AS "avg_stars" FROM "booking_property" "p" WHERE "p"."owner_id" = $1 AND "p"."id" IN ($2, $3, $4)

-- name: django aggregates before it pages | analytical | joins and groups all properties, the LIMIT comes after
SELECT "booking_property"."id", "booking_property"."slug", AVG("booking_review"."stars") AS "avg_stars" FROM "booking_property" LEFT OUTER JOIN "booking_review" ON ("booking_property"."id" = "booking_review"."property_id") GROUP BY "booking_property"."id" ORDER BY "avg_stars" DESC LIMIT 20

-- name: django admin counts | analytical | counts everything
SELECT COUNT(*) AS "__count" FROM "booking_stay"

-- name: django deletes with its dependants | operational | by a list of keys
DELETE FROM "booking_review" WHERE "booking_review"."property_id" IN ($1, $2, $3)

-- name: clearsessions | operational | removes rows of production
DELETE FROM "django_session" WHERE "django_session"."expire_date" < $1

-- name: rates from the channel manager | operational | writes what the client sends
INSERT INTO booking_rate (room_id, day, price, closed) SELECT $1, d::date, $4, false FROM generate_series($2::date, $3::date, interval '1 day') AS d ON CONFLICT (room_id, day) DO UPDATE SET price = EXCLUDED.price

-- name: prisma finds many | operational | the seats of one event
SELECT "public"."Seat"."id", "public"."Seat"."eventId", "public"."Seat"."row", "public"."Seat"."number" FROM "public"."Seat" WHERE ("public"."Seat"."eventId" = $1 AND "public"."Seat"."ticketId" IS NULL) ORDER BY "public"."Seat"."row" ASC, "public"."Seat"."number" ASC OFFSET $2

-- name: prisma counts by a relation of one | operational | aggregates one event
SELECT COUNT(*), "public"."Seat"."row" FROM "public"."Seat" WHERE "public"."Seat"."eventId" = $1 GROUP BY "public"."Seat"."row" ORDER BY "public"."Seat"."row" ASC OFFSET $2

-- name: hold two seats beside each other | operational | one event's seats, a window among them, locked by key
UPDATE "Seat" SET "heldUntil" = now() + interval '10 minutes' WHERE "id" IN (SELECT unnest(ARRAY[id, nxt]) FROM (SELECT "id", lead("id") OVER w AS nxt, lead("number") OVER w AS nn, "number" FROM "Seat" WHERE "eventId" = $1 AND "ticketId" IS NULL AND ("heldUntil" IS NULL OR "heldUntil" < now()) WINDOW w AS (PARTITION BY "row" ORDER BY "number")) q WHERE nn = "number" + 1 LIMIT 1) RETURNING "id"

-- name: occupancy of all | analytical | explodes all stays into days and groups them
SELECT d::date AS day, p.city, count(*) AS rooms FROM booking_stay s JOIN booking_room r ON r.id = s.room_id JOIN booking_property p ON p.id = r.property_id CROSS JOIN LATERAL generate_series(lower(s.during), upper(s.during) - 1, interval '1 day') AS d WHERE s.state = 'confirmed' GROUP BY ROLLUP (1, 2)

-- name: metabase | analytical | groups everything, as the tool writes it
-- Metabase:: userID: 12 queryType: MBQL queryHash: ab
SELECT DATE_TRUNC('month', "public"."booking_stay"."created") AS "created", SUM("public"."booking_stay"."price") AS "sum" FROM "public"."booking_stay" WHERE "public"."booking_stay"."state" <> 'cancelled' GROUP BY DATE_TRUNC('month', "public"."booking_stay"."created") ORDER BY 1 ASC

-- name: metabase sees the rows of one | operational | one row by key, though a BI tool sends it
SELECT "public"."booking_stay"."id" AS "id", "public"."booking_stay"."price" AS "price" FROM "public"."booking_stay" WHERE "public"."booking_stay"."id" = CAST('8b7a2c1e-1111-4222-8333-944455566677' AS uuid) LIMIT 2000

-- name: two who were in a room at once | analytical | a self-join of all stays
SELECT a.id, b.id FROM booking_stay a JOIN booking_stay b ON a.room_id = b.room_id AND a.during && b.during AND a.id < b.id WHERE a.state <> 'cancelled' AND b.state <> 'cancelled'
