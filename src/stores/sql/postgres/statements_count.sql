-- Since extension 1.5. Entries of all databases share one limit.
select count(*)::float8 as entries from {{schema}}.pg_stat_statements(false)
