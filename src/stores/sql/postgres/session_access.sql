-- Since 13. Whether this role sees what the sessions of others do.
select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as reads_all
