-- School and its chat (Phoenix/Ecto).
-- schema: school

-- name: ecto preload | operational | by a list of keys
SELECT g0."id", g0."student_id", g0."course_id", g0."points", g0."weight", g0."student_id" FROM "grades" AS g0 WHERE (g0."student_id" = ANY($1)) ORDER BY g0."student_id"

-- name: oban fetches | operational | takes the next jobs
WITH "subset" AS MATERIALIZED (SELECT so0."id" AS "id" FROM "public"."oban_jobs" AS so0 WHERE (so0."state" = 'available') AND (so0."queue" = $1) AND (so0."attempt" < 20) ORDER BY so0."priority", so0."scheduled_at", so0."id" LIMIT $2 FOR UPDATE SKIP LOCKED) UPDATE "public"."oban_jobs" AS o0 SET "state" = $3, "attempted_at" = $4, "attempted_by" = $5, "attempt" = o0."attempt" + $6 FROM "subset" AS f1 WHERE (o0."id" = f1."id") RETURNING o0."id", o0."args"

-- name: chat history | operational | a keyset page of one room
SELECT m.id, m.user_id, m.body, m.inserted_at, (SELECT jsonb_object_agg(e, n) FROM (SELECT emoji AS e, count(*) AS n FROM reactions r WHERE r.message_id = m.id GROUP BY emoji) q) AS reactions FROM messages m WHERE m.room_id = $1 AND m.id < $2 ORDER BY m.id DESC LIMIT 50

-- name: unread badges | operational | the rooms of one user, counted by the index
SELECT mb.room_id, count(m.id) FROM members mb LEFT JOIN messages m ON m.room_id = mb.room_id AND m.id > mb.last_read_id WHERE mb.user_id = $1 GROUP BY mb.room_id

-- name: mark as read | operational | one row by key
UPDATE members SET last_read_id = greatest(last_read_id, $3) WHERE room_id = $1 AND user_id = $2

-- name: room list with the last message | operational | the rooms of one user, a probe each
SELECT r.id, l.body FROM members mb JOIN rooms r ON r.id = mb.room_id LEFT JOIN LATERAL (SELECT body FROM messages m WHERE m.room_id = r.id ORDER BY m.id DESC LIMIT 1) l ON TRUE WHERE mb.user_id = $1 ORDER BY r.last_message_at DESC NULLS LAST LIMIT 30

-- name: heartbeat in a table with a lying name | operational | one row by key
INSERT INTO fact_presence (user_id, node, seen_at) VALUES ($1, $2, now()) ON CONFLICT (user_id) DO UPDATE SET node = EXCLUDED.node, seen_at = EXCLUDED.seen_at

-- name: presence sweep | operational | removes rows of production, says which
DELETE FROM fact_presence WHERE seen_at < now() - interval '60 seconds' RETURNING user_id

-- name: search in one room | operational or mixed | one room by key, each of its messages looked at: a room may be large
SELECT id, ts_headline('simple', body, q) FROM messages, websearch_to_tsquery('simple', $2) AS q WHERE room_id = $1 AND search @@ q ORDER BY id DESC LIMIT 20

-- name: search everywhere | analytical | the text has no index, so that all messages are read and ranked
SELECT id, room_id FROM messages WHERE search @@ websearch_to_tsquery('simple', $1) ORDER BY ts_rank_cd(search, websearch_to_tsquery('simple', $1)) DESC LIMIT 20

-- name: report card | operational | one student, grouped by course
SELECT c.title, sum(g.points * g.weight) / nullif(sum(g.weight), 0) AS mean, rank() OVER (ORDER BY sum(g.points * g.weight) / nullif(sum(g.weight), 0) DESC) FROM grades g JOIN courses c ON c.id = g.course_id WHERE g.student_id = $1 AND c.term = $2 GROUP BY c.id, c.title

-- name: class list with means | operational | one course, its students by key
SELECT s.id, s.name, avg(g.points) FROM enrollments e JOIN students s ON s.id = e.student_id LEFT JOIN grades g ON g.student_id = s.id AND g.course_id = e.course_id WHERE e.course_id = $1 GROUP BY s.id, s.name ORDER BY s.name

-- name: place among all | analytical | ranks everyone to tell the place of one
SELECT place FROM (SELECT student_id, dense_rank() OVER (ORDER BY avg(points) DESC) AS place FROM grades GROUP BY student_id) x WHERE student_id = $1

-- name: rooms gone quiet | analytical | all rooms, grouped with all messages
SELECT r.id FROM rooms r JOIN messages m ON m.room_id = r.id GROUP BY r.id HAVING max(m.inserted_at) < now() - interval '1 year'

-- name: ecto stream | analytical | a cursor without a key, for an export
SELECT m0."id", m0."room_id", m0."body", m0."inserted_at" FROM "messages" AS m0 WHERE (m0."inserted_at" >= $1)

-- name: ids by hash for a worker | analytical | a sixteenth of all rows: no index, grows with the table
SELECT id, body FROM messages WHERE mod(hashint8(id), 16) = $1

-- name: superset | analytical | groups everything in a virtual table
SELECT term AS term, AVG(mean) AS "AVG(mean)" FROM (SELECT c.term, g.student_id, avg(g.points) AS mean FROM grades g JOIN courses c ON c.id = g.course_id GROUP BY c.term, g.student_id) AS virtual_table GROUP BY term ORDER BY "AVG(mean)" DESC LIMIT 10000

-- name: who shares a room with whom | analytical | a self-join of all members
SELECT a.user_id, b.user_id, count(*) FROM members a JOIN members b USING (room_id) WHERE a.user_id < b.user_id GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 100

-- name: copy of a course into the next term | operational | writes the enrolments of one course
INSERT INTO enrollments (student_id, course_id, state) SELECT student_id, $2, 'planned' FROM enrollments WHERE course_id = $1 AND state = 'passed'
