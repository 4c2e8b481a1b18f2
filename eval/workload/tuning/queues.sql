-- Job queues, outboxes, event stores: what workers send all day.
-- schema: jobs

-- name: pg-boss fetches | operational | takes the next jobs, locks and marks them
WITH next AS (SELECT id FROM pgboss.job WHERE name = $1 AND state < 'active' AND start_after < now() ORDER BY priority desc, created_on, id LIMIT $2 FOR UPDATE SKIP LOCKED) UPDATE pgboss.job j SET state = 'active', started_on = now(), retry_count = CASE WHEN started_on IS NOT NULL THEN retry_count + 1 ELSE retry_count END FROM next WHERE name = $1 AND j.id = next.id RETURNING j.id, name, data, EXTRACT(epoch FROM expire_in) as "expireInSeconds"

-- name: pg-boss completes | operational | rows by a list of keys, and their number
WITH results AS (UPDATE pgboss.job SET completed_on = now(), state = 'completed' WHERE name = $1 AND id IN (SELECT UNNEST($2::uuid[])) AND state = 'active' RETURNING *) SELECT COUNT(*) FROM results

-- name: pg-boss fails what is too old | operational | the housekeeping of the queue: changes rows, counts them
WITH results AS (UPDATE pgboss.job SET state = 'failed', completed_on = now() WHERE state = 'active' AND (started_on + expire_in) < now() RETURNING id) SELECT COUNT(*) FROM results

-- name: pg-boss archives | operational | the housekeeping of the queue: moves finished rows away
WITH archived_rows AS (DELETE FROM pgboss.job WHERE completed_on < (now() - interval '43200') OR (state < 'active' AND keep_until < now()) RETURNING *) INSERT INTO pgboss.archive SELECT * FROM archived_rows

-- name: pg-boss sends | operational | a row that the client sends
INSERT INTO pgboss.job (id, name, priority, data, state, retry_limit, retry_count, start_after, expire_in, created_on, keep_until) VALUES (COALESCE($1, gen_random_uuid()), $2, $3, $4, 'created', $5, 0, now(), $6, now(), $7) ON CONFLICT DO NOTHING RETURNING id

-- name: pg-boss measures its queues | analytical or mixed | groups all jobs: a monitor of the queue, whose table is small where it is kept clean
SELECT name, state, count(*) size FROM pgboss.job GROUP BY rollup(name), rollup(state)

-- name: graphile worker gets a job | operational | takes the next job, locks and marks it
with j as (select jobs.job_queue_id, jobs.priority, jobs.run_at, jobs.id from graphile_worker._private_jobs as jobs where jobs.is_available = true and run_at <= now() and task_id = any($2::int[]) order by priority asc, run_at asc limit 1 for update skip locked) update graphile_worker._private_jobs as jobs set attempts = jobs.attempts + 1, locked_by = $1::text, locked_at = now() from j where jobs.id = j.id returning jobs.*

-- name: graphile worker completes | operational | one row by key
delete from graphile_worker._private_jobs where id = $1::bigint returning *

-- name: graphile worker unlocks what hangs | operational | the housekeeping of the queue
update graphile_worker._private_jobs as jobs set locked_at = null, locked_by = null, run_at = greatest(run_at, now()) where locked_at < now() - interval '4 hours'

-- name: graphile worker fails a job | operational | one row by key
update graphile_worker._private_jobs as jobs set last_error = $2::text, run_at = greatest(now(), run_at) + (exp(least(attempts, 10)) * interval '1 second'), locked_by = null where id = $1::bigint and locked_by = $3::text

-- name: river fetches | operational | takes the next jobs, locks and marks them
WITH locked_jobs AS (SELECT id, args, attempt FROM river_job WHERE state = 'available' AND queue = $2::text AND scheduled_at <= coalesce($3::timestamptz, now()) ORDER BY priority ASC, scheduled_at ASC, id ASC LIMIT $4::integer FOR UPDATE SKIP LOCKED) UPDATE river_job SET state = 'running', attempt = river_job.attempt + 1, attempted_at = now(), attempted_by = array_append(river_job.attempted_by, $1::text) FROM locked_jobs WHERE river_job.id = locked_jobs.id RETURNING river_job.id, river_job.args, river_job.attempt

