-- Since 13. What the defining query of each view (its rule _RETURN) depends on. The server records the columns that the text
-- refers to anywhere; the relation alone (refobjsubid 0) only where no column of it is referred to, as in count(*); for a whole
-- row nothing more than the relation (find_expr_references_walker and eliminate_duplicate_dependencies in
-- src/backend/catalog/dependency.c, 18). System columns have negative numbers and are left out.
select r.ev_class as relation, fn.nspname as referenced_schema, f.relname as referenced_relation,
  array_agg(distinct a.attname::text) filter (where a.attname is not null) as columns
from pg_rewrite r
  join pg_class c on c.oid = r.ev_class
  join pg_namespace n on n.oid = c.relnamespace
  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
  join pg_class f on f.oid = d.refobjid
  join pg_namespace fn on fn.oid = f.relnamespace
  left join pg_attribute a on d.refobjsubid > 0 and a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where r.rulename = '_RETURN' and d.refobjid <> r.ev_class and f.relkind in ('r', 'p', 'v', 'm', 'f') and {{user_relation}}
group by r.ev_class, f.oid, fn.nspname, f.relname
limit {{row_max}}
