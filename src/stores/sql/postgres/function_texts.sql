-- Since 13. The body as it was written.
select p.oid as id, left(p.prosrc, {{text_max}}) as text
from pg_proc p
where p.oid = any ('{{{relations}}}'::oid[])
