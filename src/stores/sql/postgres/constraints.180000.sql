-- Since 18: NOT NULL is a constraint (contype n), and a constraint may be NOT ENFORCED. Rows that only repeat a foreign
-- key for each partition of the referenced table are left out.
select k.conrelid as relation, k.oid as id, k.conname as name, k.contype::text as kind,
  array(
    select a.attname::text
    from unnest(k.conkey) with ordinality u(attnum, position)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum
    order by u.position) as columns,
  fn.nspname as references_schema, f.relname as references_relation,
  array(
    select a.attname::text
    from unnest(k.confkey) with ordinality u(attnum, position)
      join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum
    order by u.position) as references_columns,
  k.convalidated as validated, k.conenforced as enforced
from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_class f on f.oid = k.confrelid
  left join pg_namespace fn on fn.oid = f.relnamespace
where k.contype in ('p', 'u', 'f', 'c', 'x', 'n') and {{user_relation}}
  and not exists (
    select from pg_constraint whole where whole.oid = k.conparentid and whole.conrelid = k.conrelid)
limit {{row_max}}