-- name: river schedules | operational | moves what is due, to a limit
WITH jobs_to_schedule AS (SELECT id, unique_key, priority, scheduled_at FROM river_job WHERE state IN ('retryable', 'scheduled') AND priority >= 0 AND queue IS NOT NULL AND scheduled_at <= $1::timestamptz ORDER BY priority, scheduled_at, id LIMIT $2::bigint FOR UPDATE), updated AS (UPDATE river_job SET state = 'available' FROM jobs_to_schedule WHERE river_job.id = jobs_to_schedule.id RETURNING river_job.id) SELECT id FROM updated

-- name: river cleans | operational | the housekeeping of the queue, to a limit
WITH deleted_jobs AS (DELETE FROM river_job WHERE id IN (SELECT id FROM river_job WHERE (state = 'completed' AND finalized_at < $1::timestamptz) OR (state = 'discarded' AND finalized_at < $2::timestamptz) ORDER BY id LIMIT $3::bigint) RETURNING *) SELECT count(*) FROM deleted_jobs

-- name: river finds what hangs | operational | a page of stuck jobs by index
SELECT id, args, attempt, attempted_at FROM river_job WHERE state = 'running' AND attempted_at < $1::timestamptz ORDER BY id LIMIT $2

-- name: river completes many | operational | rows by a list of keys that the client sends
WITH job_to_finalized_at AS (SELECT unnest($1::bigint[]) AS id, unnest($2::timestamptz[]) AS finalized_at) UPDATE river_job SET finalized_at = j.finalized_at, state = 'completed' FROM job_to_finalized_at j WHERE river_job.id = j.id AND river_job.state = 'running' RETURNING river_job.id

-- name: que polls with locks | operational | takes the next jobs by advisory locks, recursion and a limit
WITH RECURSIVE jobs AS (SELECT (j).*, pg_try_advisory_lock((j).id) AS locked FROM (SELECT j FROM public.que_jobs AS j WHERE queue = $1::text AND NOT id = ANY($2::bigint[]) AND priority <= $3 AND run_at <= now() AND finished_at IS NULL AND expired_at IS NULL ORDER BY priority, run_at, id LIMIT 1) AS t1 UNION ALL (SELECT (j).*, pg_try_advisory_lock((j).id) AS locked FROM (SELECT (SELECT j FROM public.que_jobs AS j WHERE queue = $1::text AND finished_at IS NULL AND (priority, run_at, id) > (jobs.priority, jobs.run_at, jobs.id) ORDER BY priority, run_at, id LIMIT 1) AS j FROM jobs WHERE jobs.id IS NOT NULL LIMIT 1) AS t1)) SELECT * FROM jobs WHERE locked LIMIT $4

-- name: que checks a job again | operational | one row by key
SELECT * FROM public.que_jobs WHERE id = $1::bigint AND finished_at IS NULL AND expired_at IS NULL

-- name: que finishes | operational | one row by key
UPDATE public.que_jobs SET finished_at = now() WHERE id = $1::bigint

-- name: good_job takes one | operational | the next job by a limit within a limit, with an advisory lock
SELECT "good_jobs".* FROM "good_jobs" WHERE "good_jobs"."id" IN (WITH "rows" AS MATERIALIZED (SELECT "good_jobs"."id", "good_jobs"."active_job_id" FROM "good_jobs" WHERE "good_jobs"."queue_name" IN ($1, $2) AND ("good_jobs"."scheduled_at" <= $3 OR "good_jobs"."scheduled_at" IS NULL) AND "good_jobs"."finished_at" IS NULL ORDER BY priority ASC NULLS LAST, "good_jobs"."created_at" ASC LIMIT $4) SELECT "rows"."id" FROM "rows" WHERE pg_try_advisory_lock(('x' || substr(md5('good_jobs' || '-' || "rows"."active_job_id"::text), 1, 16))::bit(64)::bigint) LIMIT $5) ORDER BY priority ASC NULLS LAST, "good_jobs"."created_at" ASC

-- name: good_job counts under a key | operational or mixed | a count behind one value of an index that is no foreign key: how many rows that value has, the text does not tell
SELECT COUNT(*) FROM "good_jobs" WHERE "good_jobs"."concurrency_key" = $1 AND "good_jobs"."finished_at" IS NULL

