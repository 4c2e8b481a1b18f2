select s.id as id, s.name as name, s.description as description, s.content as content, s.archived as archived, s.creator_id as creator_id,
  s.collection_id as collection_id
from native_query_snippet s
order by s.id
