-- Since 13. pg_get_viewdef locks the view and everything it reads (AccessShareLock).
select c.oid as id, left(pg_get_viewdef(c.oid), {{text_max}}) as text
from pg_class c
where c.oid = any ('{{{relations}}}'::oid[])
