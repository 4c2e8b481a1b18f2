\set ON_ERROR_STOP on
\set day '2026-01-01'
\connect patients
BEGIN;
CREATE TEMP TABLE today AS SELECT id FROM adt.stay WHERE admitted_at::date = :'day';
\copy (SELECT ward_id, count(*) FROM adt.stay GROUP BY ward_id) TO 'stays.csv' CSV HEADER
DO $body$
BEGIN
  PERFORM adt.refresh_totals();
END
$body$;
CREATE OR REPLACE FUNCTION adt.open_beds(ward int) RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM adt.bed WHERE ward_id = ward AND state = 'open';
$$;
COMMIT;
