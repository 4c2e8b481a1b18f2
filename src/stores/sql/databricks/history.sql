-- For administrators, and whom they grant it; up to an hour late; without texts where a workspace encrypts with keys of its own
-- (Query history system table reference). Texts of the heaviest, as many as fit into an answer inline, which is 25 MiB at most.
select user_name, application, if(bytes_so_far <= {{texts_max_bytes}}, text, null) as text, bytes_so_far > {{texts_max_bytes}} as left_out,
  runs, failures, execution_ms, longest_ms, rows, scanned_bytes, spilled_bytes, since, until
from (
  select *, sum(octet_length(coalesce(text, ''))) over (order by execution_ms desc, user_name, application, text rows between unbounded preceding and current row) as bytes_so_far
  from (
    select coalesce(executed_by, '') as user_name,
      concat_ws(' ', client_application, concat('dashboard ', coalesce(query_source.dashboard_id, query_source.legacy_dashboard_id)), concat('job ', query_source.job_info.job_id)) as application,
      left(statement_text, {{text_max}} + 1) as text,
      cast(count_if(execution_status = 'FINISHED') as double) as runs, cast(count_if(execution_status <> 'FINISHED') as double) as failures,
      cast(coalesce(sum(if(execution_status = 'FINISHED', total_duration_ms, 0)), 0) as double) as execution_ms, cast(max(total_duration_ms) as double) as longest_ms,
      cast(coalesce(sum(produced_rows), 0) as double) as rows, cast(sum(read_bytes) as double) as scanned_bytes, cast(sum(spilled_local_bytes) as double) as spilled_bytes,
      cast(unix_millis(min(start_time)) as double) / 1000 as since, cast(unix_millis(max(end_time)) as double) / 1000 as until
    from system.query.history
    where start_time > now() - interval 7 days and execution_status in ('FINISHED', 'FAILED', 'CANCELED') and coalesce(statement_text, '') not like '/* tidemark */%'
    group by 1, 2, 3
    order by 6 desc
    limit {{row_max}}))
order by execution_ms desc
