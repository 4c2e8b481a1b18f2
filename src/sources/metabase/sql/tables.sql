select t.id as id, t.db_id as db_id, t.schema as schema, t.name as name
from metabase_table t
where coalesce(t.active, true)
order by t.id
