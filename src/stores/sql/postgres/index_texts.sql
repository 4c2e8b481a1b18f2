-- Since 13. pg_get_expr locks the relation (AccessShareLock).
select i.indexrelid as id, left(pg_get_expr(i.indpred, i.indrelid), {{text_max}}) as text
from pg_index i
where i.indpred is not null and i.indrelid = any ('{{{relations}}}'::oid[])
