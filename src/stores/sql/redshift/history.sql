-- Runs by the hash of the text without its literals. Kept for seven days; a user without SYSLOG ACCESS UNRESTRICTED sees only the own
-- ones. User 1 is the service itself. Times in microseconds (Redshift guide, SYS_QUERY_HISTORY).
select h.user_id, trim(h.database_name)::varchar as database, trim(h.query_label)::varchar as label, {{application}} as application,
  trim(h.generic_query_hash)::varchar as hash, max(h.query_id)::varchar as query_id,
  sum(case when h.status = 'success' then 1 else 0 end)::float8 as runs, sum(case when h.status = 'success' then 0 else 1 end)::float8 as failures,
  sum(case when h.status = 'success' then h.elapsed_time else 0 end)::float8 / 1000 as execution_ms, max(h.elapsed_time)::float8 / 1000 as longest_ms,
  sum(h.returned_rows)::float8 as "rows", sum(case when h.result_cache_hit then 1 else 0 end)::float8 as cache_hits,
  extract(epoch from min(h.start_time))::float8 as since
from sys_query_history h {{connections}}
where h.start_time > getdate() - interval '7 days' and h.status in ('success', 'failed', 'canceled') and h.user_id > 1
  and h.query_type not in ('UTILITY', 'OTHER') and h.query_label <> 'tidemark' and h.query_text not like '%/* tidemark */%'
group by 1, 2, 3, 4, 5
order by 9 desc
limit {{row_max}}