-- name: good_job sweeps | operational | the housekeeping of the queue, to a limit
DELETE FROM "good_jobs" WHERE "good_jobs"."id" IN (SELECT "good_jobs"."id" FROM "good_jobs" WHERE "good_jobs"."finished_at" <= $1 ORDER BY finished_at LIMIT $2)

-- name: good_job dashboard counts | analytical or mixed | groups all jobs: a screen of the queue, whose table is small where it is kept clean
SELECT COUNT(*) AS count_all, "good_jobs"."queue_name" AS good_jobs_queue_name FROM "good_jobs" WHERE "good_jobs"."finished_at" IS NULL GROUP BY "good_jobs"."queue_name"

-- name: delayed_job reserves | operational | takes and marks the next job in one statement
UPDATE "delayed_jobs" SET locked_at = $1, locked_by = $2 WHERE id IN (SELECT "delayed_jobs"."id" FROM "delayed_jobs" WHERE (((run_at <= $3 AND (locked_at IS NULL OR locked_at < $4)) OR locked_by = $5) AND failed_at IS NULL) ORDER BY priority ASC, run_at ASC LIMIT 1 FOR UPDATE) RETURNING *

-- name: delayed_job gives back | operational | rows of one worker
UPDATE "delayed_jobs" SET "locked_at" = NULL, "locked_by" = NULL WHERE "delayed_jobs"."locked_by" = $1

-- name: delayed_job destroys | operational | one row by key
DELETE FROM "delayed_jobs" WHERE "delayed_jobs"."id" = $1

-- name: delayed_job read ahead | operational | a page of ready jobs
SELECT "delayed_jobs".* FROM "delayed_jobs" WHERE ((run_at <= $1 AND (locked_at IS NULL OR locked_at < $2)) OR locked_by = $3) AND failed_at IS NULL ORDER BY priority ASC, run_at ASC LIMIT 5

-- name: solid_queue polls all | operational | takes the next jobs and locks them
SELECT "solid_queue_ready_executions"."job_id" FROM "solid_queue_ready_executions" ORDER BY "solid_queue_ready_executions"."priority" ASC, "solid_queue_ready_executions"."job_id" ASC LIMIT $1 FOR UPDATE SKIP LOCKED

-- name: solid_queue prunes processes | operational | rows past a time, to a limit, locked
SELECT "solid_queue_processes".* FROM "solid_queue_processes" WHERE "solid_queue_processes"."last_heartbeat_at" <= $1 ORDER BY "solid_queue_processes"."id" ASC LIMIT $2 FOR UPDATE SKIP LOCKED

-- name: solid_queue beats | operational | one row by key
UPDATE "solid_queue_processes" SET "last_heartbeat_at" = $1 WHERE "solid_queue_processes"."id" = $2

-- name: solid_queue lists queue names | operational or mixed | the distinct queues of what is ready: a short table while all is well
SELECT DISTINCT("solid_queue_ready_executions"."queue_name") FROM "solid_queue_ready_executions"

-- name: oban fetches | operational | takes the next jobs, locks and marks them
WITH "subset" AS MATERIALIZED (SELECT so0."id" AS "id" FROM "public"."oban_jobs" AS so0 WHERE (so0."state" = $6) AND (so0."queue" = $7) ORDER BY so0."priority", so0."scheduled_at", so0."id" LIMIT $8 FOR UPDATE SKIP LOCKED) UPDATE "public"."oban_jobs" AS o0 SET "state" = $1, "attempted_at" = $2, "attempted_by" = $3, "attempt" = o0."attempt" + $4 FROM "subset" AS f1 WHERE (o0."id" = f1."id") AND (o0."attempt" < o0."max_attempts") RETURNING o0.*

-- name: oban stages | operational | moves what is due, to a limit
UPDATE "public"."oban_jobs" AS o0 SET "state" = $1 FROM (SELECT so0."id" AS "id" FROM "public"."oban_jobs" AS so0 WHERE (so0."state" IN ('scheduled','retryable')) AND (so0."scheduled_at" <= $2) LIMIT $3 FOR UPDATE SKIP LOCKED) AS s1 WHERE (o0."id" = s1."id") RETURNING s1."id"

