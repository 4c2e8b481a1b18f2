-- Since 15. pg_get_expr locks the relation (AccessShareLock).
select r.oid as id, left(pg_get_expr(r.prqual, r.prrelid), {{text_max}}) as text
from pg_publication_rel r
where r.prqual is not null and r.prrelid = any ('{{{relations}}}'::oid[])
