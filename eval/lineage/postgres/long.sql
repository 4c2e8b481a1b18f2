-- Long queries of every day: several of the constructs at once.
-- dialect postgres
-- ddl casework

-- case long-sla-report
-- shown region <- unit.region_code
-- shown overdue <- case_file.case_id:aggregate
-- shown worst <- case_file.due_at, case_file.closed_at
-- shown share <- case_file.case_id:aggregate
-- join case_file.officer_id officer.officer_id unit.unit_id officer.unit_id
-- filter case_file.status case_file.due_at case_file.closed_at
-- group unit.region_code
-- having case_file.case_id
-- order case_file.case_id
SELECT u.region_code AS region, count(c.case_id) FILTER (WHERE c.due_at < coalesce(c.closed_at, now())) AS overdue, max(coalesce(c.closed_at, now()) - c.due_at) AS worst,
  count(c.case_id) FILTER (WHERE c.due_at < now())::numeric / nullif(count(c.case_id), 0) AS share
FROM app.unit u JOIN app.officer o ON o.unit_id = u.unit_id JOIN app.case_file c USING (officer_id)
WHERE c.status <> 'DRAFT' GROUP BY 1 HAVING count(c.case_id) > 10 ORDER BY overdue DESC NULLS LAST

-- case long-time-in-status
-- shown to_status <- transition.to_status
-- shown hours <- transition.changed_at:aggregate
-- window transition.case_id transition.changed_at
-- filter transition.case_id case_file.case_id case_file.tenant_id
-- group transition.to_status
WITH spans AS (
  SELECT t.case_id, t.to_status, t.changed_at, lead(t.changed_at) OVER w AS left_at FROM app.transition t
  WHERE EXISTS (SELECT FROM app.case_file c WHERE c.case_id = t.case_id AND c.tenant_id = 4)
  WINDOW w AS (PARTITION BY t.case_id ORDER BY t.changed_at)
) SELECT to_status, avg(extract(epoch FROM left_at - changed_at)) AS hours FROM spans GROUP BY to_status

-- case long-case-document
-- shown doc <- case_file.case_number, applicant.legal_name, applicant.email, task.title, task.done, decision.outcome
-- filter applicant.applicant_id case_file.applicant_id task.case_id case_file.case_id decision.case_id case_file.officer_id
-- order task.due_on decision.decided_at
SELECT jsonb_build_object(
  'number', c.case_number,
  'applicant', (SELECT jsonb_build_object('name', a.legal_name, 'mail', a.email) FROM app.applicant a WHERE a.applicant_id = c.applicant_id),
  'tasks', coalesce((SELECT jsonb_agg(jsonb_build_object('t', t.title, 'd', t.done) ORDER BY t.due_on) FROM app.task t WHERE t.case_id = c.case_id), '[]'),
  'decision', (SELECT d.outcome FROM app.decision d WHERE d.case_id = c.case_id ORDER BY d.decided_at DESC LIMIT 1)) AS doc
FROM app.case_file c WHERE c.officer_id = 12

-- case long-cross-tab-of-units
-- shown name <- unit.name
-- shown open <-
-- shown closed <-
-- shown last <- case_file.closed_at
-- join officer.unit_id unit.unit_id case_file.officer_id officer.officer_id
-- when case_file.closed_at
-- group unit.unit_id unit.name
SELECT u.name, sum(CASE WHEN c.closed_at IS NULL THEN 1 ELSE 0 END) AS open, sum(CASE WHEN c.closed_at IS NOT NULL THEN 1 END) AS closed, max(c.closed_at) AS last
FROM app.unit u LEFT JOIN (app.officer o JOIN app.case_file c ON c.officer_id = o.officer_id) ON o.unit_id = u.unit_id GROUP BY u.unit_id, u.name

-- case long-everything-in-from
-- shown label <- case_file.case_number, officer.name
-- shown n <- task.task_id:aggregate
-- shown tag <- officer.skills
-- filter task.case_id case_file.case_id officer.skills
-- join officer.officer_id case_file.officer_id
-- group case_file.case_number officer.name officer.skills
SELECT format('%s (%s)', c.case_number, o.name) AS label, sum(l.n) AS n, s.tag
FROM app.case_file c JOIN app.officer o USING (officer_id)
  CROSS JOIN LATERAL (SELECT count(t.task_id) AS n FROM app.task t WHERE t.case_id = c.case_id) l,
  unnest(o.skills) AS s (tag)
WHERE s.tag IS NOT NULL GROUP BY c.case_number, o.name, s.tag

-- case long-nested-views-and-functions
-- shown officer <- officer.name
-- shown h <- applicant.email:pseudonymous-weak
-- join applicant.applicant_id case_file.applicant_id case_file.case_number case_file.case_id case_file.officer_id officer.officer_id
-- filter case_file.tenant_id applicant.email
-- order officer.name
SELECT v.officer, app.hashed(a.mail_hash) AS h FROM integration.v_assigned_v1 v JOIN app.case_file c USING (case_number) JOIN integration.v_applicant_v1 a ON a.id = c.applicant_id ORDER BY 1

-- case long-full-outer-reconciliation
-- shown case_id <- case_archive.case_id, case_file.case_id
-- shown verdict <-
-- shown live <- case_file.status
-- shown kept <- case_archive.status
-- join case_file.case_id case_archive.case_id
-- when case_archive.case_id case_file.case_id case_file.status case_archive.status
-- filter case_file.status case_archive.status
SELECT case_id, CASE WHEN a.case_id IS NULL THEN 'missing' WHEN c.case_id IS NULL THEN 'extra' WHEN c.status <> a.status THEN 'changed' END AS verdict, c.status AS live, a.status AS kept
FROM app.case_file c FULL JOIN app.case_archive a USING (case_id) WHERE c.status IS DISTINCT FROM a.status

