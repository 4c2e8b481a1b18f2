-- Since 13. pg_get_expr locks the relation (AccessShareLock).
select d.oid as id, left(pg_get_expr(d.adbin, d.adrelid), {{text_max}}) as text
from pg_attrdef d
where d.adrelid = any ('{{{relations}}}'::oid[])
