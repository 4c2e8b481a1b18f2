-- The same where the account's history may not be read: the table function of INFORMATION_SCHEMA, seven days, at most 10,000 runs, those
-- of this user and of warehouses that its role monitors. It knows no applications.
-- Texts beyond a number of characters in all are left out.
select "user", "database", "application", "hash", iff("so_far" <= {{texts_max}}, "text", null) as "text", "so_far" > {{texts_max}} as "left_out",
  "runs", "failures", "execution_ms", "longest_ms", "rows", "scanned_bytes", "spilled_bytes"
from (
  select g.*, sum(coalesce(length(g."text"), 0)) over (order by g."execution_ms" desc, g."user", g."hash", g."application", g."database" rows between unbounded preceding and current row) as "so_far"
  from (
    select user_name as "user", coalesce(database_name, '') as "database", iff(left(query_tag, 1) = '{', coalesce(try_parse_json(query_tag):app::varchar, ''), coalesce(query_tag, '')) as "application",
      query_parameterized_hash as "hash", max_by(query_text, total_elapsed_time) as "text",
      count_if(upper(execution_status) = 'SUCCESS')::double as "runs", count_if(upper(execution_status) <> 'SUCCESS')::double as "failures",
      sum(total_elapsed_time)::double as "execution_ms", max(total_elapsed_time)::double as "longest_ms", sum(coalesce(rows_produced, 0))::double as "rows",
      sum(bytes_scanned)::double as "scanned_bytes", null::double as "spilled_bytes"
    from table({{database}}.information_schema.query_history(end_time_range_start => dateadd('day', -{{days}}, current_timestamp()), result_limit => 10000))
    where coalesce(query_tag, '') <> {{tag}} and is_client_generated_statement = false and upper(execution_status) in ('SUCCESS', 'FAIL', 'INCIDENT', 'FAILED_WITH_ERROR', 'FAILED_WITH_INCIDENT') and (database_name = {{database_text}} or database_name is null)
    group by 1, 2, 3, 4
    order by 8 desc
    limit {{row_max}}) as g)
order by "execution_ms" desc
