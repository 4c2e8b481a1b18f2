-- ClickHouse: COLUMNS. Source: "Dynamic column selection".
-- dialect clickhouse
-- ddl clickhouse

-- case ch-columns-by-pattern
-- shown email <- user_profile.email
-- shown name <- user_profile.name
SELECT COLUMNS('^(em|na)') FROM telemetry.user_profile
