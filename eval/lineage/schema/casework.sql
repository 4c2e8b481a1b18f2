-- schema app
CREATE SCHEMA app;
CREATE SCHEMA integration;
CREATE TYPE app.postal_address AS (street text, zip text, city text);
CREATE DOMAIN app.email_address AS text;
CREATE TABLE app.unit (unit_id bigint PRIMARY KEY, name text, parent_id bigint, region_code text);
CREATE TABLE app.officer (officer_id bigint PRIMARY KEY, unit_id bigint REFERENCES app.unit, name text, email app.email_address, grade int,
  hired_on date, skills text[], profile jsonb, address app.postal_address);
CREATE TABLE app.applicant (applicant_id bigint PRIMARY KEY, legal_name text, email text, phone text, date_of_birth date, national_id text,
  address app.postal_address);
CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, case_number text, tenant_id bigint, applicant_id bigint REFERENCES app.applicant,
  officer_id bigint REFERENCES app.officer, status text, priority int, region_code text, opened_at timestamptz, due_at timestamptz,
  closed_at timestamptz, payload jsonb);
CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint REFERENCES app.case_file, assignee_id bigint, title text, effort numeric,
  done boolean, due_on date);
CREATE TABLE app.transition (transition_id bigint, case_id bigint, from_status text, to_status text, changed_by bigint, changed_at timestamptz,
  note text) PARTITION BY RANGE (changed_at);
CREATE TABLE app.transition_2026 PARTITION OF app.transition FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE app.decision (decision_id bigint, case_id bigint, outcome text, decided_at timestamptz);
CREATE TABLE app.court_decision (court text, judge_name text) INHERITS (app.decision);
CREATE TABLE app.case_archive (case_id bigint, case_number text, status text, closed_at timestamptz, archived_at timestamptz DEFAULT now());
CREATE TABLE app."Hearing" ("HearingId" bigint, "caseId" bigint, "Held At" timestamptz, room text);
CREATE VIEW integration.v_case_v1 AS
  SELECT case_id, case_number, status, region_code, opened_at, closed_at FROM app.case_file WHERE tenant_id = 1;
CREATE VIEW integration.v_applicant_v1 (id, mail_hash, birth_year) AS
  SELECT applicant_id, md5(email), extract(year FROM date_of_birth) FROM app.applicant WHERE email IS NOT NULL;
CREATE VIEW integration.v_assigned_v1 AS
  SELECT v.case_number, v.status, o.name AS officer FROM integration.v_case_v1 v JOIN app.case_file c ON c.case_id = v.case_id LEFT JOIN app.officer o ON o.officer_id = c.officer_id;
CREATE VIEW integration.v_load_v1 AS
  SELECT c.region_code, count(*) AS open_cases, avg(t.effort) AS effort FROM app.case_file c LEFT JOIN app.task t ON t.case_id = c.case_id WHERE c.closed_at IS NULL GROUP BY c.region_code HAVING count(t.task_id) > 0;
CREATE FUNCTION app.open_cases(wanted text) RETURNS TABLE (id bigint, since timestamptz) LANGUAGE sql STABLE AS $$
  SELECT c.case_id, c.opened_at FROM app.case_file c WHERE c.region_code = wanted AND c.closed_at IS NULL
$$;
CREATE FUNCTION app.hashed(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT md5(value) $$;
CREATE FUNCTION app.mask_nothing(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper($1) $$;
CREATE FUNCTION app.officer_name(wanted bigint) RETURNS text LANGUAGE sql STABLE AS $$ SELECT o.name FROM app.officer o WHERE o.officer_id = wanted $$;
CREATE FUNCTION app.cases_of(wanted bigint) RETURNS SETOF app.case_file LANGUAGE sql STABLE AS $$ SELECT * FROM app.case_file WHERE officer_id = wanted $$;
CREATE FUNCTION app.unit_of(unit_id bigint) RETURNS text LANGUAGE sql STABLE AS $$ SELECT u.name FROM app.unit u WHERE u.unit_id = unit_id $$;
CREATE FUNCTION app.label(value text, prefix text DEFAULT 'Nr. ') RETURNS text LANGUAGE sql IMMUTABLE RETURN prefix || value;
CREATE FUNCTION app.contact(wanted bigint, OUT mail text, OUT number text) LANGUAGE sql STABLE AS $$ SELECT a.email, a.phone FROM app.applicant a WHERE a.applicant_id = wanted $$;
CREATE FUNCTION app.double_hashed(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT app.hashed(value) || app.hashed(value) $$;
CREATE VIEW integration.v_people AS SELECT legal_name AS who, email FROM app.applicant UNION SELECT name, email FROM app.officer;
CREATE VIEW integration.v_units AS WITH RECURSIVE t AS (SELECT unit_id, name, 0 AS depth FROM app.unit WHERE parent_id IS NULL UNION ALL SELECT u.unit_id, u.name, t.depth + 1 FROM app.unit u JOIN t ON t.unit_id = u.parent_id) SELECT * FROM t;
CREATE FUNCTION app.search_cases(term text) RETURNS SETOF app.case_file LANGUAGE plpgsql AS $$
  BEGIN RETURN QUERY EXECUTE format('SELECT * FROM app.case_file WHERE %I = %L', 'status', term); END
$$;
