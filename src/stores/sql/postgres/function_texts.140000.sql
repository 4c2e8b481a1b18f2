-- Since 14: a body in the SQL standard's form (RETURN, BEGIN ATOMIC) is stored as a tree, and prosrc is empty. To print it
-- locks what it reads (AccessShareLock).
select p.oid as id,
  left(case when p.prosqlbody is null then p.prosrc else pg_get_function_sqlbody(p.oid) end, {{text_max}}) as text
from pg_proc p
where p.oid = any ('{{{relations}}}'::oid[])
