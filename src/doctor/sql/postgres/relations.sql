-- Since 13. Relations that the configuration reads, as they are. The list arrives as the digits of its bytes, so that no setting
-- of the session decides how a literal is read. Without a schema a name is looked for in all of them.
-- Row security: whether it is in force for us (row_security_active) or at all, and whether a policy shows every row to us and to
-- the role that SQL is printed for. A restrictive policy may hide rows all the same; then a pair says so.
with need as (
  select x.number, x.schema, x.name, x.columns
  from json_to_recordset(convert_from(decode('{{needs_hex}}', 'hex'), 'UTF8')::json)
    as x(number int, schema text, name text, columns text[])
)
select w.number, n.nspname as schema, c.relname as name, c.relkind::text as kind,
  has_schema_privilege(n.oid, 'usage') as uses_schema,
  has_table_privilege(c.oid, 'select') as selects,
  array(select wanted from unnest(w.columns) wanted
    where not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = wanted and a.attnum > 0 and not a.attisdropped))
    as missing_columns,
  c.relrowsecurity as row_security, row_security_active(c.oid) as hides_rows,
  coalesce(p.us, false) as shows_us, coalesce(p.target, false) as shows_target,
  (select quote_ident(s.srvname) from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid)
    as foreign_server,
  (select exists (select from pg_user_mappings m where m.srvid = f.ftserver and m.usename in (current_user, 'public'))
    from pg_foreign_table f where f.ftrelid = c.oid) as mapped
from need w
  join pg_class c on c.relname = w.name and c.relkind in ('r', 'p', 'v', 'm', 'f')
  join pg_namespace n on n.oid = c.relnamespace and (w.schema is null or n.nspname = w.schema)
  left join lateral (
    select bool_or(g = 0 or pg_has_role(g, 'usage')) as us, bool_or(g in (0, t.oid)) as target
    from pg_policy y cross join unnest(y.polroles) g
      left join pg_roles t on t.rolname = convert_from(decode('{{role_hex}}', 'hex'), 'UTF8')
    where y.polrelid = c.oid and y.polcmd in ('r', '*') and y.polpermissive and pg_get_expr(y.polqual, y.polrelid) = 'true'
  ) p on c.relrowsecurity
where w.schema is not null or (n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
order by w.number, n.nspname
limit 1000
