-- Since 13. pg_get_expr locks the relation (AccessShareLock).
select k.oid as id, left(pg_get_expr(k.conbin, k.conrelid), {{text_max}}) as text
from pg_constraint k
where k.contype = 'c' and k.conrelid = any ('{{{relations}}}'::oid[])