-- case long-first-and-last-by-distinct-on
-- shown case_id <- transition.case_id
-- shown first_note <- transition.note
-- shown last_note <- transition.note
-- distinct transition.case_id
-- order transition.case_id transition.changed_at
-- join transition.case_id
WITH f AS (SELECT DISTINCT ON (case_id) case_id, note FROM app.transition ORDER BY case_id, changed_at),
     l AS (SELECT DISTINCT ON (case_id) case_id, note FROM app.transition ORDER BY case_id, changed_at DESC)
SELECT f.case_id, f.note AS first_note, l.note AS last_note FROM f JOIN l ON l.case_id = f.case_id

-- case long-calendar-left-joins
-- shown day <- case_file.opened_at
-- shown opened <- case_file.case_id:aggregate
-- shown closed <- case_file.case_id:aggregate
-- join case_file.opened_at case_file.closed_at
-- group case_file.opened_at
-- also case_file.case_id
WITH bounds AS (SELECT min(opened_at)::date AS lo, max(opened_at)::date AS hi FROM app.case_file),
days AS (SELECT g.day FROM bounds b, generate_series(b.lo, b.hi, interval '1 day') AS g (day))
SELECT d.day, count(DISTINCT o.case_id) AS opened, count(DISTINCT c.case_id) AS closed FROM days d
LEFT JOIN app.case_file o ON o.opened_at::date = d.day LEFT JOIN app.case_file c ON c.closed_at::date = d.day GROUP BY d.day

-- case long-unnest-and-rebuild
-- shown officer_id <- officer.officer_id
-- shown skills <- officer.skills
-- filter officer.skills
-- order officer.skills
-- group officer.officer_id
SELECT o.officer_id, array_agg(upper(s) ORDER BY s) AS skills FROM app.officer o, unnest(o.skills) s WHERE s <> '' GROUP BY o.officer_id

-- case long-set-operations-nested
-- shown id <- case_file.case_id, task.case_id, transition.case_id
-- filter decision.case_id task.done
-- order case_file.case_id task.case_id transition.case_id
((SELECT case_id AS id FROM app.case_file INTERSECT SELECT case_id FROM app.transition) UNION (SELECT case_id FROM app.task WHERE done EXCEPT SELECT case_id FROM app.decision)) ORDER BY id LIMIT 50

-- case long-gaps-with-lead-in-where
-- shown transition_id <- transition.transition_id
-- window transition.case_id transition.changed_at
-- filter transition.to_status transition.from_status
SELECT transition_id FROM (SELECT transition_id, to_status, lead(from_status) OVER (PARTITION BY case_id ORDER BY changed_at) AS next_from FROM app.transition) s WHERE to_status <> next_from

-- case long-percentiles-array
-- shown region_code <- case_file.region_code
-- shown p <- task.effort:aggregate
-- join task.case_id case_file.case_id
-- group case_file.region_code
SELECT c.region_code, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY t.effort) AS p FROM app.case_file c JOIN app.task t USING (case_id) GROUP BY c.region_code

-- ddl shop

-- case long-upsert-from-cte-chain
-- writes daily_revenue
-- shown day <- payment.paid_at
-- shown country <- customer.country
-- shown revenue <- payment.amount:aggregate, refund.amount:aggregate, daily_revenue.revenue
-- shown order_count <- orders.order_id:aggregate
-- filter payment.state
-- join orders.order_id payment.order_id customer.customer_id orders.customer_id refund.order_id
-- group payment.paid_at customer.country refund.order_id
WITH paid AS (SELECT p.paid_at::date AS day, o.order_id, o.customer_id, p.amount FROM shop.payment p JOIN shop.orders o USING (order_id) WHERE p.state = 'captured'),
back AS (SELECT order_id, sum(amount) AS amount FROM shop.refund GROUP BY order_id)
INSERT INTO shop.daily_revenue AS target (day, country, revenue, order_count)
SELECT p.day, c.country, sum(p.amount - coalesce(b.amount, 0)), count(DISTINCT p.order_id)
FROM paid p JOIN shop.customer c USING (customer_id) LEFT JOIN back b ON b.order_id = p.order_id GROUP BY p.day, c.country
ON CONFLICT (day, country) DO UPDATE SET revenue = target.revenue + excluded.revenue, order_count = excluded.order_count

-- case long-archive-pipeline
-- also-writes orders outbox
-- shown moved <- orders.order_id:aggregate
-- filter orders.placed_at
-- also orders.customer_id orders.order_id orders.total outbox.aggregate_id outbox.body outbox.event_id outbox.kind
WITH gone AS (DELETE FROM shop.orders WHERE placed_at < now() - interval '10 years' RETURNING order_id, customer_id, total),
told AS (INSERT INTO shop.outbox (event_id, aggregate_id, kind, body) SELECT order_id, customer_id, 'order_archived', jsonb_build_object('total', total) FROM gone RETURNING event_id)
SELECT count(event_id) AS moved FROM told

-- case long-gdpr-export
-- shown record <- customer.email, customer.full_name, customer.phone, orders.order_id, orders.total, payment.card_last4
-- filter customer.customer_id orders.customer_id payment.order_id orders.order_id
-- order orders.placed_at
SELECT json_build_object('email', c.email, 'name', c.full_name, 'phone', c.phone, 'orders', (
  SELECT json_agg(json_build_object('id', o.order_id, 'total', o.total, 'cards', ARRAY(SELECT p.card_last4 FROM shop.payment p WHERE p.order_id = o.order_id)) ORDER BY o.placed_at)
  FROM shop.orders o WHERE o.customer_id = c.customer_id)) AS record
FROM shop.customer c WHERE c.customer_id = $1
