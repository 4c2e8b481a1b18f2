select c.oid::bigint::varchar as relation, k.conname::varchar as name, k.contype::varchar as kind, array_to_string(k.conkey, ' ') as columns,
  k.confrelid::bigint::varchar as "references", array_to_string(k.confkey, ' ') as references_columns
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where k.contype in ('p', 'u', 'f') and left(n.nspname, 3) <> 'pg_' and n.nspname not in ('information_schema', 'catalog_history') {{only}}
order by c.oid, k.contype, k.conname
limit {{row_max}}
