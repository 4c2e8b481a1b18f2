-- Since 13. Functions, procedures, aggregates and window functions that people made: none of the server's own schemas, nothing
-- that belongs to an extension. A composite type that is no relation is known by its columns only. Languages other than SQL
-- and PL/pgSQL hand SQL to the server as text alone, through calls of these names (SPI).
select p.oid as id, n.nspname as schema, p.proname as name, p.prokind::text as kind, l.lanname as language,
  p.proargnames as names, p.proargmodes::text[] as modes, p.pronargdefaults as defaults,
  array(
    select format_type(t.id, null)
    from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality t(id, position)
    order by t.position) as types,
  format_type(p.prorettype, null) as returns, p.proretset as returns_set,
  array(
    select a.attname::text from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    order by a.attnum) as row_names,
  array(
    select format_type(a.atttypid, a.atttypmod) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    order by a.attnum) as row_types,
  case
    when l.lanname in ('sql', 'c', 'internal') then false
    when l.lanname = 'plpgsql' then p.prosrc ~* '\mexecute\M'
    else p.prosrc ~* 'execute|query|prepare|cursor|spi_'
  end as may_build_sql
from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  join pg_language l on l.oid = p.prolang
  join pg_type r on r.oid = p.prorettype
  left join pg_class c on c.oid = r.typrelid and c.relkind = 'c'
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend e
    where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e')
order by p.oid
limit {{row_max}}
