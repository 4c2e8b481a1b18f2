-- Runs by parameterised text, user and application, the heaviest first. Snowflake, ACCOUNT_USAGE.QUERY_HISTORY: up to 45 minutes
-- late; SESSIONS up to three hours. A tag in JSON differs with each run, so that only what it says of the application counts.
-- Texts beyond a number of characters in all are left out.
select "user", "database", "application", "hash", iff("so_far" <= {{texts_max}}, "text", null) as "text", "so_far" > {{texts_max}} as "left_out",
  "runs", "failures", "execution_ms", "longest_ms", "rows", "scanned_bytes", "spilled_bytes"
from (
  select g.*, sum(coalesce(length(g."text"), 0)) over (order by g."execution_ms" desc, g."user", g."hash", g."application", g."database" rows between unbounded preceding and current row) as "so_far"
  from (
    select q.user_name as "user", coalesce(q.database_name, '') as "database",
      coalesce(iff(left(q.query_tag, 1) = '{', try_parse_json(q.query_tag):app::varchar, nullif(q.query_tag, '')), s.client_application_id, '') as "application",
      q.query_parameterized_hash as "hash", max_by(q.query_text, q.total_elapsed_time) as "text",
      count_if(upper(q.execution_status) = 'SUCCESS')::double as "runs", count_if(upper(q.execution_status) <> 'SUCCESS')::double as "failures",
      sum(q.total_elapsed_time)::double as "execution_ms", max(q.total_elapsed_time)::double as "longest_ms", sum(coalesce(q.rows_produced, 0))::double as "rows",
      sum(q.bytes_scanned)::double as "scanned_bytes", sum(coalesce(q.bytes_spilled_to_local_storage, 0) + coalesce(q.bytes_spilled_to_remote_storage, 0))::double as "spilled_bytes"
    from snowflake.account_usage.query_history as q
      left join snowflake.account_usage.sessions as s on s.session_id = q.session_id
    where q.start_time >= dateadd('day', -{{days}}, current_timestamp()) and (q.database_name = {{database_text}} or q.database_name is null)
      and coalesce(q.query_tag, '') <> {{tag}} and q.is_client_generated_statement = false and upper(q.execution_status) in ('SUCCESS', 'FAIL', 'INCIDENT', 'FAILED_WITH_ERROR', 'FAILED_WITH_INCIDENT')
    group by 1, 2, 3, 4
    order by 8 desc
    limit {{row_max}}) as g)
order by "execution_ms" desc
