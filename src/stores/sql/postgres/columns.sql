-- 13 to 17.
select a.attrelid as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.atttypid as type_id,
  not (a.attnotnull or t.typnotnull) as nullable, left(d.description, {{text_max}}) as comment, l.label,
  e.oid as expression_id, a.attidentity <> '' as is_identity, a.attgenerated <> '' as is_generated,
  case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) end as base_type
from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_type t on t.oid = a.atttypid
  left join pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
  left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = a.attrelid and d.objsubid = a.attnum
  left join lateral ({{column_label}}) l on true
where a.attnum > 0 and not a.attisdropped and {{user_relation}}
order by a.attrelid, a.attnum
limit {{row_max}}
