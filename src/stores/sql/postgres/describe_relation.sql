-- PostgreSQL 13 and later. One relation for statements over it: its kind, its columns with the types below their domains, its
-- keys (unique, not deferred, over columns that are never null; the primary key first), and whether policies hide rows of it
-- from us: they hide nothing where a permissive one lets every row through and no restrictive one takes any away.
select c.relkind::text as kind,
  row_security_active(c.oid) and (
    not exists (
      select from pg_policy p
      where p.polrelid = c.oid and p.polcmd in ('r', '*') and p.polpermissive and pg_get_expr(p.polqual, p.polrelid) = 'true'
        and exists (select from unnest(p.polroles) g where g = 0 or pg_has_role(g, 'usage')))
    or exists (
      select from pg_policy p
      where p.polrelid = c.oid and p.polcmd in ('r', '*') and not p.polpermissive
        and pg_get_expr(p.polqual, p.polrelid) is distinct from 'true'
        and exists (select from unnest(p.polroles) g where g = 0 or pg_has_role(g, 'usage')))) as hides_rows,
  (select json_agg(json_build_object('name', a.attname, 'nullable', not a.attnotnull,
      'type', b.type) order by a.attnum)
    from pg_attribute a cross join lateral (
      with recursive below (oid, typmod, kind) as (
        select t.oid, a.atttypmod, t.typtype from pg_type t where t.oid = a.atttypid
        union all
        select t.oid, d.typtypmod, t.typtype from below join pg_type d on d.oid = below.oid join pg_type t on t.oid = d.typbasetype where below.kind = 'd')
      select format_type(below.oid, below.typmod) as type from below where below.kind <> 'd') b
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)::text as columns,
  (select json_agg(k.names order by k.indisprimary desc, cardinality(k.names), k.names)
    from (
      select i.indisprimary,
        (select array_agg(a.attname::text order by o.at) from unnest(i.indkey::int2[]) with ordinality o (attnum, at) join pg_attribute a on a.attrelid = c.oid and a.attnum = o.attnum where o.at <= i.indnkeyatts) as names
      from pg_index i
      where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
        and not exists (select from unnest(i.indkey::int2[]) with ordinality o (attnum, at) join pg_attribute a on a.attrelid = c.oid and a.attnum = o.attnum where o.at <= i.indnkeyatts and not a.attnotnull)) k)::text as keys
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = {{schema}} and c.relname = {{name}} and c.relkind in ('r', 'p', 'v', 'm', 'f')
