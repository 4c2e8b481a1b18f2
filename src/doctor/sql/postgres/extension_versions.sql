-- Since 13. The version that this server would install, and how many other extensions there are.
select a.default_version as available from pg_available_extensions a where a.name = 'pg_stat_statements'