-- name: oban prunes | operational | the housekeeping of the queue, to a limit
DELETE FROM "public"."oban_jobs" AS o0 USING (SELECT so0."id" AS "id" FROM "public"."oban_jobs" AS so0 WHERE (so0."state" = 'completed' AND so0."scheduled_at" < $1) OR (so0."state" = 'cancelled' AND so0."cancelled_at" < $1) ORDER BY so0."id" LIMIT $2) AS s1 WHERE (o0."id" = s1."id")

-- name: oban elects | operational | one row by key
INSERT INTO "public"."oban_peers" AS o0 ("name","node","started_at","expires_at") VALUES ($1,$2,$3,$4) ON CONFLICT ("name") DO UPDATE SET "expires_at" = $5

-- name: oban probes for producers | operational or mixed | the distinct queues behind some values of an index: how many rows those have, the text does not tell
SELECT DISTINCT o0."queue" FROM "public"."oban_jobs" AS o0 WHERE (o0."state" = 'available') AND (NOT (o0."queue" IS NULL)) AND o0."queue" = ANY($1)

-- name: oban web counts states | analytical or mixed | groups all jobs: a screen of the queue
SELECT o0."queue", o0."state", count(o0."id") FROM "public"."oban_jobs" AS o0 GROUP BY o0."queue", o0."state"

