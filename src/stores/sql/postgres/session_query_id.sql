-- 13: pg_stat_activity does not show it.
null::text
