-- Since extension 1.5. Without texts, which cost 5 to 15 times as much as all the counters: the server loads its whole
-- file of texts for a single one.
select s.userid as role_id, coalesce(r.rolname::text, 'dropped role ' || s.userid) as role, s.queryid::text as query_id,
  {{columns}}
from {{schema}}.pg_stat_statements(false) s left join pg_roles r on r.oid = s.userid
where s.dbid = (select d.oid from pg_database d where d.datname = current_database())
limit {{row_max}}