-- name: hangfire dequeues | operational | takes the next job and marks it
UPDATE "hangfire"."jobqueue" SET "fetchedat" = NOW() WHERE "id" = (SELECT "id" FROM "hangfire"."jobqueue" WHERE "queue" = ANY ($1) AND ("fetchedat" IS NULL OR "fetchedat" < NOW() - $2) ORDER BY "fetchedat" NULLS FIRST, "queue", "jobid" LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING "id" AS "Id", "jobid" AS "JobId", "queue" AS "Queue"

-- name: hangfire counts a state | mixed or operational | a count behind one value of an index: how many rows that value has, the text does not tell
SELECT COUNT(*) FROM "hangfire"."job" WHERE "statename" = $1

-- name: hangfire aggregates counters | operational | takes up to a thousand small rows and writes their sums
WITH "_" AS (DELETE FROM "hangfire"."counter" WHERE "id" IN (SELECT "id" FROM "hangfire"."counter" ORDER BY "id" LIMIT 1000) RETURNING "key", "value") SELECT "key", SUM("value") FROM "_" GROUP BY "key"

-- name: hangfire first by score | operational | the first value of one set
SELECT "value" FROM "hangfire"."set" WHERE "key" = $1 AND "score" BETWEEN $2 AND $3 ORDER BY "score" LIMIT 1

-- name: hangfire expires | operational | the housekeeping of the queue, to a limit
DELETE FROM "hangfire"."job" WHERE "id" IN (SELECT "id" FROM "hangfire"."job" WHERE "expireat" < NOW() LIMIT $1)

-- name: procrastinate fetches | operational or unknown | a function takes the next job: what it reads stands in its body, which is not known
SELECT id, status, task_name, priority, lock, args, scheduled_at, queue_name, attempts FROM procrastinate_fetch_job($1)

-- name: procrastinate finds stalled jobs | operational | jobs of a state in one queue, by index
SELECT job.id, job.status, job.task_name FROM procrastinate_jobs job WHERE job.status = 'doing' AND job.queue_name = $1 AND job.attempts < 10

-- name: quartz acquires triggers | operational | the triggers of one scheduler that are due
SELECT TRIGGER_NAME, TRIGGER_GROUP, NEXT_FIRE_TIME, PRIORITY FROM QRTZ_TRIGGERS WHERE SCHED_NAME = 'cases' AND TRIGGER_STATE = $1 AND NEXT_FIRE_TIME <= $2 ORDER BY NEXT_FIRE_TIME ASC, PRIORITY DESC

-- name: quartz locks | operational | one row by key
SELECT * FROM QRTZ_LOCKS WHERE SCHED_NAME = 'cases' AND LOCK_NAME = $1 FOR UPDATE

-- name: quartz misfires | operational | a count below one scheduler and state
SELECT COUNT(TRIGGER_NAME) FROM QRTZ_TRIGGERS WHERE SCHED_NAME = 'cases' AND NOT (1 = -1) AND NEXT_FIRE_TIME < $1 AND TRIGGER_STATE = $2

-- name: an outbox is polled | operational | the next messages, locked
SELECT id, topic, partition_key, payload, headers FROM outbox_messages WHERE status = 'pending' AND (next_attempt_at IS NULL OR next_attempt_at <= now()) ORDER BY sequence LIMIT 50 FOR UPDATE SKIP LOCKED

-- name: an outbox is polled without locks | operational | the next messages after a position
SELECT id, sequence, topic, payload FROM outbox_messages WHERE sequence > $1 ORDER BY sequence LIMIT $2

-- name: an outbox is marked | operational | rows by a list of keys
UPDATE outbox_messages SET status = 'sent', processed_at = now() WHERE id = ANY($1::uuid[])

-- name: an outbox is cleaned | operational | takes what was sent away; nobody reads an answer
DELETE FROM outbox_messages WHERE status = 'sent' AND processed_at < now() - interval '3 days'

-- name: an outbox takes and deletes | operational | takes a batch
DELETE FROM outbox_messages WHERE id IN (SELECT id FROM outbox_messages ORDER BY sequence LIMIT 100 FOR UPDATE SKIP LOCKED) RETURNING topic, payload

-- name: an inbox remembers | operational | a row that the client sends
INSERT INTO inbox_messages (consumer, message_id, received_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING

-- name: an inbox asks | operational | existence by key
SELECT EXISTS (SELECT 1 FROM inbox_messages WHERE consumer = $1 AND message_id = $2)

-- name: an aggregate is loaded | operational | one stream in order
SELECT stream_position, type, data, metadata FROM events WHERE stream_name = $1 ORDER BY stream_position ASC

-- name: an aggregate is loaded after its snapshot | operational | one stream from a snapshot on
SELECT e.type, e.data FROM events e WHERE e.stream_name = $1 AND e.stream_position > coalesce((SELECT version FROM snapshots s WHERE s.stream_name = $1), -1) ORDER BY e.stream_position

-- name: an event is appended where nobody else did | operational | one row, if the stream is where it was
INSERT INTO events (stream_name, stream_position, type, data, created_at) SELECT $1, $2, $3, $4, now() WHERE (SELECT coalesce(max(stream_position), -1) FROM events WHERE stream_name = $1) = $2 - 1 RETURNING global_position

-- name: the version of a stream | operational | an aggregate below one stream
SELECT max(stream_position) FROM events WHERE stream_name = $1

-- name: a projection reads on | operational | the next events after a position, to a limit
SELECT global_position, stream_name, type, data FROM events WHERE global_position > $1 ORDER BY global_position LIMIT 500

-- name: a projection reads one kind | operational | the next events of some kinds after a position, to a limit
SELECT global_position, type, data FROM events WHERE global_position > $1 AND type = ANY($2) ORDER BY global_position ASC LIMIT $3

-- name: a projection is rebuilt | analytical | every event there is
SELECT global_position, stream_name, type, data FROM events ORDER BY global_position

-- name: a projection's place | operational | one row by key
UPDATE subscriptions SET last_position = $2, updated_at = now() WHERE name = $1 AND last_position < $2

-- name: how far projections are behind | operational or mixed | a few rows against the end of an index
SELECT s.name, (SELECT max(global_position) FROM events) - s.last_position AS behind FROM subscriptions s

-- name: a lease is taken | operational | one row by key
INSERT INTO leases (resource, holder, expires_at) VALUES ($1, $2, now() + interval '30 seconds') ON CONFLICT (resource) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at WHERE leases.expires_at < now() OR leases.holder = excluded.holder RETURNING holder

-- name: events by kind and day | analytical | groups all events
SELECT type, created_at::date, count(*) FROM events GROUP BY 1, 2 ORDER BY 2, 1

-- name: dead letters are listed | operational | a page of failed messages by index
SELECT id, topic, attempts, created_at FROM outbox_messages WHERE status = 'dead' ORDER BY created_at DESC LIMIT 50

-- name: time that jobs took | analytical | a percentile over the jobs of a week
SELECT kind, percentile_cont(0.99) WITHIN GROUP (ORDER BY finalized_at - attempted_at) FROM river_job WHERE finalized_at > now() - interval '7 days' GROUP BY kind

-- name: the oldest job that waits | operational | the end of one queue by index
SELECT scheduled_at FROM river_job WHERE state = 'available' AND queue = $1 ORDER BY scheduled_at LIMIT 1
