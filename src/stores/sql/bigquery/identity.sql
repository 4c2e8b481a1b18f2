-- Reads no table, so that it is free.
select session_user() as user
