-- Since 14.
pg_has_role(current_user, 'pg_read_all_data', 'usage')
