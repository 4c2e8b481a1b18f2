-- Since 13. Before 14 there is no compute_query_id. What this role may see of the sessions of others.
select current_setting('compute_query_id', true) as compute_query_id,
  current_setting('pg_stat_statements.max', true) is not null as statements_loaded,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') as reads_all
