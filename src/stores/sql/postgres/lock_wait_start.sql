-- 13: pg_locks does not show it.
null::timestamptz
