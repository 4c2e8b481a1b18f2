-- Since extension 1.9.
select to_char(i.stats_reset at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since, i.dealloc::float8 as evictions
from {{schema}}.pg_stat_statements_info() i
