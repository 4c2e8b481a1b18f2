-- Jobs by text without literals, user and application, the heaviest first. The bound on creation_time prunes partitions: the view is billed by
-- what it reads. The statements of a script are jobs of their own. BigQuery, INFORMATION_SCHEMA.JOBS.
-- Texts beyond a number of characters in all are left out.
select user, database, application, hash, if(so_far <= {{texts_max}}, text, null) as text, so_far > {{texts_max}} as left_out, cut, runs, failures, execution_ms, longest_ms, scanned_bytes, billed_bytes
from (
  select g.*, sum(char_length(coalesce(g.text, ''))) over (order by g.execution_ms desc, g.user, g.hash, g.application rows between unbounded preceding and current row) as so_far
  from (
    select user, database, application, hash, any_value(text having max elapsed_ms) as text, logical_or(cut) as cut, cast(countif(not failed) as float64) as runs, cast(countif(failed) as float64) as failures,
      cast(coalesce(sum(elapsed_ms), 0) as float64) as execution_ms, cast(max(elapsed_ms) as float64) as longest_ms, cast(sum(total_bytes_processed) as float64) as scanned_bytes, cast(sum(total_bytes_billed) as float64) as billed_bytes
    from (
      select user_email as user, project_id as database,
        coalesce((select any_value(value) from unnest(labels) where key in ('application', 'app', 'client', 'tool', 'service')),
          if(exists(select 1 from unnest(labels) where starts_with(key, 'dbt_')), 'dbt', null), if(exists(select 1 from unnest(labels) where starts_with(key, 'looker')), 'looker', null),
          if(starts_with(job_id, 'bquxjob'), 'BigQuery console', null), if(starts_with(job_id, 'scheduled_query'), 'scheduled query', null), regexp_extract(job_id, '^(airflow|looker|dataform)'), '') as application,
        query_info.query_hashes.normalized_literals as hash, left(query, {{text_max}}) as text, char_length(query) > {{text_max}} as cut, error_result.reason is not null as failed,
        timestamp_diff(end_time, start_time, millisecond) as elapsed_ms, total_bytes_processed, total_bytes_billed
      from {{jobs}}
      where creation_time >= timestamp_sub(current_timestamp(), interval {{days}} day) and job_type = 'QUERY' and state = 'DONE' and coalesce(statement_type, '') <> 'SCRIPT'
        and not exists(select 1 from unnest(labels) where key = {{label}}) {{dataset}})
    group by user, database, application, hash
    order by execution_ms desc
    limit {{row_max}}) as g)
order by execution_ms desc
