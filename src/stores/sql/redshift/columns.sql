select c.oid::bigint::varchar as relation, a.attnum::int as number, a.attname::varchar as name, format_type(a.atttypid, a.atttypmod) as type,
  a.attnotnull as required, col_description(c.oid, a.attnum) as comment
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v') and left(n.nspname, 3) <> 'pg_'
  and n.nspname not in ('information_schema', 'catalog_history') {{only}}
order by c.oid, a.attnum
limit {{row_max}}
