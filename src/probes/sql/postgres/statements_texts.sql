-- Since extension 1.5. The server reads its whole file of texts for a single one, so all that are wanted come at once; those
-- behind the limit of all together stay away.
select s.userid::text as role_id, s.queryid::text as query_id, {{toplevel}} as toplevel,
  sum(least(length(s.query), {{text_max}})) over (rows unbounded preceding) > {{texts_max}} as left_out,
  case when sum(least(length(s.query), {{text_max}})) over (rows unbounded preceding) <= {{texts_max}}
    then left(s.query, {{text_max}}) end as text
from {{schema}}.pg_stat_statements(true) s
where s.dbid = (select d.oid from pg_database d where d.datname = current_database())
  and s.queryid = any('{{{query_ids}}}'::bigint[])
