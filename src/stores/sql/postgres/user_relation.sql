-- The relations that people made, as a condition on pg_class c and pg_namespace n: none of the server's own schemas, no
-- temporary ones (pg_temp_…, pg_toast_temp_…), nothing that belongs to an extension.
c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend e
    where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e')
