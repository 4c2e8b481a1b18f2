-- Tables and views of this database; pg_ catalogues answer on the leader node alone and cannot be joined with what the others hold.
select c.oid::bigint::varchar as id, n.nspname::varchar as "schema", c.relname::varchar as name, c.relkind::varchar as kind,
  pg_get_userbyid(c.relowner)::varchar as owner, obj_description(c.oid, 'pg_class') as comment
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v') and left(n.nspname, 3) <> 'pg_' and n.nspname not in ('information_schema', 'catalog_history') {{only}}
order by n.nspname, c.relname
limit {{row_max}}
