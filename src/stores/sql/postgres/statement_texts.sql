-- Since extension 1.5. Texts of this database at once: the server loads its whole file of them, whatever is asked for. Beyond a
-- limit of all together the first part of each comes, except of those with the longest execution times. The running sum needs
-- no sort, so the texts are not written to a temporary file a second time; octet_length and whole texts need no walk over
-- their characters, which cost as much as the reading of the file (400 MB of texts on 18: 2.4 s with length and left, 1.4 s so).
select s.role_id, s.query_id::text as query_id, s.toplevel,
  case
    when not s.heavy and s.bytes_before > {{texts_max}} then {{head}}
    when octet_length(s.text) > {{text_max}} then {{text_max}}
  end as cut_at,
  case
    when not s.heavy and s.bytes_before > {{texts_max}} and octet_length(s.text) > {{head}} then left(s.text, {{head}})
    when octet_length(s.text) > {{text_max}} then left(s.text, {{text_max}})
    else s.text
  end as text
from (
  select s.userid as role_id, s.queryid as query_id, {{toplevel}} as toplevel, s.query as text,
    s.queryid = any ('{{{heaviest}}}'::int8[]) as heavy,
    sum(least(octet_length(s.query), {{text_max}})) over (rows unbounded preceding) as bytes_before
  from {{schema}}.pg_stat_statements(true) s
  where s.dbid = (select d.oid from pg_database d where d.datname = current_database()) and s.queryid is not null {{wanted}}) s
limit {{row_max}}
