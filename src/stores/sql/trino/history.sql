-- What the coordinator still holds in memory: no more than query.max-history, for query.min-expire-age after their end.
select "user" as user_name, coalesce(source, '') as application, substr(query, 1, {{text_max}} + 1) as text,
  cast(count_if(state = 'FINISHED') as double) as runs, cast(count_if(state = 'FAILED') as double) as failures,
  cast(coalesce(sum(if(state = 'FINISHED', date_diff('millisecond', started, "end"))), 0) as double) as execution_ms,
  cast(max(date_diff('millisecond', started, "end")) as double) as longest_ms, to_unixtime(min(created)) as since
from system.runtime.queries
where state in ('FINISHED', 'FAILED') and coalesce(source, '') <> 'tidemark'
group by 1, 2, 3
order by 6 desc
limit {{row_max}}
