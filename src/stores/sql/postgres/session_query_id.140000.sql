-- Since 14. Of the session pg_stat_activity a.
a.query_id::text
