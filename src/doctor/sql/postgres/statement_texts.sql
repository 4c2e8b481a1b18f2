-- Since extension 1.5. What the texts are worth reading for; none of them leaves the server. Without a database, because the
-- server reads its whole file of texts in any case.
select coalesce(sum(octet_length(s.query)), 0)::float8 as bytes,
  count(*) filter (where s.query is null)::float8 as lost,
  count(*) filter (where s.query = '<insufficient privilege>')::float8 as hidden
from {{schema}}.pg_stat_statements(true) s
