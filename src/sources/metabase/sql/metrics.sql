select s.id as id, s.name as name, s.description as description, s.archived as archived, s.table_id as table_id, s.creator_id as creator_id,
  s.definition::text as definition
from metric s
order by s.id
