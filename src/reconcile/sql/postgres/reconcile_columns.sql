-- Columns of one relation with the types below their domains. row_security_active: true where policies apply to us; they hide
-- nothing where a permissive one lets every row through and no restrictive one takes any away ("Row Security Policies").
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
  a.attname::text as name,
  format_type(case t.typtype when 'd' then t.typbasetype else t.oid end, case t.typtype when 'd' then t.typtypmod else a.atttypmod end) as type
from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid
  join pg_type t on t.oid = a.atttypid
where n.nspname = {{schema}} and c.relname = {{name}} and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and a.attnum > 0 and not a.attisdropped
order by a.attnum
