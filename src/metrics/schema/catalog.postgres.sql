-- Since 13, with an empty search_path, so that every name is printed with its schema. What people made has an oid of 16384
-- (FirstNormalObjectId) or above. Domains are followed to their base type, whose modifier the last domain has set.
-- Who reads a table that others inherit from reads their rows too, which its constraints that are not inherited do not bind, and
-- which a foreign key to it does not look at: such constraints are as good as NOT VALID.
-- {{not_null}} and {{enforced}} differ before 18, where NOT NULL is an attribute of the column only.
with recursive relation as (
  select c.oid, n.nspname as schema, c.relname as name, c.relkind, c.relispartition, c.relrowsecurity, c.relforcerowsecurity, c.reloptions
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend e
      where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e')),
parent as (
  select distinct i.inhparent as oid from pg_inherits i join relation r on r.oid = i.inhparent and r.relkind <> 'p'),
domain_step(type_id, base, modifier, domain, required) as (
  select t.oid, t.typbasetype, t.typtypmod, t.oid, t.typnotnull from pg_type t where t.oid >= 16384 and t.typtype = 'd'
  union all
  select s.type_id, t.typbasetype, case when t.typtypmod >= 0 then t.typtypmod else s.modifier end, t.oid, s.required or t.typnotnull
  from domain_step s join pg_type t on t.oid = s.base and t.typtype = 'd'),
domain_base as (
  select s.type_id, s.base, s.modifier, s.required from domain_step s join pg_type t on t.oid = s.base and t.typtype <> 'd'),
member as (
  select enumtypid, json_agg(enumlabel order by enumsortorder) as labels from pg_enum where enumtypid >= 16384 group by enumtypid)
select json_build_object(
  'relations', coalesce((
    select json_agg(json_build_array(
      r.schema, r.name, case when r.relispartition then 'partition' else r.relkind::text end,
      case when r.relkind in ('v', 'm') then pg_get_viewdef(r.oid) end,
      r.relrowsecurity, r.relforcerowsecurity, r.reloptions,
      (select i.inhparent::bigint from pg_inherits i where r.relispartition and i.inhrelid = r.oid),
      (select json_agg(json_build_array(
         a.attname, format_type(coalesce(b.base, a.atttypid), case when b.base is null then a.atttypmod else b.modifier end),
         case when b.base is not null then format_type(a.atttypid, null) end, a.atttypid::bigint,
         m.labels, case when a.atthasdef then pg_get_expr(d.adbin, d.adrelid) end, a.attgenerated <> '', a.attidentity <> '',
         coalesce(b.required, false))
         order by a.attnum)
       from pg_attribute a
         left join domain_base b on b.type_id = a.atttypid
         left join member m on m.enumtypid = coalesce(b.base, a.atttypid)
         left join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped),
      r.oid::bigint)
      order by r.oid)
    from relation r), '[]'),
  'constraints', coalesce((
    select json_agg(json_build_array(
      k.conrelid::bigint, k.conname, k.contype::text,
      array(select a.attname from unnest(k.conkey) with ordinality u(attnum, position)
              join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum order by u.position),
      case when k.contype = 'c' then pg_get_expr(k.conbin, k.conrelid) end,
      nullif(k.confrelid, 0)::bigint,
      array(select a.attname from unnest(k.confkey) with ordinality u(attnum, position)
              join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum order by u.position),
      k.convalidated and not exists (select from parent p where p.oid = k.conrelid and k.connoinherit or p.oid = k.confrelid),
      {{enforced}}, {{constraint_nulls}})
      order by k.oid)
    from pg_constraint k join relation r on r.oid = k.conrelid
    where k.oid >= 16384 and k.contype in ('p', 'u', 'f', 'c', 'x', 'n')
      and not exists (select from pg_constraint whole where whole.oid = k.conparentid and whole.conrelid = k.conrelid)), '[]'),
  'not_null', {{not_null}},
  'domains', coalesce((
    select json_agg(json_build_array(s.type_id::bigint, k.conname, pg_get_expr(k.conbin, 0), k.convalidated) order by k.oid)
    from domain_step s join pg_constraint k on k.contypid = s.domain and k.contype = 'c'), '[]'),
  'indexes', coalesce((
    select json_agg(json_build_array(
      i.indrelid::bigint, x.relname,
      array(select a.attname from unnest(i.indkey::int2[]) with ordinality u(attnum, position)
              left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.attnum and u.attnum <> 0
            where u.position <= i.indnkeyatts order by u.position),
      i.indisunique, i.indisprimary, pg_get_expr(i.indpred, i.indrelid),
      i.indisvalid and not exists (select from parent p where p.oid = i.indrelid), {{index_nulls}})
      order by i.indexrelid)
    from pg_index i join pg_class x on x.oid = i.indexrelid join relation r on r.oid = i.indrelid
    where i.indexrelid >= 16384), '[]'),
  'extensions', coalesce((
    select json_agg(json_build_array(e.extname, e.extversion, n.nspname) order by e.extname)
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.oid >= 16384), '[]'),
  'functions', coalesce((
    select json_agg(json_build_array(
      n.nspname, p.proname, p.prokind::text, l.lanname, format_type(p.prorettype, null), p.proretset,
      case when l.lanname = 'sql' then p.prosrc end,
      array(select format_type(u.type, null) from unnest(p.proargtypes::oid[]) with ordinality u(type, position) order by u.position),
      p.pronargdefaults)
      order by p.oid)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where p.oid >= 16384
      and not exists (
        select from pg_depend e
        where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e')), '[]'))
